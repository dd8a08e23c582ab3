/** `npm run emulators`: everything around the service, for people who run `func start` themselves. */
import { drainWhileYouLook, people } from './people';
import { simulatorLines } from './provider-names';
import { untilStopped } from './until-stopped';
import { startWorld, usualPorts } from './world';

void untilStopped(async () => {
  const world = await startWorld({ ports: usualPorts, people: people(Date.now(), drainWhileYouLook) });
  console.log(`
The emulators are running:

  Phone (texts arrive here)   ${world.phone.url}
  Mailbox (e-mails)           ${world.phone.url}/mailbox
${simulatorLines(world)}
  Key Vault emulator          ${world.keyVault.url}
  Azurite                     ${world.azurite.blobUrl} (queues and tables on the next two ports)

In another terminal, with Azure Functions Core Tools 4:

  cp local.settings.sample.json local.settings.json
  npm run build && func start

then sign up at http://127.0.0.1:7071/signup. Ctrl-C ends the emulators.
`);
  return world.close;
});
