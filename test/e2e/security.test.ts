/** The points of SECURITY.md that are about the whole service: RFC 9700, cookies, headers, limits. */
import { readFileSync } from 'node:fs';
import { asAda, linkOnPhone, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { registeredHttp } from '../../local/runner/registered-routes';
import { startService, type Service } from '../../local/service';
import { giveConsent } from '../../local/simulators/give-consent';
import { startWorld } from '../../local/world';
import { service, startBeside, useLocalService, world } from '../support/local-service';
import { borrowAzurite } from '../support/shared-azurite';

/** Every path that answers a GET, with nothing real in it. */
const readable = registeredHttp()
  .filter(({ options: { methods } }) => methods?.includes('GET'))
  .map(({ options: { route = '' } }) =>
    route
      .replace(/\{\*?link\}/, 'x'.repeat(22))
      .replace('{id}', 'nobody')
      .replace('{*path}', 'v4/users/me')
      .replace(/\{ignored.*\}/, ''),
  );

/** The same service as people reach it in Azure: by https, under a name of its own. */
let published: Service;
const publicUrl = 'https://tokens.example.com';

useLocalService();

beforeAll(async () => {
  published = await startBeside({ settings: { PUBLIC_URL: publicUrl, INVITE_CODE: 'let-me-in' } });
});

const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  redirect: 'manual',
  headers,
  body: new URLSearchParams(fields),
});

/** Begins a sign-up and gives consent, and stops before the callback. */
async function untilCallback(at: Service, fields: Record<string, string>, wearer: string = ada.id) {
  const begun = await fetch(`${at.url}/signup`, form(fields));
  const authorizeUrl = begun.headers.get('location') ?? '';
  const back = await giveConsent(authorizeUrl, { wearer });
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(';')[0]!)
    .join('; ');
  return { authorizeUrl: new URL(authorizeUrl), back, cookie };
}

function callback(at: Service, query: URLSearchParams, cookie = '') {
  return fetch(`${at.url}/api/oauth/callback?${query}`, { redirect: 'manual', headers: { cookie } });
}

describe('RFC 9700', () => {
  test('2.1.1: every request to a provider carries a state and an S256 challenge of its own', async () => {
    const first = await untilCallback(service, { phone: '', provider: 'fitbit' });
    const second = await untilCallback(service, { phone: '', provider: 'fitbit' });
    for (const name of ['state', 'code_challenge']) {
      const values = [first, second].map(({ authorizeUrl }) => authorizeUrl.searchParams.get(name));
      expect(new Set(values).size).toBe(2);
      for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
    }
    expect(first.authorizeUrl.searchParams.get('code_challenge_method')).toBe('S256');
  });

  test('2.3: nothing but the scope for devices is asked for unless the operator says so', async () => {
    const { authorizeUrl } = await untilCallback(service, { phone: '', provider: 'google-health' });
    expect(authorizeUrl.searchParams.get('scope')).toBe(
      'https://www.googleapis.com/auth/googlehealth.settings.readonly',
    );
  });

  test('4.1: the redirect address comes from PUBLIC_URL, whatever the Host header says', async () => {
    const response = await fetch(
      `${published.url}/signup`,
      form({ phone: '', provider: 'fitbit', invite: 'let-me-in' }, { 'x-forwarded-host': 'evil.example' }),
    );
    const location = new URL(response.headers.get('location') ?? '');
    expect(location.searchParams.get('redirect_uri')).toBe(`${publicUrl}/api/oauth/callback`);
  });

  test('4.4: an answer that names another issuer than the provider chosen is refused (mix-up)', async () => {
    const { back, cookie } = await untilCallback(service, { phone: '', provider: 'google-health' });
    back.searchParams.set('iss', 'https://attacker.example');
    const response = await callback(service, back.searchParams, cookie);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('somebody else');
  });

  test('4.4: an issuer that is too long to be read is refused, not ignored', async () => {
    const { back, cookie } = await untilCallback(service, { phone: '', provider: 'google-health' });
    back.searchParams.set('iss', `https://attacker.example/${'x'.repeat(2_048)}`);
    const connections = await countConnections();
    expect((await callback(service, back.searchParams, cookie)).status).toBe(400);
    expect(await countConnections()).toBe(connections);
  });

  test('4.4: a code of one provider is never sent to the other (mix-up)', async () => {
    const google = await untilCallback(service, { phone: '', provider: 'google-health' });
    const fitbit = await untilCallback(service, { phone: '', provider: 'fitbit' });
    const mixed = new URLSearchParams(google.back.searchParams);
    mixed.set('state', fitbit.back.searchParams.get('state') ?? '');
    const connections = await countConnections();
    const response = await callback(service, mixed, fitbit.cookie);
    expect(response.status).toBe(400);
    expect(await countConnections()).toBe(connections);
  });

  test("4.5: somebody else's code is worthless in a sign-up of one's own (code injection)", async () => {
    const victim = await untilCallback(service, { phone: '', provider: 'fitbit' });
    const attacker = await untilCallback(service, { phone: '', provider: 'fitbit' }, 'grace');
    const injected = new URLSearchParams(attacker.back.searchParams);
    injected.set('code', victim.back.searchParams.get('code') ?? '');
    const connections = await countConnections();
    const response = await callback(service, injected, attacker.cookie);
    expect(response.status).toBe(400);
    expect(await countConnections()).toBe(connections);
  });

  test("4.7: the callback of somebody else's sign-up does nothing in this browser (login CSRF)", async () => {
    const { back } = await untilCallback(service, { phone: '', provider: 'fitbit' }, 'grace');
    const mine = await untilCallback(service, { phone: '', provider: 'fitbit' });
    const response = await callback(service, back.searchParams, mine.cookie);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('same browser');
  });

  test('4.7: a state works once', async () => {
    const { back, cookie } = await untilCallback(service, { phone: '', provider: 'fitbit' });
    expect((await callback(service, back.searchParams, cookie)).status).toBe(303);
    const again = await callback(service, back.searchParams, cookie);
    expect(again.status).toBe(400);
    expect(await again.text()).toContain('opened before');
  });

  test('4.11: no parameter makes the service redirect anywhere but to the provider and to itself', async () => {
    const evil = 'https://evil.example/';
    for (const path of readable) {
      const query = new URLSearchParams({
        redirect_uri: evil,
        next: evil,
        url: evil,
        done: evil,
        return: evil,
      });
      const response = await fetch(`${service.url}/${path}?${query}`, { redirect: 'manual' });
      // A page that has moved takes its query along.
      const location = new URL(response.headers.get('location') ?? '/', service.url);
      expect([path, location.origin]).toEqual([path, service.url]);
      expect(await response.text()).not.toContain('evil.example');
    }
  });

  test('4.12: the form is answered with 303, so that its content goes no further', async () => {
    const response = await fetch(`${service.url}/signup`, form({ phone: '', provider: 'fitbit' }));
    expect(response.status).toBe(303);
  });
});

