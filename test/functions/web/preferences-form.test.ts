import { wordsIn } from '../../../src/pages/words';
import { readPreferences, timeOf } from '../../../src/functions/web/preferences-form';

const good = {
  threshold: '20',
  criticalAt: '5',
  remindEveryHours: '0',
  quietFrom: '22:00',
  quietTo: '07:00',
  timeZone: '',
};
const read = (more: Record<string, string | undefined> = {}) => {
  const fields = Object.entries({ ...good, ...more }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  const { typed: _, ...judged } = readPreferences(new URLSearchParams(fields), wordsIn('en'));
  return judged;
};

const nothing = {
  threshold: 20,
  criticalAt: 5,
  remindEveryHours: 0,
  tellRecovered: false,
  quietHours: undefined,
  timeZone: undefined,
};

test('a form as it is shown is read without a complaint, and what is not ticked is kept as not wanted', () => {
  expect(read()).toEqual({ errors: {}, preferences: nothing });
});

test('a form with everything in it is everything', () => {
  const everything = {
    threshold: '35',
    criticalAt: '10',
    remindEveryHours: '12',
    tellRecovered: 'yes',
    quiet: 'yes',
    quietFrom: '21:30',
    quietTo: '06:05',
    timeZone: 'Europe/Berlin',
    language: 'fr',
  };
  expect(read(everything)).toEqual({
    errors: {},
    preferences: {
      threshold: 35,
      criticalAt: 10,
      remindEveryHours: 12,
      tellRecovered: true,
      quietHours: { from: 21 * 60 + 30, to: 6 * 60 + 5 },
      timeZone: 'Europe/Berlin',
      language: 'fr',
    },
  });
});

describe('what is in a field', () => {
  test.each<[string, string, object]>([
    ['threshold', '5', { threshold: 5, criticalAt: 5 }],
    ['threshold', '50', { threshold: 50 }],
    ['threshold', ' 20 ', { threshold: 20 }],
    ['threshold', '020', { threshold: 20 }],
    ['criticalAt', '0', { criticalAt: 0 }],
    ['criticalAt', '20', { threshold: 20, criticalAt: 20 }],
    ['remindEveryHours', '0', { remindEveryHours: 0 }],
    ['remindEveryHours', '6', { remindEveryHours: 6 }],
    ['remindEveryHours', '12', { remindEveryHours: 12 }],
    ['remindEveryHours', '24', { remindEveryHours: 24 }],
    ['remindEveryHours', '48', { remindEveryHours: 48 }],
    ['tellRecovered', 'yes', { tellRecovered: true }],
    ['tellRecovered', 'no', { tellRecovered: false }],
    ['tellRecovered', 'on', { tellRecovered: false }],
    ['timeZone', 'America/New_York', { timeZone: 'America/New_York' }],
    ['timeZone', 'UTC', { timeZone: 'UTC' }],
    ['language', 'de', { language: 'de' }],
    ['language', '', { language: undefined }],
  ])('%s=%s is taken', (name, value, expected) => {
    const { preferences, errors } = read({ [name]: value });
    expect(errors).toEqual({});
    expect(preferences).toMatchObject(expected);
  });

  const threshold = 'Please enter a whole number from 5 to 50.';
  const criticalAt = 'Please enter a whole number from 0 to 20; 0 is off.';
  const choose = 'Please choose one of these.';

  test.each<[string, string | undefined, string]>([
    ['threshold', undefined, threshold],
    ['threshold', '', threshold],
    ['threshold', '4', threshold],
    ['threshold', '51', threshold],
    ['threshold', '20.5', threshold],
    ['threshold', '-20', threshold],
    ['threshold', '2e1', threshold],
    ['threshold', '0x14', threshold],
    ['threshold', '20%', threshold],
    ['threshold', 'twenty', threshold],
    ['threshold', '٢٠', threshold],
    ['threshold', '9'.repeat(1_000), threshold],
    ['criticalAt', undefined, criticalAt],
    ['criticalAt', '', criticalAt],
    ['criticalAt', '-1', criticalAt],
    ['criticalAt', '21', criticalAt],
    ['criticalAt', 'off', criticalAt],
    ['remindEveryHours', undefined, choose],
    ['remindEveryHours', '', choose],
    ['remindEveryHours', '1', choose],
    ['remindEveryHours', '06', choose],
    ['remindEveryHours', 'never', choose],
    ['timeZone', 'Berlin', choose],
    ['timeZone', 'Europe/Atlantis', choose],
    ['timeZone', 'x'.repeat(1_000), choose],
    ['language', 'DE', choose],
    ['language', 'it', choose],
  ])('%s=%s is refused beside its field, and nothing is saved', (name, value, message) => {
    expect(read({ [name]: value })).toEqual({ errors: { [name]: message } });
  });

  test('critical above a threshold that is good itself is refused, and beside a bad one it is not judged', () => {
    expect(read({ threshold: '10', criticalAt: '15' }).errors).toEqual({
      criticalAt: 'This must be lower than the level above.',
    });
    expect(read({ threshold: '', criticalAt: '15' }).errors).toEqual({ threshold });
  });

  test('is refused for every field at once, in the order of the page', () => {
    const { errors } = readPreferences(
      new URLSearchParams({ quiet: 'yes', timeZone: 'nowhere' }),
      wordsIn('en'),
    );
    expect(Object.keys(errors)).toEqual([
      'threshold',
      'criticalAt',
      'remindEveryHours',
      'quietFrom',
      'quietTo',
      'timeZone',
    ]);
  });
});

describe('quiet hours', () => {
  test.each([
    ['00:00', 0],
    ['06:59', 419],
    ['19:59', 1199],
    ['23:59', 1439],
  ])('from and to %s are minutes since midnight, and shown as they were entered', (time, minutes) => {
    expect(read({ quiet: 'yes', quietFrom: time }).preferences?.quietHours).toEqual({
      from: minutes,
      to: 420,
    });
    expect(read({ quiet: 'yes', quietTo: time }).preferences?.quietHours).toEqual({
      from: 1320,
      to: minutes,
    });
    expect(timeOf(minutes)).toBe(time);
  });

  test.each(['', '24:00', '7:00', '07:60', '07', '07:00:00', '7 pm', '-1:00', '０７:００'])(
    'at %j are refused',
    (time) => {
      expect(read({ quiet: 'yes', quietFrom: time })).toEqual({
        errors: { quietFrom: 'Please enter a time such as 22:00.' },
      });
      expect(read({ quiet: 'yes', quietTo: time })).toEqual({
        errors: { quietTo: 'Please enter a time such as 07:00.' },
      });
    },
  );

  test('that are not wanted are not looked at', () => {
    expect(read({ quietFrom: 'soon', quietTo: '' })).toEqual({ errors: {}, preferences: nothing });
  });
});

test('quiet hours that end when they begin are refused', () => {
  expect(read({ quiet: 'yes', quietFrom: '07:00', quietTo: '07:00' })).toEqual({
    errors: { quietTo: 'Please choose a different time.' },
  });
});

test('what cannot be saved is there to be mended, as it was typed', () => {
  const form = new URLSearchParams({
    threshold: '80',
    criticalAt: 'x',
    tellRecovered: 'yes',
    quietFrom: '7 pm',
  });
  expect(readPreferences(form, wordsIn('en')).typed).toEqual({
    threshold: '80',
    criticalAt: 'x',
    remindEveryHours: 0,
    tellRecovered: true,
    quiet: false,
    quietFrom: '7 pm',
    quietTo: '',
    timeZone: '',
  });
});
