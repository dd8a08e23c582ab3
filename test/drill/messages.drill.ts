/** The message drill in small: no alert may be lost, no text or e-mail received twice, and every shortcut has to be found. */
import { messageBreakNames } from '../../local/drill/orders';
import { runDrill } from '../support/run-drill';

const drill = (...options: string[]) => runDrill('--only', 'messages', ...options);

test('40 faults lose no alert, and no text or e-mail is received twice', async () => {
  const size = '--faults 40 --connections 60 --spare 20'.split(' ');
  const { code, output } = await drill(...size, '--seed', '2', '--factor', '0.05');
  expect(`${code}\n${output}`).toMatch(/^0\n/);
  expect(output).toMatch(/received twice +0\n/);
  expect(output).toMatch(/lost +0\n/);
  expect(output).toMatch(/texts received +[1-9]/);
  expect(output).toMatch(/e-mails received +[1-9]/);
  expect(Number(/(\d+) {2}faults/.exec(output)?.[1])).toBeGreaterThanOrEqual(40);
}, 1_200_000);

/** Few checks, one per process: the directed faults strike nobody else, and every shortcut falls to one of them. */
const directed = '--seed 1 --faults 60 --connections 6 --workers 6 --spare 6 --at-a-time 1 --factor 0.05';

// Side by side: most of their time they wait for the carrier to forget.
// That of a repeat is another one for each way.
test.concurrent.each([
  ...messageBreakNames.map((name) => [name, 'sms']),
  ['new-id-on-repeat', 'email'],
  ['no-recheck', 'email'],
])(
  'the shortcut "%s" is found by %s',
  async (name, way) => {
    const { code, output } = await drill('--break', name!, '--way', way!, ...directed.split(' '));
    expect(`${code}\n${output}`).toMatch(/^1\n/);
    expect(output).toContain(
      `The same faults again: npm run drill -- --only messages --break ${name} --way ${way} --seed 1`,
    );
  },
  900_000,
);

test('an order of times that no longer holds ends the drill before it begins', async () => {
  const { code, output } = await drill('--factor', '0.001');
  expect(code).toBe(1);
  expect(output).toContain('At the factor 0.001 the order of times no longer holds');
}, 120_000);
