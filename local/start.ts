/**
 * `npm start`: the local world, the service in it, and one wearer who is connected without anybody clicking. With
 * `-- --identity` the service has no key of Azure's, only a managed identity, as in Azure.
 */
import { join } from 'node:path';
import { connectWearer } from './connect-wearer';
import { startIdentityWorld } from './identity/identity-world';
import { startServiceProcess } from './identity/start-service-process';
import { ada } from './people';
import { printLog } from './print-log';
import { startTogether, type Running } from './running';
import { startService, usualServicePort } from './service';
import { untilStopped } from './until-stopped';
import { startWorld, usualPorts, type World } from './world';

const port = usualServicePort;
const unattended = true;

interface Started {
  readonly world: World;
  readonly serviceUrl: string;
  /** Lines of the list below that only this world has. */
  readonly more: string;
}

async function startWithKeys({ start }: Running): Promise<Started> {
  const world = await start(startWorld({ ports: usualPorts }));
  const service = await start(startService({ world, port, unattended, onLog: printLog, settings: shared }));
  return { world, serviceUrl: service.url, more: '' };
}

async function startByIdentity({ start }: Running): Promise<Started> {
  const made = await start(startIdentityWorld({ ports: usualPorts, tokenPort: 7184 }));
  const identityWorld = { ...made, settings: { ...made.settings, ...shared } };
  const program = join(__dirname, 'identity', 'service-process.js');
  const service = await start(
    startServiceProcess({ identityWorld, program, port, unattended, onLog: printLog }),
  );
  const more = `  Managed identity            ${made.tokenEndpoint.url}   (no token, missing roles)\n`;
  return { world: made.world, serviceUrl: service.url, more };
}

const shared = { SHARED_WITH: 'Example Platform' };

void untilStopped(async () => {
  console.log('Starting Azurite, the Key Vault emulator, the simulators and the service …');
  return startTogether(async (running) => {
    const begin = process.argv.includes('--identity') ? startByIdentity : startWithKeys;
    const { world, serviceUrl, more } = await begin(running);
    console.log(`
  Phone (texts arrive here)   ${world.phone.url}
  Sign up                     ${serviceUrl}/signup
  Google Health simulator     ${world.googleHealth.url}   (batteries, faults)
  Fitbit simulator            ${world.fitbit.url}
  Key Vault emulator          ${world.keyVault.url}   (refusals; with a certificate of its own)
${more}  Health                      ${serviceUrl}/api/health

Ada is being connected now. Her tokens are rotated every 20 s here (every six hours in Azure) and her tracker is
read every 5 s (hourly in Azure); it loses a percent every 5 s, so open the phone: a text is on its way. For the next
one, charge her Charge 6 on the simulator's page and set it to 22; or sign up yourself, as Grace. Ctrl-C ends everything.
`);
    await connectWearer({
      serviceUrl,
      provider: 'google-health',
      number: ada.phone,
      phone: world.phone,
      wearer: ada.id,
    });
    return running.close;
  });
});
