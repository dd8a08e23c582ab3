/**
 * The rotation drill in small: no refresh token may be lost, and every shortcut has to be found. The drill is a program
 * of its own (`npm run drill`), and its exit code is what it promises, so it is run as one.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { rotationBreakNames } from '../../local/drill/orders';

function drill(...options: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [resolve('build/local/drill.js'), ...options]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((done) => child.once('close', (code) => done({ code, output })));
}

test('300 faults lose no refresh token', async () => {
  const { code, output } = await drill('--faults', '300', '--seed', '2');
  expect(`${code}\n${output}`).toMatch(/^0\n/);
  expect(output).toMatch(/lost +0\n/);
  expect(Number(/(\d+) {2}faults/.exec(output)?.[1])).toBeGreaterThanOrEqual(300);
}, 300_000);

/** Few rotations, one per process: the directed faults strike nobody else, and every shortcut falls to one of them. */
const directed = '--seed 1 --faults 60 --connections 6 --workers 6 --spare 6 --at-a-time 1'.split(' ');

test.each(rotationBreakNames)(
  'the shortcut "%s" is found',
  async (name) => {
    const { code, output } = await drill('--break', name, ...directed);
    expect(`${code}\n${output}`).toMatch(/^1\n/);
    expect(output).toContain(`The same faults again: npm run drill -- --break ${name} --seed 1 --faults 60`);
  },
  240_000,
);

test('an order of times that no longer holds ends the drill before it begins', async () => {
  const { code, output } = await drill('--factor', '0.01');
  expect(code).toBe(1);
  expect(output).toContain('At the factor 0.01 the order of times no longer holds');
}, 30_000);
