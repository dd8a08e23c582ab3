/** The morning digest: who is new, told once a day to each address, whatever fails on the way. */
import { noteConnection, removeFromBoard } from '../../../src/domain/board/keep-board';
import { writeDigest } from '../../../src/domain/messages/digest-text';
import { beginDigest, sendDigest } from '../../../src/domain/operation/morning-digest';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { AppError } from '../../../src/errors';
import type { BoardEntry, CheckJob, Connection, DigestAddress } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { createTestWorld, connectWearer, recordOf, type TestWorld } from '../../support/world';

const dayMs = 24 * 3_600_000;
const lead: DigestAddress = { address: new Secret('lead@example.org') };

/** Wearers with numbers that do not exist are on the list, others are not. */
async function add(world: TestWorld, label: string, more: Partial<Connection> = {}): Promise<void> {
  const dead = world.clock.now() - 3_600_000;
  await connectWearer(world, 'google-health', { id: label, label, numberDeadSince: dead, ...more });
  await noteConnection(world.ports, recordOf(world, label));
}

async function alter(world: TestWorld, label: string, more: Partial<Connection>): Promise<void> {
  await change(world.tables.connections, connectionKey(label), (before) => ({ ...before, ...more }));
  await noteConnection(world.ports, recordOf(world, label));
}

/** Runs the timer and then every job that it has enqueued for now. */
async function digest(world: TestWorld): Promise<void> {
  await beginDigest(world.ports);
  await deliver(world);
}

async function deliver({ ports, queues }: TestWorld): Promise<void> {
  for (const { job } of queues.jobs.splice(0)) await runCheckJob(ports, job as CheckJob);
}

/** The labels that each mail names, by its address. */
const named = ({ email }: TestWorld) =>
  email.sent.map(({ to, body }) => [to.reveal(), [...body.matchAll(/^- (\S+)/gm)].map(([, label]) => label)]);

test('names who is new, in the first digest everybody who is on the list', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await add(world, 'P-1');
  await add(world, 'P-2', { numberDeadSince: undefined });
  await digest(world);
  world.clock.advance(dayMs);
  await add(world, 'P-3');
  await digest(world);
  expect(named(world)).toEqual([
    ['lead@example.org', ['P-1']],
    ['lead@example.org', ['P-3']],
  ]);
  expect(world.email.sent.map(({ subject }) => subject)).toEqual([
    'Fitbit Token Service: 1 new, 1 on the list',
    'Fitbit Token Service: 1 new, 2 on the list',
  ]);
});

test('says in one line when nobody is new, because a morning without a mail means that something is wrong', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await digest(world);
  expect(world.email.sent.map(({ subject, body }) => [subject, body])).toEqual([
    [
      'Fitbit Token Service: nobody is new, 0 on the list',
      '0 people are on the list of those who need attention, and nobody is new: https://tokens.example.com/api/ops/board\n\n' +
        'You get this mail every morning, also when nobody is new, because DIGEST_EMAIL names your address. A morning without it\n' +
        'means that something is wrong: tell the operator.\n',
    ],
  ]);
});

test('says so to whoever is limited to a site that nobody belongs to, because it can be misspelt', async () => {
  const anna: DigestAddress = { address: new Secret('anna@example.org'), sites: ['Leeds', 'york'] };
  const world = createTestWorld({ digestTo: [anna, lead] });
  await add(world, 'P-1', { site: 'Leeds' });
  await add(world, 'P-2', { site: 'York' });
  await digest(world);
  expect(named(world)).toEqual([
    ['anna@example.org', ['P-1']],
    ['lead@example.org', ['P-1', 'P-2']],
  ]);
  expect(world.email.sent.map(({ body }) => /^No connection.*$/m.exec(body)?.[0])).toEqual([
    'No connection belongs to the site "york", which DIGEST_EMAIL names for you. If that is wrong, tell the operator: the board',
    undefined,
  ]);
});

test('is sent once a day, however often the timer runs', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await Promise.all([digest(world), digest(world), digest(world)]);
  world.clock.advance(3_600_000);
  await add(world, 'P-1');
  await digest(world);
  expect(world.email.sent).toHaveLength(1);
  world.clock.advance(dayMs);
  await digest(world);
  expect(named(world)).toEqual([
    ['lead@example.org', []],
    ['lead@example.org', ['P-1']],
  ]);
});

test('somebody who left the list and is on it again is new, and so is somebody who is there for another reason', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await add(world, 'P-1');
  await add(world, 'P-2');
  await digest(world);
  await alter(world, 'P-1', { numberDeadSince: undefined });
  world.clock.advance(dayMs);
  await digest(world);
  await alter(world, 'P-1', { numberDeadSince: world.clock.now() });
  const since = world.clock.now() - 7 * 3_600_000;
  const failingCheck = { code: 'RECONNECT_REQUIRED', since, lastAt: since, count: 9 } as const;
  await alter(world, 'P-2', { failingCheck: failingCheck as Connection['failingCheck'] });
  world.clock.advance(dayMs);
  await digest(world);
  expect(named(world).slice(1)).toEqual([
    ['lead@example.org', []],
    ['lead@example.org', expect.arrayContaining(['P-1'])],
  ]);
});

test('a connection that is closed is forgotten', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await add(world, 'P-1');
  await digest(world);
  await removeFromBoard(world.ports, 'P-1');
  world.clock.advance(dayMs);
  await digest(world);
  expect(world.tables.digests.values()).toEqual([{ day: expect.any(String) }]);
});

