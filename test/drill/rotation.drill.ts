/** The rotation drill in small: no refresh token may be lost. */
import { runDrill } from '../support/run-drill';

test('80 faults lose no refresh token', async () => {
  const { code, output } = await runDrill('--faults', '80', '--seed', '2');
  expect(`${code}\n${output}`).toMatch(/^0\n/);
  expect(output).toMatch(/lost +0\n/);
  expect(Number(/(\d+) {2}faults/.exec(output)?.[1])).toBeGreaterThanOrEqual(80);
}, 900_000);

test('an order of times that no longer holds ends the drill before it begins', async () => {
  const { code, output } = await runDrill('--factor', '0.01');
  expect(code).toBe(1);
  expect(output).toContain('At the factor 0.01 the order of times no longer holds');
}, 120_000);
