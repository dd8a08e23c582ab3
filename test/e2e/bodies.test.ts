/** Bodies as the Functions host hands them on: with their length and up to its limit, or not at all. */
import { sendRaw } from '../../local/raw-request';
import { logs, service, useLocalService } from '../support/local-service';

useLocalService();

const json = { 'content-type': 'application/json' };

/** In chunks unless a length is among the headers. */
async function post(
  path: string,
  text: string,
  headers: Record<string, string>,
): Promise<[status: number, answer: string]> {
  const pieces = [text.slice(0, 3), text.slice(3)];
  const { status, body } = await sendRaw(service.url, {
    ...{ method: 'POST', path, headers: Object.entries(headers) },
    body: pieces,
  });
  return [status, body];
}

test.each([
  ['/api/ops/rotate', '{"all":true}', json],
  ['/api/ops/check', '{"all":true}', json],
  ['/api/connections/nobody/access-token', '{"refused":"x"}', json],
  ['/api/connections/nobody/api/1/user/-/body/log/weight.json', '{"weight":70}', json],
  ['/signup', 'phone=&provider=fitbit', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['/link', 'phone=4255550199', { 'content-type': 'application/x-www-form-urlencoded' }],
])('a body in chunks is refused with 411, where it would be lost: %s', async (path, body, headers) => {
  const [status, text] = await post(path, body, headers);
  expect(status).toBe(411);
  expect(text).toContain(
    'Send the length of the body in Content-Length: a body in chunks does not arrive here.',
  );
});

test('a body with its length arrives', async () => {
  const body = '{"all":true}';
  const [status] = await post('/api/ops/check', body, { ...json, 'content-length': String(body.length) });
  expect(status).toBe(202);
});

test('no body at all is told what to send', async () => {
  const response = await fetch(`${service.url}/api/ops/check`, { method: 'POST' });
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Send JSON')]);
});

test('a body above the limit of the host is its empty 500, and no function sees it', async () => {
  logs.length = 0;
  const body = 'phone='.padEnd(2_097_153, '1');
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  expect(await post('/signup', body, form)).toEqual([500, '']);
  expect(logs.map(({ level, functionName }) => [level, functionName])).toEqual([['error', 'signUp']]);
});

test('a body within it and above our own limit is refused by us', async () => {
  const body = 'phone='.padEnd(16 * 1024 + 1, '1');
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  const [status, text] = await post('/signup', body, form);
  expect([status, text.includes('The body is larger than 16 KB.')]).toEqual([400, true]);
});
