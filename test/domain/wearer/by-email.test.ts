/** A wearer who gets e-mails: what else goes to them, by the same way, and what is left when they leave. */
import { macOfAddress } from '../../../src/domain/contact/keyed-values';
import { linkOf } from '../../../src/domain/contact/personal-link';
import { setAddress } from '../../../src/domain/contact/addresses';
import {
  announceConsent,
  removeAddress,
  renewLink,
  noteFormerAddress,
  tellFormerAddress,
} from '../../../src/domain/wearer/announce';
import { closeConnection } from '../../../src/domain/wearer/close-connection';
import { requestLinks, runLinkJob } from '../../../src/domain/wearer/lost-links';
import { exportEverything, sendTest } from '../../../src/domain/wearer/personal-page';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const email = new Secret('Ada@example.org');
const textConsent = { at: Date.parse('2026-11-21T05:55:00Z'), wording: '2026-11-email' };

let world: TestWorld;
/** What was mailed to whom: the subject without the name of the service. */
const mails = () =>
  world.email.sent.map(({ to, subject }) => [to.reveal(), subject.replace('Fitbit Token Service: ', '')]);

beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { phone: undefined });
  await setAddress(world.ports, 'wearer-1', { email, textConsent });
});
afterEach(() => {
  expectDiscreet(world);
  expect(world.sms.sent).toEqual([]);
  const keys = Object.values(world.tables).flatMap((table) => JSON.stringify(table.values()));
  expect(keys.filter((stored) => /example\.org/i.test(stored))).toEqual([]);
});

test('is told at the address that it gets no more, when it is removed', async () => {
  await removeAddress(world.ports, 'wearer-1');
  expect(mails()).toEqual([['Ada@example.org', 'no more Fitbit alerts']]);
  expect(world.email.sent[0]?.body).toMatch(/^This address gets no more Fitbit alerts\./);
  expect(recordOf(world).email).toBeUndefined();
});

test('is told at the former address, and not at the new number, when that takes its place', async () => {
  const phone = new Secret('+14255550123');
  const before = recordOf(world);
  await noteFormerAddress(world.ports, before, 'notice-1');
  await setAddress(world.ports, 'wearer-1', { phone, textConsent });
  await tellFormerAddress(world.ports, before, 'notice-1');
  expect(mails()).toEqual([['Ada@example.org', 'no more Fitbit alerts']]);
});

test('is told of a new link, and of a new consent', async () => {
  await renewLink(world.ports, recordOf(world));
  await announceConsent(world.ports, 'wearer-1');
  expect(mails()).toEqual([
    ['Ada@example.org', 'your new link'],
    ['Ada@example.org', 'Fitbit was connected again'],
  ]);
});

test('gets a test, and the link that was lost, however the address is written', async () => {
  await expect(sendTest(world.ports, recordOf(world), 'client')).resolves.toBe('sent');
  const typed = world.ports.emailAddresses.read(' ada@EXAMPLE.org ');
  const to = typed.ok ? typed.email : email;
  await requestLinks(world.ports, { way: 'email', to }, 'client');
  const [job] = world.queues.jobs.flatMap(({ job: each }) => (each.kind === 'send-links' ? [each] : []));
  expect(job?.number).toBe(await macOfAddress(world.ports, { way: 'email', to: email }));
  await runLinkJob(world.ports, job!);
  expect(mails()).toEqual([
    ['Ada@example.org', 'a test'],
    ['Ada@example.org', 'your personal page'],
  ]);
  expect(world.email.sent[1]?.body).toContain(`/m/${await linkOf(world.ports, recordOf(world))}`);
});

test('finds the address in the export, and no number', async () => {
  const exported = await exportEverything(world.ports, recordOf(world));
  expect(exported).toMatchObject({
    number: undefined,
    email: 'Ada@example.org',
    saidStop: false,
    consentToTexts: { wording: '2026-11-email' },
    proofsOfConsent: [{ wording: '2026-11-email' }],
  });
});

test('says goodbye by e-mail, and leaves no address behind', async () => {
  world.http.script(answer(200, {}));
  await expect(closeConnection(world.ports, 'wearer-1')).resolves.toMatchObject({ erased: true });
  expect(mails()).toEqual([['Ada@example.org', 'goodbye']]);
  expect(revealed(recordOf(world))).not.toHaveProperty('email');
  expect(world.tables.numbers.values()).toEqual([]);
  expect(world.tables.consents.values().map(({ endedAt }) => endedAt !== undefined)).toEqual([true]);
});
