/**
 * `npm start`: the local world, the service in it, and one wearer who is connected without anybody clicking. With `-- --identity`
 * the service has no key, as in Azure; with `-- --keep` everything stays between two starts.
 */
import { providerIds, type ProviderId } from '../src/model';
import { clientSecretNameOf } from '../src/providers/settings';
import { asAda, connectWearer } from './connect-wearer';
import { openKeptFolder, type KeptFolder } from './kept';
import type { Secret } from './key-vault/store';
import { askSecret } from './own-tokens/ask-secret';
import { read, Told } from './own-tokens/options';
import { nameOf } from './provider-names';
import { runStart, runStartByIdentity, type Started } from './run-start';
import { usualServicePort } from './service';
import { localClient } from './simulators/clients';
import { describeStart, isSimulated } from './start-lines';
import { chooseStartSettings, missingSecret, readSettingsFile, type StartSettings } from './start-settings';
import { untilStopped } from './until-stopped';
import { usualPorts } from './world';

const usualFolder = '.kept';
const settingsFile = 'local.settings.json';

const usage = `npm start -- [--keep | --keep=<folder>] [--identity]

--keep      keeps everything between two starts, in ${usualFolder} or in the folder that you name
--identity  the service has no key, as in Azure`;

interface Options {
  readonly identity: boolean;
  /** Where everything is kept. */
  readonly keep: string | undefined;
}

/** @throws Told */
function readOptions(given: readonly string[]): Options | 'help' {
  const { values } = read({
    args: given.map((each) => (each === '--keep' ? `--keep=${usualFolder}` : each)),
    options: {
      identity: { type: 'boolean', default: false },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.keep === '') throw new Told(`--keep= lacks the name of a folder.\n\n${usage}`);
  return values.help ? 'help' : { identity: values.identity, keep: values.keep };
}

/** From the settings, or from the kept vault, or typed in: a vault that is new knows the simulators' only. */
async function withClientSecrets(
  chosen: StartSettings,
  folder: KeptFolder | undefined,
): Promise<StartSettings> {
  const clientSecrets = { ...chosen.clientSecrets };
  for (const id of chosen.real) {
    const kept = folder?.keep<Secret>('secrets').get(clientSecretNameOf(id))?.versions.at(-1)?.value;
    if (clientSecrets[id] !== undefined || (kept !== undefined && kept !== localClient.clientSecret))
      continue;
    const typed = process.stdin.isTTY
      ? await askSecret(`Client secret of ${nameOf(id)} (not shown): `)
      : undefined;
    if (!typed) throw new Told(missingSecret(id));
    clientSecrets[id] = typed;
  }
  return { ...chosen, clientSecrets };
}

/** Only in a world without any connection, and only at a simulator. */
async function connectAda(
  { world, service, readStatus }: Started,
  simulated: readonly ProviderId[],
): Promise<void> {
  const [provider] = simulated;
  if (provider === undefined || (await readStatus()).connections.length > 0) return;
  try {
    await connectWearer(asAda(service, world, provider));
  } catch (error) {
    // Settings of one's own can forbid it: her country, an invite code, a limit.
    console.log(`Ada could not be connected: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function start(): Promise<() => Promise<void>> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') throw new Told(usage);
  const asked = chooseStartSettings(readSettingsFile(settingsFile), process.env);
  const folder = options.keep === undefined ? undefined : openKeptFolder(options.keep);
  const chosen = await withClientSecrets(asked, folder);
  console.log('Starting Azurite, the Key Vault emulator, the simulators and the service …');
  const begin = options.identity ? runStartByIdentity : runStart;
  const started = await begin({
    ports: usualPorts,
    servicePort: usualServicePort,
    chosen,
    folder,
    print: (line) => console.log(line),
  });
  console.log(describeStart(started, chosen, folder?.path));
  await connectAda(started, providerIds.filter(isSimulated(chosen)));
  return async () => {
    await started.close();
    await folder?.close();
  };
}

void untilStopped(start);
