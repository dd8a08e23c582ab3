/**
 * Which device a reading is about. Providers change ids: a successor lists the same tracker under another one. A device keeps
 * the id under which it was first seen, and with it its row: cycle, mute, name and history stay with it.
 */
import type { Device, Reading } from '../../model';
import { putAwayAfterMs } from './silence';

export interface Recognised {
  /** With the id that the device keeps. */
  readonly reading: Reading;
  /** What the provider calls it now, if that is another id. */
  readonly knownAs: string | undefined;
  /** It has another id than before and more charge: a new cycle begins. */
  readonly isCharged: boolean;
}

/**
 * A reading with an id that is not known is about a device of the same model that is not listed any more, if its level is no
 * higher. When no id is known at all, the wearer has moved to another provider, and the level may be any.
 *
 * @param readings each device once
 */
export function recognise(
  known: readonly Device[],
  readings: readonly Reading[],
  now: number,
): readonly Recognised[] {
  const deviceOf = new Map<Reading, Device>();
  const match = (fits: (device: Device, reading: Reading) => boolean): void => {
    for (const reading of readings) {
      const taken = [...deviceOf.values()];
      const found = known.find((device) => !taken.includes(device) && fits(device, reading));
      if (found && !deviceOf.has(reading)) deviceOf.set(reading, found);
    }
  };
  match((device, reading) => device.reading.device === reading.device);
  match((device, reading) => device.knownAs === reading.device);
  const hasMoved = deviceOf.size === 0;
  const pairs = readings
    .filter((reading) => !deviceOf.has(reading))
    .flatMap((reading) => known.map((device) => ({ device, reading, lost: lostSince(device, reading) })))
    .filter(({ device, reading, lost }) => isSameModel(device, reading, now) && (hasMoved || lost >= 0))
    // The nearest level below, then the nearest above.
    .sort((a, b) => Number(a.lost < 0) - Number(b.lost < 0) || Math.abs(a.lost) - Math.abs(b.lost));
  for (const { device, reading } of pairs) {
    if (!deviceOf.has(reading) && ![...deviceOf.values()].includes(device)) deviceOf.set(reading, device);
  }
  return readings.map((reading) => {
    const device = deviceOf.get(reading);
    const id = device?.reading.device ?? reading.device;
    const knownAs = id === reading.device ? undefined : reading.device;
    const isChanged = device !== undefined && knownAs !== device.knownAs && knownAs !== undefined;
    return {
      reading: { ...reading, device: id },
      knownAs,
      isCharged: isChanged && lostSince(device, reading) < 0,
    };
  });
}

/** One that has not been listed for weeks is another one, or was put away. */
function isSameModel({ reading, goneAt }: Device, { kind, model }: Reading, now: number): boolean {
  if (goneAt !== undefined && now - goneAt > putAwayAfterMs) return false;
  return kind === reading.kind && model.trim().toLowerCase() === reading.model.trim().toLowerCase();
}

const words = ['empty', 'low', 'medium', 'high'];

/** In percent, or in words; 0 where nothing can be compared. */
function lostSince({ reading: before }: Device, after: Reading): number {
  if (before.percent !== undefined && after.percent !== undefined) return before.percent - after.percent;
  if (before.word === undefined || after.word === undefined) return 0;
  return words.indexOf(before.word) - words.indexOf(after.word);
}
