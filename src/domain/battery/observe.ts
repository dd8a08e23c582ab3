/** What a reading adds to what is known about a device: whether it is news, and since when it holds. */
import type { ConnectionId, Device, Reading } from '../../model';
import { hasSyncTime, isFresh } from './silence';

/** The connection that is looked at, and the time. */
export interface Look {
  readonly connection: ConnectionId;
  readonly now: number;
  /** A look that comes later than this after the last good one leaves a gap, in which nothing could be seen. */
  readonly overdueMs: number;
}

export interface Observation {
  readonly device: Device;
  /** The reading says something that was not known. */
  readonly isNew: boolean;
  /** It is older than the one that is known, which stays. */
  readonly isOlder: boolean;
}

export function observe(known: Device | undefined, reading: Reading, look: Look): Observation {
  const { connection, now, overdueMs } = look;
  const checked = { checkedAt: now, checkedSince: checkedSince(known, now, overdueMs), goneAt: undefined };
  if (known && isOlder(reading, known)) {
    return { device: { ...known, ...checked }, isNew: false, isOlder: true };
  }
  // An answer without a sync time that contradicts nothing is no sign of life. What it adds belongs to the last sync.
  const isNoSign = known !== undefined && saysLess(known.reading, reading);
  const said = isNoSign ? completed(known.reading, reading) : reading;
  const isNew = !known || isNewReading(known.reading, said);
  const firstSeenAt = known && !isNew ? known.firstSeenAt : now;
  const alive =
    (known !== undefined && isNew && !isNoSign && hasMoved(known.reading, said)) ||
    (hasSyncTime(said) && isFresh({ reading: said, firstSeenAt }, now));
  const device: Device = {
    cycle: 1,
    armed: true,
    ...known,
    ...checked,
    connection,
    reading: said,
    firstSeenAt,
    // Records from before there were reminders do not say when their wearer was told.
    toldAt: known?.toldAt ?? (known?.armed === false ? now : undefined),
    heard: known?.heard || alive || undefined,
  };
  return { device, isNew, isOlder: false };
}

function checkedSince(known: Device | undefined, now: number, overdueMs: number): number | undefined {
  if (!known) return undefined;
  return now - known.checkedAt > overdueMs ? now : known.checkedSince;
}

/** A sync time in the future, by a clock that was wrong then, must not hold up everything that follows. */
function isOlder(
  { syncedAt: after }: Reading,
  { reading: { syncedAt: before }, firstSeenAt }: Device,
): boolean {
  return after !== undefined && before !== undefined && after < Math.min(before, firstSeenAt);
}

/** It lacks the sync time that the last one had, and contradicts nothing. */
function saysLess(before: Reading, after: Reading): boolean {
  return hasSyncTime(before) && !hasSyncTime(after) && !contradicts(before, after);
}

/** A field that only one of the two readings has contradicts nothing. */
function contradicts(before: Reading, after: Reading): boolean {
  const differs = <T>(a: T | undefined, b: T | undefined) => a !== undefined && b !== undefined && a !== b;
  return differs(before.percent, after.percent) || differs(before.word, after.word);
}

/**
 * Only a device that is in use does that. A field that one reading has and the other leaves out is no change. A word in place of a
 * level, or a level in place of a word, is one.
 */
function hasMoved(before: Reading, after: Reading): boolean {
  const hasSynced = before.syncMark !== undefined && before.syncMark !== after.syncMark;
  const isReplaced =
    (before.percent === undefined) !== (after.percent === undefined) &&
    (before.word === undefined) !== (after.word === undefined) &&
    (before.percent === undefined) !== (before.word === undefined);
  return hasSynced || isReplaced || contradicts(before, after);
}

function completed(before: Reading, after: Reading): Reading {
  const { percent = before.percent, word = before.word } = after;
  const { syncMark, syncedAt, syncedBefore } = before;
  return { ...after, percent, word, syncMark, syncedAt, syncedBefore };
}

/** Some answers lack the sync time; then a reading is new when what it says has changed. */
function isNewReading(before: Reading, after: Reading): boolean {
  return before.syncMark !== after.syncMark || before.percent !== after.percent || before.word !== after.word;
}
