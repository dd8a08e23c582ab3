/**
 * Walks over all rows of a table can take longer than one invocation may. A walk visits several rows and ranges of partitions
 * side by side, stops when its time is up, and notes in Tables how far it has come: the next invocation goes on there. A walk
 * with shards leaves all but the first rows to jobs, one for each range, so that several instances share the work.
 */
import { hasCode } from '../../errors';
import type { Pass, RowPosition, Settings, Work } from '../../model';
import type { KeyRange, Ports, Row, Table } from '../../ports';
import { connectionPartitions, passKey } from './row-keys';
import { replaceOnce } from './compare-and-swap';

/** The share of one invocation. */
export interface Turn {
  /** By the monotonic clock. */
  readonly endsAt: number;
  /** Goes on with what is unfinished and begins nothing. */
  readonly goesOn: boolean;
  /** Which range it works on; absent if it works on all. */
  readonly shard?: number | undefined;
}

export function beginTurn(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  {
    goesOn = false,
    workMs = policy.times.workMs,
    shard,
  }: {
    readonly goesOn?: boolean;
    readonly workMs?: number | undefined;
    readonly shard?: number | undefined;
  } = {},
): Turn {
  return { endsAt: clock.monotonicMs() + workMs, goesOn, shard };
}

export interface Visit {
  /**
   * Counts something for the whole pass, over all invocations. A row counts once, however often it is visited: what it counted is kept
   * together with the note that the pass has come past it.
   *
   * @returns how many were counted before this one. A shard does not know what the others have counted, so each of them
   * returns every sixteenth place behind the first rows
   */
  count(name: string, by?: number): number;
}

export type Counts = Readonly<Record<string, number>>;

export interface Walk<T> {
  readonly name: string;
  readonly table: Table<T>;
  readonly visit: (row: Row<T>, at: Visit) => unknown;
  /** Names what the pass is for: there is one pass for it, and one for something else is not gone on with. */
  readonly id?: string;
  /** A pass that began more recently is not repeated. */
  readonly everyMs?: number;
  /** A row whose visit failed is visited again when the pass goes on; otherwise the next pass comes by anyway. */
  readonly repeatsFailed?: boolean;
  /** More than the first rows are left to one job for each range. */
  readonly hasShards?: boolean;
}

export interface Walked {
  /** Every row has been visited. Otherwise there was a failure, the time was up, or somebody else goes on. */
  readonly isDone: boolean;
  /** The time was up, and nobody else goes on. */
  readonly isUnfinished: boolean;
  /** Each is left to a job of its own, which begins after this time. */
  readonly shards?: { readonly left: readonly number[]; readonly afterMs: number } | undefined;
  /** What was counted so far; when the walk is done, of each row once. */
  readonly counts: Counts;
  /** The first one. It has kept no other row from its visit. */
  readonly failure?: { readonly error: unknown } | undefined;
}

/** So many rows are read at once, in one answer of Azure Tables. Most services never have more. */
export const firstRows = 1_000;
/** How many visits there are side by side. A queue takes some 2,000 messages a second, so that more would only be refused. */
export const sideBySide = 64;
const inRange = sideBySide / connectionPartitions.length;
/** A worker that dies costs the next one so much; where there are shards, also no more than so many rows. */
const noteEveryMs = 20_000;
const noteEveryRows = 1_000;
/** A shard belongs to the worker that has begun it until it has been silent for so long. */
const heldMs = 60_000;

/** Sorts behind everything that a key holds, or directly behind the key that it is put after. */
const end = '~';
const next = '!';
const ranges: readonly KeyRange[] = connectionPartitions.map((from, lane) => ({
  from: lane === 0 ? '' : from,
  before: connectionPartitions[lane + 1] ?? end,
}));

type WalkNeeds = Pick<Ports, 'clock' | 'random' | 'tables'>;

export function walk<T>(ports: WalkNeeds, turn: Turn, options: Walk<T>): Promise<Walked> {
  return turn.shard === undefined
    ? walkAll(ports, turn, options)
    : walkShard(ports, turn, options, turn.shard);
}

