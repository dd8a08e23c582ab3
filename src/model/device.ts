/** Devices and their batteries, as providers report them and as they are kept. */
import * as z from 'zod';
import { time, type RecordOf } from './stored-fields';

/** One battery level as it was seen; kept for the history on the personal page and for the forecast. */
export interface StoredReading extends RecordOf<typeof storedReadingShape> {}
export const storedReadingShape = z.object({
  at: time,
  percent: z.number(),
});

/** `phone` is a phone that counts steps by itself; `other` is a kind that came after this was written. */
export const deviceKinds = ['tracker', 'scale', 'phone', 'other'] as const;

export type DeviceKind = (typeof deviceKinds)[number];

export const batteryWords = ['high', 'medium', 'low', 'empty'] as const;

export type BatteryWord = (typeof batteryWords)[number];

/** One device as a provider reports it now. What the provider left out is left out here. */
export interface Reading extends RecordOf<typeof readingShape> {}
export const readingShape = z.object({
  device: z.string(),
  kind: z.enum(deviceKinds),
  model: z.string(),
  percent: z.number().optional(),
  word: z.enum(batteryWords).optional(),
  /** The provider's text for the last sync, only to tell a new reading from an old one. */
  syncMark: z.string().optional(),
  /** The same as a time, where the provider says in which zone it is. */
  syncedAt: time.optional(),
  /** Where it does not, the latest time it can mean: enough to tell that a reading is days old. */
  syncedBefore: time.optional(),
});

/** What we know about one device of a connection. */
export interface Device extends RecordOf<typeof deviceShape> {}
export const deviceShape = z.object({
  connection: z.string(),
  reading: readingShape,
  /** When this reading was first seen; the age of a reading that carries no sync time. */
  firstSeenAt: time,
  /** What the provider calls it now; absent where that is still the id under which it was first seen. */
  knownAs: z.string().optional(),
  /** Tells it from another device of the same name. */
  number: z.int().positive().optional(),
  /** When it was last looked at with success. */
  checkedAt: time,
  /** Since when every look that was due has come; absent if there was no gap yet. */
  checkedSince: time.optional(),
  /** From one charge to the next, counted up. */
  cycle: z.int().positive(),
  /** False once this cycle's low or critical alert is decided. */
  armed: z.boolean(),
  /** When this cycle's last low, critical or reminding alert was decided: the next reminder counts from it. */
  toldAt: time.optional(),
  /** When this cycle's critical alert was decided. */
  toldCriticalAt: time.optional(),
  /** How often this cycle's low alert has been repeated. */
  reminders: z.int().positive().optional(),
  /** Percent: the lowest level that a text has spoken of since the last charge, or its threshold if that was lower. */
  toldLevel: z.number().optional(),
  /** Percent: the lowest level since a text spoke of it. */
  lowest: z.number().optional(),
  /** Since when the level has been clearly above the lowest, and not low. */
  risenAt: time.optional(),
  /** Its word was wrong: it is not believed against the percent until the next charge. */
  doubted: z.boolean().optional(),
  /** When this cycle's alert about a silence was decided: of a device that may be flat, of any other. */
  silentAt: time.optional(),
  unseenAt: time.optional(),
  /** When the platform was told of this cycle's low level, and of its silence. */
  lowEventAt: time.optional(),
  silentEventAt: time.optional(),
  /** It was alive since we know it; one that lies in a drawer is only listed. */
  heard: z.boolean().optional(),
  /** Since when the provider does not list it any more. */
  goneAt: time.optional(),
});
