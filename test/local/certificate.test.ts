/** The certificate of the local world, as Node's own TLS takes it. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { makeCertificate } from '../../local/certificate';

const made = makeCertificate(['vault.vault.azure.net']);

test('it is valid now, for this machine and the names that were asked for, and for servers only', () => {
  const certificate = new X509Certificate(made.cert);
  expect(certificate.subject).toBe('CN=localhost');
  expect(certificate.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost, DNS:vault.vault.azure.net');
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const days = (date: string) => Math.round((Date.parse(date) - Date.now()) / 86_400_000);
  expect([days(certificate.validFrom), days(certificate.validTo)]).toEqual([-1, 365]);
});

test('no two have the same key or the same serial number', () => {
  const other = makeCertificate();
  expect(other.key).not.toBe(made.key);
  expect(new X509Certificate(other.cert).serialNumber).not.toBe(new X509Certificate(made.cert).serialNumber);
});

test.each([
  ['127.0.0.1', 'authorized'],
  ['localhost', 'authorized'],
  ['vault.vault.azure.net', 'authorized'],
  ['other.vault.azure.net', 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('a client that trusts it and asks for %s: %s', async (name, result) => {
  const server = createServer(made, (socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // An IP address is no server name; it is what the client checks all the same.
  const asked = name === '127.0.0.1' ? { host: name } : { host: '127.0.0.1', servername: name };
  const client = connect({ ...asked, port, ca: made.cert });
  const code = await Promise.race([
    once(client, 'secureConnect').then(() => 'authorized'),
    once(client, 'error').then(([error]) => (error as NodeJS.ErrnoException).code),
  ]).catch((error: NodeJS.ErrnoException) => error.code);
  expect(code).toBe(result);
  client.destroy();
  server.close();
});
