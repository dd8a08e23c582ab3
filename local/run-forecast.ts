/** `npm run forecast`: how good the forecast is, on discharges that a seed makes up; see forecast/discharges.ts. */
import { parseArgs } from 'node:util';
import { evaluate, measure, type Answer } from './forecast/evaluate';

const lengths: readonly (readonly [name: string, before: number])[] = [
  ['below 6 h', 6],
  ['6 to 12 h', 12],
  ['12 to 24 h', 24],
  ['1 to 2 days', 48],
  ['2 to 4 days', 96],
  ['above 4 days', Infinity],
];

function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      discharges: { type: 'string', default: '200' },
      asks: { type: 'string', default: '20' },
    },
  });
  const { looks, texts } = evaluate(Number(values.seed), Number(values.discharges), Number(values.asks));
  print('At any time, by device', byDevice(looks));
  print('At any time, by the true hours left', byLength(looks));
  print('At the first reading at or below 20 %, by device', byDevice(texts));
  print('At the first reading at or below 20 %, by the true hours left', byLength(texts));
}

type Groups = readonly (readonly [name: string, answers: readonly Answer[]])[];

function byDevice(answers: readonly Answer[]): Groups {
  return [...Map.groupBy(answers, ({ model }) => model)];
}

function byLength(answers: readonly Answer[]): Groups {
  const found = Map.groupBy(answers, ({ truth }) => lengths.find(([, before]) => truth < before)?.[0]);
  return lengths.flatMap(([name]) => (found.has(name) ? [[name, found.get(name)!] as const] : []));
}

function print(title: string, groups: Groups): void {
  console.log(`\n${title}`);
  console.log('                  asked   silent   median error      in range   range width');
  for (const [name, answers] of [...groups, ['all', groups.flatMap(([, each]) => each)] as const]) {
    const { asked, silent, errorHours, errorShare, inRange, width } = measure(answers);
    const cells = [percent(silent), `${errorHours.toFixed(1)} h`.padStart(9), percent(errorShare)];
    cells.push(percent(inRange).padStart(10), percent(width).padStart(11));
    console.log(`${name.padEnd(16)}${String(asked).padStart(7)} ${cells.join(' ')}`);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`.padStart(7);
}

main();