async function walkAll<T>(ports: WalkNeeds, turn: Turn, options: Walk<T>): Promise<Walked> {
  const { name, id, everyMs = 0, hasShards = false } = options;
  const { clock, tables } = ports;
  const now = clock.now();
  const stored = await tables.passes.get(passKey(name));
  const known = stored && (id === undefined || stored.value.id === id) ? stored.value : undefined;
  const isOnce = id !== undefined || turn.goesOn;
  if (known?.completedAt !== undefined && (isOnce || now - known.startedAt < everyMs)) {
    return { isDone: true, isUnfinished: false, counts: known.counts };
  }
  const goesOn = known !== undefined && known.completedAt === undefined;
  if (goesOn && known.isSharded) return leftToShards(known);
  const pass = goesOn
    ? known
    : { name, id: id ?? ports.random.id(), startedAt: now, counts: {}, positions: {} };
  const course = beginCourse(ports, turn, options, { stored, pass });
  const first = goesOn ? 'all' : await course.visitFirst();
  if (hasShards && first === 'more') {
    const sharded = await course.note({ isSharded: true });
    return { ...(sharded ? leftToShards(sharded) : nothing), failure: course.failure() };
  }
  // Where a pass goes on, each range gets one visit at least, however little time there is.
  if (goesOn || (first !== 'failed' && !course.isOver())) {
    await Promise.all(ranges.map((_, lane) => course.visitRange(lane)));
  }
  const isDone = ranges.every((_, lane) => course.isDone(lane));
  if (course.isOurs()) await course.note({ completedAt: isDone ? clock.now() : undefined });
  const failure = course.failure();
  return { isDone, isUnfinished: !isDone && course.isOurs() && !failure, counts: course.counts, failure };
}

const nothing: Walked = { isDone: false, isUnfinished: false, counts: {} };

function leftToShards({ positions, counts }: Pass): Walked {
  const left = [...ranges.keys()].filter((lane) => positions[ranges[lane]!.from] !== 'done');
  return { ...nothing, counts, shards: { left, afterMs: 0 } };
}

/** A shard has a row of its own, so that workers that are at different shards do not disturb each other. */
async function walkShard<T>(ports: WalkNeeds, turn: Turn, options: Walk<T>, shard: number): Promise<Walked> {
  const { clock, tables } = ports;
  const whole = (await tables.passes.get(passKey(options.name)))?.value;
  if (whole?.isSharded !== true || whole.id !== options.id) return nothing;
  if (whole.completedAt !== undefined) return { ...nothing, isDone: true, counts: whole.counts };
  const name = `${options.name}:${shard}`;
  const stored = await tables.passes.get(passKey(name));
  const known = stored?.value.id === whole.id ? stored.value : undefined;
  if (known?.completedAt === undefined) {
    const now = clock.now();
    // Whoever is at it may have died: this job comes back and looks.
    const heldFor = (known?.heldUntil ?? 0) - now;
    if (heldFor > 0) return { ...nothing, shards: { left: [shard], afterMs: heldFor } };
    const { from } = ranges[shard]!;
    const at = whole.positions[from];
    const positions = at === undefined ? {} : { [from]: at };
    const pass = known ?? { name, id: whole.id, startedAt: now, counts: {}, positions };
    const course = beginCourse(ports, turn, options, {
      ...{ stored, pass },
      inShard: { shard, before: whole.counts },
    });
    await course.note({});
    if (!course.isOurs()) return { ...nothing, shards: { left: [shard], afterMs: heldMs } };
    if (!course.failure()) await course.visitRange(shard);
    const isDone = course.isDone(shard);
    if (course.isOurs())
      await course.note({ completedAt: isDone ? clock.now() : undefined, heldUntil: undefined });
    const failure = course.failure();
    const left = course.isOurs() && !failure ? { left: [shard], afterMs: 0 } : undefined;
    if (!isDone || failure) return { ...nothing, counts: course.counts, shards: left, failure };
  }
  return completeIfLast(ports, options.name, whole);
}

/** Each shard notes its own end before it looks for that of the others, so that the last one finds them all. */
async function completeIfLast(
  { clock, tables: { passes } }: Pick<Ports, 'clock' | 'tables'>,
  name: string,
  { id }: Pass,
): Promise<Walked> {
  const whole = await passes.get(passKey(name));
  if (whole?.value.id !== id || whole.value.completedAt !== undefined) return nothing;
  const counts = { ...whole.value.counts };
  const missing = new Set(leftToShards(whole.value).shards!.left.map((shard) => `${name}:${shard}`));
  for await (const { value: part } of passes.list(passKey(name).partition, rowsOfShards(name))) {
    if (part.id !== id || part.completedAt === undefined || !missing.delete(part.name)) continue;
    addCounts(counts, part.counts);
  }
  if (missing.size > 0) return nothing;
  const completed = { ...whole.value, positions: {}, counts, completedAt: clock.now() };
  // Another shard can come to its end at the same moment.
  if (!(await replaceOnce(passes, whole, completed))) return nothing;
  return { ...nothing, isDone: true, counts };
}

