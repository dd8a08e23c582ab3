/** What the operator wants to see: which connections work, which do not, and why. */
import type { Connection, Policy, Settings } from '../../model';
import type { connectionStatus } from '../../model/answers/connection-answers';
import type { campaignStatus, serviceStatus } from '../../model/answers/operator-answers';
import type { AnswerOf } from '../../model/answers/shape';
import type { Ports } from '../../ports';
import { readCampaigns } from '../messages/campaign';
import { isShared, stateOf } from '../connection/state';

export type Status = AnswerOf<typeof serviceStatus>;
export type CampaignStatus = AnswerOf<typeof campaignStatus>;
export type ConnectionStatus = AnswerOf<typeof connectionStatus>;

export async function readStatus(ports: Pick<Ports, 'tables'> & Pick<Settings, 'policy'>): Promise<Status> {
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
  const campaigns = await readCampaignStatus(ports);
  return { connections, alarms, runs, campaigns, undelivered: await readUndelivered(ports) };
}

const mostUndelivered = 100;

async function readUndelivered({ tables }: Pick<Ports, 'tables'>): Promise<Status['undelivered']> {
  const undelivered: Status['undelivered'][number][] = [];
  for await (const { value } of tables.undelivered.list()) {
    if (undelivered.length === mostUndelivered) break;
    const { at, givenUpAt, status, ...said } = value;
    undelivered.push({
      ...said,
      at: iso(at),
      ...(status !== undefined && { status }),
      givenUpAt: iso(givenUpAt),
    });
  }
  return undelivered;
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
