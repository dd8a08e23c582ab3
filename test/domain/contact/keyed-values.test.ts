import * as derived from '../../../src/domain/contact/keyed-values';
import type { Address } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { createMemoryKeyedHash } from '../../support/memory-vault';

const ports = { keyedHash: createMemoryKeyedHash() };
const phone = new Secret('+14255550123');

test('nothing that is derived shows what it is derived from, and no two uses of it are the same', async () => {
  const values = [
    await derived.macOfAddress(ports, { way: 'sms', to: phone }),
    await derived.macOfRange(ports, { way: 'sms', to: new Secret('+142555501239999') }),
    await derived.macOfClient(ports, '+14255550123'),
    await derived.deriveLink(ports, '+14255550123', 1),
  ];
  expect(new Set(values.map((value) => value.slice(0, 22))).size).toBe(4);
  expect(values.filter((value) => /4255550|0123/.test(value))).toEqual([]);
  expect(values.slice(0, 3).filter((value) => !/^[\w-]{43}$/.test(value))).toEqual([]);
});

test.each([
  ['of the same number', '+14255550123', true, true],
  ['of a number that ends otherwise', '+14255559876', false, true],
  ['of a number of another range', '+14255560123', false, false],
  ['of a number of another country', '+4425555012', false, false],
])('%s: number and range', async (_, other, sameNumber, sameRange) => {
  const another = new Secret(other);
  expect(
    (await derived.macOfAddress(ports, { way: 'sms', to: phone })) ===
      (await derived.macOfAddress(ports, { way: 'sms', to: another })),
  ).toBe(sameNumber);
  expect(
    (await derived.macOfRange(ports, { way: 'sms', to: phone })) ===
      (await derived.macOfRange(ports, { way: 'sms', to: another })),
  ).toBe(sameRange);
});

test.each([
  ['of the same address', 'ada@example.org', true, true],
  ['of the same address in capital letters', 'Ada@example.org', true, true],
  ['of another mailbox at the domain', 'eve@example.org', false, true],
  ['of the same name at another domain', 'ada@example.com', false, false],
])('%s: e-mail address and domain', async (_, other, sameAddress, sameDomain) => {
  const [mine, theirs] = ['ada@example.org', other].map((text) => {
    return { way: 'email', to: new Secret(text) } as const;
  }) as [Address, Address];
  expect((await derived.macOfAddress(ports, mine)) === (await derived.macOfAddress(ports, theirs))).toBe(
    sameAddress,
  );
  expect((await derived.macOfRange(ports, mine)) === (await derived.macOfRange(ports, theirs))).toBe(
    sameDomain,
  );
});

test('a number and an e-mail address never have one hash', async () => {
  const to = new Secret('+14255550123');
  const [number, email] = [
    await derived.macOfAddress(ports, { way: 'sms', to }),
    await derived.macOfAddress(ports, { way: 'email', to }),
  ];
  // What is stored under the first of them was stored before there were e-mail addresses.
  expect(number).toBe(await ports.keyedHash.mac('number', to));
  expect(email).not.toBe(number);
});

test('a link is the same whenever it is derived, and another for every connection and version', async () => {
  const links = await Promise.all([
    derived.deriveLink(ports, 'wearer-1', 1),
    derived.deriveLink(ports, 'wearer-1', 2),
    derived.deriveLink(ports, 'wearer-2', 1),
    derived.deriveLink(ports, 'wearer-1', 11),
    derived.deriveLink(ports, 'wearer-11', 1),
  ]);
  expect(new Set(links).size).toBe(5);
  expect(links.filter((link) => !derived.linkPattern.test(link))).toEqual([]);
  expect(await derived.deriveLink(ports, 'wearer-1', 1)).toBe(links[0]);
});

test('a code is six digits, the same whenever it is derived, and another for every number of it', async () => {
  const codeOf = async (confirmation: string, codeNumber: number) =>
    (await derived.deriveCode(ports, confirmation, codeNumber)).reveal();
  const codes = await Promise.all(Array.from({ length: 2_000 }, (_, n) => codeOf('confirmation-1', n)));
  expect(codes.filter((code) => !/^\d{6}$/.test(code))).toEqual([]);
  // Of 2,000 out of a million, two are the same about twice.
  expect(new Set(codes).size).toBeGreaterThan(1_980);
  expect(await codeOf('confirmation-1', 7)).toBe(codes[7]);
  expect(await codeOf('confirmation-2', 7)).not.toBe(codes[7]);
  // None is shorter for beginning with zeros.
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  // Every digit is about as frequent as any other, in every place.
  for (let place = 0; place < 6; place += 1) {
    const frequency = (digit: number) => codes.filter((code) => code[place] === String(digit)).length;
    const most = Math.max(...Array.from({ length: 10 }, (_, digit) => frequency(digit)));
    expect(most).toBeLessThan(300);
  }
});
