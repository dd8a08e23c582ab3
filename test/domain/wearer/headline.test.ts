/** States of a wearer's devices, texts and connection, and what the personal page says first. */
import { rulesFor } from '../../../src/domain/battery/battery-policy';
import { headlineOf, type HeadlineFacts } from '../../../src/domain/wearer/headline';
import type { Device, Preferences, Reading } from '../../../src/model';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse('2026-11-28T18:00:00Z');

interface Life extends Partial<Omit<Device, 'reading'>> {
  readonly reading?: Partial<Reading>;
  /** Before now. */
  readonly syncedMs?: number;
}

const alive = (percent: number, life: Life = {}): Device => {
  const { reading, syncedMs = hour, ...more } = life;
  const syncedAt = now - syncedMs;
  return {
    connection: 'wearer-1',
    firstSeenAt: syncedAt,
    checkedAt: now,
    cycle: 1,
    armed: true,
    heard: true,
    ...more,
    reading: { device: 'a', kind: 'tracker', model: 'Charge 6', percent, syncedAt, ...reading },
  };
};

const headline = (
  devices: Readonly<Record<string, Device>>,
  more: Partial<HeadlineFacts> = {},
  preferences: Preferences = {},
) =>
  headlineOf({
    connection: 'connected',
    onlyWearerCanHelp: false,
    texts: 'on',
    now,
    ...more,
    devices: Object.entries(devices).map(([row, device]) => ({
      row,
      device,
      rules: rulesFor({ batteryThreshold: 20, alertOnScales: false }, preferences, device.reading, row),
    })),
  });

const fine = alive(64);
const low = alive(17, { armed: false });
const silent = (days: number, life: Life = {}) => alive(34, { syncedMs: days * day, ...life });
const silentFor = (days: number, row: string) => ({ kind: 'silent', row, since: now - days * day });

test.each<[string, ReturnType<typeof headline>, object]>([
  ['everything is well', headline({ fine }), { kind: 'fine' }],
  ['nothing was seen yet', headline({}), { kind: 'no devices' }],
  ['a battery is low', headline({ fine, low }), { kind: 'charge today', row: 'low' }],
  [
    'a battery is nearly empty, beside one that is low',
    headline({ low, empty: alive(4) }),
    { kind: 'charge now', row: 'empty' },
  ],
  [
    'a battery that was told as low jitters above the threshold',
    headline({ low: alive(22, { armed: false }) }),
    { kind: 'charge today', row: 'low' },
  ],
  ['a low battery is muted', headline({ low, fine }, {}, { mutedDevices: ['low'] }), { kind: 'fine' }],
  ['a scale is low', headline({ scale: alive(3, { reading: { kind: 'scale' } }), fine }), { kind: 'fine' }],
  [
    'a battery was low when it fell silent',
    headline({ low: alive(17, { armed: false, syncedMs: 3 * day }), fine }),
    silentFor(3, 'low'),
  ],
  ['a device is silent for two days', headline({ watch: silent(2), fine }), { kind: 'fine' }],
  ['and for longer', headline({ watch: silent(3), fine }), silentFor(3, 'watch')],
  ['two are silent: the longer one', headline({ a: silent(3), b: silent(5) }), silentFor(5, 'b')],
  [
    'one is silent and another low',
    headline({ watch: silent(3), low }),
    { kind: 'charge today', row: 'low' },
  ],
  ['one lies in a drawer', headline({ old: silent(40), fine }), { kind: 'fine' }],
  [
    'nothing but what lies in drawers is left',
    headline({ old: silent(40), older: silent(80) }),
    silentFor(40, 'old'),
  ],
  [
    'one was silent ever since we know it',
    headline({ old: silent(3, { heard: undefined }), fine }),
    { kind: 'fine' },
  ],
  [
    'the service itself has not seen anything since',
    headline({ watch: silent(3, { checkedAt: now - 2 * day }) }),
    { kind: 'fine' },
  ],
  [
    'a low device was missing once',
    headline({ low: { ...low, goneAt: now - hour } }),
    { kind: 'charge today', row: 'low' },
  ],
  ['a low device is gone', headline({ low: { ...low, goneAt: now - day }, fine }), { kind: 'fine' }],
  ['the only device is gone', headline({ low: { ...low, goneAt: now - day } }), { kind: 'no devices' }],
  ['texts are paused', headline({ fine }, { texts: 'paused' }), { kind: 'texts paused' }],
  [
    'texts are paused and a battery is low',
    headline({ low }, { texts: 'paused' }),
    { kind: 'charge today', row: 'low' },
  ],
  ['the number is dead', headline({ fine }, { texts: 'dead' }), { kind: 'number dead' }],
  ['STOP was answered', headline({ fine }, { texts: 'stopped' }), { kind: 'texts stopped' }],
  ['there is no number', headline({ fine }, { texts: 'none' }), { kind: 'fine' }],
  ['the provider does not answer', headline({ fine }, { connection: 'failing' }), { kind: 'not answering' }],
  [
    'the provider does not answer and a battery was low',
    headline({ low }, { connection: 'failing' }),
    { kind: 'charge today', row: 'low' },
  ],
  [
    'checks fail and end by themselves',
    headline({ fine }, { connection: 'check failing' }),
    { kind: 'not answering' },
  ],
  [
    'checks fail until the wearer does something',
    headline({ low }, { connection: 'check failing', onlyWearerCanHelp: true }),
    { kind: 'cannot read' },
  ],
  ['the grant is dead', headline({ low }, { connection: 'reconnect required' }), { kind: 'connect again' }],
  [
    'the provider is gone',
    headline({ low }, { connection: 'provider retired' }),
    { kind: 'provider retired' },
  ],
])('%s', (_, said, expected) => {
  expect(said).toEqual(expected);
});
