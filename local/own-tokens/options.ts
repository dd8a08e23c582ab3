/** What `npm run connect` and `npm run token` are told, and the sentences for what is wrong with it. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { labelPattern } from '../../src/domain/connection/labels';
import { providerIds, type ProviderId } from '../../src/model';
import { usualFile, type Place } from './stores';

/** A message for the person at the terminal; everything else is a mistake of ours. */
export class Told extends Error {
  override readonly name = 'Told';
}

export const placeOptions = {
  file: { type: 'string' },
  vault: { type: 'string' },
  storage: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/** @throws Told, for an option that does not exist or lacks its value */
export function read<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Told(error instanceof Error ? error.message : String(error));
  }
}

/** @throws Told */
export function readPlace({
  file = usualFile(),
  vault,
  storage,
}: {
  readonly file?: string | undefined;
  readonly vault?: string | undefined;
  readonly storage?: string | undefined;
}): Place {
  if (storage !== undefined && vault === undefined) {
    throw new Told('--storage names the tables of a deployed service, and needs --vault with its Key Vault.');
  }
  if (vault !== undefined && !URL.canParse(vault)) {
    throw new Told('--vault has to be the URL of a Key Vault, such as https://my-vault.vault.azure.net');
  }
  return { file, vault, storage };
}

/** @throws Told */
export function readProvider(id: string): ProviderId {
  const found = providerIds.find((known) => known === id);
  if (found) return found;
  throw new Told(`There is no provider "${id}". Choose one of: ${providerIds.join(', ')}.`);
}

/** @throws Told */
export function readLabel(label: string): string {
  if (labelPattern.test(label)) return label;
  throw new Told(
    'A label has 1 to 64 letters, digits, dots, dashes, underscores or @, and begins with a letter or digit.',
  );
}

/** `GOOGLE_HEALTH` for `google-health`: the app settings of a provider begin with it. */
export function settingPrefix(provider: ProviderId): string {
  return provider.toUpperCase().replaceAll('-', '_');
}

/** Simulators in place of the providers, if the environment names them. */
export function simulatorSettings(): Record<string, string | undefined> {
  const names = providerIds.map((id) => `${settingPrefix(id)}_SIMULATOR_URL`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Ends the program: what a person did wrong is one sentence, without a stack. */
export function endWith(error: unknown): void {
  const isTold =
    error instanceof Told || ['ConsentRefused', 'PortTaken', 'AppError'].includes((error as Error)?.name);
  console.error(isTold ? (error as Error).message : error);
  process.exitCode = 1;
}
