/**
 * Batteries that run flat, made up by a seed: what several kinds of devices lose by day, by night and in use, and what
 * an hourly check gets to see of it. The figures of lives and syncs are those of docs/adding-a-provider.md where it has
 * any, and guesses elsewhere.
 */
import type { StoredReading } from '../../src/model';
import type { Chance } from '../random';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const stepMs = 5 * minuteMs;

export interface DeviceModel {
  readonly name: string;
  /** Days from full to flat; each wearer's device has one in between. */
  readonly lifeDays: readonly [number, number];
  /** What it loses asleep, as a share of what it loses awake. */
  readonly night: number;
  /** Bouts of heavy use per day, such as GPS, and what they lose in percent an hour. */
  readonly boutsPerDay?: number;
  readonly boutLoss?: number;
  /** How much days differ: the deviation of a day's loss. */
  readonly moods: number;
  /** Below a third, an old battery loses faster by this factor. */
  readonly sag?: number;
  /** Minutes between syncs, on average. */
  readonly syncMinutes: number;
  /** Share of days without any sync. */
  readonly quietDays?: number;
  /** The level is wrong by up to this. */
  readonly jitter: number;
  /** The level is reported in steps of this. */
  readonly step?: number;
  /** Short charges per day that do not fill it. */
  readonly topUpsPerDay?: number;
}

export const deviceModels: readonly DeviceModel[] = [
  { name: 'band', lifeDays: [7, 11], night: 0.7, moods: 0.1, syncMinutes: 30, jitter: 1 },
  { name: 'watch', lifeDays: [4, 7], night: 0.5, moods: 0.2, syncMinutes: 20, jitter: 1 },
  { name: 'bright watch', lifeDays: [1, 2], night: 0.4, moods: 0.2, syncMinutes: 20, jitter: 1 },
  {
    name: 'runner',
    lifeDays: [5, 8],
    night: 0.5,
    boutsPerDay: 0.7,
    boutLoss: 9,
    moods: 0.1,
    syncMinutes: 30,
    jitter: 1,
  },
  { name: 'old battery', lifeDays: [2, 4], night: 0.6, moods: 0.15, sag: 1.8, syncMinutes: 30, jitter: 2 },
  {
    name: 'rare syncs',
    lifeDays: [5, 9],
    night: 0.6,
    moods: 0.15,
    syncMinutes: 600,
    quietDays: 0.15,
    jitter: 1,
  },
  { name: 'jitters', lifeDays: [4, 7], night: 0.6, moods: 0.1, syncMinutes: 30, jitter: 3 },
  { name: 'coarse steps', lifeDays: [5, 9], night: 0.6, moods: 0.1, syncMinutes: 30, jitter: 0, step: 5 },
  {
    name: 'topped up',
    lifeDays: [4, 7],
    night: 0.5,
    moods: 0.15,
    syncMinutes: 20,
    jitter: 1,
    topUpsPerDay: 0.6,
  },
];

export interface Discharge {
  readonly readings: readonly StoredReading[];
  /** When the level really reached zero. */
  readonly flatAt: number;
  /** After this it was not on a charger any more: before, nobody can know how long it lasts. */
  readonly settledAt: number;
}

/** Every other device stays on the charger for up to so many hours when it is full. */
const longestPlateauHours = 10;

/** From full to flat; `chance` decides everything. */
export function makeDischarge(model: DeviceModel, chance: Chance): Discharge {
  const life = model.lifeDays[0] + chance.next() * (model.lifeDays[1] - model.lifeDays[0]);
  const awakeLoss = 100 / (life * (16 + 8 * model.night));
  const wakesAt = 6 + chance.next() * 2;
  const readings: StoredReading[] = [];
  let at = chance.below(24 * 60) * minuteMs;
  const beganAt = at;
  const unpluggedAt = at + Math.max(0, chance.next() * 2 - 1) * longestPlateauHours * hourMs;
  let settledAt = unpluggedAt;
  let level = 90 + chance.next() * 10;
  let mood = 1;
  let syncs = true;
  let boutUntil = 0;
  let seen: StoredReading | undefined;
  let day = -1;
  let toppedUp = 0;
  while (level > 0) {
    if (Math.floor(at / (24 * hourMs)) !== day) {
      day = Math.floor(at / (24 * hourMs));
      mood = Math.max(0.4, 1 + model.moods * normal(chance));
      syncs = chance.next() >= (model.quietDays ?? 0);
    }
    const hour = (at / hourMs) % 24;
    const awake = hour >= wakesAt && hour < wakesAt + 16;
    const happens = (perDay = 0): boolean => awake && chance.next() < (perDay * stepMs) / (16 * hourMs);
    if (happens(model.boutsPerDay)) boutUntil = at + (30 + chance.below(60)) * minuteMs;
    if (toppedUp < 5 && level < 70 && happens(model.topUpsPerDay)) {
      level = Math.min(100, level + 8 + chance.next() * 25);
      toppedUp += 1;
      settledAt = at;
    }
    const sag = model.sag !== undefined && level < 33 ? model.sag : 1;
    const loss = at < boutUntil ? model.boutLoss! : awakeLoss * mood * sag * (awake ? 1 : model.night);
    if (at >= unpluggedAt) level -= (loss * stepMs) / hourMs;
    if (syncs && level > 0 && chance.next() < stepMs / (model.syncMinutes * minuteMs)) {
      seen = { at, percent: reported(level, model, chance) };
    }
    // The service looks once an hour, and finds the last sync.
    if ((at - beganAt) % hourMs === 0 && seen && seen !== readings.at(-1)) readings.push(seen);
    at += stepMs;
  }
  return { readings, flatAt: at, settledAt };
}

function reported(level: number, { jitter, step = 1 }: DeviceModel, chance: Chance): number {
  const wrong = level + (chance.next() * 2 - 1) * jitter;
  return Math.min(100, Math.max(0, Math.floor(wrong / step) * step));
}

function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
}
