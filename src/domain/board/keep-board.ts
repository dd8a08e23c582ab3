/**
 * Keeps the board: whoever learns something about a connection notes it here, and nothing is written when the board says it already. The board is
 * a copy, so a failure is logged and nobody's work ends by it; housekeeping mends what was missed.
 */
import { describeFailure, hasCode } from '../../errors';
import type {
  BoardEntry,
  BoardRow,
  Connection,
  ConnectionId,
  Device,
  LastText,
  Message,
  Policy,
  Settings,
} from '../../model';
import type { GroupChange, Key, Ports, Row, Table } from '../../ports';
import { forecast, forecastFromMs } from '../battery/forecast';
import { freshForMs } from '../battery/silence';
import { hasFailedFor } from '../connection/failing-check';
import { addressOf } from '../contact/address-of';
import { readTextState } from '../contact/addresses';
import { readingRows } from '../store/row-keys';
import {
  connectionFacts,
  deviceFacts,
  isUnseen,
  lastTextOf,
  levelMeasuredAt,
  thinLevels,
  type DeviceFacts,
} from './board-facts';
import { countNames, countsRow, entryKey, listRows } from './board-rows';
import { judgeEntry, type BoardFacts } from './judge-entry';

export type BoardNeeds = Pick<Ports, 'clock' | 'log' | 'tables'>;

/** What a change of a connection's record needs. */
type RecordNeeds = BoardNeeds & Pick<Ports, 'email' | 'keyedHash' | 'sms'> & Pick<Settings, 'policy'>;

const hourMs = 3_600_000;
/** So often the time of a check is written that has found nothing new. */
const checkedEveryMs = 3 * hourMs;

export interface Checked {
  /** By the rows of their records. */
  readonly devices: ReadonlyMap<string, Device>;
  readonly texts: BoardEntry['texts'];
  readonly lastText: LastText | undefined;
}

/** After a check that was good, or of what is known since the last one. */
export function noteChecked(
  ports: BoardNeeds & Pick<Settings, 'policy'>,
  connection: Connection,
  { devices, texts, lastText }: Checked,
): Promise<void> {
  const facts = connectionFacts(connection);
  if (!facts) return removeFromBoard(ports, connection.id);
  const now = ports.clock.now();
  const found = deviceFacts(ports.policy, connection, devices, now);
  return keep(ports, connection.id, async (before) => ({
    ...facts,
    texts,
    lastText: lastText ?? before?.lastText,
    ...(await batteryFacts(ports, found, before)),
    ...(isUnseen(connection, ports.policy) && { hearing: undefined }),
  }));
}

/** After a change of the record. What its devices and texts say stays as it is. */
export async function noteConnection(ports: RecordNeeds, connection: Connection): Promise<void> {
  const facts = connectionFacts(connection);
  if (!facts) return removeFromBoard(ports, connection.id);
  await keep(ports, connection.id, async (before) => ({
    ...before,
    ...facts,
    hearing: isUnseen(connection, ports.policy) ? undefined : before?.hearing,
    texts: await readTextState(ports, connection),
  }));
}

/** After a report about a text. */
export function noteText(ports: BoardNeeds, message: Message): Promise<void> {
  const lastText = lastTextOf([message]);
  return keep(ports, message.connection, (before) => {
    const isOlder = before?.lastText && lastText && before.lastText.at > lastText.at;
    return before && lastText && !isOlder ? { ...before, lastText } : undefined;
  });
}

/** After STOP or START. */
export function noteTextState(
  ports: BoardNeeds,
  id: ConnectionId,
  texts: BoardEntry['texts'],
): Promise<void> {
  return keep(ports, id, (before) => before && { ...before, texts });
}

/** The table of connections, as the service uses it: what changes in a record stands on the board. */
export function keepingBoard(ports: RecordNeeds, table: Table<Connection>): Table<Connection> {
  return {
    ...table,
    async replace(row, value) {
      const written = await table.replace(row, value);
      if (!isSame(shownOf(row.value, ports.policy), shownOf(value, ports.policy)))
        await noteConnection(ports, value);
      return written;
    },
  };
}

/** What has to be on the board at once. When tokens were refreshed, the next check says. */
function shownOf(connection: Connection, policy: Policy): unknown {
  const facts = connectionFacts(connection);
  if (!facts) return undefined;
  const { failingCheck, preferences } = connection;
  return {
    ...facts,
    rotatedAt: 0,
    expiresAt: 0,
    isUnreadLong: hasFailedFor(failingCheck, freshForMs),
    isUnseen: isUnseen(connection, policy),
    way: addressOf(connection)?.way,
    paused: preferences?.paused,
  };
}

