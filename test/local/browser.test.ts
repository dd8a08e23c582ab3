import { Hono, type Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { createBrowser, type Browser } from '../../local/browser';
import { serve, type Server } from '../../local/serve';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await serve({ name: 'pages of the test', app: createPages(), port: 0 });
});
beforeEach(() => {
  browser = createBrowser();
});
afterAll(() => server.close());

/** Echoes what arrived, so that a test can look at it. */
async function echo(c: Context): Promise<Response> {
  return c.json({
    method: c.req.method,
    query: c.req.queries(),
    body: await c.req.text(),
    cookies: getCookie(c),
  });
}

function createPages(): Hono {
  const app = new Hono();
  app.all('/echo', echo);
  app.get('/deep/consent', (c) =>
    c.html(
      html`<!doctype html>
        <title>May it &amp; should it?</title>
        <form action="../echo?kept=no" method="post">
          <input type="hidden" name="state" value="${'a&"<b>'}" />
          <input name="phone" />
          <input type="checkbox" name="scope" value="devices" checked />
          <input type="checkbox" name="scope" value="sleep" />
          <input type="radio" name="wearer" value="ada" checked />
          <input type="radio" name="wearer" value="bob" />
          <button name="decision" value="allow">Allow</button>
          <button name="decision" value="cancel">Cancel</button>
        </form>`,
    ),
  );
  app.get('/search', (c) =>
    c.html(
      html`<form action="/echo?old=1"><input name="q" value="x" /></form>
        <form action="/other"></form>`,
    ),
  );
  app.get('/plain', (c) => c.html('<title>Nothing to send</title>'));
  app.get('/set', (c) => {
    setCookie(c, 'session', 'one', { httpOnly: true, secure: true, sameSite: 'Lax' });
    setCookie(c, '__Host-state', 'two', { secure: true, path: '/' });
    setCookie(c, 'elsewhere', 'three', { path: '/deep' });
    return c.redirect('/echo');
  });
  app.get('/unset', (c) => {
    setCookie(c, 'session', '', { maxAge: 0, secure: true });
    return c.redirect('/echo');
  });
  app.get('/hops/:left', (c) => {
    const left = Number(c.req.param('left'));
    return c.redirect(left === 0 ? '/echo#part' : `${left - 1}`);
  });
  app.post('/see-other', (c) => c.redirect('/echo', 303));
  app.get('/post-and-go', (c) =>
    c.html(html`<form action="/see-other" method="POST"><input name="a" value="1" /></form>`),
  );
  return app;
}

const read = (text: string): unknown => JSON.parse(text);

describe('the browser', () => {
  it('reads title, status, address and forms of a page', async () => {
    const page = await browser.open(`${server.url}/deep/consent`);
    expect(page).toMatchObject({
      url: `${server.url}/deep/consent`,
      status: 200,
      title: 'May it & should it?',
      forms: [
        {
          action: '../echo?kept=no',
          method: 'POST',
          fields: [
            ['state', 'a&"<b>'],
            ['phone', ''],
            ['scope', 'devices'],
            ['wearer', 'ada'],
            ['decision', 'allow'],
          ],
        },
      ],
    });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('<button name="decision" value="allow">Allow</button>');
  });

  it('sends a form with its hidden values and the changed fields, to its relative action', async () => {
    const page = await browser.open(`${server.url}/deep/consent`);
    const answer = await browser.submit(page, {
      phone: '+1 425',
      scope: ['devices', 'sleep'],
      decision: 'cancel',
    });
    expect(answer.url).toBe(`${server.url}/echo?kept=no`);
    expect(read(answer.text)).toEqual({
      method: 'POST',
      query: { kept: ['no'] },
      body: 'state=a%26%22%3Cb%3E&wearer=ada&phone=%2B1+425&scope=devices&scope=sleep&decision=cancel',
      cookies: {},
    });
  });

  it('sends a GET form in the query, in place of the query of its action', async () => {
    const answer = await browser.submit(await browser.open(`${server.url}/search`), { q: 'a b' });
    expect(answer.url).toBe(`${server.url}/echo?q=a+b`);
    expect(read(answer.text)).toEqual({ method: 'GET', query: { q: ['a b'] }, body: '', cookies: {} });
  });

  it('says which page has no form to send', async () => {
    const page = await browser.open(`${server.url}/plain`);
    expect(() => browser.submit(page, {})).toThrow('"Nothing to send" has no form');
  });

  it('keeps cookies across redirects, Secure ones on loopback too, and each to its path', async () => {
    const page = await browser.open(`${server.url}/set`);
    expect(read(page.text)).toMatchObject({ cookies: { session: 'one', '__Host-state': 'two' } });
    expect(page.text).not.toContain('elsewhere');
  });

  it('forgets a cookie that was taken back', async () => {
    await browser.open(`${server.url}/set`);
    const page = await browser.open(`${server.url}/unset`);
    expect(read(page.text)).toMatchObject({ cookies: { '__Host-state': 'two' } });
    expect(page.text).not.toContain('session');
  });

  it('shares no cookies with another browser', async () => {
    await browser.open(`${server.url}/set`);
    const page = await createBrowser().open(`${server.url}/echo`);
    expect(read(page.text)).toMatchObject({ cookies: {} });
  });

  it('follows a redirect after POST with GET and without the body', async () => {
    const answer = await browser.submit(await browser.open(`${server.url}/post-and-go`), {});
    expect(answer.url).toBe(`${server.url}/echo`);
    expect(read(answer.text)).toEqual({ method: 'GET', query: {}, body: '', cookies: {} });
  });

  it('follows ten redirects and drops the fragment of the last', async () => {
    const page = await browser.open(`${server.url}/hops/9`);
    expect([page.status, page.url]).toEqual([200, `${server.url}/echo`]);
  });

  it('gives up at the eleventh redirect', async () => {
    await expect(browser.open(`${server.url}/hops/10`)).rejects.toThrow(
      'More than 10 redirects from /hops/10',
    );
  });
});
