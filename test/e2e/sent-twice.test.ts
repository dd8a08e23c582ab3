/**
 * Forms that are sent twice, as by a double click, or by a browser that has lost the first answer: what the second answer shows must not be
 * an error where the first one has worked.
 */
import { parse } from 'node-html-parser';
import { codeOnPhone } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { giveConsent } from '../../local/simulators/give-consent';
import { service, useLocalService, world } from '../support/local-service';

useLocalService({ settings: { LIMIT_TEXTS_PER_NUMBER: '50' } });

const number = ada.phone;
type Fields = Readonly<Record<string, string>>;
const post = (path: string, fields: Fields, cookie = '') =>
  fetch(service.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams(fields),
  });
const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

/** What somebody sees in the end: the address behind a redirect, or the title of the page. */
async function seen(response: Response): Promise<string> {
  const text = await response.text();
  const title = parse(text).querySelector('h1')?.text.trim();
  return `${response.status} ${response.headers.get('location') ?? title}`;
}

/** Both ways of sending a form twice. */
const ways: readonly [string, (send: () => Promise<Response>) => Promise<[Response, Response]>][] = [
  ['one after the other', async (send) => [await send(), await send()]],
  ['at once', (send) => Promise.all([send(), send()])],
];
async function sendTwice(
  way: (typeof ways)[number][1],
  path: string,
  fields: Fields,
  cookie?: string,
): Promise<string[]> {
  const both = await way(() => post(path, fields, cookie));
  // A browser can have taken the cookies of the first answer although it shows the second one.
  for (const answer of both) expect(cookieOf(answer)).not.toMatch(/confirmation=(;|$)/);
  return Promise.all(both.map(seen));
}

/** @returns the address that the wearer is sent to after the consent, and the cookies of both answers */
async function signUp(phone: string): Promise<{ readonly path: string; readonly cookie: string }> {
  const fields = { phone, provider: 'fitbit', ...(phone !== '' && { agree: 'yes' }) };
  const begun = await post('/signup', fields);
  const back = await giveConsent(begun.headers.get('location') ?? '', { wearer: ada.id });
  const headers = { cookie: cookieOf(begun) };
  const answer = await fetch(back, { redirect: 'manual', headers });
  return { path: answer.headers.get('location') ?? '', cookie: cookieOf(answer) };
}

/** @returns the page of a wearer who gets texts */
async function pageWithNumber(): Promise<string> {
  const { path, cookie } = await signUp(number);
  // Where the number is known already, nobody is asked for a code.
  if (path !== '/confirm') return path;
  const fields = { action: 'confirm', code: codeOnPhone(world.phone, number) };
  return (await post(path, fields, cookie)).headers.get('location') ?? '';
}

async function textsSince(before: number): Promise<string[]> {
  await service.drainQueues();
  const texts = world.phone.texts().slice(before);
  return texts.map(({ body }) => body);
}

async function markOn(path: string): Promise<string> {
  const page = parse(await (await fetch(service.url + path)).text());
  const marks = page.querySelectorAll('input[name=mark]').map((each) => each.getAttribute('value') ?? '');
  expect(new Set(marks).size).toBe(1);
  return marks[0]!;
}

const statusOf = async (path: string) => (await fetch(service.url + path)).status;
const unknownLink = '404 This link is not valid any more';

