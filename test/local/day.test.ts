/** What a day of many connections is counted with; day.commands.ts plays some. */
import { createMeter, limits } from '../../local/pacing/documented-limits';
import { measureCheck, measureRotation } from '../../local/pacing/job-costs';

test('a meter finds the busiest stretch, wherever it begins', () => {
  const meter = createMeter(limits.newSecrets);
  for (let second = 0; second < 60; second += 1) {
    meter.add(second >= 25 && second < 35 ? 20 : 10);
    meter.next();
  }
  expect(meter.most()).toBe(200);
});

test('the real code says what a job asks for', async () => {
  const usual = { isExpired: true, isNew: false, isNewDay: false };
  // The ten calls of most hourly checks at Google; see test/domain/rotation/remote-calls.test.ts.
  await expect(measureCheck('google-health', usual)).resolves.toMatchObject({
    ...{ tableReads: 6, tableWrites: 1, vaultReads: 1, tokenCalls: 1, apiCalls: 1, newSecrets: 0 },
  });
  await expect(measureRotation('fitbit')).resolves.toMatchObject({
    ...{ tableReads: 1, tableWrites: 3, vaultReads: 1, tokenCalls: 1, queueCalls: 6, newSecrets: 1 },
  });
});