function rowsOfShards(name: string): KeyRange {
  return { from: `${name}:`, before: `${name}:${end}` };
}

/** What one invocation does for a pass. */
interface Course {
  /** Over all invocations so far, with rows that will be visited again. */
  readonly counts: Counts;
  isOver(): boolean;
  /** Nobody else has begun anew, or goes on with the same pass. */
  isOurs(): boolean;
  isDone(lane: number): boolean;
  failure(): Walked['failure'];
  /** @returns whether there were more rows than the first, or reading them failed */
  visitFirst(): Promise<'all' | 'more' | 'failed'>;
  visitRange(lane: number): Promise<void>;
  /** @returns what was noted; `undefined` if it could not be, or the pass is not ours any more */
  note(more: Partial<Pass>): Promise<Pass | undefined>;
}

interface Begun {
  readonly stored: Row<Pass> | undefined;
  readonly pass: Pass;
  /** `before` is what was counted among the first rows. */
  readonly inShard?: { readonly shard: number; readonly before: Counts };
}

function beginCourse<T>(
  { clock, tables }: WalkNeeds,
  turn: Turn,
  { table, visit, repeatsFailed = false }: Walk<T>,
  begun: Begun,
): Course {
  const { pass, inShard } = begun;
  let { stored } = begun;
  /** `reached` is how far this invocation has come. `positions` is where the next one begins: before the first row that failed. */
  const reached: Positions = { ...pass.positions };
  const positions: Positions = { ...pass.positions };
  const counts = { ...pass.counts };
  /** Of the rows that `positions` has left behind. */
  const settledCounts = { ...pass.counts };
  let failure: Walked['failure'];
  let isOurs = true;
  let notedAt = clock.monotonicMs();
  let rowsSince = 0;
  let isNoting = false;

  const isOver = (): boolean => !isOurs || clock.monotonicMs() >= turn.endsAt;
  const fail = (error: unknown): void => void (failure ??= { error });
  const countFor =
    (own: Record<string, number>) =>
    (what: string, by = 1) => {
      const before = counts[what] ?? 0;
      addCounts(counts, { [what]: by });
      addCounts(own, { [what]: by });
      return inShard ? (inShard.before[what] ?? 0) + before * ranges.length + inShard.shard : before;
    };

  const pay = async (row: Row<T>): Promise<Counts | undefined> => {
    const own = {};
    try {
      await visit(row, { count: countFor(own) });
      return own;
    } catch (error) {
      fail(error);
      return repeatsFailed ? undefined : own;
    }
  };

  const note = async (more: Partial<Pass>): Promise<Pass | undefined> => {
    [isNoting, notedAt, rowsSince] = [true, clock.monotonicMs(), 0];
    const left = more.completedAt === undefined ? { ...positions } : {};
    const held = inShard && { heldUntil: clock.now() + heldMs };
    const value: Pass = { ...pass, positions: left, counts: { ...settledCounts }, ...held, ...more };
    try {
      stored = await (stored
        ? tables.passes.replace(stored, value)
        : tables.passes.insert(passKey(pass.name), value));
      return value;
    } catch (error) {
      if (hasCode(error, 'CONFLICT')) isOurs = false;
      else fail(error);
      return undefined;
    } finally {
      isNoting = false;
    }
  };

  const noteNowAndThen = async (): Promise<void> => {
    rowsSince += 1;
    const isDue = clock.monotonicMs() - notedAt >= noteEveryMs || (inShard && rowsSince >= noteEveryRows);
    if (isDue && !isNoting) await note({});
  };

  return {
    ...{ counts, isOver, note },
    isOurs: () => isOurs,
    failure: () => failure,
    isDone: (lane) => positions[ranges[lane]!.from] === 'done',

    async visitFirst() {
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
      const settle = (_: Row<T>, own: Counts): void => addCounts(settledCounts, own);
      const { begun, settled } = await visitInOrder(rows.values(), sideBySide, { pay, isOver, settle });
      for (const [marked, visited] of [[reached, begun] as const, [positions, settled] as const]) {
        const isAll = listed === 'all' && visited === rows.length;
        markVisited(marked, isAll ? 'all' : rows[visited - 1]?.key);
      }
      return listed;
    },

    async visitRange(lane) {
      const range = ranges[lane]!;
      const after = reached[range.from];
      if (after === 'done') return;
      const isSettled = positions[range.from] === after;
      const settle = ({ key }: Row<T>, own: Counts): void => {
        if (!isSettled) return;
        positions[range.from] = key;
        addCounts(settledCounts, own);
      };
      try {
        const rows = rowsOf(table, range, after);
        const { isAll } = await visitInOrder(rows, inRange, { pay, isOver, settle, rest: noteNowAndThen });
        if (isSettled && isAll) positions[range.from] = 'done';
      } catch (error) {
        fail(error);
      }
    },
  };
}

