/** What becomes of a request: which address answers what, one host, HEAD, old links, bodies, and what the host answers by itself. */
import { createBrowser } from '../../local/browser';
import { asAda, linkOnPhone, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { sendRaw, type RawAnswer } from '../../local/raw-request';
import { registeredHttp } from '../../local/runner/registered-routes';
import type { Service } from '../../local/service';
import { logs, service, startBeside, useLocalService, world } from '../support/local-service';

let link: string;
/** Its PUBLIC_URL is another host than the one it is reached at. */
let published: Service;

useLocalService();

beforeAll(async () => {
  published = await startBeside({ settings: { PUBLIC_URL: 'https://tokens.example.com' } });
  await signUpAs(asAda(service, world, 'fitbit'));
  link = linkOnPhone(world.phone, ada.phone).slice(-22);
});

const ask = (at: Service, method: string, path: string, headers: Record<string, string> = {}) =>
  sendRaw(at.url, { method, path, headers: Object.entries(headers) });

const locationOf = ({ status, headers }: RawAnswer) => [status, headers['location']];

describe('short addresses', () => {
  test.each(['/', '/api', '/api/', '/API'])('%s leads to the sign-up page', async (path) => {
    expect(locationOf(await ask(service, 'GET', path))).toEqual([303, '/signup']);
    expect(locationOf(await ask(service, 'HEAD', path))).toEqual([303, '/signup']);
    const page = await createBrowser().open(service.url + path);
    expect([page.status, page.title]).toEqual([200, 'Connect your tracker · Fitbit Token Service']);
  });

  test.each(['/signup', '/SignUp/', '/privacy', '/link', '/confirm'])('%s is a page', async (path) => {
    const { status, headers } = await ask(service, 'GET', path);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });

  test('the personal page and its export are below /m', async () => {
    const page = await ask(service, 'GET', `/m/${link}`);
    expect([page.status, page.body.includes(`action="/m/${link}"`)]).toEqual([200, true]);
    const exported = await ask(service, 'GET', `/m/${link}/export`);
    expect([exported.status, exported.headers['content-type']]).toEqual([200, 'application/json']);
  });

  test('texts have the short address', () => {
    const addresses = world.phone.texts().flatMap(({ body }) => body.match(/http\S+/g) ?? []);
    expect(addresses).toContain(`${service.url}/m/${link}`);
  });
});

describe('addresses of before', () => {
  test.each([
    ['/api/signup', '/signup'],
    ['/api/SIGNUP?a=b', '/SIGNUP?a=b'],
    ['/api/confirm', '/confirm'],
    ['/api/link', '/link'],
    ['/api/privacy', '/privacy'],
    ['/api/m/abc', '/m/abc'],
    ['/api/m/abc/export', '/m/abc/export'],
    ['/api/m/abc?done=paused', '/m/abc?done=paused'],
  ])('%s leads on to %s, with the form that was sent', async (before, now) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const answer = await ask(service, method, before);
      expect([method, ...locationOf(answer)]).toEqual([method, 308, now]);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  test('an old personal link ends at the personal page', async () => {
    const page = await createBrowser().open(`${service.url}/api/m/${link}`);
    expect([page.status, page.url]).toEqual([200, `${service.url}/m/${link}`]);
  });
});

describe('addresses that people type', () => {
  test.each([
    ['/sign-up', '/signup'],
    ['/Sign-Up/?invite=abc&language=de', '/signup?invite=abc&language=de'],
    ['/privacy-policy', '/privacy'],
    ['/m', '/link'],
    ['/m/', '/link'],
  ])('%s leads to %s', async (typed, page) => {
    for (const method of ['GET', 'HEAD']) {
      expect(locationOf(await ask(service, method, typed))).toEqual([303, page]);
    }
  });
});

describe('one host', () => {
  const other = { host: 'func-tokens.azurewebsites.net' };

  test.each([
    '/',
    '/signup?a=b%20c',
    '/privacy',
    '/link',
    '/confirm',
    '/m/abc?done=paused',
    '/m/abc/export',
    '/api/signup',
    '/api/oauth/callback?state=s&code=c',
  ])('%s leads to the same path and query under PUBLIC_URL', async (path) => {
    for (const method of ['GET', 'HEAD']) {
      expect(locationOf(await ask(published, method, path, other))).toEqual([
        303,
        `https://tokens.example.com${path}`,
      ]);
    }
  });

  test.each<Record<string, string>>([
    { host: 'tokens.example.com' },
    { host: 'TOKENS.example.com' },
    { ...other, 'x-forwarded-host': 'tokens.example.com' },
    { ...other, 'x-forwarded-host': 'edge.example.com, tokens.example.com' },
    { ...other, 'x-original-host': 'tokens.example.com' },
  ])('a page that was opened there is shown: %j', async (headers) => {
    expect((await ask(published, 'GET', '/privacy', headers)).status).toBe(200);
  });

  test('a form that was opened elsewhere is not thrown away', async () => {
    expect((await ask(published, 'POST', '/signup', other)).status).toBe(400);
  });

  test.each(['/api/health', '/api/ops/status', '/robots.txt', '/favicon.ico'])(
    '%s answers under every host name',
    async (path) => {
      expect((await ask(published, 'GET', path, other)).status).toBe(200);
    },
  );

  test('localhost leads to the address that was set', async () => {
    const { port } = new URL(service.url);
    const answer = await ask(service, 'GET', '/signup', { host: `localhost:${port}` });
    expect(locationOf(answer)).toEqual([303, `${service.url}/signup`]);
  });
});

describe('HEAD', () => {
  const readable = registeredHttp()
    .filter(({ options: { methods } }) => methods?.includes('GET'))
    .map(({ options: { route = '' } }) =>
      route
        .replace(/\{\*?link\}/, 'abc')
        .replace('{id}', 'nobody')
        .replace('{*path}', 'v4/users/me'),
    );

  test.each(readable)('%s answers HEAD as it answers GET, without a body', async (route) => {
    const path = `/${route.replace(/\{ignored.*\}/, '')}`;
    // A callback without a state is refused. HEAD must not use one up, so it is not looked at.
    const wanted = route === 'api/oauth/callback' ? 200 : (await ask(service, 'GET', path)).status;
    const head = await ask(service, 'HEAD', path);
    expect([head.status, head.body]).toEqual([wanted, '']);
  });

  test('of the callback does not use up the state, which works once', async () => {
    const browser = createBrowser();
    const form = await browser.open(`${service.url}/signup`);
    const consent = await browser.submit(form, { phone: '', provider: 'fitbit' });
    const state = new URL(consent.url).searchParams.get('state') ?? '';
    expect((await ask(service, 'HEAD', `/api/oauth/callback?state=${state}&code=x`)).status).toBe(200);
    const back = await browser.submit(consent, { wearer: 'grace', decision: 'allow' });
    expect([back.status, new URL(back.url).pathname.slice(0, 3)]).toEqual([200, '/m/']);
    expect(back.text).toContain('<h2>You are connected</h2>');
  });
});

describe('what no function answers', () => {
  test.each([
    ['GET', '/nothing'],
    ['GET', '/api/nothing'],
    ['GET', '/api/ops/rotate'],
    ['DELETE', '/signup'],
    ['OPTIONS', '/signup'],
    ['GET', '//signup'],
  ])('%s %s is an empty 404 without Allow', async (method, path) => {
    const { status, headers, body } = await ask(service, method, path);
    expect([status, headers['allow'], body]).toEqual([404, undefined, '']);
  });

  test('another method at / is the empty 204 of the homepage that is turned off', async () => {
    expect((await ask(service, 'OPTIONS', '/')).status).toBe(204);
  });
});

describe('what browsers and crawlers ask for', () => {
  test('favicon.ico is an icon with a PNG in it', async () => {
    const response = await fetch(`${service.url}/favicon.ico`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/x-icon']);
    expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0, 0, 1, 0]));
    expect([bytes[6], bytes[7], bytes.readUInt32LE(14)]).toEqual([32, 32, bytes.length - 22]);
    expect(bytes.subarray(22, 30)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  });

  test('robots.txt keeps nobody from reading on each page that it is not for a search engine', async () => {
    const robots = await ask(service, 'GET', '/robots.txt');
    expect([robots.headers['content-type'], robots.body]).toEqual([
      'text/plain; charset=utf-8',
      'User-agent: *\nDisallow:\n',
    ]);
    const page = await ask(service, 'GET', `/m/${link}`);
    expect(page.headers['x-robots-tag']).toBe('noindex');
    expect(page.body).toContain('<meta name="robots" content="noindex" />');
  });
});

/** As the Functions host hands them on: with their length and up to its limit, or not at all. */
describe('parameters that a call does not have', () => {
  const refusal = async (method: string, path: string) => {
    const { status, body } = await ask(service, method, path, { 'content-length': '0' });
    const { code, error } = JSON.parse(body) as Record<string, unknown>;
    return [status, code, error];
  };

  test.each([
    ['/api/connections?lable=p-17', '"lable"', 'It takes "limit", "after", "label", and "outsideId".'],
    ['/api/connections?Label=p-17', '"Label"', 'It takes "limit", "after", "label", and "outsideId".'],
    ['/api/ops/status?attention=1&state=low', '"state"', 'It takes "limit", "after", and "attention".'],
    ['/api/ops/doctor?verbose', '"verbose"', 'It takes none.'],
    ['/api/connections/nobody?__proto__=1', '"__proto__"', 'It takes none.'],
    ['/api/connections/nobody/access-token?fresh=1', '"fresh"', 'It takes none.'],
  ])('%s is refused, not answered without it', async (path, name, rest) => {
    const sentence = `This call takes no parameter ${name} in its address. ${rest}`;
    expect(await refusal('GET', path)).toEqual([400, 'INPUT_INVALID', sentence]);
  });

  test.each([
    ['POST', '/api/ops/rotate'],
    ['POST', '/api/ops/check'],
    ['POST', '/api/ops/reconnect'],
    ['POST', '/api/ops/invites'],
    ['PUT', '/api/connections/nobody/label'],
    ['POST', '/api/connections/nobody/reconnect-link'],
    ['POST', '/api/connections/nobody/access-token'],
  ])('%s %s takes none besides its body', async (method, path) => {
    const sentence = 'This call takes no parameter "all" in its address. It takes none.';
    expect(await refusal(method, `${path}?all=true`)).toEqual([400, 'INPUT_INVALID', sentence]);
  });

  test('one that stands twice is refused, because one of the two would be lost', async () => {
    const sentence = 'The parameter "label" is given more than once. Give it once.';
    expect(await refusal('GET', '/api/connections?label=a&label=b')).toEqual([
      400,
      'INPUT_INVALID',
      sentence,
    ]);
  });

  test.each([
    '/api/connections?code=key&label=a',
    '/api/ops/status?Code=key&clientId=default&limit=2',
    '/api/health?at=1',
    '/api/openapi.json?at=1',
    '/signup?utm_source=mail',
  ])('%s is answered: the host reads a key, and pages are opened from mails', async (path) => {
    expect((await ask(service, 'GET', path)).status).toBe(200);
  });

  test("the query of a call to the provider's API is the provider's", async () => {
    const { status } = await ask(service, 'GET', '/api/connections/nobody/api/1/user/-/devices.json?lable=x');
    expect(status).not.toBe(400);
  });
});

describe('bodies', () => {
  const json = { 'content-type': 'application/json' };

  /** In chunks unless a length is among the headers. */
  async function sendText(
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
    const [status, text] = await sendText(path, body, headers);
    expect(status).toBe(411);
    expect(text).toContain(
      'Send the length of the body in Content-Length: a body in chunks does not arrive here.',
    );
  });

  test('a body with its length arrives', async () => {
    const body = '{"all":true}';
    const [status] = await sendText('/api/ops/check', body, {
      ...json,
      'content-length': String(body.length),
    });
    expect(status).toBe(202);
  });

  test('no body at all is told what to send', async () => {
    const response = await fetch(`${service.url}/api/ops/check`, { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Send JSON')]);
  });

  test('a body above the limit of the host is its empty 500, and no function sees it', async () => {
    logs.length = 0;
    const body = 'phone='.padEnd(2_097_153, '1');
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    expect(await sendText('/signup', body, form)).toEqual([500, '']);
    expect(logs.map(({ level, functionName }) => [level, functionName])).toEqual([['error', 'signUp']]);
  });

  test('a body within it and above our own limit is refused by us', async () => {
    const body = 'phone='.padEnd(16 * 1024 + 1, '1');
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    const [status, text] = await sendText('/signup', body, form);
    expect([status, text.includes('The body is larger than 16 KB.')]).toEqual([400, true]);
  });
});
