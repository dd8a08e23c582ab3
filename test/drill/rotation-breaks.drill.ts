/**
 * Every shortcut in the rotation has to be found. In a file of its own: Jest begins what runs side by side together with
 * the first test of a file, and the faults that must lose nothing want the machine for themselves.
 */
import { rotationBreakNames } from '../../local/drill/orders';
import { runDrill } from '../support/run-drill';

/** Few rotations, one per process: the directed faults strike nobody else, and every shortcut falls to one of them. */
const directed = '--seed 1 --faults 60 --connections 6 --workers 6 --spare 6 --at-a-time 1'.split(' ');

test.concurrent.each(rotationBreakNames)(
  'the shortcut "%s" is found',
  async (name) => {
    const { code, output } = await runDrill('--break', name, ...directed);
    expect(`${code}\n${output}`).toMatch(/^1\n/);
    expect(output).toContain(`The same faults again: npm run drill -- --break ${name} --seed 1 --faults 60`);
  },
  900_000,
);
