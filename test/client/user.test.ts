import { inspect } from 'node:util';
import type { ClientError, Tokens, User } from '../../src/client';
import { descriptionOf, devicesOf, openStage, standardProviders, type Stage } from './stage';

const rejection = (promise: Promise<unknown>): Promise<ClientError> =>
  promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: ClientError) => error,
  );

describe.each(standardProviders)('a user of the client of %s', (provider) => {
  let stage: Stage;
  let tokens: Tokens;
  let kept: Tokens[];
  let user: User;
  const devices = devicesOf(provider);

  const open = async (options: Parameters<typeof openStage>[1] = {}): Promise<void> => {
    stage = await openStage(provider, options);
    tokens = await stage.connect();
    kept = [];
    user = stage.client.forUser(tokens, { onTokens: (next) => void kept.push(next) });
  };
  beforeEach(() => open());
  afterEach(() => stage.close());

  const used = () => stage.calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
  const tokenCall = `POST ${new URL(descriptionOf(provider).urls.token).pathname}`;
  /** What the API answers once to whatever comes. */
  const answerOnce = (response: Response): void => {
    stage.meanwhile = () => {
      stage.meanwhile = () => 'go on';
      return response;
    };
  };
  /** The provider no longer takes the access token that the program has. */
  const spoil = (broken: Tokens = { ...tokens, accessToken: 'not-the-token' }): void => {
    user = stage.client.forUser(broken, { onTokens: (next) => void kept.push(next) });
  };

  test('reads with its access token', async () => {
    const answer = await user.get(devices);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/json/);
    expect(JSON.stringify(answer.body)).toContain('Charge 6');
    expect(JSON.parse(new TextDecoder().decode(answer.content))).toEqual(answer.body);
    expect(stage.calls[0]!.headers.get('authorization')).toBe(`Bearer ${tokens.accessToken}`);
    expect(kept).toEqual([]);
    expect(user.tokens).toEqual(tokens);
  });

  test.each(['get', 'post', 'put', 'patch', 'delete'] as const)(
    '%s sends method, headers and query',
    async (method) => {
      answerOnce(new Response(null, { status: 204 }));
      const answer = await user[method]('/1/user/B2C3D4/foods.json?a=1', {
        headers: { 'Accept-Language': 'de_DE' },
        query: { date: '2026-11-29', limit: 5, all: true, none: undefined },
      });
      expect(answer).toMatchObject({ status: 204, body: undefined });
      const [request] = stage.calls;
      expect(request!.method).toBe(method.toUpperCase());
      expect(request!.headers.get('accept-language')).toBe('de_DE');
      expect(new URL(request!.url).pathname + new URL(request!.url).search).toBe(
        '/1/user/B2C3D4/foods.json?a=1&date=2026-11-29&limit=5&all=true',
      );
    },
  );

  test.each<[string, unknown, string | null, string]>([
    ['a form', new URLSearchParams({ name: 'a b' }), 'application/x-www-form-urlencoded', 'name=a+b'],
    ['JSON', { name: ['ä'] }, 'application/json', '{"name":["ä"]}'],
    ['null as JSON', null, 'application/json', 'null'],
    ['text', 'plain', null, 'plain'],
    ['bytes', new Uint8Array([104, 105]), null, 'hi'],
  ])('sends %s', async (_, body, type, text) => {
    answerOnce(Response.json({}, { status: 201 }));
    await user.post('/1/user/-/foods.json', { body });
    expect(stage.calls[0]!.headers.get('content-type')).toBe(type);
    expect(await stage.calls[0]!.text()).toBe(text);
  });

  test('lets a header say what the body is', async () => {
    answerOnce(new Response());
    await user.post('/1/user/-/foods.json', { body: 'a;b', headers: { 'Content-Type': 'text/csv' } });
    expect(stage.calls[0]!.headers.get('content-type')).toBe('text/csv');
  });

  test.each(['devices.json', '@example.com/', 'http://example.com/'])(
    'sends nothing to %s, which is no path',
    async (path) => {
      expect(await rejection(user.get(path))).toMatchObject({ code: 'INPUT_INVALID' });
      expect(stage.calls).toEqual([]);
    },
  );

  test('leaves the authorization header to itself', async () => {
    const error = await rejection(user.get(devices, { headers: { Authorization: 'Bearer mine' } }));
    expect(error).toMatchObject({ code: 'INPUT_INVALID' });
    expect(stage.calls).toEqual([]);
  });

  test('refreshes what the API refuses, hands the new tokens over first, and repeats the call', async () => {
    const order: string[] = [];
    user = stage.client.forUser(
      { ...tokens, accessToken: 'not-the-token' },
      {
        onTokens: async (next) => {
          await Promise.resolve();
          order.push(`${stage.calls.length} calls`, next.accessToken);
        },
      },
    );
    const answer = await user.get(devices);
    expect(answer.status).toBe(200);
    expect(used()).toEqual([`GET ${devices}`, tokenCall, `GET ${devices}`]);
    expect(order).toEqual(['2 calls', user.tokens.accessToken]);
    expect(user.tokens.refreshToken).toBe(stage.simulator.currentRefreshToken('ada'));
    await user.get(devices);
    expect(stage.calls).toHaveLength(4);
  });

  test('refreshes once for calls side by side', async () => {
    spoil();
    const answers = await Promise.all(Array.from({ length: 5 }, () => user.get(devices)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(stage.simulator.refreshCount('ada')).toBe(1);
    expect(kept).toHaveLength(1);
  });

  test('refreshes before the call when the access token is about to expire', async () => {
    await stage.close();
    await open({ accessTokenMs: 30_000 });
    await user.get(devices);
    expect(used()).toEqual([tokenCall, `GET ${devices}`]);
    expect(kept).toEqual([user.tokens]);
  });

  test('repeats once only, and says what the API said', async () => {
    stage.meanwhile = ({ path }) => (path === devices ? new Response('{}', { status: 401 }) : 'go on');
    const error = await rejection(user.get(devices));
    expect(error).toMatchObject({ code: 'ACCESS_TOKEN_REFUSED', status: 401 });
    expect(used()).toEqual([`GET ${devices}`, tokenCall, `GET ${devices}`]);
  });

  test('without a refresh token says that the access token is refused', async () => {
    spoil({ ...tokens, accessToken: 'not-the-token', refreshToken: undefined, expiresAt: 0 });
    expect(await rejection(user.get(devices))).toMatchObject({ code: 'ACCESS_TOKEN_REFUSED', status: 401 });
    expect(used()).toEqual([`GET ${devices}`]);
  });

  test('says that the wearer has to consent again', async () => {
    stage.simulator.revokeGrant('ada');
    expect(await rejection(user.get(devices))).toMatchObject({ code: 'GRANT_REFUSED' });
    expect(kept).toEqual([]);
  });

  test('fails the call when the new tokens are not kept, uses them for nothing, and asks again to keep them', async () => {
    let full = true;
    const broken = { ...tokens, accessToken: 'not-the-token' };
    user = stage.client.forUser(broken, {
      onTokens(next) {
        if (full) throw new Error('The disk is full.');
        kept.push(next);
      },
    });
    await expect(user.get(devices)).rejects.toThrow('The disk is full.');
    await expect(user.get(devices)).rejects.toThrow('The disk is full.');
    expect(used()).toEqual([`GET ${devices}`, tokenCall]);
    full = false;
    expect((await user.get(devices)).status).toBe(200);
    expect(stage.simulator.refreshCount('ada')).toBe(1);
    expect(kept).toEqual([user.tokens]);
    expect(user.tokens.refreshToken).toBe(stage.simulator.currentRefreshToken('ada'));
  });

  test.each<[string, () => Response, object]>([
    [
      'a limit',
      () => new Response('', { status: 429, headers: { 'retry-after': '60' } }),
      { code: 'RATE_LIMITED', status: 429, retryAt: expect.any(Number) as number },
    ],
    ['nothing there', () => Response.json({}, { status: 404 }), { code: 'NOT_FOUND', status: 404 }],
    ['an outage', () => new Response('', { status: 502 }), { code: 'PROVIDER_UNAVAILABLE', status: 502 }],
    [
      'a bad request',
      () => Response.json({ hint: 'date' }, { status: 400 }),
      { code: 'REQUEST_REFUSED', answer: { status: 400, body: { hint: 'date' } } },
    ],
  ])('tells of %s', async (_, response, expected) => {
    answerOnce(response());
    expect(await rejection(user.get(devices))).toMatchObject(expected);
  });

  test('tells of a lost answer what may have been done', async () => {
    stage.meanwhile = () => 'drop';
    expect(await rejection(user.get(devices))).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(await rejection(user.post(devices))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('says that nothing was done when the refresh before it stays without an answer, and goes on later', async () => {
    spoil();
    stage.meanwhile = ({ path }) => (path === devices ? new Response('{}', { status: 401 }) : 'drop');
    expect(await rejection(user.post(devices))).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(used()).toEqual([`POST ${devices}`, tokenCall, tokenCall, tokenCall]);
    stage.meanwhile = () => 'go on';
    expect((await user.get(devices)).status).toBe(200);
    expect(kept).toEqual([user.tokens]);
  });

  test('prints no token with an error, though the answer repeats it', async () => {
    answerOnce(Response.json({ message: `Invalid: ${tokens.accessToken}` }, { status: 400 }));
    const error = await rejection(user.get(devices));
    const shown = `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`;
    expect(shown).toContain('REQUEST_REFUSED');
    expect(stage.simulator.issuedSecrets().filter((secret) => shown.includes(secret))).toEqual([]);
    expect(JSON.stringify(error.answer!.body)).toContain(tokens.accessToken);
  });
});
