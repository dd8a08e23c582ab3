/**
 * `npm start`: the local world, the service in it, and one wearer who is connected without anybody clicking. With `-- --identity`
 * the service has no key, as in Azure.
 */
import { connectWearer } from './connect-wearer';
import { ada, operator } from './people';
import { simulatorLines } from './provider-names';
import { runStart, runStartByIdentity } from './run-start';
import { usualServicePort } from './service';
import { untilStopped } from './until-stopped';
import { usualPorts } from './world';

void untilStopped(async () => {
  console.log('Starting Azurite, the Key Vault emulator, the simulators and the service …');
  const begin = process.argv.includes('--identity') ? runStartByIdentity : runStart;
  const { world, service, more, close } = await begin({
    ports: usualPorts,
    servicePort: usualServicePort,
    print: (line) => console.log(line),
  });
  const others = Object.entries(more).map(([name, url]) => `  ${name.padEnd(28)}${url}\n`);
  console.log(`
  Phone (texts arrive here)   ${world.phone.url}
  Sign up                     ${service.url}/signup
${simulatorLines(world, '   (batteries, faults, what the service does about them)')}
  Key Vault emulator          ${world.keyVault.url}   (refusals; with a certificate of its own)
${others.join('')}  Health                      ${service.url}/api/health

Ada is being connected now. Her tokens are rotated every 20 s here (every six hours in Azure) and her tracker is
read every 5 s (hourly in Azure); it loses a percent every 5 s, so open the phone: a text is on its way. For the next
one, charge her Charge 6 on the simulator's page and set it to 22; or sign up yourself, as Grace. To see trouble, switch a
fault on there until cleared: what takes hours in Azure happens within a minute, and alarms arrive on the phone
${operator.phone}. Ctrl-C ends everything.
`);
  try {
    await connectWearer({
      serviceUrl: service.url,
      provider: 'google-health',
      number: ada.phone,
      phone: world.phone,
      wearer: ada.id,
    });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
});
