/** Asks the forecast about made-up discharges, of which the truth is known. */
import { forecast } from '../../src/domain/battery/forecast';
import { createChance } from '../random';
import { deviceModels, makeDischarge, type Discharge } from './discharges';

const hourMs = 3_600_000;

export interface Answer {
  readonly model: string;
  /** Hours that were really left. */
  readonly truth: number;
  /** Absent when the forecast said nothing. */
  readonly hours?: number;
  readonly from?: number;
  readonly to?: number;
}

export interface Evaluation {
  /** At random times until the battery is flat, as a wearer might look. */
  readonly looks: readonly Answer[];
  /** Within an hour of the first reading at or below 20 %, as the text does. */
  readonly texts: readonly Answer[];
}

/** `discharges` are for each kind of device, `asks` for each discharge. */
export function evaluate(seed: number, discharges: number, asks: number): Evaluation {
  const chance = createChance(seed);
  const looks: Answer[] = [];
  const texts: Answer[] = [];
  for (const model of deviceModels) {
    for (let count = 0; count < discharges; count += 1) {
      const discharge = makeDischarge(model, chance);
      const { readings, flatAt, settledAt } = discharge;
      for (let asked = 0; asked < asks; asked += 1) {
        looks.push(ask(model.name, discharge, settledAt + chance.next() * (flatAt - settledAt)));
      }
      const low = readings.find(({ at, percent }) => at >= settledAt && percent <= 20);
      if (low) texts.push(ask(model.name, discharge, low.at + chance.next() * hourMs));
    }
  }
  return { looks, texts };
}

function ask(model: string, { readings, flatAt }: Discharge, at: number): Answer {
  const known = readings.filter((reading) => reading.at <= at);
  return { model, truth: (flatAt - at) / hourMs, ...forecast(known, at) };
}

export interface Quality {
  readonly asked: number;
  readonly silent: number;
  readonly errorHours: number;
  readonly errorShare: number;
  readonly inRange: number;
  /** How wide the range is, as a share of what was said. */
  readonly width: number;
}

/** Medians and shares. */
export function measure(answers: readonly Answer[]): Quality {
  const given = answers.flatMap(({ truth, hours, from, to }) =>
    hours === undefined || from === undefined || to === undefined ? [] : [{ truth, hours, from, to }],
  );
  const errors = given.map(({ truth, hours }) => Math.abs(hours - truth));
  return {
    asked: answers.length,
    silent: 1 - given.length / answers.length,
    errorHours: median(errors),
    errorShare: median(given.map(({ truth }, index) => errors[index]! / truth)),
    inRange: given.filter(({ truth, from, to }) => truth >= from && truth <= to).length / given.length,
    width: median(given.map(({ hours, from, to }) => (to - from) / hours)),
  };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
