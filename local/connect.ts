import { setLabel } from '../src/domain/connection/labels';
import type { Provider } from '../src/ports';
import { Secret } from '../src/secret';
import { askSecret } from './own-tokens/ask-secret';
import { takeConsent } from './own-tokens/ask-consent';
import { findConnection } from './own-tokens/find';
import { openBrowser } from './own-tokens/open-browser';
import {
  endWith,
  placeOptions,
  read,
  readLabel,
  readPlace,
  readProvider,
  settingPrefix,
  simulatorSettings,
  Told,
} from './own-tokens/options';
import { openStores, type Stores } from './own-tokens/stores';
import { openTokenFile } from './own-tokens/token-file';
import { readConnection } from '../src/domain/connection/read';

const usage = `npm run connect -- --client-id … [--label me] [--provider google-health] [--scopes "…"] [--port 7071] [--headless]
                  [--file tokens.sqlite] [--vault https://….vault.azure.net [--storage account]]

The client secret is asked for, or read from the environment variable CLIENT_SECRET.`;

async function main(): Promise<void> {
  const { values } = read({
    options: {
      ...placeOptions,
      provider: { type: 'string', default: 'google-health' },
      'client-id': { type: 'string' },
      label: { type: 'string', default: 'me' },
      scopes: { type: 'string' },
      port: { type: 'string', default: '7071' },
      headless: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const place = readPlace(values);
  const id = readProvider(values.provider);
  const label = readLabel(values.label);
  const port = readPort(values.port);
  const prefix = settingPrefix(id);
  const clientIdName = `${id}-client-id`;
  const clientId =
    values['client-id'] ??
    (place.storage === undefined ? await knownClientId(place.file, clientIdName) : undefined);
  if (clientId === undefined) throw new Told(`--client-id is missing.\n\n${usage}`);

  const stores = openStores(place, {
    ...simulatorSettings(),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    [`${prefix}_CLIENT_ID`]: clientId,
    ...(values.scopes !== undefined && { [`${prefix}_OPTIONAL_SCOPES`]: values.scopes }),
  });
  try {
    const { ports, file } = stores;
    const provider = ports.providers.get(id)!;
    await keepClientSecret(stores, provider.clientSecretName);
    file?.keepSecret(clientIdName, new Secret(clientId));
    const known = await findConnection(ports, label);
    const { connection, missingScopes } = await takeConsent({
      ports,
      provider,
      port,
      reconnects: known,
      show: (url) => {
        console.error(`\nOpen this address in a browser on this machine and agree:\n\n  ${url}\n`);
        if (!values.headless) openBrowser(url);
      },
    });
    if (!(await setLabel(ports, connection, label)).ok) {
      throw new Told(
        `The connection is kept as ${connection}, and not as ${label}: another one took that label meanwhile.`,
      );
    }
    const record = await readConnection(ports, connection);
    if (missingScopes.length > 0) console.error(`Not granted: ${missingScopes.join(', ')}`);
    const again = `npm run -s token -- ${label}${repeatPlace(values)}`;
    console.log(`Connected as ${label}.

  Connection          ${connection}
  Access token until  ${new Date(record?.pointer?.expiresAt ?? 0).toISOString()}
  Kept in             ${place.storage ?? place.vault ?? place.file}

An access token, refreshed when needed:

  ${again}

A call:

  curl -H "Authorization: Bearer $(${again})"${formOf(provider)} '${provider.urls.api}${provider.devices.path()}'
`);
  } finally {
    stores.close();
  }
}

/** As curl sends the form of a read that is a POST. */
function formOf({ devices }: Provider): string {
  return Object.entries(devices.form ?? {})
    .map(([name, value]) => ` -d ${name}=${value}`)
    .join('');
}

/** @throws Told */
function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Told('--port has to be a number from 1 to 65535.');
}

/** From the last time: whoever connects a second account need not type it again. */
async function knownClientId(path: string, name: string): Promise<string | undefined> {
  const file = openTokenFile(path);
  try {
    return (await file.vault.readSecret(name))?.reveal();
  } finally {
    file.close();
  }
}

/**
 * Never from the command line, because that stands in the shell's history and in the list of processes. In a Key Vault the operator
 * keeps it.
 *
 * @throws Told when there is none
 */
async function keepClientSecret({ ports, file }: Stores, name: string): Promise<void> {
  const given = process.env['CLIENT_SECRET'];
  const known = await ports.vault.readSecret(name);
  if (ports.vault !== file?.vault) {
    if (known) return;
    throw new Told(`The Key Vault has no secret "${name}". Put the client secret there first.`);
  }
  if (known && given === undefined) return;
  const secret = (given ?? (await askSecret('Client secret (not shown): '))).trim();
  if (secret === '') throw new Told('The client secret is empty.');
  file.keepSecret(name, new Secret(secret));
}

function repeatPlace({
  file,
  vault,
  storage,
}: {
  file?: string | undefined;
  vault?: string | undefined;
  storage?: string | undefined;
}): string {
  return Object.entries({ file, vault, storage })
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${value}`))
    .join('');
}

main().catch(endWith);