describe.each(ways)('two of the same form, %s,', (_, way) => {
  test('that replaces the link lead to the new link, which is texted once', async () => {
    const path = await pageWithNumber();
    const before = world.phone.texts().length;
    const stranger = await markOn(path);
    const mark = await markOn(path);
    const both = await sendTwice(way, path, { action: 'new-link', mark });
    const [, next = ''] = both[0]!.split(' ');
    expect(next).toMatch(/^\/m\/[\w-]{22}$/);
    expect(next).not.toBe(path);
    expect(both).toEqual([`303 ${next}`, `303 ${next}`]);
    expect([await statusOf(path), await statusOf(next)]).toEqual([404, 200]);
    expect(await textsSince(before)).toEqual([expect.stringContaining('your new link')]);

    // Somebody else who has the old link, and had opened the page before.
    for (const fields of [
      { action: 'new-link', mark: stranger },
      { action: 'new-link', mark: '' },
      { action: 'new-link' },
      { action: 'settings', mark },
      { action: 'disconnect', sure: 'yes', mark },
    ]) {
      const answer = await post(path, fields);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await seen(answer)).toBe(unknownLink);
    }
    expect(await statusOf(next)).toBe(200);
  });

  test('that ends a connection both say that it has ended, and the last text goes once', async () => {
    const path = await pageWithNumber();
    const before = world.phone.texts().length;
    const mark = await markOn(path);
    const fields = { action: 'disconnect', sure: 'yes', mark };
    const both = await sendTwice(way, path, fields);
    expect(both).toEqual(['200 You are disconnected', '200 You are disconnected']);
    expect(await textsSince(before)).toEqual([expect.stringContaining('This is the last text.')]);
    expect(await statusOf(path)).toBe(404);
    for (const other of [
      { ...fields, mark: 'nobody.1' },
      { action: 'new-link', mark },
      { action: 'settings', mark },
    ]) {
      expect(await seen(await post(path, other))).toBe(unknownLink);
    }
  });

  test('that goes on without a number both lead to the page, whose link is in no text', async () => {
    const { path, cookie } = await signUp('+14255550177');
    expect(path).toBe('/confirm');
    const both = await sendTwice(way, path, { action: 'skip' }, cookie);
    const [, page = ''] = both[0]!.split(' ');
    expect(page).toMatch(/^\/m\/[\w-]{22}$/);
    expect(both).toEqual([`303 ${page}`, `303 ${page}`]);
    expect(await statusOf(page)).toBe(200);
    // Nothing else can be done by what the browser still holds.
    for (const action of ['confirm', 'resend']) {
      expect(await seen(await post(path, { action }, cookie))).toBe('400 There is no code to enter here');
    }
    const shown = await fetch(service.url + path, { headers: { cookie } });
    expect(await seen(shown)).toBe('200 There is no code to enter here');
  });

  test.each<[string, Fields, RegExp]>([
    ['pause', {}, /^303 \/m\//],
    ['resume', {}, /^303 \/m\//],
    ['begin-again', {}, /^303 \/m\//],
    ['end-sharing', {}, /^303 \/m\//],
    ['no-texts', {}, /^303 \/m\//],
    ['test', {}, /^303 \/m\//],
    ['number', { phone: '+14255550188', agree: 'yes' }, /^303 \/confirm$/],
    ['reconnect', { provider: 'fitbit' }, /^303 http:\/\/[^ ]+\/oauth2\/authorize/],
  ])('of the personal page end as one does: %s', async (action, fields, end) => {
    const { path } = await signUp('');
    for (const each of await sendTwice(way, path, { action, ...fields })) expect(each).toMatch(end);
  });

  test('with a code confirm the number, without one guess less for the other', async () => {
    const { path } = await signUp('');
    const entered = await post(path, { action: 'number', phone: '+14255550166', agree: 'yes' });
    const fields = { action: 'confirm', code: codeOnPhone(world.phone, '+14255550166') };
    const [first, second] = await sendTwice(way, '/confirm', fields, cookieOf(entered));
    expect(first).toBe(`303 ${path}`);
    expect([`303 ${path}`, '200 Your number is confirmed']).toContain(second);
  });

  test('of a sign-up lead to the provider, and of a lost link say the same', async () => {
    for (const each of await sendTwice(way, '/signup', { phone: '', provider: 'fitbit' })) {
      expect(each).toMatch(/^303 http:/);
    }
    const both = await sendTwice(way, '/link', { phone: '+14255550155' });
    expect(both).toEqual(['200 Look at your phone', '200 Look at your phone']);
  });
});
