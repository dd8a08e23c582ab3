import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivateHost, isPublic, lookupPublic, NotPublic } from '../../src/adapters/public-addresses';

test.each([
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '168.63.129.15',
  '192.167.255.255',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001::1',
])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  ['this network', '0.0.0.0'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['behind a carrier', '100.64.0.1'],
  ['behind a carrier', '100.127.255.255'],
  ['link-local', '169.254.1.1'],
  ['the metadata of a cloud machine', '169.254.169.254'],
  ['the metadata of a task on AWS', '169.254.170.2'],
  ["Azure's own at every machine", '168.63.129.16'],
  ["Alibaba's metadata", '100.100.100.200'],
  ['of protocols', '192.0.0.192'],
  ['documentation', '192.0.2.1'],
  ['benchmarks', '198.19.0.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['loopback', '::1'],
  ['none', '::'],
  ['unique local', 'fd00::1'],
  ["Amazon's metadata", 'fd00:ec2::254'],
  ['unique local', 'fc00::1'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['a public one with a zone', '2606:4700:4700::1111%eth0'],
  ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
  ['IPv4-mapped loopback in hexadecimal', '::ffff:7f00:1'],
  ['IPv4-mapped, even of a public one', '::ffff:1.1.1.1'],
  ['IPv4-compatible', '::10.0.0.1'],
  ['translated (NAT64)', '64:ff9b::a00:1'],
  ['translated locally', '64:ff9b:1::1'],
  ['Teredo', '2001:0:1::1'],
  ['6to4 of a private one', '2002:a00:1::1'],
  ['documentation', '2001:db8::1'],
  ['documentation', '3fff::1'],
  ['multicast', 'ff02::1'],
  ['a name', 'example.com'],
  ['nothing', ''],
])('%s is not public: %s', (_, address) => {
  expect(isPublic(address)).toBe(false);
});

test.each([
  ['https://127.0.0.1/', true],
  ['https://2130706433/', true],
  ['https://0x7f.1/', true],
  ['https://0177.0.0.1/', true],
  ['https://[::1]/', true],
  ['https://[::ffff:169.254.169.254]/', true],
  ['https://10.1/', true],
  ['https://1.1.1.1/', false],
  ['https://[2606:4700:4700::1111]/', false],
  ['https://example.com/', false],
])('the host of %s is private without a look-up: %s', (url, expected) => {
  expect(isPrivateHost(new URL(url))).toBe(expected);
});

describe('a look-up for a connection', () => {
  type Given = Parameters<Parameters<LookupFunction>[2]>;
  const found = (...addresses: string[]): LookupAddress[] =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  /** Answers each look-up with the next list. */
  const scripted = (...answers: (LookupAddress[] | Error)[]): LookupFunction & { asked: string[] } => {
    const asked: string[] = [];
    const lookup: LookupFunction = (name, _options, callback) => {
      asked.push(name);
      const next = answers.shift()!;
      if (next instanceof Error) callback(next, []);
      else callback(null, next);
    };
    return Object.assign(lookup, { asked });
  };
  const ask = (lookup: LookupFunction, all = true) =>
    new Promise<Given>((resolve) => {
      lookupPublic(lookup)('hooks.example', { all }, (...given) => resolve(given));
    });

  test('gives out the addresses that it has checked, and asks once', async () => {
    const addresses = found('1.1.1.1', '2606:4700:4700::1111');
    // A name that leads elsewhere at the next look-up would lead there now if somebody asked again.
    const lookup = scripted(addresses, found('127.0.0.1'));
    expect(await ask(lookup)).toEqual([null, addresses]);
    expect(lookup.asked).toEqual(['hooks.example']);
  });

  test('gives out the first one to whoever wants one', async () => {
    expect(await ask(scripted(found('1.1.1.1', '1.0.0.1')), false)).toEqual([null, '1.1.1.1', 4]);
  });

  test.each([
    ['one of them is private', found('1.1.1.1', '10.0.0.1')],
    ['the only one is the metadata of a machine', found('169.254.169.254')],
    ['there is none', found()],
  ])('gives out nothing when %s', async (_, addresses) => {
    expect(await ask(scripted(addresses))).toEqual([expect.any(NotPublic), []]);
  });

  test('says what the look-up says when it fails', async () => {
    const failure = new Error('ENOTFOUND');
    expect(await ask(scripted(failure))).toEqual([failure, []]);
  });
});
