import { getCountries } from 'libphonenumber-js/max';
import { createPhoneNumbers } from '../../src/adapters/phone-numbers';
import { countryCodes } from '../../src/country-codes';
import { Secret } from '../../src/secret';

const america = createPhoneNumbers(['US', 'CA', 'PR']);
const germany = createPhoneNumbers(['DE', 'AT', 'CH', 'GB']);

/** The number as it is stored, or why there is none. */
async function read(text: string, at = america): Promise<string> {
  const result = await at.read(text);
  return result.ok ? result.phone.reveal() : result.why;
}

describe('a number is read', () => {
  test.each([
    '+14255550123',
    '+1 425 555 0123',
    '4255550123',
    '(425) 555-0123',
    '425.555.0123',
    '425-555-0123',
    '1-425-555-0123',
    '011 1 425 555 0123',
    '  +1 (425) 555 0123 \n',
    '+1\u00a0425\u00a0555\u00a00123',
    '+1\u2011425\u2011555\u20110123',
    '\u202a+1 425 555 0123\u202c',
    '＋１ ４２５ ５５５ ０１２３',
  ])('the same however it is written: %s', async (text) => {
    expect(await read(text)).toBe('+14255550123');
  });

  test.each([
    ['0151 23456789', '+4915123456789'],
    ['0151/23456789', '+4915123456789'],
    ['+49 (0)151 23456789', '+4915123456789'],
    ['0049 151 23456789', '+4915123456789'],
    ['+43 664 1234567', '+436641234567'],
    ['+41 78 123 45 67', '+41781234567'],
    ['+44 7400 123456', '+447400123456'],
  ])('in the first of the countries when it names none: %s', async (text, number) => {
    expect(await read(text, germany)).toBe(number);
  });

  test.each([
    ['+1 604 250 1234', '+16042501234'],
    ['604 250 1234', '+16042501234'],
    ['+1 787 250 1234', '+17872501234'],
  ])('of any country that is allowed: %s', async (text, number) => {
    expect(await read(text)).toBe(number);
  });
});

describe('no number', () => {
  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['words', 'call me'],
    ['a number within words', 'call me: 425 555 0123'],
    ['two numbers', '425 555 0123 425 555 0199'],
    ['a digit too few', '+1 425 555 012'],
    ['a digit too many', '+1 425 555 01234'],
    ['an area that there is not', '+1 125 555 0123'],
    ['an emergency number', '911'],
    ['a short code', '262966'],
    ['an extension', '425 555 0123 ext. 5'],
    ['an extension in other words', '425 555 0123 x5'],
    ['an extension as a parameter', '+14255550123;ext=5'],
    ['letters for digits', '1-425-FLOWERS'],
    ['a country code alone', '+1'],
    ['a thousand digits', '1'.repeat(1_000)],
    ['markup', '<b>4255550123</b>'],
  ])('is %s', async (_, text) => {
    expect(await read(text)).toBe('no number');
  });
});

test.each([
  ['+49 151 23456789', america],
  ['011 49 151 23456789', america],
  ['+44 7400 123456', america],
  ['+1 809 555 0123', america],
  ['+1 425 555 0123', germany],
  ['+33 6 12 34 56 78', germany],
])('a number of a country that is not allowed is of another country: %s', async (text, at) => {
  expect(await read(text, at)).toBe('other country');
});

test.each([
  ['a landline', '+49 30 123456', germany],
  ['a landline, without its country', '030 123456', germany],
  ['a premium number', '+49 900 1234567', germany],
  ['shared cost', '+49 180 1234567', germany],
  ['a personal number, which costs like a premium one', '+44 70 1234 5678', germany],
  ['toll free', '+1 800 356 9377', america],
  ['an American premium number', '+1 900 234 5678', america],
  ['an American personal number', '+1 500 234 5678', america],
])('%s gets no texts, or costs whoever sends one', async (_, text, at) => {
  expect(await read(text, at)).toBe('no mobile');
});

describe('a number is shown', () => {
  test.each([
    ['+14255550123', '+1 425 555 0123', '+1 ••• ••• •123'],
    ['+4915123456789', '+49 1512 3456789', '+49 •••• ••••789'],
    ['+41781234567', '+41 78 123 45 67', '+41 •• ••• •5 67'],
    ['+447400123456', '+44 7400 123456', '+44 •••• •••456'],
  ])('to its owner in full, and masked to be recognised: %s', async (number, shown, masked) => {
    expect(await america.show(new Secret(number))).toBe(shown);
    expect(await america.mask(new Secret(number))).toBe(masked);
  });

  test('as nothing when it is none', async () => {
    expect([await america.show(new Secret('gone')), await america.mask(new Secret('gone'))]).toEqual([
      '',
      '',
    ]);
  });
});

test('the settings take the countries that the library knows', () => {
  expect([...countryCodes].sort()).toEqual([...getCountries()].sort());
});
