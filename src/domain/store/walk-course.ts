/** The course of a walk in one invocation: it visits rows and ranges, counts, and notes how far it has come. */
import { hasCode } from '../../errors';
import type { Pass } from '../../model';
import type { Ports, Row } from '../../ports';
import { connectionPartitions, passKey } from './row-keys';
import type { Counts, Turn, Walked } from './turn';
import { visitInOrder } from './visit-rows';
import type { Walk } from './walk-options';
import { markVisited, ranges, rowsOf, type Positions } from './walk-ranges';

/** So many rows are read at once, in one answer of Azure Tables. Most services never have more. */
export const firstRows = 1_000;
/** How many visits there are side by side. A queue takes some 2,000 messages a second, so that more would only be refused. */
export const sideBySide = 64;
const inRange = sideBySide / connectionPartitions.length;
/** A worker that dies costs the next one so much; where there are shards, also no more than so many rows. */
const noteEveryMs = 20_000;
const noteEveryRows = 1_000;
/** A shard belongs to the worker that has begun it until it has been silent for so long. */
export const heldMs = 60_000;

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
  /** Its place among the shards of the pass, how many they are, and what was counted among the first rows. */
  readonly inShard?: { readonly place: number; readonly of: number; readonly before: Counts };
}

export function beginCourse<T>(
  { clock, tables }: Pick<Ports, 'clock' | 'tables'>,
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
      return inShard ? (inShard.before[what] ?? 0) + before * inShard.of + inShard.place : before;
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

export function addCounts(counts: Record<string, number>, more: Counts): void {
  for (const [what, by] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + by;
}
