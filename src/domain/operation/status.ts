/** What the operator wants to see: which connections work, which do not, and why. */
import { boardRanks, type BoardEntry, type Connection, type Policy, type Settings } from '../../model';
import type { connectionStatus } from '../../model/answers/connection-answers';
import type { campaignStatus, serviceStatus } from '../../model/answers/operator-answers';
import type { AnswerOf } from '../../model/answers/shape';
import type { Ports } from '../../ports';
import { readBoardPage, readEntries } from '../board/read-board';
import { readOpenConnection } from '../connection/read';
import { connectionsAfter } from '../store/connections-after';
import { readCampaigns } from '../messages/campaign';
import { isShared, stateOf } from '../connection/state';

export type Status = AnswerOf<typeof serviceStatus>;
export type CampaignStatus = AnswerOf<typeof campaignStatus>;
export type ConnectionStatus = AnswerOf<typeof connectionStatus>;

export interface StatusPage {
  /** How many connections it may have. */
  readonly limit: number;
  /** As the page before gave it. */
  readonly after?: string | undefined;
  /** Only those that need attention, the most urgent first. */
  readonly attention?: boolean;
}

/** Reads no more connections than the page has. */
export async function readStatus(
  ports: Pick<Ports, 'tables'> & Pick<Settings, 'policy'>,
  page: StatusPage = { limit: mostPerStatus },
): Promise<Status> {
  const { connections, next } = await (page.attention ? readNeeding(ports, page) : readInOrder(ports, page));
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
  return { connections, next, alarms, runs, campaigns, undelivered: await readUndelivered(ports) };
}

export const mostPerStatus = 1_000;

type Connections = Pick<Status, 'connections' | 'next'>;

async function readNeeding(
  ports: Pick<Ports, 'tables'> & Pick<Settings, 'policy'>,
  page: StatusPage,
): Promise<Connections> {
  const ranks = boardRanks.filter((rank) => rank !== 'fine');
  const { entries, next } = await readBoardPage(ports, { ranks }, page);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const connection = await readOpenConnection(ports, entry.connection);
      return connection ? [describe(connection, ports.policy, entry)] : [];
    }),
  );
  return { connections: found.flat(), next: next ?? null };
}

async function readInOrder(
  ports: Pick<Ports, 'tables'> & Pick<Settings, 'policy'>,
  { limit, after }: StatusPage,
): Promise<Connections> {
  const found: Connection[] = [];
  let next: string | null = null;
  for await (const { value } of connectionsAfter(ports, after, limit)) {
    if (found.length === limit) {
      next = found.at(-1)!.id;
      break;
    }
    found.push(value);
  }
  const entries = await readEntries(
    ports,
    found.map(({ id }) => id),
  );
  return { connections: found.map((each) => describe(each, ports.policy, entries.get(each.id))), next };
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

function describe(connection: Connection, policy: Policy, entry: BoardEntry | undefined): ConnectionStatus {
  const { id, label, outsideId, provider, pointer, failedAttempt, failingCheck, failingSince } = connection;
  const { missingScopes, numberDeadSince, emailDeadSince } = connection;
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
    ...(emailDeadSince !== undefined && { emailDeadSince: iso(emailDeadSince) }),
    missingScopes,
    shared: isShared(connection, policy),
    ...(connection.site !== undefined && { site: connection.site }),
    ...(connection.vault !== undefined && { vault: connection.vault }),
    ...(entry && { board: describeEntry(entry) }),
  };
}

function describeEntry(entry: BoardEntry): NonNullable<ConnectionStatus['board']> {
  const { rank, since, battery, syncedAt, checkedAt, texts, lastText, note, contacted } = entry;
  return {
    rank,
    since: iso(since),
    ...(battery && {
      battery: {
        device: battery.name,
        percent: battery.percent,
        word: battery.word,
        measuredAt: iso(battery.at),
        flatAt: battery.flatAt === undefined ? undefined : iso(battery.flatAt),
      },
    }),
    ...(syncedAt !== undefined && { lastSyncAt: iso(syncedAt) }),
    ...(checkedAt !== undefined && { lastCheckAt: iso(checkedAt) }),
    ...(texts !== undefined && { texts }),
    ...(lastText && { lastText: { kind: lastText.kind, at: iso(lastText.at), state: lastText.state } }),
    ...(note && { note: note.text }),
    ...(contacted && { contactedAt: iso(contacted.at) }),
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