describe('cookies', () => {
  test('under https they are __Host-, Secure, HttpOnly and Lax', async () => {
    const response = await fetch(
      `${published.url}/signup`,
      form({ phone: '', provider: 'fitbit', invite: 'let-me-in' }),
    );
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-login-[\w-]{8}=[\w-]{43};/);
    for (const part of ['path=/', 'secure', 'httponly', 'samesite=lax'])
      expect(cookie.toLowerCase()).toContain(part);
    expect(cookie.toLowerCase()).not.toContain('domain');
  });

  test('the cookie of a number that is being confirmed is a ticket that says nothing', async () => {
    const { back, cookie } = await untilCallback(
      service,
      { phone: '+1 425 555 0111', agree: 'yes', provider: 'fitbit' },
      'grace',
    );
    const response = await callback(service, back.searchParams, cookie);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/confirm');
    expect(response.headers.getSetCookie().join('\n')).toMatch(/confirmation=[\w-]{43};/);
  });
});

describe('pages', () => {
  test.each(readable)(
    '%s is not stored, not framed, not sniffed, and tells no other site where it was',
    async (path) => {
      const { headers } = await fetch(`${service.url}/${path}`, { redirect: 'manual' });
      const isFile = path === 'favicon.ico' || path === 'robots.txt';
      expect(headers.get('cache-control')).toBe(isFile ? 'public, max-age=86400' : 'no-store');
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
      expect(headers.get('x-robots-tag')).toBe('noindex');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const isPage = headers.get('content-type')?.startsWith('text/html') === true;
      expect(headers.get('referrer-policy')).toBe(isPage ? 'same-origin' : 'no-referrer');
      if (!isPage) return;
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(policy).not.toMatch(/unsafe|script-src/);
    },
  );

  test.each(['signup', 'confirm', 'link', 'm'])(
    'the forms of %s are refused from a foreign page',
    async (path) => {
      const link = path === 'm' ? `m/${await linkOfAda()}` : path;
      for (const site of ['cross-site', 'same-site']) {
        const response = await fetch(
          `${service.url}/${link}`,
          form({ phone: '+14255550199', action: 'pause', agree: 'yes' }, { 'sec-fetch-site': site }),
        );
        expect(response.status).toBe(400);
        expect(response.headers.getSetCookie()).toEqual([]);
      }
    },
  );
});

test.each(['toString', 'constructor', '__proto__', 'nonsense', ''])(
  'an action that the personal page does not have is refused: %s',
  async (action) => {
    const link = await linkOfAda();
    expect((await fetch(`${service.url}/m/${link}`, form({ action }))).status).toBe(400);
    const headers = { cookie: `notice=${action}` };
    const page = await (await fetch(`${service.url}/m/${link}`, { headers })).text();
    expect(page).not.toMatch(/native code|role="status"/);
  },
);

