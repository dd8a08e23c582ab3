import { HttpRequest, type HttpRequestInit, type InvocationContext } from '@azure/functions';
import { linkOf } from '../../../src/domain/contact/personal-link';
import { languageNamed, preferredLanguage } from '../../../src/functions/web/viewer';
import { savePreferences } from '../../../src/domain/wearer/personal-page';
import { personalPage } from '../../../src/functions/web/serve-personal-page';
import { oauthCallback } from '../../../src/functions/web/oauth-callback';
import { privacy } from '../../../src/functions/web/privacy';
import { signUp } from '../../../src/functions/web/sign-up';
import type { Language } from '../../../src/model';
import type { Services } from '../../../src/services';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { paths } from '../../../src/paths';

test.each([
  ['de', 'de'],
  ['en', 'en'],
  ['', undefined],
  ['it', undefined],
  ['DE', undefined],
  ['toString', undefined],
  [null, undefined],
])('a form that says %j chooses %s', (name, expected) => {
  expect(languageNamed(name)).toBe(expected);
});

test.each([
  [null, undefined],
  ['', undefined],
  ['*', undefined],
  ['de', 'de'],
  ['de-CH, fr;q=0.9, en;q=0.8', 'de'],
  ['FR-ca', 'fr'],
  ['es-419,es;q=0.9', 'es'],
  ['it-IT, it;q=0.9, fr;q=0.5, en;q=0.7', 'en'],
  ['fr;q=0.5, de;q=0.5', 'fr'],
  ['de;q=0, es ; q=0.1', 'es'],
  ['den, deu, e', undefined],
  ['de;q=nonsense', 'de'],
  ['de;q=1.2.3, es', 'de'],
  ['de;q=-1, es', 'es'],
  [',;,;q=1,', undefined],
])('a browser that prefers %j is offered %s', (header, expected) => {
  expect(preferredLanguage(header)).toBe(expected);
});

test('of a header that never ends only the beginning is read', () => {
  expect(preferredLanguage(`${'x,'.repeat(50_000)}de`)).toBeUndefined();
  expect(preferredLanguage(`fr,${'x,'.repeat(50_000)}de`)).toBe('fr');
});

