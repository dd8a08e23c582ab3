/** `npm start`: the local world, the service in it, and one wearer who is connected without anybody clicking. */
import { connectWearer } from './connect-wearer';
import { ada } from './people';
import { printLog } from './print-log';
import { startTogether } from './running';
import { startService, usualServicePort } from './service';
import { untilStopped } from './until-stopped';
import { startWorld, usualPorts } from './world';

void untilStopped(async () => {
  console.log('Starting Azurite, the Key Vault emulator, the simulators and the service …');
  return startTogether(async ({ start, close }) => {
    const world = await start(startWorld({ ports: usualPorts }));
    const port = usualServicePort;
    const settings = { SHARED_WITH: 'Example Platform' };
    const service = await start(startService({ world, port, unattended: true, onLog: printLog, settings }));
    console.log(`
  Phone (texts arrive here)   ${world.phone.url}
  Sign up                     ${service.url}/signup
  Google Health simulator     ${world.googleHealth.url}   (batteries, faults)
  Fitbit simulator            ${world.fitbit.url}
  Key Vault emulator          ${world.keyVault.url}   (refusals; with a certificate of its own)
  Health                      ${service.url}/api/health

Ada is being connected now. Her tokens are rotated every 20 s here (every six hours in Azure) and her tracker is
read every 5 s (hourly in Azure); it loses a percent every 5 s, so open the phone: a text is on its way. For the next
one, charge her Charge 6 on the simulator's page and set it to 22; or sign up yourself, as Grace. Ctrl-C ends everything.
`);
    await connectWearer({
      serviceUrl: service.url,
      provider: 'google-health',
      number: ada.phone,
      phone: world.phone,
      wearer: ada.id,
    });
    return close;
  });
});