test('of two who replace the same link at the same moment only one learns the new one, 3 times', async () => {
  let link = await linkOfAda();
  for (let round = 0; round < 3; round += 1) {
    const address = `${service.url}/m/${link}`;
    // Each has opened the page. A form that is sent twice is another matter: sent-twice.test.ts.
    const pages = [await (await fetch(address)).text(), await (await fetch(address)).text()];
    const marks = pages.map((page) => /name="mark" value="([^"]+)"/.exec(page)![1]!);
    expect(marks[0]).not.toBe(marks[1]);
    const both = marks.map((mark) => form({ action: 'new-link', mark }));
    const answers = await Promise.all(both.map((init) => fetch(address, init)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, 404]);
    const refused = answers.find(({ status }) => status === 404)!;
    const next = answers.find(({ status }) => status === 303)!.headers.get('location') ?? '';
    link = /\/m\/([\w-]{22})/.exec(next)?.[1] ?? '';
    expect(link).toMatch(/^[\w-]{22}$/);
    expect(await refused.text()).not.toContain(link);
  }
});

test('without the invite code nobody is sent to the provider', async () => {
  for (const invite of ['', 'let-me-i', 'let-me-in ', 'LET-ME-IN']) {
    const response = await fetch(`${published.url}/signup`, form({ phone: '', provider: 'fitbit', invite }));
    // Blanks around it are forgiven, as phones add them.
    expect(response.status).toBe(invite.trim() === 'let-me-in' ? 303 : 400);
  }
});

describe('SMS pumping', () => {
  test('without a consent at the provider no number of requests makes a text', async () => {
    // What the tests before have left to do, such as a text to the operator.
    await service.drainQueues();
    const before = world.phone.texts().length;
    for (let each = 40; each < 44; each += 1) {
      const phone = `+142555501${each}`;
      await fetch(`${service.url}/signup`, form({ phone, agree: 'yes', provider: 'fitbit' }));
      await fetch(`${service.url}/link`, form({ phone }));
      await fetch(`${service.url}/confirm`, form({ action: 'resend' }));
    }
    await service.drainQueues();
    expect(world.phone.texts().length).toBe(before);
  });

  test('an attacker with an account at the provider gets as many texts as the limits say, and no more', async () => {
    // A day of its own: limits count across all services that share their tables.
    const attacked = await startWorld({ startStorage: borrowAzurite });
    const target = await startService({
      world: attacked,
      port: 0,
      unattended: false,
      onLog: () => undefined,
      settings: { LIMIT_TEXTS_PER_CLIENT: '3' },
    });
    const headers = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9:4711' };
    for (let each = 10; each < 14; each += 1) {
      const phone = `+142555501${each}`;
      const fields = { phone, agree: 'yes', provider: 'fitbit' };
      const begun = await fetch(`${target.url}/signup`, form(fields, headers));
      expect([begun.status, await begun.text()]).toEqual([303, '']);
      const back = await giveConsent(begun.headers.get('location') ?? '', { wearer: 'grace' });
      const cookie = begun.headers
        .getSetCookie()
        .map((line) => line.split(';')[0]!)
        .join('; ');
      // What the client writes into the header is not what counts.
      const forged = { ...headers, 'x-forwarded-for': `10.0.0.${each}, 203.0.113.9:${each}` };
      const answer = await fetch(`${target.url}/api/oauth/callback?${back.searchParams}`, {
        redirect: 'manual',
        headers: { ...forged, cookie },
      });
      expect(answer.status).toBe(303);
      const ticket =
        answer.headers
          .getSetCookie()
          .find((line) => line.includes('confirmation='))
          ?.split(';')[0] ?? '';
      for (let resend = 0; resend < 2; resend += 1) {
        await fetch(`${target.url}/confirm`, form({ action: 'resend' }, { ...forged, cookie: ticket }));
      }
    }
    await Promise.all([target.close(), attacked.close()]);
    expect(attacked.phone.texts()).toHaveLength(3);
  }, 60_000);
});

test('every test that SECURITY.md names exists', () => {
  const text = readFileSync('SECURITY.md', 'utf8');
  const named = [...text.matchAll(/\[`[^`]+`\]\(([^)]+\.ts)\): "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(15);
  const missing = named.filter(
    ([, file = '', name = '']) => !titlesIn(file).some((title) => title.includes(name)),
  );
  expect(missing.map(([whole]) => whole)).toEqual([]);
});

/** Of tests and groups of tests, and of the rows of their tables. */
function titlesIn(file: string): string[] {
  if (!file.startsWith('test/')) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter(
      (line) => /\b(?:test|describe)\b.*\(|^\s*\]?\)?\(?\[?['"`]/.test(line) && !line.startsWith('import'),
    )
    .flatMap((line) => [...line.matchAll(/(['"`])((?:\\.|(?!\1).)+)\1/g)].map(([, , title = '']) => title))
    .map((title) => title.replace(/\\'/g, "'"));
}

async function countConnections(): Promise<number> {
  let count = 0;
  for await (const _ of service.services.tables.connections.list()) count += 1;
  return count;
}

let adaIsThere: Promise<unknown> | undefined;

async function linkOfAda(): Promise<string> {
  await (adaIsThere ??= signUpAs(asAda(service, world, 'fitbit')));
  return linkOnPhone(world.phone, ada.phone).slice(-22);
}
