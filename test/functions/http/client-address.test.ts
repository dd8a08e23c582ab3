import { HttpRequest } from '@azure/functions';
import { macOfClient } from '../../../src/domain/contact/keyed-values';
import { clientAddress, clientOf } from '../../../src/functions/http/client-address';
import type { Services } from '../../../src/services';
import { createTestWorld } from '../../support/world';

describe('the address of a client', () => {
  test.each<[string, string, string | undefined]>([
    ['an address', '203.0.113.7', '203.0.113.7'],
    ['an address with a port', '203.0.113.7:50123', '203.0.113.7'],
    ['the last of several, which the front end has seen', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['the last, whatever the client wrote before', 'garbage, <b>, , 203.0.113.7:1', '203.0.113.7'],
    ['the last, without a space', '198.51.100.1,203.0.113.7', '203.0.113.7'],
    ['the network of IPv6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['the network of IPv6 with a port', '[2001:db8:1:2:3:4:5:6]:50123', '2001:db8:1:2'],
    ['the network of IPv6 in brackets', '[2001:db8:1:2::1]', '2001:db8:1:2'],
    ['the network of IPv6 that leaves out zeros at its end', '2001:db8:1:2::', '2001:db8:1:2'],
    ['the network of IPv6 that leaves out zeros in its network', '2001:db8::1', '2001:db8:0:0'],
    ['the network of IPv6 that leaves out zeros in the middle', '2001:0:0:2::9:8:7', '2001:0:0:2'],
    ['the network of IPv6 with leading zeros and capitals', '2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['the network of IPv6 that is nothing but zeros', '::', '0:0:0:0'],
    ['the network of loopback', '::1', '0:0:0:0'],
    ['the network of IPv6 with a zone', 'fe80::1%eth0', 'fe80:0:0:0'],
    ['the IPv4 address that is mapped into IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['the same in capitals, with a port', '[::FFFF:203.0.113.7]:443', '203.0.113.7'],
    ['nothing of garbage', 'unknown', undefined],
    ['nothing of an empty header', '', undefined],
    ['nothing of a header that ends with a comma', '203.0.113.7,', undefined],
    ['nothing of an address that is none', '203.0.113.256', undefined],
    ['nothing of half an address', '203.0.113', undefined],
    ['nothing of a name', 'client.example.com:80', undefined],
    ['nothing of brackets that do not close', '[2001:db8::1', undefined],
    ['nothing of brackets around nothing', '[]', undefined],
    ['nothing of text behind the brackets', '[2001:db8::1]x', undefined],
    ['nothing of two doubled colons', '2001::1::2', undefined],
    ['nothing of a port that is none', '203.0.113.7:port', undefined],
  ])('is %s: %j', (_, forwardedFor, address) => {
    expect(clientAddress(forwardedFor)).toBe(address);
  });

  test('is not known where nothing stands before us', () => {
    expect(clientAddress(null)).toBeUndefined();
  });
});

describe('the client of a request', () => {
  const { ports } = createTestWorld();
  const services: Services = { ...ports, inInvocation: (_, work) => work(), about: () => undefined };
  const of = (headers: Record<string, string>) =>
    clientOf(services, new HttpRequest({ method: 'POST', url: 'https://tokens.example.com', headers }));

  test('is a keyed hash of its address', async () => {
    const client = await of({ 'x-forwarded-for': '198.51.100.1, 203.0.113.7:50123' });
    expect(client).toBe(await macOfClient(ports, '203.0.113.7'));
    expect(client).not.toContain('203.0.113.7');
  });

  test('is the same from every address of one household', async () => {
    const one = await of({ 'x-forwarded-for': '2001:db8:1:2::1' });
    expect(await of({ 'x-forwarded-for': '[2001:db8:1:2:ffff::9]:1234' })).toBe(one);
    expect(await of({ 'x-forwarded-for': '2001:db8:1:3::1' })).not.toBe(one);
  });

  test('is not known without that header, whatever else a client may send', async () => {
    const others = { forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7', 'x-client-ip': '203.0.113.7' };
    expect(await of(others)).toBeUndefined();
  });
});
