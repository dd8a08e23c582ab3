/**
 * What a platform sees of the connections that are shared with it: whose they are, whether they work, and the devices. No number, no
 * token; wearers were told of it before they consented.
 */
import type { Connection, Settings } from '../../model';
import type {
  connectionPage as connectionPageShape,
  listedConnection,
  listedDevice,
} from '../../model/answers/connection-answers';
import type { AnswerOf } from '../../model/answers/shape';
import type { Ports } from '../../ports';
import { connectionsAfter } from '../store/connections-after';
import { iso } from './status';
import { isShared, stateOf } from '../connection/state';

export type ListedConnection = AnswerOf<typeof listedConnection>;
export type ListedDevice = AnswerOf<typeof listedDevice>;
export type ConnectionPage = AnswerOf<typeof connectionPageShape>;

/** Reads no more rows than it has to: the id of the last connection says where to go on. */
export async function connectionPage(
  ports: Pick<Ports, 'providers' | 'tables'> & Pick<Settings, 'policy'>,
  {
    limit,
    after,
    label,
    outsideId,
  }: {
    readonly limit: number;
    readonly after?: string | undefined;
    /** Only connections that have exactly this one. */
    readonly label?: string | undefined;
    readonly outsideId?: string | undefined;
  },
): Promise<ConnectionPage> {
  const found: ListedConnection[] = [];
  for await (const { value } of connectionsAfter(ports, after)) {
    if (!isShared(value, ports.policy)) continue;
    if ((label ?? value.label) !== value.label || (outsideId ?? value.outsideId) !== value.outsideId)
      continue;
    if (found.length === limit) return { connections: found, next: found.at(-1)?.connection ?? null };
    found.push(describeConnection(ports, value));
  }
  return { connections: found, next: null };
}

export function describeConnection(
  { providers }: Pick<Ports, 'providers'>,
  connection: Connection,
): ListedConnection {
  const { id, label, outsideId, site, provider, pointer, createdAt, missingScopes } = connection;
  const { device, optional } = providers.get(provider)!.scopes;
  return {
    connection: id,
    label: label ?? null,
    outsideId: outsideId ?? null,
    site: site ?? null,
    provider,
    state: stateOf(connection),
    connectedAt: iso(pointer?.consentedAt ?? createdAt),
    expiresAt: pointer ? iso(pointer.expiresAt) : null,
    scopes: [device, ...optional].filter((scope) => !missingScopes.includes(scope)),
  };
}

export async function describeDevices(
  { tables }: Pick<Ports, 'tables'>,
  { id }: Connection,
): Promise<ListedDevice[]> {
  const devices: ListedDevice[] = [];
  for await (const { value } of tables.devices.list(id)) {
    const { reading, checkedAt } = value;
    const { model, kind, percent, word, syncedAt } = reading;
    if (kind === 'phone') continue;
    devices.push({
      model,
      kind,
      percent: percent ?? null,
      word: word ?? null,
      syncedAt: syncedAt === undefined ? null : iso(syncedAt),
      checkedAt: iso(checkedAt),
    });
  }
  return devices;
}
