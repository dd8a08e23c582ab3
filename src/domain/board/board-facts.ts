/** What the board says of a connection, taken from its record, its devices and its texts. Pure. */
import type {
  BoardBattery,
  BoardEntry,
  Connection,
  Device,
  Hearing,
  LastText,
  Message,
  Policy,
  StoredReading,
} from '../../model';
import { rulesFor } from '../battery/battery-policy';
import { titleOf } from '../battery/device-name';
import { ageOf, hearingOf, isPutAway } from '../battery/silence';
import { findSilent, needsCharge, presentDevices, type RuledDevice } from '../battery/worst';
import { hasFailedFor, wearerHelpFor } from '../connection/failing-check';
import { needsConsent, stateOf } from '../connection/state';

export type ConnectionFacts = Pick<
  BoardEntry,
  | 'connection'
  | 'provider'
  | 'label'
  | 'outsideId'
  | 'site'
  | 'connectedAt'
  | 'state'
  | 'consentNeededSince'
  | 'failingCheck'
  | 'numberDeadSince'
  | 'emailDeadSince'
  | 'rotatedAt'
  | 'expiresAt'
  | 'note'
  | 'contacted'
  | 'vault'
>;

/** @returns `undefined` for one that is not on the board: it is closed, or was never connected */
export function connectionFacts(connection: Connection): ConnectionFacts | undefined {
  const { id, provider, label, outsideId, site, pointer, failingCheck, note, contacted, vault } = connection;
  if (connection.closedAt !== undefined || !pointer) return undefined;
  const { refusal, retirement, numberDeadSince, emailDeadSince } = connection;
  const isNeeded = needsConsent(connection);
  return {
    connection: id,
    ...{ provider, label, outsideId, site, note, contacted, numberDeadSince, emailDeadSince, vault },
    connectedAt: pointer.consentedAt ?? connection.createdAt,
    state: stateOf(connection),
    consentNeededSince: isNeeded ? (refusal?.firstAt ?? retirement?.firstAt) : undefined,
    failingCheck: failingCheck && {
      code: failingCheck.code,
      since: failingCheck.since,
      onlyWearerCanHelp: wearerHelpFor(failingCheck.code) !== undefined,
    },
    rotatedAt: pointer.rotatedAt,
    expiresAt: pointer.expiresAt,
  };
}

/** A device that no check can see now, because its wearer has to reconnect or the API fails, is neither quiet nor heard of. */
export function isUnseen(connection: Connection, { times }: Policy): boolean {
  return needsConsent(connection) || hasFailedFor(connection.failingCheck, times.batteryOverdueMs);
}

export interface DeviceFacts {
  readonly silentSince: number | undefined;
  readonly hearing: Hearing | undefined;
  readonly syncedAt: number | undefined;
  readonly checkedAt: number | undefined;
  readonly isLow: boolean;
  /** The device that is shown. */
  readonly emptiest: (RuledDevice & { readonly name: string }) | undefined;
}

/** @param devices by the rows of their records */
export function deviceFacts(
  policy: Policy,
  { preferences }: Pick<Connection, 'preferences'>,
  devices: ReadonlyMap<string, Device>,
  now: number,
): DeviceFacts {
  const ruled = [...devices].map(([row, device]) => {
    // A pause stops texts only: the board judges the battery all the same.
    const rules = rulesFor(policy, { ...preferences, paused: undefined }, device.reading, row);
    return { row, device, rules, name: titleOf(preferences, row, device) };
  });
  const seen = [...devices.values()].filter(
    ({ checkedAt }) => now - checkedAt <= policy.times.batteryOverdueMs,
  );
  const present = presentDevices(ruled, now);
  const watched = present.filter(({ rules }) => rules.watched);
  const syncs = present.flatMap(({ device: { reading } }) => reading.syncedAt ?? []);
  const shown =
    watched.length > 0 ? watched : present.filter(({ device }) => device.reading.kind !== 'phone');
  const inUse = shown.filter(({ device }) => !isPutAway(device, now));
  return {
    silentSince: findSilent(watched, now)?.since,
    hearing: hearingOf(seen),
    syncedAt: syncs.length === 0 ? undefined : Math.max(...syncs),
    checkedAt: ruled.length === 0 ? undefined : Math.max(...ruled.map(({ device }) => device.checkedAt)),
    isLow: watched.some(({ device, rules }) => needsCharge(device, rules, now) !== undefined),
    emptiest: [...(inUse.length > 0 ? inUse : shown)].sort(byLevel)[0],
  };
}

function byLevel({ device: { reading: a } }: RuledDevice, { device: { reading: b } }: RuledDevice): number {
  return (a.percent ?? 101) - (b.percent ?? 101) || (a.model < b.model ? -1 : 1);
}

/** When the level of a device was measured. */
export function levelMeasuredAt(device: Device): number {
  return device.checkedAt - ageOf(device, device.checkedAt);
}

const halfDayMs = 12 * 3_600_000;
/** Two weeks. */
const mostHalfDays = 28;

/** The last level of each half day. */
export function thinLevels(
  readings: readonly StoredReading[],
  now: number,
): Pick<BoardBattery, 'levels' | 'lastHalfDay'> {
  const lastHalfDay = Math.floor(now / halfDayMs);
  const levels = Array<number | null>(mostHalfDays).fill(null);
  for (const { at, percent } of readings) {
    const place = mostHalfDays - 1 - (lastHalfDay - Math.floor(at / halfDayMs));
    if (place >= 0 && place < mostHalfDays) levels[place] = Math.round(percent);
  }
  const first = levels.findIndex((level) => level !== null);
  return { levels: first < 0 ? [] : levels.slice(first), lastHalfDay };
}

/** The latest that has left, or should have. */
export function lastTextOf(messages: readonly Message[]): LastText | undefined {
  return messages
    .filter(({ state }) => state !== 'pending' && state !== 'dropped')
    .map(({ id, kind, state, createdAt, firstSentAt }) => ({ id, kind, state, at: firstSentAt ?? createdAt }))
    .sort((a, b) => b.at - a.at)[0];
}
