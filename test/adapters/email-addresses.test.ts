import { emailAddresses } from '../../src/adapters/email-addresses';
import { Secret } from '../../src/secret';

const read = (text: string) => {
  const answer = emailAddresses.read(text);
  return answer.ok ? answer.email.reveal() : answer.why;
};

test.each([
  ['ada@example.org', 'ada@example.org'],
  ['  Ada.Lovelace+watch@Example.ORG ', 'Ada.Lovelace+watch@example.org'],
  ['\u202aada@example.org\u202c', 'ada@example.org'],
  ['ada@Müller.example', 'ada@xn--mller-kva.example'],
  ['ada@xn--mller-kva.example', 'ada@xn--mller-kva.example'],
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
  'ada@1.2',
  'ada@0x7f.1',
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
  'jürgen@',
  'ada@example.123',
])('%j is no address', (typed) => {
  expect(read(typed)).toBe('no address');
});

test.each(['jürgen@example.org', 'JÜRGEN@müller.example', '用户@example.org', '😀@example.org'])(
  '%j is an address that nobody says can be reached',
  (typed) => {
    expect(read(typed)).toBe('other letters');
  },
);

test('the longest address that there can be is one', () => {
  const address = `${'a'.repeat(254 - '@example.org'.length)}@example.org`;
  expect(read(address)).toBe(address);
});

test.each([
  ['ada@example.org', 'a…@example.org'],
  ['😀x@example.org', '😀…@example.org'],
  ['ada@müller.example', 'a…@müller.example'],
])('%s is masked as %s', (address, masked) => {
  expect(emailAddresses.mask(new Secret(address))).toBe(masked);
  expect(emailAddresses.show(new Secret(address))).toBe(address);
});

test('a domain is shown as its owner writes it', () => {
  const email = new Secret('ada@xn--mller-kva.example');
  expect([emailAddresses.show(email), emailAddresses.mask(email)]).toEqual([
    'ada@müller.example',
    'a…@müller.example',
  ]);
});
