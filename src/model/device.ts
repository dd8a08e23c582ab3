/** Devices and their batteries, as providers report them and as they are kept. */
import type { ConnectionId } from './ids';

/** One battery level as it was seen; kept for the history on the personal page and for the forecast. */
export interface StoredReading {
  readonly at: number;
  readonly percent: number;
}

/** `phone` is a phone that counts steps by itself; `other` is a kind that came after this was written. */
export const deviceKinds = ['tracker', 'scale', 'phone', 'other'] as const;

export type DeviceKind = (typeof deviceKinds)[number];

export const batteryWords = ['high', 'medium', 'low', 'empty'] as const;

export type BatteryWord = (typeof batteryWords)[number];

/** One device as a provider reports it now. What the provider left out is left out here. */
export interface Reading {
  readonly device: string;
  readonly kind: DeviceKind;
  readonly model: string;
  readonly percent?: number | undefined;
  readonly word?: BatteryWord | undefined;
  /** The provider's text for the last sync, only to tell a new reading from an old one. */
  readonly syncMark?: string | undefined;
  /** The same as a time, where the provider says in which zone it is. */
  readonly syncedAt?: number | undefined;
  /** Where it does not, the latest time it can mean: enough to tell that a reading is days old. */
  readonly syncedBefore?: number | undefined;
}

/** What we know about one device of a connection. */
export interface Device {
  readonly connection: ConnectionId;
  readonly reading: Reading;
  /** When this reading was first seen; the age of a reading that carries no sync time. */
  readonly firstSeenAt: number;
  /** What the provider calls it now; absent where that is still the id under which it was first seen. */
  readonly knownAs?: string | undefined;
  /** Tells it from another device of the same name. */
  readonly number?: number | undefined;
  /** When it was last looked at with success. */
  readonly checkedAt: number;
  /** Since when every look that was due has come; absent if there was no gap yet. */
  readonly checkedSince?: number | undefined;
  /** From one charge to the next, counted up. */
  readonly cycle: number;
  /** False once this cycle's low or critical alert is decided. */
  readonly armed: boolean;
  /** When this cycle's last low, critical or reminding alert was decided: the next reminder counts from it. */
  readonly toldAt?: number | undefined;
  /** When this cycle's critical alert was decided. */
  readonly criticalAt?: number | undefined;
  /** How often this cycle's low alert has been repeated. */
  readonly reminders?: number | undefined;
  /** Percent: the lowest level that a text has spoken of since the last charge, or its threshold if that was lower. */
  readonly toldLevel?: number | undefined;
  /** Percent: the lowest level since a text spoke of it. */
  readonly lowest?: number | undefined;
  /** Since when the level has been clearly above the lowest, and not low. */
  readonly risenAt?: number | undefined;
  /** Its word was wrong: it is not believed against the percent until the next charge. */
  readonly doubted?: boolean | undefined;
  /** When this cycle's alert about a silence was decided: of a device that may be flat, of any other. */
  readonly silentAt?: number | undefined;
  readonly unseenAt?: number | undefined;
  /** When the platform was told of this cycle's low level, and of its silence. */
  readonly lowEventAt?: number | undefined;
  readonly silentEventAt?: number | undefined;
  /** It was alive since we know it; one that lies in a drawer is only listed. */
  readonly heard?: boolean | undefined;
  /** Since when the provider does not list it any more. */
  readonly goneAt?: number | undefined;
}
