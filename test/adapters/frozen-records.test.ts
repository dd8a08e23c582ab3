/**
 * Records as released versions wrote them (test/support/frozen-records.json) are still read, field for field. A record that
 * changes its shape gets a new version and a new sample; the old samples stay.
 */
import frozen from '../support/frozen-records.json';
import * as records from '../../src/adapters/records';
import { revealed } from '../support/revealed';

const formats: Readonly<Record<string, records.RecordFormat<unknown>>> = Object.fromEntries(
  Object.values(records)
    .filter((value): value is records.RecordFormat<never> => typeof value === 'object' && 'decode' in value)
    .map((format) => [format.name, format as records.RecordFormat<unknown>]),
);

const samples = Object.entries(frozen).flatMap(([name, texts]) =>
  texts.map((sample, index) => [`${name} ${index + 1}`, name, sample] as const),
);

test('there is a frozen sample of every kind of record', () => {
  expect(Object.keys(frozen).sort()).toEqual(Object.keys(formats).sort());
});

test.each(samples)('%s is read and written again without losing a field', (_, name, sample) => {
  const format = formats[name]!;
  const value = format.decode(JSON.stringify(sample));
  expect(JSON.parse(format.encode(value))).toEqual(sample);
  expect(revealed(format.decode(format.encode(value)))).toEqual(revealed(value));
});

test('an older release keeps what a newer one has added to a connection', () => {
  const [sample] = frozen.connection;
  const newer = { ...sample, addedLater: { until: '2027-01-01T00:00:00.000Z' } };
  const value = records.connectionFormat.decode(JSON.stringify(newer));
  const changed = { ...value, missingScopes: ['profile'] };
  expect(JSON.parse(records.connectionFormat.encode(changed))).toEqual({
    ...newer,
    missingScopes: ['profile'],
  });
});

describe('what an older release left out of the settings', () => {
  const chosenOf = (preferences: object) => {
    const [sample] = frozen.connection;
    return records.connectionFormat.decode(JSON.stringify({ ...sample, preferences })).preferences;
  };

  test('was Never and No, where the wearer has saved them', () => {
    expect(chosenOf({ threshold: 20, criticalAt: 5 })).toMatchObject({
      remindEveryHours: 0,
      tellRecovered: false,
    });
  });

  test('stays open, where the wearer has only chosen something else', () => {
    const others = { paused: true, language: 'de', mutedDevices: ['0123456789abcdef0123456789abcdef'] };
    expect(chosenOf(others)).toEqual(others);
  });

  test('does not hide what was chosen', () => {
    const chosen = { threshold: 20, criticalAt: 5, remindEveryHours: 12, tellRecovered: true };
    expect(chosenOf(chosen)).toEqual(chosen);
  });
});
