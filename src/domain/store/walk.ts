/**
 * Walks over all rows of a table can take longer than one invocation may. A walk visits several ranges of partitions
 * side by side, stops when its time is up, and notes in Tables how far it has come: the next invocation goes on there.
 */
import { hasCode } from '../../errors';
import type { Pass, RowPosition, Settings, Work } from '../../model';
import type { KeyRange, Ports, Row, Table } from '../../ports';
import { connectionPartitions, passKey } from './row-keys';

/** The share of one invocation. */
export interface Turn {
  /** By the monotonic clock. */
  readonly endsAt: number;
  /** Goes on with what is unfinished and begins nothing. */
  readonly goesOn: boolean;
}

export function beginTurn(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  {
    goesOn = false,
    workMs = policy.times.workMs,
  }: { readonly goesOn?: boolean; readonly workMs?: number | undefined } = {},
): Turn {
  return { endsAt: clock.monotonicMs() + workMs, goesOn };
}

export interface Visit {
  /** Which of the ranges side by side; absent among the first rows, which are visited in their order. */
  readonly lane: number | undefined;
  /** Counts something for the whole pass, over all invocations. */
  count(name: string, by?: number): void;
}

export interface Walk<T> {
  readonly name: string;
  readonly table: Table<T>;
  readonly visit: (row: Row<T>, at: Visit) => unknown;
  /** Names what the pass is for: one for something else is not gone on with. */
  readonly id?: string;
  /** A pass that began more recently is not repeated. */
  readonly everyMs?: number;
  /** A row whose visit failed is visited again when the pass goes on; otherwise the next pass comes by anyway. */
  readonly repeatsFailed?: boolean;
}

export interface Walked {
  /** Every row has been visited. Otherwise there was a failure, the time was up, or somebody else goes on. */
  readonly isDone: boolean;
  /** The time was up, and nobody else goes on. */
  readonly isUnfinished: boolean;
  readonly counts: Readonly<Record<string, number>>;
  /** The first one. It has kept no other row from its visit. */
  readonly failure?: { readonly error: unknown } | undefined;
}

/** So many rows are read at once, in one answer of Azure Tables. Most services never have more. */
export const firstRows = 1_000;
/** How many visits there are side by side, and how many ranges of partitions. */
export const lanes = connectionPartitions.length;
/** A worker that dies costs the next one so much. */
const noteEveryMs = 20_000;

/** Sorts behind everything that a key holds, or directly behind the key that it is put after. */
const end = '~';
const next = '!';
const ranges: readonly KeyRange[] = connectionPartitions.map((from, lane) => ({
  from: lane === 0 ? '' : from,
  before: connectionPartitions[lane + 1] ?? end,
}));

