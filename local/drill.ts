/**
 * `npm run drill`: kills and freezes the service in the middle of rotations. Exits 1 when a refresh token was lost
 * inside the promise (docs/architecture.md, "Rotation"), with the seed. `--only messages` does the same to the sending
 * of texts and e-mails (with `--way`, of one of the two): 1 when an alert was lost or one received twice. `--from` a built checkout of an older release begins every
 * batch with that one, and a deployment brings ours. The seed decides the faults; how the processes
 * interleave is up to the machine, so the same seed can end differently.
 */
import { parseArgs } from 'node:util';
import { messageDrill } from './drill/messages/message-drill';
import { drillNames } from './drill/orders';
import { rotationDrill } from './drill/rotation/rotation-drill';
import { choose } from './drill/scenario';
import { allWays } from './drill/messages/message-stage';

const drills = { rotation: rotationDrill, messages: messageDrill };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '1000' },
      seed: { type: 'string' },
      factor: { type: 'string', default: '0.1' },
      only: { type: 'string', default: 'rotation' },
      connections: { type: 'string' },
      workers: { type: 'string', default: '6' },
      spare: { type: 'string', default: '40' },
      'at-a-time': { type: 'string' },
      from: { type: 'string' },
      break: { type: 'string' },
      way: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const only = choose('only', drillNames, values.only);
  const drill = drills[only];
  const options = {
    seed: readNumber('seed', values.seed ?? String(Date.now() % 1_000_000)),
    factor: readNumber('factor', values.factor),
    faults: readNumber('faults', values.faults),
    connections: readNumber('connections', values.connections ?? String(drill.size.connections)),
    workers: readNumber('workers', values.workers),
    spare: readNumber('spare', values.spare),
    atATime: readNumber('at-a-time', values['at-a-time'] ?? String(drill.size.atATime)),
    from: values.from,
    verbose: values.verbose,
    ways: values.way === undefined ? undefined : [choose('way', allWays, values.way)],
    print: (line: string) => console.log(line),
  };
  const isLost = await drill.run(options, values.break);
  if (!isLost) return;
  const given = process.argv.slice(2).join(' ');
  const again = values.seed === undefined ? `${given} --seed ${options.seed}`.trim() : given;
  console.log(`\nLost inside the promise. The same faults again: npm run drill -- ${again}`);
  process.exitCode = 1;
}

function readNumber(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} has to be a number above 0.`);
  return number;
}

main()
  .catch((error: unknown) => {
    console.error(`The drill failed. ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  })
  // Keep-alive connections and timers of SDK clients would hold the process for a while.
  .finally(() => process.exit());
