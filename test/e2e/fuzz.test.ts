import { fuzz } from '../../local/fuzz/fuzz';

/** `npm run fuzz` sends 20,000 and more. */
test('500 strange requests do no harm', async () => {
  const { statuses, findings } = await fuzz({ requests: 500, seed: 11 });
  expect(findings).toEqual([]);
  // They got deep enough to be answered by the functions and not by the router.
  expect(statuses.get(400)).toBeGreaterThan(50);
  expect(statuses.get(200)).toBeGreaterThan(50);
}, 120_000);
