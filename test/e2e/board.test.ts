/** The board over HTTP: who needs attention, what staff see of one connection, and what they do. */
import { seedStudy } from '../../local/study/seed-study';
import type { Participant } from '../../local/study/participants';
import { readBoardCounts, readEntry } from '../../src/domain/board/read-board';
import { readConnection } from '../../src/domain/connection/read';
import { logs, service, useLocalService, world } from '../support/local-service';

useLocalService();

let participants: Participant[];
let operator: string;
let ofLeeds: string;

beforeAll(async () => {
  // Every story is among the first fifty. Nobody opens the page of another one.
  participants = await seedStudy(world, service, 200, 50);
  operator = await signIn();
  ofLeeds = await signIn(['Leeds']);
}, 60_000);

/** @returns the cookie of a session */
async function signIn(sites?: readonly string[]): Promise<string> {
  const link = service.services.localLinks!.create(sites);
  const answer = await fetch(`${service.url}/api/ops/board?link=${link}`, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('/api/ops/board');
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function open(path: string, cookie = operator): Promise<Shown> {
  const answer = await fetch(`${service.url}/api/ops/board${path}`, {
    headers: { cookie },
    redirect: 'manual',
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** Sends a form, and opens the page that follows. */
async function act(
  id: string,
  fields: Record<string, string>,
  cookie = operator,
  headers = {},
): Promise<Shown> {
  const answer = await fetch(`${service.url}/api/ops/board/${id}`, {
    method: 'POST',
    headers: { cookie, ...headers },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  const location = answer.headers.get('location');
  if (location === null) return { status: answer.status, text: await answer.text(), headers: answer.headers };
  const notice = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return open(location.replace('/api/ops/board', ''), `${cookie}; ${notice}`);
}

const labelsIn = (text: string): string[] => [...text.matchAll(/>(P-\d+)<\/a/g)].map(([, label]) => label!);
const of = (story: Participant['story']): Participant[] =>
  participants.filter((each) => each.story === story);
const entryOf = (id: string) => readEntry(service.services, id);

test('nobody sees the board without a link', async () => {
  const { status, text } = await open('', '');
  expect(status).toBe(401);
  expect(text).toContain('Please sign in');
  expect(labelsIn(text)).toEqual([]);
});

test('the board counts and lists everybody, whoever needs attention first', async () => {
  const { ranks } = await readBoardCounts(service.services);
  expect(ranks).toEqual({ disconnected: 5, silent: 9, low: 12, unreachable: 7, fine: 167 });
  const { status, text } = await open('');
  expect(status).toBe(200);
  for (const [count, name] of [
    ['5', 'Disconnected'],
    ['9', 'Silent'],
    ['12', 'Low battery'],
    ['200', 'All'],
  ]) {
    expect(text).toMatch(new RegExp(`<strong>${count}</strong>\\s*${name}`));
  }
  const listed = labelsIn(text);
  expect(listed).toHaveLength(50);
  expect(new Set(listed.slice(0, 5))).toEqual(new Set(of('revoked').map(({ label }) => label)));
  expect(new Set(listed.slice(5, 14))).toEqual(new Set(of('silent').map(({ label }) => label)));
  expect(new Set(listed.slice(14, 26))).toEqual(new Set(of('low').map(({ label }) => label)));
});

test('pages lead through everybody once', async () => {
  const seen: string[] = [];
  let path = '';
  for (let page = 1; page <= 4; page += 1) {
    const { text } = await open(path);
    seen.push(...labelsIn(text));
    const next = /href="\/api\/ops\/board(\?after=[^"]+)"/.exec(text)?.[1];
    expect(next === undefined).toBe(page === 4);
    path = next ?? '';
  }
  expect(seen).toHaveLength(200);
  expect(new Set(seen).size).toBe(200);
});

test.each<[string, (each: Participant) => boolean]>([
  ['?rank=silent', ({ story }) => story === 'silent'],
  ['?rank=low&site=York', ({ story, site }) => story === 'low' && site === 'York'],
  ['?search=p-0001', ({ label }) => label.startsWith('P-0001')],
  ['?search=RC-10', ({ outsideId }) => outsideId.startsWith('RC-10')],
  ['?search=nobody', () => false],
])('%s lists those and no others', async (query, isMeant) => {
  const { text } = await open(query);
  const expected = participants.filter(isMeant).map(({ label }) => label);
  expect(labelsIn(text).sort()).toEqual(expected.sort());
});

test('the CSV holds the whole list, and nothing in it can become a formula', async () => {
  const [first] = of('fine');
  await act(first!.id, { action: 'note', note: '=HYPERLINK("https://example.org")' });
  const { headers, text } = await open('?format=csv');
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const lines = text.trim().split('\r\n');
  expect(lines).toHaveLength(201);
  expect(lines[0]).toMatch(/^label,outsideId,site,connection,provider,rank,since,/);
  expect(text).toContain(`"'=HYPERLINK(""https://example.org"")"`);
});

test('the CSV begins with the mark by which Excel knows UTF-8', async () => {
  const answer = await fetch(`${service.url}/api/ops/board?format=csv`, { headers: { cookie: operator } });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect([...bytes.subarray(0, 8)]).toEqual([0xef, 0xbb, 0xbf, ...Buffer.from('label')]);
});

test('no page shows a number, a token or a personal link', async () => {
  const { phone, id } = of('low')[0]!;
  for (const path of ['', '?format=csv', `/${id}`]) {
    const { text } = await open(path);
    expect(text).not.toContain(phone!.slice(-7));
    expect(text).not.toMatch(/\/m\/[\w-]{22}/);
    for (const secret of world.simulators['google-health'].issuedSecrets())
      expect(text).not.toContain(secret);
  }
});

test('a coordinator of a site sees, counts, exports and opens only its connections', async () => {
  const there = participants.filter(({ site }) => site === 'Leeds');
  const { text } = await open('', ofLeeds);
  const labels = new Set(there.map(({ label }) => label));
  expect(labelsIn(text).every((label) => labels.has(label))).toBe(true);
  expect(text).toMatch(/<strong>50<\/strong>\s*All/);
  expect((await open('?format=csv', ofLeeds)).text.trim().split('\r\n')).toHaveLength(51);
  expect((await open(`/${there[0]!.id}`, ofLeeds)).status).toBe(200);
  const elsewhere = participants.find(({ site }) => site === 'York')!;
  expect(labelsIn((await open('?site=York', ofLeeds)).text)).toEqual([]);
  expect((await open(`/${elsewhere.id}`, ofLeeds)).status).toBe(404);
  expect((await act(elsewhere.id, { action: 'contacted' }, ofLeeds)).status).toBe(404);
});

test('whose site is misspelt is told that nobody belongs to it, and not that all is well', async () => {
  const { text } = await open('', await signIn(['leeds']));
  expect(labelsIn(text)).toEqual([]);
  expect(text).toContain(
    'No connection belongs to your sites, as they are written above. If that is wrong, tell the operator.',
  );
});

test("one connection's page shows batteries, texts, checks, tokens and what can be done", async () => {
  const { id, label, phone } = of('low')[0]!;
  const { status, text } = await open(`/${id}`);
  expect(status).toBe(200);
  expect(text).toContain(`<h1>${label}</h1>`);
  expect(text).toContain('Low battery');
  expect(text).toContain(phone!.slice(-2));
  expect(text).toMatch(/<svg role="img" aria-labelledby="chart-0">/);
  for (const action of ['check', 'rotate', 'link', 'pause', 'site', 'end', 'note', 'contacted']) {
    expect(text).toContain(`value="${action}"`);
  }
  expect(logs.some(({ message }) => message.includes('staff.looked') && message.includes(id))).toBe(true);
});

test('a coordinator reads, notes and marks, and can do nothing else', async () => {
  const there = participants.filter(({ site, story }) => site === 'Leeds' && story === 'fine');
  const { id } = there[0]!;
  const page = await open(`/${id}`, ofLeeds);
  expect(page.text).not.toContain('value="end"');
  expect((await act(id, { action: 'note', note: 'On holiday <b>' }, ofLeeds)).text).toContain(
    'On holiday &lt;b&gt;',
  );
  const marked = await act(id, { action: 'contacted' }, ofLeeds);
  expect(marked.text).toContain('The contact was marked.');
  expect(await entryOf(id)).toMatchObject({
    note: { text: 'On holiday <b>', by: 'Local developer' },
    contacted: { by: 'Local developer' },
  });
  expect((await act(id, { action: 'note', note: ' ' }, ofLeeds)).text).toContain('The note was removed.');
  expect((await entryOf(id))?.note).toBeUndefined();
  for (const action of ['check', 'rotate', 'link', 'pause', 'site', 'end']) {
    expect((await act(id, { action, sure: 'yes' }, ofLeeds)).status).toBe(403);
  }
});

test('a page of another site cannot send a form, and an action that there is not does nothing', async () => {
  const { id } = of('fine')[0]!;
  const forged = await act(id, { action: 'end', sure: 'yes' }, operator, { 'sec-fetch-site': 'cross-site' });
  expect(forged.status).toBe(400);
  expect((await act(id, { action: 'constructor' })).status).toBe(400);
  expect(await entryOf(id)).toBeDefined();
});

test('a check and a rotation work with the tokens of the study, and the board agrees with what they find', async () => {
  const some = [...of('low').slice(0, 2), ...of('silent').slice(0, 2), ...of('fine').slice(1, 3)];
  for (const { id } of some) {
    const before = await entryOf(id);
    expect((await act(id, { action: 'check' })).text).toContain('The batteries were read.');
    const after = await entryOf(id);
    expect(after).toMatchObject({ rank: before!.rank, since: before!.since });
    expect((await act(id, { action: 'rotate' })).text).toContain('The tokens are good.');
    expect((await entryOf(id))!.rotatedAt).toBeGreaterThan(before!.rotatedAt!);
  }
  const { id } = of('revoked')[0]!;
  expect((await act(id, { action: 'check' })).text).toContain('The batteries could not be read.');
  expect((await act(id, { action: 'rotate' })).text).toContain('could not be refreshed');
}, 60_000);

test('an operator texts the link, pauses texts and moves a connection to another site', async () => {
  const { id, phone, site } = of('fine')[3]!;
  const textsThere = () => world.phone.texts().filter(({ to }) => to === phone);
  expect((await act(id, { action: 'pause' })).text).toContain('Texts are paused.');
  expect((await entryOf(id))!.texts).toBe('paused');
  expect((await act(id, { action: 'link' })).text).toContain('The link is on its way to the wearer.');
  expect(textsThere()).toHaveLength(1);
  expect((await act(id, { action: 'link' })).text).toContain(
    'A link was sent to the wearer less than a minute ago, so no second one was sent.',
  );
  expect(textsThere()).toHaveLength(1);
  expect((await act(id, { action: 'resume' })).text).toContain('Texts are sent again.');
  const refused = await act(id, { action: 'site', site: '<Leeds>' });
  expect([refused.status, refused.text.includes('A site must have 1 to 60 letters')]).toEqual([400, true]);
  expect((await act(id, { action: 'site', site: 'Filey' })).text).toContain('The site was saved.');
  expect((await readBoardCounts(service.services)).sites.find(({ name }) => name === 'Filey')).toMatchObject({
    all: 1,
  });
  expect((await act(id, { action: 'site', site: '' })).text).toContain(
    'The connection belongs to no site now.',
  );
  await act(id, { action: 'site', site });
  const silentOne = of('no number')[0]!;
  expect((await act(silentOne.id, { action: 'link' })).text).toContain(
    'Nothing was sent, because no number or address of the wearer takes it.',
  );
});

test('an operator ends a connection after ticking the box, and it leaves the board', async () => {
  const { id } = of('fine')[4]!;
  const asked = await act(id, { action: 'end' });
  expect([asked.status, asked.text.includes('Tick the box')]).toEqual([400, true]);
  expect((await act(id, { action: 'end', sure: 'yes' })).text).toContain('The connection was ended.');
  expect(await entryOf(id)).toBeUndefined();
  expect((await readConnection(service.services, id))?.closedAt).toBeDefined();
  expect((await open(`/${id}`)).status).toBe(404);
  expect((await readBoardCounts(service.services)).ranks.fine).toBe(166);
});
