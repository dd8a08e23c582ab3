import { emailAddresses } from '../../src/adapters/email-addresses';
import { Secret } from '../../src/secret';

const read = (text: string) => emailAddresses.read(text)?.reveal();

test.each([
  ['ada@example.org', 'ada@example.org'],
  ['  Ada.Lovelace+watch@Example.ORG ', 'Ada.Lovelace+watch@example.org'],
  ['\u202aada@example.org\u202c', 'ada@example.org'],
  ['jürgen@müller.example', 'jürgen@müller.example'],
  ["o'neill@mail.example.co.uk", "o'neill@mail.example.co.uk"],
])('%j is read as %s', (typed, address) => {
  expect(read(typed)).toBe(address);
});

test.each([
  '',
  'ada',
  'ada@',
  '@example.org',
  'ada@example',
  'ada@example.',
  'ada@.org',
  'ada@@example.org',
  'ada@home@example.org',
  'ada lovelace@example.org',
  'ada@exam ple.org',
  'Ada <ada@example.org>',
  'ada@example.org,eve@example.org',
  'ada@example.org;eve@example.org',
  'ada\r\nBcc:eve@example.org',
  'ada@example.org/page',
  '+1 425 555 0123',
  `${'a'.repeat(250)}@example.org`,
])('%j is no address', (typed) => {
  expect(read(typed)).toBeUndefined();
});

test('the longest address that there can be is one', () => {
  const address = `${'a'.repeat(254 - '@example.org'.length)}@example.org`;
  expect(read(address)).toBe(address);
});

test.each([
  ['ada@example.org', 'a…@example.org'],
  ['😀x@example.org', '😀…@example.org'],
])('%s is masked as %s', (address, masked) => {
  expect(emailAddresses.mask(new Secret(address))).toBe(masked);
  expect(emailAddresses.show(new Secret(address))).toBe(address);
});