type Positions = Record<string, RowPosition | 'done'>;

/** Everything up to this row has been visited. */
function markVisited(positions: Positions, last: RowPosition | 'all' | undefined): void {
  for (const { from, before } of last === undefined ? [] : ranges) {
    if (last === 'all' || before <= last!.partition) positions[from] = 'done';
    else if (from <= last!.partition) positions[from] = last!;
  }
}

function addCounts(counts: Record<string, number>, more: Counts): void {
  for (const [what, by] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + by;
}

interface Visitor<T> {
  /** @returns what the row counted; `undefined` if it needs a second visit */
  pay(row: Row<T>): Promise<Counts | undefined>;
  isOver(): boolean;
  /** Called for each row that needs no second visit, and no row before it either. */
  settle(row: Row<T>, own: Counts): void;
  /** Comes after each visit. */
  rest?(): Promise<void>;
}

interface Visited {
  /** How many visits were begun, and how many rows from the first on need no second one. */
  readonly begun: number;
  readonly settled: number;
  /** There are no other rows, and none needs a second visit. */
  readonly isAll: boolean;
}

/**
 * Side by side, and begun in their order. One visit is made, however little time there is.
 *
 * @throws what the rows throw, when all visits have come to their end
 */
async function visitInOrder<T>(
  rows: Iterator<Row<T>> | AsyncIterator<Row<T>>,
  width: number,
  { pay, isOver, settle, rest }: Visitor<T>,
): Promise<Visited> {
  let begun = 0;
  let settled = 0;
  let hasEnded = false;
  let hasFailed = false;
  let isStopped = false;
  /** From the first one on that is still being visited, as far as none has failed. */
  const open: { readonly row: Row<T>; own?: Counts | undefined }[] = [];
  const work = async (): Promise<void> => {
    while (!hasEnded && !(begun > 0 && isOver())) {
      const read = await rows.next();
      if (read.done) {
        hasEnded = true;
        return;
      }
      if (begun > 0 && isOver()) {
        isStopped = true;
        return;
      }
      begun += 1;
      const entry: (typeof open)[number] = { row: read.value };
      if (!hasFailed) open.push(entry);
      entry.own = await pay(read.value);
      const place = open.indexOf(entry);
      if (!entry.own && place >= 0) {
        hasFailed = true;
        open.length = place;
      }
      for (let first = open[0]; first?.own; first = open[0]) {
        open.shift();
        settled += 1;
        settle(first.row, first.own);
      }
      await rest?.();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: width }, work));
  const failed = ends.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return { begun, settled, isAll: hasEnded && !isStopped && settled === begun };
}

async function* rowsOf<T>(
  table: Table<T>,
  range: KeyRange,
  after: RowPosition | undefined,
): AsyncGenerator<Row<T>, undefined> {
  if (after) yield* table.list(after.partition, { from: after.row + next, before: end });
  yield* table.list(after ? { from: after.partition + next, before: range.before } : range);
  return undefined;
}

/** Enqueues jobs for what is left when the time is up, or is left to shards. @throws the first failure, when everything else is done */
export async function endTurn(
  ports: Pick<Ports, 'queues'>,
  work: Work,
  walked: readonly Walked[],
): Promise<void> {
  const goOn = { kind: 'operate', work, goesOn: true } as const;
  if (walked.some(({ isUnfinished }) => isUnfinished)) await ports.queues.enqueue(goOn);
  for (const { shards } of walked) {
    for (const shard of shards?.left ?? []) await ports.queues.enqueue({ ...goOn, shard }, shards!.afterMs);
  }
  const failed = walked.find(({ failure }) => failure);
  if (failed?.failure) throw failed.failure.error;
}
