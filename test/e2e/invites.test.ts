/** Invites over HTTP: the operator makes links, wearers sign up with them, and a platform finds whose connection is whose. */
import { createBrowser, type Page } from '../../local/browser';
import { ada } from '../../local/people';
import { service, useLocalService } from '../support/local-service';

useLocalService({
  settings: {
    SHARED_WITH: 'the sleep study of Example University',
    INVITE_CODE: 'let-me-in',
    RETURN_ADDRESSES: 'https://study.example.org/join',
  },
});

const inAnApp = { 'user-agent': 'Mozilla/5.0 (iPhone) [FBAN/FBIOS]' };
const order = (body: string | Buffer<ArrayBuffer>, type = 'application/json') =>
  fetch(`${service.url}/api/ops/invites`, { method: 'POST', headers: { 'content-type': type }, body });
interface Made {
  readonly link: string;
  readonly expiresAt: string;
  readonly note?: string;
}
const invite = async (body: unknown): Promise<Made> => {
  const response = await order(JSON.stringify(body));
  expect(response.status).toBe(201);
  return (await response.json()) as Made;
};
const ask = async (path: string) => (await fetch(`${service.url}/api/${path}`)).json() as Promise<Listed>;
interface Listed {
  readonly connections: readonly { readonly connection: string; readonly label: string }[];
}

async function signUp(link: string, wearer: string): Promise<Page> {
  const browser = createBrowser();
  const consent = await browser.submit(await browser.open(link), { phone: '', provider: 'fitbit' });
  return new URL(consent.url).origin === new URL(service.url).origin
    ? consent
    : browser.submit(consent, { wearer, decision: 'allow' });
}

test('an invite takes the place of the code, names the connection, and leads back', async () => {
  const { link } = await invite({
    label: 'participant-17',
    outsideId: '4711/B',
    returnTo: 'https://study.example.org/join/done?who=17',
  });
  const page = await signUp(link, ada.id);
  expect(page.status).toBe(200);
  expect(page.text).toContain('You are connected');
  expect(page.text).toContain('href="https://study.example.org/join/done?who=17"');
  await expect(ask('connections/label:participant-17')).resolves.toMatchObject({
    label: 'participant-17',
    outsideId: '4711/B',
    state: 'connected',
  });
  const { connections } = await ask('connections?outsideId=4711%2FB');
  expect(connections.map(({ label }) => label)).toEqual(['participant-17']);
  await expect(ask('connections?outsideId=4711')).resolves.toMatchObject({ connections: [] });
  // A second person comes too late, and is told so before they go to the provider.
  const late = await createBrowser().open(link);
  expect(late.status).toBe(400);
  expect(late.text).toContain('has expired or was used already');
});

test('a platform gets the page where a wearer reconnects', async () => {
  const response = await fetch(`${service.url}/api/connections/label:participant-17/reconnect-link`, {
    method: 'POST',
  });
  const { link } = (await response.json()) as { link: string };
  const page = await createBrowser().open(link);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Reconnect');
  expect(new URL(link).pathname).toMatch(/^\/m\/[\w-]{22}$/);
  expect(page.text).not.toContain('<p class="copy">');
  // In the browser of an app the provider would refuse the wearer.
  const inApp = await (await fetch(link, { headers: inAnApp })).text();
  const [, notice = ''] =
    /<section class="bad"[^]*?>([^]*?)<\/section>\s*<form[^]*?value="reconnect"/.exec(inApp) ?? [];
  expect(notice).toContain('Please open this page in Safari or Chrome');
  expect(notice).toContain(`<p class="copy">${link}</p>`);
});

