/**
 * Walks over all rows of a table can take longer than one invocation may. A walk visits several rows and ranges of partitions
 * side by side, stops when its time is up, and notes in Tables how far it has come: the next invocation goes on there. A walk
 * with shards leaves all but the first rows to jobs, one for each range, so that several instances share the work.
 */
import type { Pass } from '../../model';
import type { Ports } from '../../ports';
import { replaceOnce } from './compare-and-swap';
import { passKey } from './row-keys';
import type { Turn, Walked } from './turn';
import { addCounts, beginCourse, heldMs } from './walk-course';
import type { Walk } from './walk-options';
import { ranges, rowsOfShards } from './walk-ranges';

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
    const { left: shards } = leftToShards(whole).shards!;
    const course = beginCourse(ports, turn, options, {
      ...{ stored, pass },
      inShard: { place: shards.indexOf(shard), of: shards.length, before: whole.counts },
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
