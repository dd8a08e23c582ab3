/** What the operator wants to see: which connections work, which do not, and why. */
import type { CampaignProgress, Connection, Policy, ProviderId } from '../../model';
import type { Ports } from '../../ports';
import { readCampaigns } from '../messages/campaign';
import { isShared, stateOf, type ConnectionState } from '../connection/state';

export interface Status {
  readonly connections: readonly ConnectionStatus[];
  readonly alarms: readonly {
    readonly name: string;
    readonly since: string;
    readonly count?: number | undefined;
  }[];
  readonly runs: readonly {
    readonly kind: string;
    readonly completedAt?: string | undefined;
    readonly count: number;
  }[];
  readonly campaigns: readonly CampaignStatus[];
}

/** The counts are those of the last pass over all connections; absent before the first one. */
export interface CampaignStatus extends Partial<Omit<CampaignProgress, 'at'>> {
  readonly provider: ProviderId;
  readonly startedAt: string;
  readonly countedAt?: string;
}

export interface ConnectionStatus {
  readonly connection: string;
  readonly label?: string | undefined;
  readonly outsideId?: string | undefined;
  readonly provider: ProviderId;
  readonly state: ConnectionState;
  readonly consent?: number | undefined;
  readonly generation?: number | undefined;
  readonly rotatedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly failure?: { readonly code: string; readonly since: string } | undefined;
  /** Why batteries cannot be read, since when, and how many checks in a row. */
  readonly failingCheck?:
    { readonly code: string; readonly since: string; readonly count: number } | undefined;
  /** Texts to it have stopped: the carriers say that the wearer's number does not exist. */
  readonly numberDeadSince?: string | undefined;
  readonly missingScopes: readonly string[];
  /** Whether its access can be had by whom it is shared with. */
  readonly shared: boolean;
}

export async function readStatus(ports: Pick<Ports, 'policy' | 'tables'>): Promise<Status> {
  const connections: ConnectionStatus[] = [];
  for await (const { value } of ports.tables.connections.list()) {
    connections.push(describe(value, ports.policy));
  }
  const alarms: Status['alarms'][number][] = [];
  for await (const { value } of ports.tables.alarms.list()) {
    if (value.endedAt === undefined) {
      const { name, since, count } = value;
      alarms.push({ name, since: iso(since), ...(count !== undefined && { count }) });
    }
  }
  const runs: Status['runs'][number][] = [];
  for await (const { value } of ports.tables.runs.list()) {
    const completedAt = value.completedAt === undefined ? undefined : iso(value.completedAt);
    runs.push({ kind: value.kind, completedAt, count: value.count });
  }
  return { connections, alarms, runs, campaigns: await readCampaignStatus(ports) };
}

export async function readCampaignStatus(ports: Pick<Ports, 'tables'>): Promise<CampaignStatus[]> {
  return (await readCampaigns(ports)).map(({ provider, startedAt, progress }) => {
    const { at, ...counts } = progress ?? {};
    return { provider, startedAt: iso(startedAt), ...counts, ...(at && { countedAt: iso(at) }) };
  });
}

function describe(connection: Connection, policy: Policy): ConnectionStatus {
  const { id, label, outsideId, provider, pointer, failedAttempt, failingCheck, failingSince } = connection;
  const { missingScopes, numberDeadSince } = connection;
  return {
    connection: id,
    ...(label !== undefined && { label }),
    ...(outsideId !== undefined && { outsideId }),
    provider,
    state: stateOf(connection),
    ...(pointer && {
      consent: pointer.consent,
      generation: pointer.generation,
      rotatedAt: iso(pointer.rotatedAt),
      expiresAt: iso(pointer.expiresAt),
    }),
    ...(failedAttempt && {
      failure: { code: failedAttempt.code, since: iso(failingSince ?? failedAttempt.at) },
    }),
    ...(failingCheck && {
      failingCheck: {
        code: failingCheck.code,
        since: iso(failingCheck.since),
        count: failingCheck.count,
      },
    }),
    ...(numberDeadSince !== undefined && { numberDeadSince: iso(numberDeadSince) }),
    missingScopes,
    shared: isShared(connection, policy),
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
