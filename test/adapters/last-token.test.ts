/** What the clients of the Azure SDKs get while the token endpoint is away, slow, or says no. */
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { bearerTokenAuthenticationPolicy, createPipelineRequest } from '@azure/core-rest-pipeline';
import { keepLastToken } from '../../src/adapters/last-token';

const storage = 'https://storage.azure.com/.default';
const texts = 'https://communication.azure.com//.default';
const hour = 3_600_000;

let asked: [scopes: string | string[], options: GetTokenOptions | undefined][];
let answer: () => Promise<AccessToken | null>;
const keeping = () =>
  keepLastToken({
    getToken: (...args) => {
      asked.push([args[0], args[1]]);
      return answer();
    },
  });
const gives =
  (token: string, lifeMs = hour) =>
  () =>
    Promise.resolve({ token, expiresOnTimestamp: Date.now() + lifeMs });
const fails = () => Promise.reject(new Error('network_error'));
const tokenOf = async (view: TokenCredential, scope = storage, options?: GetTokenOptions) =>
  (await view.getToken(scope, options))?.token;

beforeEach(() => {
  jest.useFakeTimers();
  asked = [];
});
afterEach(() => jest.useRealTimers());

test('the newest token is handed out while the endpoint answers', async () => {
  const view = keeping();
  answer = gives('first');
  expect(await tokenOf(view)).toBe('first');
  answer = gives('second');
  expect(await tokenOf(view)).toBe('second');
  expect(asked).toEqual([
    [storage, undefined],
    [storage, undefined],
  ]);
});

test('the last good token is handed out while the endpoint is away, which is asked every half minute', async () => {
  const view = keeping();
  answer = gives('first');
  await tokenOf(view);
  answer = fails;
  for (let request = 0; request < 5; request += 1) expect(await tokenOf(view)).toBe('first');
  expect(asked).toHaveLength(2);
  jest.advanceTimersByTime(30_000);
  expect(await tokenOf(view)).toBe('first');
  expect(asked).toHaveLength(3);
  jest.advanceTimersByTime(30_000);
  answer = gives('second');
  expect(await tokenOf(view)).toBe('second');
});

test('a token that has expired is not handed out: the failure is', async () => {
  const view = keeping();
  answer = gives('first', 60_000);
  await tokenOf(view);
  answer = fails;
  jest.advanceTimersByTime(59_999);
  expect(await tokenOf(view)).toBe('first');
  jest.advanceTimersByTime(1);
  await expect(view.getToken(storage)).rejects.toThrow('network_error');
});

test('a new token that does not come within two seconds is not waited for, and counts when it comes', async () => {
  const view = keeping();
  answer = gives('first');
  await tokenOf(view);
  let come: (token: AccessToken) => void = () => undefined;
  answer = () => new Promise((resolve) => (come = resolve));
  const waiting = tokenOf(view);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(await waiting).toBe('first');
  come({ token: 'second', expiresOnTimestamp: Date.now() + hour });
  await jest.advanceTimersByTimeAsync(0);
  answer = fails;
  expect(await tokenOf(view)).toBe('second');
  expect(jest.getTimerCount()).toBe(0);
});

test('a token that ends while a new one is waited for is handed out all the same: it was good when it was asked for', async () => {
  const view = keeping();
  answer = gives('first', 1_000);
  await tokenOf(view);
  answer = () => new Promise(() => undefined);
  const waiting = tokenOf(view);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(await waiting).toBe('first');
});

test.each<[string, string, GetTokenOptions | undefined]>([
  ['for another scope', texts, undefined],
  ['for another tenant', storage, { tenantId: 'tenant' }],
  ['by a service that does not take the last one', storage, { claims: '{"access_token":{}}' }],
])('a token that is asked for %s is never the one that was kept', async (_, scope, options) => {
  const view = keeping();
  answer = gives('first');
  await tokenOf(view);
  answer = fails;
  await expect(view.getToken(scope, options)).rejects.toThrow('network_error');
});

test('no token at all is no token to keep', async () => {
  const view = keeping();
  answer = () => Promise.resolve(null);
  expect(await view.getToken(storage)).toBeNull();
  answer = fails;
  await expect(view.getToken(storage)).rejects.toThrow('network_error');
});

/** The SDKs' own policy: in a token's last two minutes it asks for a new one and awaits nothing. */
test('a client of an SDK whose token ends while the endpoint is away leaves no rejection that ends the process', async () => {
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', listen);
  try {
    const { sendRequest } = bearerTokenAuthenticationPolicy({ credential: keeping(), scopes: storage });
    const call = () =>
      sendRequest(createPipelineRequest({ url: 'https://account.table.core.windows.net/' }), (request) =>
        Promise.resolve({ request, status: 200, headers: request.headers }),
      );
    answer = gives('first', 60_000);
    await call();
    answer = fails;
    await jest.advanceTimersByTimeAsync(50_000);
    await call();
    await jest.advanceTimersByTimeAsync(60_000);
    await expect(call()).rejects.toThrow('network_error');
    jest.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', listen);
  }
});
