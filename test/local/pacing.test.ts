/** What a vault has to bear, in virtual time: see `npm run pacing` for more connections. */
import { play, type Setting } from '../../local/pacing/play';
import { vaultLimits } from '../../local/pacing/late-stores';

jest.setTimeout(60_000);

const setting: Setting = { connections: 1_500, instances: 40, hours: 1, provider: 'fitbit', spreads: true };

test('the jobs of 1,500 connections stay far below the limits of a vault, and every one is done', async () => {
  const played = await play(setting);
  expect(played.creates.most).toBeLessThanOrEqual(vaultLimits.creates / 2);
  expect(played.others.most).toBeLessThanOrEqual(vaultLimits.others / 2);
  expect(played).toMatchObject({
    rotated: 1_500,
    checked: 1_500,
    dropped: 0,
    failed: 0,
    thrown: 0,
    poisoned: 0,
  });
});

test('all at once they would not: the vault refuses new secrets', async () => {
  const played = await play({ ...setting, spreads: false });
  expect(played.creates.most).toBeGreaterThan(vaultLimits.creates);
  expect(played.creates.refused).toBeGreaterThan(0);
});
