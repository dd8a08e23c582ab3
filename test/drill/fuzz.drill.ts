import fc from 'fast-check';
import { fuzz } from '../../local/fuzz/run-fuzz';
import { strangeRequests } from '../../local/fuzz/requests';
import { registeredHttp } from '../../local/runner/registered-routes';
import { createRouter } from '../../local/runner/route-templates';

/** `npm run fuzz` sends 20,000 and more. */
test('500 strange requests do no harm', async () => {
  const { statuses, findings } = await fuzz({ requests: 500, seed: 11 });
  expect(findings).toEqual([]);
  // They got deep enough to be answered by the functions and not by the router.
  expect(statuses.get(400)).toBeGreaterThan(50);
  expect(statuses.get(200)).toBeGreaterThan(50);
}, 120_000);

test('500 strange requests let nobody in who has to sign in', async () => {
  const { statuses, findings } = await fuzz({ requests: 500, seed: 11, callers: 'entra' });
  expect(findings).toEqual([]);
  expect(statuses.get(401)).toBeGreaterThan(50);
  expect(statuses.get(403)).toBeGreaterThan(5);
}, 120_000);

test('strange requests are sent to every method of every function', () => {
  const functions = registeredHttp();
  const find = createRouter(functions, '');
  const known = { link: 'l'.repeat(22), connection: 'c', label: 'participant-17', callers: 'local' } as const;
  const reached = new Set<string>();
  for (const { method, path } of fc.sample(strangeRequests(known), { seed: 3, numRuns: 2_000 })) {
    const found = find(method, new URL(`http://service.invalid${path}`).pathname);
    if (found) reached.add(`${method} ${found.recorded.name}`);
  }
  const all = functions.flatMap(({ name, options: { methods = [] } }) =>
    methods.map((each) => `${each} ${name}`),
  );
  expect(all.filter((each) => !reached.has(each))).toEqual([]);
});
