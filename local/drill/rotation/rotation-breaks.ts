/**
 * The shortcuts that the drill must notice (`--break`). Each undoes one rule of the rotation by wrapping the ports of
 * a worker, never by a switch in the service, and shows that the drill would find such a mistake.
 */
import type { Connection, ConnectionId, Lease, Pointer, TokenSet, Settings } from '../../../src/model';
import type { HttpAnswer, Ports, Row } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import type { RotationBreakName } from '../orders';

export function breakRotation(
  ports: Ports & Settings,
  broken: RotationBreakName,
  currentConnection: () => string | undefined,
): Partial<Ports> {
  switch (broken) {
    case 'latest-version':
      return readLatestVersion(ports);
    case 'one-replay':
      return { queues: enqueueOneReplay(ports) };
    case 'use-before-save':
      return { http: useBeforeSave(ports) };
    case 'lease-only':
      return trustTheLease(ports, currentConnection);
    case 'no-fence':
      return { tables: ignoreTheFence(ports) };
  }
}

/** Whatever was saved last counts as the set that the pointer names. */
function readLatestVersion({
  tables,
  vault,
}: Pick<Ports, 'tables' | 'vault'>): Pick<Ports, 'tables' | 'vault'> {
  const pointers = new Map<ConnectionId, Pointer | undefined>();
  const asPointed = (id: ConnectionId, consent: number, set: TokenSet) => {
    const pointer = pointers.get(id);
    return pointer?.consent === consent
      ? { version: pointer.secretVersion, set: { ...set, generation: pointer.generation } }
      : undefined;
  };
  return {
    tables: {
      ...tables,
      connections: {
        ...tables.connections,
        async get(key) {
          const row = await tables.connections.get(key);
          pointers.set(key.row, row?.value.pointer);
          return row;
        },
      },
    },
    vault: {
      ...vault,
      async readTokenSet(connection, consent) {
        const latest = await vault.readTokenSet(connection, consent);
        return latest && (asPointed(connection.id, consent, latest.set) ?? latest);
      },
    },
  };
}

/** The second and third replay are forgotten. */
function enqueueOneReplay({
  queues,
  policy,
}: Pick<Ports, 'queues'> & Pick<Settings, 'policy'>): Ports['queues'] {
  const [first = 0] = policy.times.replayMs;
  return {
    ...queues,
    enqueue: (job, delayMs = 0) =>
      job.kind === 'rotate-token' && job.replayOf && job.attempt === 0 && delayMs > first
        ? Promise.resolve(() => Promise.resolve())
        : queues.enqueue(job, delayMs),
  };
}

/** The new access token is tried out before it is saved, which ends the provider's repeat window. */
function useBeforeSave({
  http,
  policy,
  providers,
}: Pick<Ports, 'http' | 'providers'> & Pick<Settings, 'policy'>): Ports['http'] {
  return async (request) => {
    const answer = await http(request);
    const token = answer.answered ? accessTokenIn(answer) : undefined;
    const provider = [...providers.values()].find(({ urls }) => urls.token === request.url);
    if (token !== undefined && provider) {
      await http({
        method: provider.devices.form ? 'POST' : 'GET',
        url: provider.urls.api + provider.devices.path(),
        ...(provider.devices.form && { form: provider.devices.form }),
        authorization: { bearer: new Secret(token) },
        timeoutMs: policy.times.providerTimeoutMs,
      });
    }
    return answer;
  };
}

function accessTokenIn({ body }: HttpAnswer): string | undefined {
  const { access_token: token } = (body ?? {}) as { access_token?: unknown };
  return typeof token === 'string' ? token : undefined;
}

/** Whoever has had the lease believes that nobody else can have moved the pointer since. */
function trustTheLease(
  { tables }: Pick<Ports, 'tables'>,
  currentConnection: () => string | undefined,
): Pick<Ports, 'tables'> {
  const believed = new Map<ConnectionId, { pointer: Pointer | undefined }>();
  const believe = ({ value, ...row }: Row<Connection>): Row<Connection> => {
    const known = believed.get(value.id);
    return known ? { ...row, value: { ...value, pointer: known.pointer } } : { ...row, value };
  };
  return {
    tables: {
      ...tables,
      connections: {
        ...tables.connections,
        async get(key) {
          const row = await tables.connections.get(key);
          return row && (currentConnection() === undefined ? row : believe(row));
        },
        async replace(row, value) {
          const replaced = await tables.connections.replace(row, value);
          // Taking the lease fixes the belief, one's own commit moves it, releasing the lease ends it.
          if (value.lease) believed.set(value.id, { pointer: value.pointer });
          else believed.delete(value.id);
          return replaced;
        },
      },
    },
  };
}

/** Whoever has had the lease makes notes on the record as if nobody else could have it by now. */
function ignoreTheFence({ tables }: Pick<Ports, 'tables'>): Ports['tables'] {
  const ours = new Map<ConnectionId, string>();
  const real = new Map<string, Lease | undefined>();
  return {
    ...tables,
    connections: {
      ...tables.connections,
      async get(key) {
        const row = await tables.connections.get(key);
        const owner = row && ours.get(row.value.id);
        if (!row?.value.lease || owner === undefined) return row;
        real.set(row.etag, row.value.lease);
        return { ...row, value: { ...row.value, lease: { ...row.value.lease, owner } } };
      },
      async replace(row, value) {
        const owner = ours.get(value.id);
        const held = real.get(row.etag);
        // The lease itself stays with whoever has it.
        const isTheirs = held !== undefined && held.owner !== owner;
        const isUntouched = value.lease === undefined || value.lease.owner === owner;
        const replaced = await tables.connections.replace(
          row,
          isTheirs && isUntouched ? { ...value, lease: held } : value,
        );
        if (value.lease && !isUntouched) ours.set(value.id, value.lease.owner);
        return replaced;
      },
    },
  };
}