test('each address gets its own sites, grouped, and an address without sites gets everybody', async () => {
  const digestTo = [lead, { address: new Secret('anna@example.org'), sites: ['Leeds'] }];
  const world = createTestWorld({ digestTo });
  await add(world, 'P-1', { site: 'Leeds' });
  await add(world, 'P-2', { site: 'York' });
  await add(world, 'P-3');
  await digest(world);
  expect(named(world)).toEqual([
    ['lead@example.org', expect.arrayContaining(['P-1', 'P-2', 'P-3'])],
    ['anna@example.org', ['P-1']],
  ]);
  expect(world.email.sent[1]?.body).toContain(
    'Leeds\n- P-1 gets no texts, since 2026-11-21 05:00 UTC\n  https://tokens.example.com/api/ops/board/P-1\n',
  );
  expect(world.email.sent[0]?.body).toContain('\n\nWithout a site\n- P-3 ');
});

test('what fails before everybody was told is told when the timer comes again, once to each', async () => {
  const digestTo = [lead, { address: new Secret('anna@example.org') }];
  const world = createTestWorld({ digestTo });
  await add(world, 'P-1');
  const { enqueue } = world.queues;
  let failures = 2;
  world.queues.enqueue = (job, delayMs) =>
    failures-- > 0 ? Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'No.')) : enqueue(job, delayMs);
  await expect(beginDigest(world.ports)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  await expect(beginDigest(world.ports)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  await digest(world);
  expect(named(world)).toEqual([
    ['lead@example.org', ['P-1']],
    ['anna@example.org', ['P-1']],
  ]);
});

test('a day that failed altogether is told the next day', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await add(world, 'P-1');
  const { insert } = world.tables.messages;
  world.tables.messages.insert = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No.'));
  await expect(beginDigest(world.ports)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  world.tables.messages.insert = insert;
  world.clock.advance(dayMs);
  await digest(world);
  expect(named(world)).toEqual([['lead@example.org', ['P-1']]]);
});

test('a digest that cannot leave is repeated for an hour, and dropped when it is no news any more', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  world.email.answers.push({ kind: 'unavailable', status: 429 });
  await digest(world);
  await deliver(world);
  expect(world.email.sent).toHaveLength(2);
  world.clock.advance(dayMs);
  world.email.answers.push({ kind: 'unavailable', status: 429 });
  await beginDigest(world.ports);
  await deliver(world);
  world.queues.jobs.splice(0);
  world.clock.advance(dayMs);
  await digest(world);
  expect(world.tables.messages.values().map(({ state }) => state)).toEqual(['sent', 'dropped', 'sent']);
});

test('the records and the log hold no address, and an address that was taken out of the setting gets nothing', async () => {
  const world = createTestWorld({ digestTo: [lead] });
  await add(world, 'P-1');
  await beginDigest(world.ports);
  const [message] = world.tables.messages.values();
  expect(JSON.stringify([message, world.log.entries, world.queues.jobs])).not.toContain('@');
  expect(await sendDigest({ ...world.ports, digestTo: [] }, message!.connection)).toEqual({
    sent: 0,
    unsettled: 0,
  });
  expect(world.email.sent).toEqual([]);
});

test('with nobody to tell, nothing is read or noted', async () => {
  const world = createTestWorld();
  await add(world, 'P-1');
  await digest(world);
  expect(world.tables.digests.values()).toEqual([]);
});

test('says why somebody is on the list, names forty, and never a number or the name of a device', () => {
  const since = Date.parse('2026-11-28T21:00:30Z');
  const entry = (n: number, more: Partial<BoardEntry>): BoardEntry => ({
    connection: `c${n}`,
    provider: 'fitbit',
    label: `P-${n}`,
    rank: 'low',
    since,
    connectedAt: 0,
    state: 'connected',
    ...more,
  });
  const battery = { row: 'r', name: "Ada's watch", percent: 12.4, at: since, levels: [], lastHalfDay: 0 };
  const entries = [
    entry(1, { rank: 'disconnected' }),
    entry(2, { rank: 'silent' }),
    entry(3, { battery }),
    entry(4, { label: undefined, outsideId: 'out-4', rank: 'unreachable' }),
    entry(5, { label: undefined }),
    ...Array.from({ length: 40 }, (_, i) => entry(6 + i, {})),
  ];
  const { subject, body } = writeDigest(
    entries.map((each) => ({ entry: each, isNew: true })),
    createTestWorld().ports,
  );
  expect(subject).toBe('Fitbit Token Service: 45 new, 45 on the list');
  expect(
    body
      .split('\n')
      .filter((line) => line.startsWith('- '))
      .slice(0, 5),
  ).toEqual([
    '- P-1 has to connect again, since 2026-11-28 21:00 UTC',
    '- P-2 is silent, since 2026-11-28 21:00 UTC',
    '- P-3 has a low battery (12 %), since 2026-11-28 21:00 UTC',
    '- out-4 gets no texts, since 2026-11-28 21:00 UTC',
    '- Connection c5 has a low battery, since 2026-11-28 21:00 UTC',
  ]);
  expect(body).toContain('\n\nAnd 5 more, on the board.\n\n');
  expect(body).not.toMatch(/Ada/);
});

test.each([
  ['others still get one', [lead]],
  ['nobody gets one any more', []],
])('the digests of somebody who left the setting are removed after a year, when %s', async (_, digestTo) => {
  const world = createTestWorld({ digestTo: [lead, { address: new Secret('left@example.org') }] });
  await add(world, 'P-1');
  await digest(world);
  const ports = { ...world.ports, digestTo };
  world.clock.advance(363 * dayMs);
  await beginDigest(ports);
  const left = digestTo.length;
  expect(world.tables.messages.values()).toHaveLength(2 + left);
  world.clock.advance(2 * dayMs);
  await beginDigest(ports);
  expect(world.tables.messages.values().map(({ createdAt }) => world.clock.now() - createdAt)).toEqual(
    digestTo.length === 0 ? [] : [2 * dayMs, 0],
  );
});