test('CSV of labels goes in, and CSV of links comes out', async () => {
  const response = await order(
    '\uFEFFlabel,outsideId,days\r\nparticipant-18,"4712, B",7\r\nparticipant-19,=1+1,7\r\n',
    'text/csv',
  );
  expect(response.status).toBe(201);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [head, first, second, end] = (await response.text()).split('\r\n');
  expect(head).toBe('label,outsideId,link,expiresAt');
  expect(first).toMatch(/^participant-18,"4712, B",http:\/\/[^,]+\/signup\?invite=[0-9a-f]{32}-[\w-]{22},20/);
  expect(second).toMatch(/^participant-19,"'=1\+1",/);
  expect(end).toBe('');
});

test('the answer to a CSV is written as the CSV was, so that the same spreadsheet opens it, and names the sites', async () => {
  const response = await order(
    '\uFEFFlabel;outsideId;site\r\nparticipant-22;007;Zürich\r\n;;\r\nparticipant-23;;\r\n',
    'text/csv',
  );
  expect(response.status).toBe(201);
  const [head, first, second, end] = Buffer.from(await response.arrayBuffer())
    .toString()
    .split('\r\n');
  expect(head).toBe('\uFEFFlabel;outsideId;site;link;expiresAt');
  expect(first).toMatch(/^participant-22;007;Zürich;http:/);
  expect(second).toMatch(/^participant-23;;;http:/);
  expect(end).toBe('');
  await expect(invite({ site: 'Leeds' })).resolves.toMatchObject({ site: 'Leeds' });
});

test('a request takes as many rows as it may, with everything in them', async () => {
  const rows = Array.from(
    { length: 500 },
    (_, at) => `cohort-b-${at},site-07/subject-${at},https://study.example.org/join/done?who=${at},1,30`,
  );
  const response = await order(['label,outsideId,returnTo,uses,days', ...rows].join('\r\n'), 'text/csv');
  expect(response.status).toBe(201);
  expect((await response.text()).trimEnd().split('\r\n')).toHaveLength(501);
});

test('the answer says that a connection or another invite has the label already, and the invite works all the same', async () => {
  const [taken] = (await ask('connections?label=participant-17')).connections;
  const inUse = `The connection ${taken!.connection} has this label. Another wearer who signs up with this invite is connected without the label.`;
  const first = await invite({ label: 'participant-40' });
  const again = await invite({ label: 'participant-40' });
  expect(first).not.toHaveProperty('note');
  expect(again.note).toMatch(
    /^There is another invite with this label, made at 20\S+Z\. The label goes to the wearer who signs up first\.$/,
  );
  expect((await invite({ label: 'participant-17' })).note).toBe(inUse);

  const csv = await (await order('label\r\nparticipant-17\r\nparticipant-41\r\n', 'text/csv')).text();
  const [head, withNote, without] = csv.split('\r\n');
  expect(head).toBe('label,outsideId,link,expiresAt,note');
  expect(withNote).toContain(`Z,${inUse}`);
  expect(without).toMatch(/^participant-41,.*Z,$/);

  expect((await signUp(again.link, 'grace')).text).toContain('You are connected');
  expect((await ask('connections?label=participant-40')).connections).toHaveLength(1);
});

test('an outside id of blanks is none', async () => {
  const made = await (await order('{"outsideId": "  "}')).json();
  expect(made).not.toHaveProperty('outsideId');
});

