/** `npm run bench -- <name>`: measures one thing on this machine, and says what it is beside something well known. */
import { parseArgs } from 'node:util';
import { benchBoard } from './bench/many-connections';
import { benchClient } from './bench/client';
import { benchCold } from './bench/cold';
import { benchRotation } from './bench/rotation/bench-rotation';

const benches: Readonly<Record<string, (rounds?: number, beside?: string) => Promise<unknown>>> = {
  client: benchClient,
  cold: benchCold,
  board: benchBoard,
  rotation: (rounds) => benchRotation(rounds),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, beside: { type: 'string' } },
});
const [name = ''] = positionals;
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!bench) {
  console.error(
    `Usage: npm run bench -- <${Object.keys(benches).join('|')}> [--rounds N] [--beside <dist of another build>]`,
  );
  process.exitCode = 1;
} else {
  void bench(values.rounds === undefined ? undefined : Number(values.rounds), values.beside);
}