export async function walk<T>(
  ports: Pick<Ports, 'clock' | 'random' | 'tables'>,
  turn: Turn,
  options: Walk<T>,
): Promise<Walked> {
  const { name, table, visit, id, everyMs = 0, repeatsFailed = false } = options;
  const { clock, tables } = ports;
  const now = clock.now();
  let stored = await tables.passes.get(passKey(name));
  const known = stored && (id === undefined || stored.value.id === id) ? stored.value : undefined;
  const isRecent = known !== undefined && (turn.goesOn || now - known.startedAt < everyMs);
  if (known?.completedAt !== undefined && isRecent) {
    return { isDone: true, isUnfinished: false, counts: known.counts };
  }
  const goesOn = known !== undefined && known.completedAt === undefined;
  const pass = goesOn
    ? known
    : { name, id: id ?? ports.random.id(), startedAt: now, counts: {}, positions: {} };
  /** `reached` is how far this invocation has come. `positions` is where the next one begins: before the first row that failed. */
  const reached: Positions = { ...pass.positions };
  const positions: Positions = { ...pass.positions };
  const counts: Record<string, number> = { ...pass.counts };
  let failure: Walked['failure'];
  let isOurs = true;
  let notedAt = clock.monotonicMs();

  const isOver = (): boolean => !isOurs || clock.monotonicMs() >= turn.endsAt;
  const fail = (error: unknown): void => void (failure ??= { error });
  const count = (what: string, by = 1): void => void (counts[what] = (counts[what] ?? 0) + by);

  /** @returns whether the row needs no second visit */
  const pay = async (row: Row<T>, lane?: number): Promise<boolean> => {
    try {
      await visit(row, { lane, count });
      return true;
    } catch (error) {
      fail(error);
      return !repeatsFailed;
    }
  };

  const note = async (completedAt?: number): Promise<void> => {
    notedAt = clock.monotonicMs();
    const left = completedAt === undefined ? { ...positions } : {};
    const value: Pass = { ...pass, positions: left, counts: { ...counts }, completedAt };
    try {
      stored = await (stored
        ? tables.passes.replace(stored, value)
        : tables.passes.insert(passKey(name), value));
    } catch (error) {
      // Somebody else has begun anew, or goes on with the same pass.
      if (hasCode(error, 'CONFLICT')) isOurs = false;
      else fail(error);
    }
  };

  /** @returns whether the ranges can be read on */
  const visitFirst = async (): Promise<boolean> => {
    const rows: Row<T>[] = [];
    let listed: 'all' | 'more' | 'failed' = 'all';
    try {
      for await (const row of table.list()) {
        if (rows.push(row) < firstRows) continue;
        listed = 'more';
        break;
      }
    } catch (error) {
      // Those that were read are visited all the same.
      fail(error);
      listed = 'failed';
    }
    const { begun, settled } = await visitInOrder(rows, pay, isOver);
    for (const [marked, visited] of [[reached, begun] as const, [positions, settled] as const]) {
      const isAll = listed === 'all' && visited === rows.length;
      markVisited(marked, isAll ? 'all' : rows[visited - 1]?.key);
    }
    return listed !== 'failed';
  };

  const visitRange = async (range: KeyRange, lane: number): Promise<void> => {
    const after = reached[range.from];
    if (after === 'done') return;
    let isSettled = positions[range.from] === after;
    try {
      for await (const row of rowsOf(table, range, after)) {
        isSettled = (await pay(row, lane)) && isSettled;
        if (isSettled) positions[range.from] = row.key;
        if (isOver()) return;
        if (clock.monotonicMs() - notedAt >= noteEveryMs) await note();
      }
      if (isSettled) positions[range.from] = 'done';
    } catch (error) {
      fail(error);
    }
  };

  // Where a pass goes on, each range gets one visit at least, however little time there is.
  if (goesOn || ((await visitFirst()) && !isOver())) await Promise.all(ranges.map(visitRange));
  const isDone = ranges.every(({ from }) => positions[from] === 'done');
  if (isOurs) await note(isDone ? clock.now() : undefined);
  return { isDone, isUnfinished: !isDone && isOurs && !failure, counts, failure };
}

type Positions = Record<string, RowPosition | 'done'>;

/** Everything up to this row has been visited. */
function markVisited(positions: Positions, last: RowPosition | 'all' | undefined): void {
  for (const { from, before } of last === undefined ? [] : ranges) {
    if (last === 'all' || before <= last!.partition) positions[from] = 'done';
    else if (from <= last!.partition) positions[from] = last!;
  }
}

/** Side by side, and begun in their order. @returns how many were, and how many of them from the first on are settled */
async function visitInOrder<T>(
  rows: readonly Row<T>[],
  pay: (row: Row<T>) => Promise<boolean>,
  isOver: () => boolean,
): Promise<{ readonly begun: number; readonly settled: number }> {
  let begun = 0;
  let firstFailed = rows.length;
  const work = async (): Promise<void> => {
    while (begun < rows.length && !(begun > 0 && isOver())) {
      const at = begun;
      begun += 1;
      if (!(await pay(rows[at]!))) firstFailed = Math.min(firstFailed, at);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return { begun, settled: Math.min(begun, firstFailed) };
}

async function* rowsOf<T>(
  table: Table<T>,
  range: KeyRange,
  after: RowPosition | undefined,
): AsyncGenerator<Row<T>> {
  if (after) yield* table.list(after.partition, { from: after.row + next, before: end });
  yield* table.list(after ? { from: after.partition + next, before: range.before } : range);
}

/** Enqueues a job for what is left when the time is up. @throws the first failure, when everything else is done */
export async function endTurn(
  ports: Pick<Ports, 'queues'>,
  work: Work,
  walked: readonly Walked[],
): Promise<void> {
  if (walked.some(({ isUnfinished }) => isUnfinished)) {
    await ports.queues.enqueue({ kind: 'operate', work, goesOn: true });
  }
  const failed = walked.find(({ failure }) => failure);
  if (failed?.failure) throw failed.failure.error;
}
