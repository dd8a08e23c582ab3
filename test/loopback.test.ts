import { isLoopback } from '../src/loopback';

describe('isLoopback', () => {
  test.each([
    'http://localhost',
    'http://LOCALHOST:7071/api',
    'https://127.0.0.1:8443/',
    'http://127.255.1.9',
    'http://127.1',
    'http://0x7f000001',
    'http://[::1]:10000/devstoreaccount1',
    'http://somebody:secret@localhost',
  ])('takes %s as this machine', (url) => {
    expect(isLoopback(url)).toBe(true);
  });

  test.each([
    'https://vault.azure.net',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost@example.com',
    'http://127.0.0.1@example.com/',
    'http://example.com/?http://localhost',
    'http://example.com#localhost',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://128.0.0.1',
    'http://[::2]',
    'localhost',
    '127.0.0.1',
    'http://',
    '',
  ])('does not take %j as this machine', (url) => {
    expect(isLoopback(url)).toBe(false);
  });
});