describe('the forms', () => {
  let world: TestWorld;
  let services: Services;
  const context = { functionName: 'a form' } as unknown as InvocationContext;
  const request = (path: string, more: Partial<HttpRequestInit> = {}) =>
    new HttpRequest({ url: `https://tokens.example.com${path}`, method: 'GET', ...more });
  const post = (path: string, fields: Record<string, string>, params = {}) =>
    request(path, {
      method: 'POST',
      params,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { string: new URLSearchParams(fields).toString() },
    });
  const selected = (page: unknown) =>
    [...String(page).matchAll(/value="(..)" lang="\1" selected/g)].map(([, language]) => language);

  beforeEach(() => {
    world = createTestWorld();
    services = { ...world.ports, inInvocation: (_, work) => work(), about: () => undefined };
  });

  test.each([
    ['es-MX,es;q=0.9', ['es']],
    ['it', ['en']],
  ])('of the sign-up offers a browser that prefers %j %j', async (header, expected) => {
    const headers = { 'accept-language': header };
    const { body } = await signUp(services)(request('/signup', { headers }), context);
    expect(selected(body)).toEqual(expected);
  });

  test('of the sign-up keeps what was chosen when something else is wrong, and takes it along when nothing is', async () => {
    const wrong = { phone: '12', agree: 'yes', language: 'fr' };
    const { status, body } = await signUp(services)(post('/signup', wrong), context);
    expect([status, selected(body)]).toEqual([400, ['fr']]);
    const good = { phone: '+1 425 555 0123', agree: 'yes', language: 'fr' };
    await expect(signUp(services)(post('/signup', good), context)).resolves.toMatchObject({
      status: 303,
    });
    expect(world.tables.logins.values()).toMatchObject([{ language: 'fr' }]);
  });

  test('of the personal page changes it, and a code for a new number follows it', async () => {
    const { connection } = await connectWearer(world, 'fitbit');
    const link = await linkOf(world.ports, connection);
    const act = (fields: Record<string, string>) =>
      personalPage(services)(post(paths.personalPage + link, fields, { link }), context);
    const settings = { action: 'settings', threshold: '20', criticalAt: '5', remindEveryHours: '0' };
    await expect(act({ ...settings, language: 'de' })).resolves.toMatchObject({ status: 303 });
    expect(recordOf(world).preferences).toMatchObject({ language: 'de' });
    await act({ action: 'number', phone: '+1 425 555 0199', agree: 'yes' });
    expect(world.sms.sent.map(({ body }) => body)).toEqual([expect.stringContaining(': Der Code ist ')]);
    const { status, body } = await act({ ...settings, language: 'xx' });
    expect([status, selected(body)]).toEqual([400, ['de']]);
    expect(body).toContain('id="language-error"');
  });

  test.each<[Language, string]>([
    ['en', 'Please open this page in Safari or Chrome'],
    ['de', 'Bitte öffnen Sie diese Seite in Safari oder Chrome'],
    ['es', 'Abre esta página en Safari o Chrome'],
    ['fr', 'Veuillez ouvrir cette page dans Safari ou Chrome'],
  ])(
    'that lead to the consent page ask for another browser in that of an app, in %s',
    async (language, title) => {
      const { connection } = await connectWearer(world, 'fitbit');
      await savePreferences(world.ports, connection.id, (before) => ({ ...before, language }));
      const link = await linkOf(world.ports, connection);
      const inAnApp = { 'user-agent': 'Mozilla/5.0 (iPhone) [FBAN/FBIOS]' };
      const query = { language };
      const pages = (headers: Record<string, string>) =>
        Promise.all([
          signUp(services)(request('/signup', { headers, query }), context),
          personalPage(services)(request(paths.personalPage + link, { headers, params: { link } }), context),
        ]);
      for (const { body } of await pages(inAnApp)) expect(body).toContain(`>${title}</h2>`);
      for (const { body } of await pages({})) expect(body).not.toContain('Safari');
    },
  );

  describe('are in the language', () => {
    const read = (body: unknown) => {
      const page = String(body);
      const [, language] = /<html lang="(..)">/.exec(page) ?? [];
      return [language, [...page.matchAll(/href="(\/[a-z]+(?:\?language=..)?)"/g)].map(([, href]) => href)];
    };
    const inGerman = { headers: { 'accept-language': 'de-CH, en;q=0.5' } };

    test('of the browser, and links lead on without saying it', async () => {
      const { body } = await privacy(services)(request('/privacy', inGerman), context);
      expect(read(body)).toEqual(['de', ['/link', '/privacy', '/link']]);
    });

    test('of the address rather than of the browser, and links carry it along', async () => {
      const inFrench = { ...inGerman, query: { language: 'fr' } };
      const { body } = await privacy(services)(request('/privacy', inFrench), context);
      const [link, page] = ['/link?language=fr', '/privacy?language=fr'];
      expect(read(body)).toEqual(['fr', [link, page, link]]);
    });

    test.each([{ language: 'it' }, { language: 'toString' }, { language: '"><script>' }])(
      'of the browser where the address says %j',
      async (query) => {
        const { body } = await privacy(services)(request('/privacy', { ...inGerman, query }), context);
        expect(read(body)[0]).toBe('de');
      },
    );

    test('English, where the browser prefers none of them', async () => {
      const headers = { 'accept-language': 'it' };
      const { body } = await privacy(services)(request('/privacy', { headers }), context);
      expect(read(body)).toEqual(['en', ['/link', '/privacy', '/link']]);
    });

    test('of the wearer rather than of address and browser, errors too', async () => {
      const { connection } = await connectWearer(world, 'fitbit');
      await savePreferences(world.ports, connection.id, (before) => ({ ...before, language: 'es' }));
      const link = await linkOf(world.ports, connection);
      const params = { link };
      const open = { ...inGerman, params, query: { language: 'fr' } };
      const page = await personalPage(services)(request(paths.personalPage + link, open), context);
      expect(read(page.body)).toEqual(['es', expect.arrayContaining(['/privacy?language=es'])]);
      const refused = await personalPage(services)(
        post(paths.personalPage + link, { action: 'nonsense' }, params),
        context,
      );
      expect([refused.status, read(refused.body)[0]]).toEqual([400, 'es']);
      expect(refused.body).toContain('Usa los formularios de esta página.');
      expect(refused.body).toContain('<h1>No ha funcionado</h1>');
    });

    test('of the sign-up at whatever the provider refuses afterwards', async () => {
      const { headers, cookies = [] } = await signUp(services)(post('/signup', { language: 'fr' }), context);
      const { location = '' } = headers as Record<string, string>;
      const back = {
        query: { state: new URL(location).searchParams.get('state') ?? '', error: 'access_denied' },
        headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
      };
      const { status, body } = await oauthCallback(services)(request(paths.callback, back), context);
      expect([status, read(body)[0]]).toEqual([400, 'fr']);
    });
  });
});