describe('an invite goes along', () => {
  const invited = (address: string) => new URL(address, service.url).searchParams.get('invite');
  const addressesIn = ({ text }: Pick<Page, 'text'>) =>
    [...text.matchAll(/<a\s[^>]*?href="([^"]*)"/g)].map(([, address = '']) =>
      address.replaceAll('&amp;', '&'),
    );

  test('to the same page in another language', async () => {
    const { link } = await invite({});
    const page = await createBrowser().open(link);
    const others = addressesIn(page).filter((address) => address.startsWith('?'));
    expect(others).toHaveLength(3);
    for (const other of others) {
      const { search } = new URL(other, link);
      expect(invited(search)).toBe(invited(link));
      const translated = await createBrowser().open(new URL(other, link).href);
      expect(translated.forms[0]?.fields).toContainEqual(['invite', invited(link)]);
    }
  });

  test('to another browser, where the one of an app cannot be used', async () => {
    const { link } = await invite({});
    const inApp = await fetch(link, { headers: inAnApp });
    const [, copied = ''] = /<p class="copy">([^<]*)</.exec(await inApp.text()) ?? [];
    expect(copied).toBe(link);
  });

  test('to the form where somebody starts again after they said no', async () => {
    const { link } = await invite({ label: 'participant-30' });
    const browser = createBrowser();
    const consent = await browser.submit(await browser.open(link), { phone: '', provider: 'fitbit' });
    const refused = await browser.submit(consent, { wearer: ada.id, decision: 'cancel' });
    expect(refused.status).toBe(400);
    const [again] = addressesIn(refused).filter((address) => address.startsWith('/signup'));
    expect(invited(again!)).toBe(invited(link));
  });

  test('to nowhere when somebody else has used it up', async () => {
    const { link } = await invite({});
    const browser = createBrowser();
    const consent = await browser.submit(await browser.open(link), { phone: '', provider: 'fitbit' });
    await signUp(link, ada.id);
    const refused = await browser.submit(consent, { wearer: 'grace', decision: 'allow' });
    expect(refused.status).toBe(400);
    const [again] = addressesIn(refused).filter((address) => address.startsWith('/signup'));
    expect(invited(again!)).toBeNull();
  });
});

test.each([
  ['{"label": "participant 17"}', 'The invite is not right: label must have 1 to 64 letters'],
  ['{"label": "participant-20", "uses": 2}', 'uses must be 1 if there is a label'],
  [
    '{"returnTo": "https://elsewhere.example.org/"}',
    'returnTo must begin with one of the addresses in the setting RETURN_ADDRESSES',
  ],
  ['{"days": 0}', 'days'],
  [
    '{"lable": "participant-20"}',
    'an invite has no field \\"lable\\"; its fields are label,outsideId,returnTo,uses,days,site',
  ],
  ['[]', 'The invite is not right: it must be one JSON object.'],
  ['not JSON', 'Send JSON such as'],
])('%s is refused with what is wrong', async (body, what) => {
  const response = await order(body);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(what);
});

test.each([
  [
    'name\r\nparticipant-20\r\n',
    'must name columns from this list: label,outsideId,returnTo,uses,days,site. \\"name\\" is not one of them.',
  ],
  ['label\r\nparticipant-20\r\nparticipant 21\r\n', 'Row 3 is not right: label must have 1 to 64 letters'],
  ['label\r\n\r\nparticipant 21\r\n', 'Row 3 is not right: label'],
  ['label,days\r\n\r\nparticipant-20\r\n', 'Row 3 of the CSV cannot be read: Too few fields'],
  [
    'label\r\nparticipant-20\r\nparticipant-21\r\nparticipant-20\r\n',
    'Row 4 is not right: label is that of row 2, and a label belongs to one connection',
  ],
  [Buffer.from('site\r\nZürich\r\n', 'latin1'), 'The CSV is not in UTF-8'],
  ['label\r\n', 'At least one more row must follow'],
])('CSV such as %j is refused with what is wrong, and makes no invite', async (body, what) => {
  const count = async () => {
    let rows = 0;
    for await (const _ of service.services.tables.invites.list()) rows += 1;
    return rows;
  };
  const before = await count();
  const response = await order(body, 'text/csv');
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(what);
  await expect(count()).resolves.toBe(before);
});

test('a link that somebody made up is no invite', async () => {
  const page = await createBrowser().open(`${service.url}/signup?invite=${'0'.repeat(32)}-${'A'.repeat(22)}`);
  expect(page.status).toBe(400);
  expect(page.text).toContain('has expired or was used already');
});

test('the code that everybody has can come with the address too', async () => {
  const page = await createBrowser().open(`${service.url}/signup?invite=let-me-in`);
  expect(page.text).toContain('value="let-me-in"');
});
