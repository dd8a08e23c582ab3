/** `npm run token`: prints an access token that works, refreshed when needed under the lease of its connection. */
import { usableTokenSet } from '../src/domain/rotation/usable-access';
import { findConnection } from './own-tokens/find';
import {
  endWith,
  placeOptions,
  read,
  readPlace,
  settingPrefix,
  simulatorSettings,
  Told,
} from './own-tokens/options';
import { openStores } from './own-tokens/stores';
import { openTokenFile } from './own-tokens/token-file';
import { providerIds } from '../src/model';

const usage = `npm run -s token -- me [--json] [--file tokens.sqlite] [--vault https://….vault.azure.net [--storage account]]

With --storage the client id is read from an environment variable such as GOOGLE_HEALTH_CLIENT_ID.`;

async function main(): Promise<void> {
  const { values, positionals } = read({
    allowPositionals: true,
    options: {
      ...placeOptions,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const [label, ...more] = positionals;
  if (label === undefined || more.length > 0)
    throw new Told(`Name one connection by its label or id.\n\n${usage}`);
  const place = readPlace(values);
  const stores = openStores(place, {
    ...simulatorSettings(),
    PUBLIC_URL: 'http://127.0.0.1:7071',
    ...(await clientIds(place.storage === undefined ? place.file : undefined)),
  });
  try {
    const { ports } = stores;
    const connection = await findConnection(ports, label);
    if (!connection) throw new Told(`There is no connection "${label}" here. Make one with: npm run connect`);
    const patienceMs = ports.policy.times.leaseMs;
    const usable = await usableTokenSet(ports, connection.id, { patienceMs });
    if (!usable.ok) throw new Told(explain(usable.code, label));
    const { value: set } = usable;
    console.log(values.json ? ports.writeTokenAnswer(set, ports.clock.now()) : set.accessToken.reveal());
  } finally {
    stores.close();
  }
}

async function clientIds(path: string | undefined): Promise<Record<string, string | undefined>> {
  const file = path === undefined ? undefined : openTokenFile(path);
  try {
    const found: [string, string | undefined][] = [];
    for (const id of providerIds) {
      const name = `${settingPrefix(id)}_CLIENT_ID`;
      const kept = await file?.vault.readSecret(`${id}-client-id`);
      found.push([name, kept?.reveal() ?? process.env[name]]);
    }
    return Object.fromEntries(found);
  } finally {
    file?.close();
  }
}

function explain(code: string, label: string): string {
  switch (code) {
    case 'RECONNECT_REQUIRED':
    case 'GRANT_REFUSED':
      return `The consent of "${label}" has ended (${code}). Connect again with: npm run connect -- --label ${label}`;
    case 'PROVIDER_RETIRED':
      return `The provider of "${label}" has been switched off (${code}).`;
    case 'CLIENT_REFUSED':
    case 'NOT_CONFIGURED':
      return `The provider refuses the client (${code}). Check the client id and the client secret.`;
    default:
      return `There is no token of "${label}" now (${code}). Nothing is lost; try again in a minute.`;
  }
}

main().catch(endWith);