async function batteryFacts(
  ports: Pick<Ports, 'clock' | 'tables'>,
  { emptiest, isLow, ...found }: DeviceFacts,
  before: BoardEntry | undefined,
): Promise<Pick<BoardEntry, 'battery' | 'lowSince' | 'silentSince' | 'hearing' | 'syncedAt' | 'checkedAt'>> {
  const now = ports.clock.now();
  const isRecent = before?.checkedAt !== undefined && now - before.checkedAt < checkedEveryMs;
  const lowSince = isLow
    ? (before?.lowSince ?? (emptiest ? levelMeasuredAt(emptiest.device) : now))
    : undefined;
  const { silentSince, hearing, syncedAt } = found;
  const times = { silentSince, hearing, syncedAt, lowSince };
  const checkedAt = isRecent ? before.checkedAt : found.checkedAt;
  if (!emptiest) return { ...times, checkedAt, battery: undefined };
  const { row, device, name } = emptiest;
  const { percent, word } = device.reading;
  const shown = { row, name, percent, word, at: levelMeasuredAt(device) };
  const known = before?.battery;
  // The history is read again when the level has changed.
  if (known?.row === row && known.percent === percent)
    return { ...times, checkedAt, battery: { ...known, ...shown } };
  return { ...times, checkedAt, battery: { ...shown, ...(await readLevels(ports, device, row)) } };
}

async function readLevels(
  ports: Pick<Ports, 'clock' | 'tables'>,
  device: Device,
  row: string,
): Promise<Pick<NonNullable<BoardEntry['battery']>, 'levels' | 'lastHalfDay' | 'flatAt'>> {
  const now = ports.clock.now();
  const readings = [];
  // Levels of the last minutes are in it, whatever the clock of the provider says.
  const rows = readingRows(row, now - forecastFromMs, now + 24 * hourMs);
  for await (const { value } of ports.tables.readings.list(device.connection, rows)) readings.push(value);
  const left = forecast(readings, now);
  return { ...thinLevels(readings, now), flatAt: left && Math.round(now + left.hours * hourMs) };
}

/** Every connection that is closed. Nothing happens when it is not on the board. */
export function removeFromBoard(ports: BoardNeeds, id: ConnectionId): Promise<void> {
  return keep(ports, id, () => 'remove');
}

type Decide = (
  before: BoardEntry | undefined,
) => BoardFacts | 'remove' | undefined | Promise<BoardFacts | 'remove' | undefined>;

/** @param decide is free of effects; `undefined` leaves the board as it is */
async function keep(ports: BoardNeeds, id: ConnectionId, decide: Decide): Promise<void> {
  try {
    await write(ports, id, decide);
  } catch (error) {
    ports.log.warn('board.not_kept', { connection: id, ...describeFailure(error) });
  }
}

const mostAttempts = 8;

/** @throws what the table throws */
export async function write(ports: BoardNeeds, id: ConnectionId, decide: Decide): Promise<void> {
  const { board } = ports.tables;
  for (let attempt = 1; ; attempt += 1) {
    const row = await board.get(entryKey(id));
    const before = row?.value.entry;
    const facts = await decide(before);
    if (facts === undefined || (facts === 'remove' && !before)) return;
    const after = facts === 'remove' ? undefined : judgeEntry(facts, before, ports.clock.now());
    if (after && isSame(before, after)) return;
    try {
      await board.writeTogether(await changesFor(ports, { row, id, before, after, isCareful: attempt > 1 }));
      return;
    } catch (error) {
      if (!hasCode(error, 'CONFLICT') || attempt === mostAttempts) throw error;
    }
  }
}

interface Rewrite {
  readonly row: Row<BoardRow> | undefined;
  readonly id: ConnectionId;
  readonly before: BoardEntry | undefined;
  readonly after: BoardEntry | undefined;
  /** A row that should be there may be missing. */
  readonly isCareful: boolean;
}

/** The entry guards its rows, and where there is none any more, the counts do. */
async function changesFor(
  { tables: { board } }: Pick<Ports, 'tables'>,
  { row, id, before, after, isCareful }: Rewrite,
): Promise<GroupChange<BoardRow>[]> {
  const key = entryKey(id);
  const at = (name: string): Key => ({ partition: key.partition, row: name });
  const changes: GroupChange<BoardRow>[] = [];
  const entry = { entry: after };
  if (after) {
    changes.push(row ? { kind: 'replace', row, value: entry } : { kind: 'insert', key, value: entry });
  }
  const [were, are] = [before ? countNames(before) : [], after ? countNames(after) : []];
  if (!isSame(were, are)) {
    const counts = await board.get(at(countsRow));
    const value = { counts: recount(counts?.value.counts, were, are) };
    changes.push(
      counts ? { kind: 'replace', row: counts, value } : { kind: 'insert', key: at(countsRow), value },
    );
  }
  const listed = after ? listRows(after) : [];
  for (const name of listed) changes.push({ kind: 'put', key: at(name), value: entry });
  const stale = before ? listRows(before).filter((name) => !listed.includes(name)) : [];
  for (const name of stale) {
    if (!isCareful || (await board.get(at(name)))) changes.push({ kind: 'remove', key: at(name) });
  }
  if (!after) changes.push({ kind: 'remove', key });
  return changes;
}

function recount(
  counts: Readonly<Record<string, number>> = {},
  were: readonly string[],
  are: readonly string[],
): Record<string, number> {
  const next = { ...counts };
  for (const name of were) next[name] = Math.max(0, (next[name] ?? 0) - 1);
  for (const name of are) next[name] = (next[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(next).filter(([, count]) => count > 0));
}

/** Plain data alike, in whatever order its fields are; one that is `undefined` is absent. */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [ones, others] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  return [...new Set([...Object.keys(ones), ...Object.keys(others)])].every((name) =>
    isSame(ones[name], others[name]),
  );
}
