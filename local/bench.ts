/** `npm run bench -- <name>`: measures one thing on this machine, and says what it is beside something well known. */
import { parseArgs } from 'node:util';
import { benchBoard } from './bench/many-connections';
import { benchClient } from './bench/client';
import { benchCold } from './bench/cold';
import { benchHttp } from './bench/http/bench-http';
import { benchRotation } from './bench/rotation/bench-rotation';

interface Options {
  readonly rounds: number | undefined;
  readonly beside: string | undefined;
  readonly connections: number | undefined;
  /** By how many milliseconds every call is later. */
  readonly late: number | undefined;
  /** How long each load lasts. */
  readonly seconds: number | undefined;
  /** Only what has this in its name. */
  readonly only: string | undefined;
  /** How many ask at the same time. */
  readonly atOnce: number | undefined;
}

const benches: Readonly<Record<string, (options: Options) => Promise<unknown>>> = {
  client: ({ rounds }) => benchClient(rounds),
  cold: ({ rounds, beside }) => benchCold(rounds, beside),
  board: ({ rounds }) => benchBoard(rounds),
  http: benchHttp,
  rotation: ({ rounds, connections, late }) =>
    benchRotation(rounds, connections, late === undefined ? undefined : [late]),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    beside: { type: 'string' },
    connections: { type: 'string' },
    late: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    'at-once': { type: 'string' },
  },
});
const [name = ''] = positionals;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench) {
  console.error(
    `Usage: npm run bench -- <${Object.keys(benches).join('|')}> [--rounds N] [--beside <dist of another build>] [--connections N] [--late MS] [--seconds N] [--only <name>] [--at-once N]`,
  );
  process.exitCode = 1;
} else {
  const numberOf = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);
  void bench({
    rounds: numberOf(values.rounds),
    beside: values.beside,
    connections: numberOf(values.connections),
    late: numberOf(values.late),
    seconds: numberOf(values.seconds),
    only: values.only,
    atOnce: numberOf(values['at-once']),
  });
}
