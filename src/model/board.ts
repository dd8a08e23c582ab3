/**
 * The board: what a coordinator sees of each connection. A copy that checks and changes keep; the records it is made of decide. It holds no
 * number, no address and no token.
 */
import * as z from 'zod';
import { connectionStates, staffContactShape, staffNoteShape } from './connection';
import { batteryWords } from './device';
import { providerId } from './ids';
import { messageStates } from './message';
import { messageKinds } from './message-kinds';
import { count, time, type RecordOf } from './stored-fields';

/** Who needs attention, the most urgent first; a connection has the first that is true. */
export const boardRanks = ['disconnected', 'silent', 'low', 'unreachable', 'fine'] as const;
export type BoardRank = (typeof boardRanks)[number];

/** Whether texts reach the wearer, and if not, why. */
export const textStates = ['on', 'paused', 'none', 'stopped', 'dead', 'not set up'] as const;
export type TextState = (typeof textStates)[number];

/** Whether anything was heard of the devices within a day. */
export const hearings = ['heard', 'quiet'] as const;
export type Hearing = (typeof hearings)[number];

/** The latest text that was sent to the wearer, or tried. */
export interface LastText extends RecordOf<typeof lastTextShape> {}
export const lastTextShape = z.object({
  id: z.string(),
  kind: z.enum(messageKinds),
  at: time,
  state: z.enum(messageStates),
});

/** The emptiest battery of a connection. */
export interface BoardBattery extends RecordOf<typeof boardBatteryShape> {}
export const boardBatteryShape = z.object({
  /** The row of its device. */
  row: z.string(),
  name: z.string(),
  percent: z.number().optional(),
  word: z.enum(batteryWords).optional(),
  /** When the level was measured. */
  at: time,
  /** The last level of each half day (UTC), oldest first; `null` where there is none. Two weeks at most. */
  levels: z.array(z.number().nullable()),
  /** The half day of the last of them, counted from 1970. */
  lastHalfDay: z.int(),
  /** By the forecast. */
  flatAt: time.optional(),
});

/** One connection on the board. */
export interface BoardEntry extends RecordOf<typeof boardEntryShape> {}
export const boardEntryShape = z.object({
  connection: z.string(),
  provider: providerId,
  label: z.string().optional(),
  outsideId: z.string().optional(),
  site: z.string().optional(),
  rank: z.enum(boardRanks),
  /** Since when it has this rank. */
  since: time,
  connectedAt: time,
  state: z.enum(connectionStates),
  /** Since when the access needs a new consent. */
  consentNeededSince: time.optional(),
  /** Since when every check has failed, and why. */
  failingCheck: z.object({ code: z.string(), since: time, onlyWearerCanHelp: z.boolean() }).optional(),
  battery: boardBatteryShape.optional(),
  lowSince: time.optional(),
  silentSince: time.optional(),
  /** At the last check; absent if nothing can be said about it. */
  hearing: z.enum(hearings).optional(),
  /** The latest sync of any device. */
  syncedAt: time.optional(),
  /** When the devices were last read with success, to three hours. */
  checkedAt: time.optional(),
  texts: z.enum(textStates).optional(),
  numberDeadSince: time.optional(),
  emailDeadSince: time.optional(),
  lastText: lastTextShape.optional(),
  rotatedAt: time.optional(),
  /** Of the access token. */
  expiresAt: time.optional(),
  note: staffNoteShape.optional(),
  contacted: staffContactShape.optional(),
  /** Where its tokens are, as its record says. */
  vault: z.string().optional(),
});

/** A row of the table: an entry, under its id and in each order in which it is listed, or the counts of a partition. */
export interface BoardRow extends RecordOf<typeof boardRowShape> {}
export const boardRowShape = z.object({
  entry: boardEntryShape.optional(),
  /** Connections by rank, by rank and site, by vault, and by whether anything was heard of their devices. */
  counts: z.record(z.string(), count).optional(),
});
