import { localTime, utcOffsetMs } from '../../local/simulators/local-time';
import {
  createWearers,
  levelAt,
  wordFor,
  type DeviceSpec,
  type Wearers,
} from '../../local/simulators/wearers';

const start = Date.UTC(2026, 10, 21, 6, 0, 0);
const hour = 3_600_000;

describe('wearers', () => {
  let now: number;
  let wearers: Wearers;

  const tracker = (more: Partial<DeviceSpec> = {}): DeviceSpec => ({
    id: 'charge-6',
    kind: 'TRACKER',
    model: 'Charge 6',
    battery: { percent: 50, since: start, drainPerHour: 10 },
    ...more,
  });
  const addAda = (more: Partial<DeviceSpec> = {}): void => {
    wearers.add({ id: 'ada', name: 'Ada', devices: [tracker(more)] });
  };
  const report = () => wearers.get('ada')!.devices()[0]!;

  beforeEach(() => {
    now = start;
    wearers = createWearers({ now: () => now });
  });

  test('a battery drains with the clock and is reported rounded down', () => {
    addAda();
    now = start + 2.55 * hour;
    expect(report()).toMatchObject({ batteryLevel: 24, batteryWord: 'Medium', lastSyncAt: now });
    expect(report().truth).toEqual({ percent: 24, syncing: true });
  });

  test('a battery that should be at a whole percent is not reported one lower because of binary fractions', () => {
    addAda({ battery: { percent: 100, since: start, drainPerHour: 0.1 } });
    const levels = [1, 3, 6, 7].map((tens) => {
      now = start + tens * 10 * hour;
      return report().batteryLevel;
    });
    expect(levels).toEqual([99, 97, 94, 93]);
  });

  test('a battery stays between 0 and 100 percent', () => {
    const battery = { percent: 50, since: start, drainPerHour: 10 };
    expect(levelAt(battery, start + 6 * hour)).toBe(0);
    expect(levelAt({ ...battery, drainPerHour: -10 }, start + 6 * hour)).toBe(100);
  });

  test.each([
    [100, 'High'],
    [60, 'High'],
    [59, 'Medium'],
    [21, 'Medium'],
    [20, 'Low'],
    [1, 'Low'],
    [0, 'Empty'],
  ])('the word for %i percent is %s', (percent, word) => {
    expect(wordFor(percent)).toBe(word);
  });

  test('a device that syncs every hour reports the battery of its last sync', () => {
    addAda({ syncEveryMs: hour });
    now = start + 1.9 * hour;
    expect(report()).toMatchObject({ batteryLevel: 40, lastSyncAt: start + hour });
    expect(report().truth.percent).toBe(31);
  });

  test('a device that stops syncing keeps its last reading while the battery goes on draining', () => {
    addAda();
    now = start + 3 * hour;
    wearers.stopSyncing('charge-6');
    now = start + 9 * hour;
    expect(report()).toMatchObject({ batteryLevel: 20, batteryWord: 'Low', lastSyncAt: start + 3 * hour });
    expect(report().truth).toEqual({ percent: 0, syncing: false });
    wearers.stopSyncing('charge-6');
    expect(report().batteryLevel).toBe(20);
    wearers.resumeSyncing('charge-6');
    expect(report()).toMatchObject({ batteryLevel: 0, batteryWord: 'Empty', lastSyncAt: now });
  });

  test('charging fills the battery as of now and makes a silent device heard again', () => {
    addAda();
    wearers.stopSyncing('charge-6');
    now = start + 4 * hour;
    wearers.charge('charge-6');
    expect(report()).toMatchObject({ batteryLevel: 100, lastSyncAt: now });
    wearers.charge('charge-6', 80);
    now += hour;
    expect(report().batteryLevel).toBe(70);
  });

  test('setting a battery changes only what is named', () => {
    addAda();
    now = start + hour;
    wearers.setBattery('charge-6', { drainPerHour: 1 });
    now = start + 3 * hour;
    expect(report()).toMatchObject({ batteryLevel: 38, batteryWord: 'Medium' });
    wearers.setBattery('charge-6', { percent: 5, batteryWord: 'High' });
    expect(report()).toMatchObject({ batteryLevel: 5, batteryWord: 'High' });
  });

  test('fields that are omitted are absent, and a word can be given', () => {
    addAda({ omit: ['batteryLevel', 'lastSyncTime', 'features'], batteryWord: 'Empty', features: ['GPS'] });
    expect(report()).toEqual({
      id: 'charge-6',
      kind: 'TRACKER',
      model: 'Charge 6',
      macAddress: expect.stringMatching(/^[0-9A-F]{12}$/),
      batteryWord: 'Empty',
      truth: { percent: 50, syncing: true },
    });
  });

  test('ids at the providers are made from the wearer id, the same on every run', () => {
    const { healthUserId, legacyUserId, timeZone } = wearers.add({ id: 'ada', name: 'Ada', devices: [] });
    expect(healthUserId).toMatch(/^\d{18}$/);
    expect(legacyUserId).toMatch(/^[0-9A-F]{6}$/);
    expect(timeZone).toBe('UTC');
    const again = createWearers({ now: () => now }).add({ id: 'ada', name: 'Ada', devices: [] });
    expect([again.healthUserId, again.legacyUserId]).toEqual([healthUserId, legacyUserId]);
  });

  test('a wearer or a device cannot be added twice', () => {
    addAda();
    expect(() => addAda()).toThrow('There is already a wearer "ada"');
    expect(() => wearers.add({ id: 'bob', name: 'Bob', devices: [tracker()] })).toThrow(
      'There is already a device "charge-6"',
    );
    expect(wearers.all().map(({ id }) => id)).toEqual(['ada']);
    expect(() => wearers.charge('unknown')).toThrow('There is no device "unknown"');
  });
});

describe('local time', () => {
  test.each([
    ['2026-07-01T10:00:00.500Z', 'Europe/Berlin', '2026-07-01T12:00:00.000', 2],
    ['2026-12-01T10:00:00.000Z', 'Europe/Berlin', '2026-12-01T11:00:00.000', 1],
    ['2026-12-31T23:59:59.999Z', 'Asia/Kolkata', '2027-01-01T05:29:59.000', 5.5],
    ['2026-01-01T00:00:00.000Z', 'America/Los_Angeles', '2025-12-31T16:00:00.000', -8],
  ])('%s in %s is %s', (instant, zone, local, hours) => {
    const at = Date.parse(instant);
    expect(localTime(at, zone)).toBe(local);
    expect(utcOffsetMs(at, zone)).toBe(hours * hour);
  });
});
