import { connectionsOf, isStopped, setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { macOfAddress } from '../../../src/domain/contact/keyed-values';
import { replaceLink } from '../../../src/domain/contact/personal-link';
import { change } from '../../../src/domain/store/compare-and-swap';
import { confirmationKey, connectionKey } from '../../../src/domain/store/row-keys';
import {
  beginConfirmation,
  confirmAddress,
  confirmByLink,
  readConfirmation,
  readConfirmationByLink,
  sendCode,
  whereIsCode,
  type AddressToConfirm,
} from '../../../src/domain/wearer/confirm-address';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const hour = 3_600_000;
const email = 'ada@example.org';
const textConsent = { at: Date.parse('2026-11-21T05:55:00Z'), wording: '2026-11-email' };
const entered = { connection: 'wearer-1', email: new Secret(email), textConsent } satisfies AddressToConfirm;
const address = { way: 'email', to: entered.email } as const;

let world: TestWorld;
let ticket: string;
let sent: string;

/** The secret parts of the links that were mailed, oldest first. */
const links = () => world.email.sent.flatMap(({ body }) => /\/confirm-email\/([\w-]+)/.exec(body)?.[1] ?? []);
const press = (link: string) => confirmByLink(world.ports, link);
const owners = async () => connectionsOf(world.ports, await macOfAddress(world.ports, address));
const subjects = () => world.email.sent.map(({ to, subject }) => [to.reveal(), subject]);

beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { phone: undefined, confirmBy: world.clock.now() + 24 * hour });
  ({ ticket, sent } = await beginConfirmation(world.ports, entered, undefined));
});
afterEach(() => {
  expectDiscreet(world);
  const tables = Object.values(world.tables).map((table) => table.values());
  const seen = JSON.stringify([world.log.entries, tables]);
  expect([...links(), ticket].filter((secret) => seen.includes(secret))).toEqual([]);
});

test('an address that is entered gets a link by e-mail, and is nobody’s until its button is pressed', async () => {
  expect(sent).toBe('sent');
  expect(subjects()).toEqual([[email, 'Fitbit Token Service: confirm your address']]);
  expect(links()).toHaveLength(1);
  expect(recordOf(world).email).toBeUndefined();
  expect(await owners()).toEqual([]);
  expect(world.sms.sent).toEqual([]);
});

test('the link of the e-mail gives the connection its address, and a welcome goes there', async () => {
  await expect(press(links()[0]!)).resolves.toBe('confirmed');
  const { phone, confirmBy } = recordOf(world);
  expect([revealed(recordOf(world).email), phone, confirmBy]).toEqual([email, undefined, undefined]);
  expect(recordOf(world).textConsent).toEqual(textConsent);
  expect((await owners()).map(({ id }) => id)).toEqual(['wearer-1']);
  expect(subjects()).toEqual([
    [email, 'Fitbit Token Service: confirm your address'],
    [email, 'Fitbit Token Service: your alerts are on'],
  ]);
  expect(world.log.entries.filter(({ event }) => event === 'email.confirmed')).toEqual([
    { level: 'info', event: 'email.confirmed', fields: { connection: 'wearer-1' } },
  ]);
});

test('pressing the button twice, or at once, confirms once', async () => {
  const [link] = links();
  await expect(Promise.all([press(link!), press(link!)])).resolves.toEqual(['confirmed', 'confirmed']);
  await expect(press(link!)).resolves.toBe('confirmed');
  expect(subjects()).toHaveLength(2);
});

test('opening a link changes nothing', async () => {
  const [link] = links();
  const found = await readConfirmationByLink(world.ports, link!);
  expect(found?.known.connection).toBe('wearer-1');
  expect(recordOf(world).email).toBeUndefined();
});

test('each link that was mailed is good as long as the confirmation lasts', async () => {
  world.clock.advance(hour);
  await sendCode(world.ports, ticket, undefined);
  const [first, second] = links();
  expect(links()).toHaveLength(2);
  world.clock.advance(22 * hour);
  expect(await readConfirmationByLink(world.ports, second!)).toBeDefined();
  await expect(press(first!)).resolves.toBe('confirmed');
});

test('after a day the link is good for nothing', async () => {
  world.clock.advance(24 * hour);
  await expect(press(links()[0]!)).resolves.toBe('unknown');
  expect(recordOf(world).email).toBeUndefined();
});

test('nobody guesses a link', async () => {
  const [link = ''] = links();
  const last = link.endsWith('A') ? 'B' : 'A';
  const guesses = [
    '',
    link.slice(0, -1),
    `${link}A`,
    link.slice(0, -1) + last,
    link.slice(0, -22),
    link.slice(-22),
    `id-9${link.slice(-22)}`,
    '__proto__',
  ];
  for (const guess of guesses) await expect(press(guess)).resolves.toBe('unknown');
  expect(recordOf(world).email).toBeUndefined();
});

test('no six digits confirm an e-mail address: who entered it cannot guess what only its owner was sent', async () => {
  for (const code of ['000000', '123456']) {
    await expect(confirmAddress(world.ports, ticket, new Secret(code))).resolves.toBe('unknown');
  }
  expect((await world.tables.confirmations.get(confirmationKey(ticket)))?.value.triesLeft).toBe(5);
});

test('the link for a number confirms nothing: it was never sent', async () => {
  const phone = new Secret('+14255550123');
  await beginConfirmation(world.ports, { connection: 'wearer-1', phone, textConsent }, undefined);
  const { id } = world.tables.confirmations.values().at(-1)!;
  const proof = await world.ports.keyedHash.mac('confirm', id);
  await expect(press(id + proof.slice(0, 22).replace(/[-_]$/, '0'))).resolves.toBe('unknown');
});

test('replacing the personal link ends the link of the e-mail', async () => {
  await replaceLink(world.ports, recordOf(world));
  await expect(press(links()[0]!)).resolves.toBe('unknown');
  expect(recordOf(world).email).toBeUndefined();
});

test('an address that was unsubscribed is mailed what it was asked for, and its owner’s yes ends that', async () => {
  await setStopped(world.ports, address, { at: world.clock.now(), stopped: true });
  world.clock.advance(hour);
  await expect(sendCode(world.ports, ticket, undefined)).resolves.toBe('sent');
  expect(links()).toHaveLength(2);
  await expect(isStopped(world.ports, address)).resolves.toBe(true);
  await press(links()[1]!);
  await expect(isStopped(world.ports, address)).resolves.toBe(false);
  expect(subjects().at(-1)).toEqual([email, 'Fitbit Token Service: your alerts are on']);
});

test('in place of a number it takes the number away, which is told so', async () => {
  await connectWearer(world, 'fitbit', { id: 'wearer-2', phone: new Secret('+14255550123') });
  await beginConfirmation(world.ports, { ...entered, connection: 'wearer-2' }, undefined);
  await press(links()[1]!);
  const record = recordOf(world, 'wearer-2');
  expect(revealed([record.phone, record.email])).toEqual([undefined, email]);
  expect(world.sms.sent.map(({ to, body }) => [to.reveal(), body])).toEqual([
    ['+14255550123', expect.stringContaining('this number gets no more Fitbit alerts')],
  ]);
});

test('an address that was unsubscribed is mailed once a day, which nobody who enters it learns', async () => {
  await setStopped(world.ports, address, { at: world.clock.now(), stopped: true });
  const answers: string[] = [];
  for (let n = 0; n < 4; n += 1) answers.push(await sendCode(world.ports, ticket, undefined));
  expect(answers).toEqual(['sent', 'sent', 'sent', 'sent']);
  expect(links()).toHaveLength(2);
  const known = await readConfirmation(world.ports, ticket);
  await expect(whereIsCode(world.ports, known!)).resolves.toBe('on its way');
  world.clock.advance(20 * hour);
  await expect(sendCode(world.ports, ticket, undefined)).resolves.toBe('sent');
  expect(links()).toHaveLength(3);
});

describe('in place of another address', () => {
  const former = new Secret('ada@example.net');
  const told = () => subjects().filter(([, subject]) => subject?.endsWith('no more Fitbit alerts'));
  beforeEach(() => setAddress(world.ports, 'wearer-1', { email: former, textConsent }));

  test('it tells that address once, although the button was pressed twice at once', async () => {
    const [link = ''] = links();
    await Promise.all([press(link), press(link)]);
    expect(told()).toEqual([['ada@example.net', 'Fitbit Token Service: no more Fitbit alerts']]);
  });

  test('it tells that address, although the worker died after the change', async () => {
    const { messages } = world.tables;
    const { insert } = messages;
    const died = new Error('The worker died.');
    messages.insert = () => Promise.reject(died);
    await expect(press(links()[0]!)).rejects.toBe(died);
    expect(revealed(recordOf(world).email)).toBe(email);
    messages.insert = insert;
    await press(links()[0]!);
    expect(told()).toEqual([['ada@example.net', 'Fitbit Token Service: no more Fitbit alerts']]);
  });

  test('it tells that address nothing if it does not exist', async () => {
    await change(world.tables.connections, connectionKey('wearer-1'), (before) => ({
      ...before,
      emailDeadSince: 1,
    }));
    await press(links()[0]!);
    expect(told()).toEqual([]);
  });
});

test('the yes of somebody who had unsubscribed nothing is no START', async () => {
  await press(links()[0]!);
  expect(world.log.events()).not.toContain('email.reply');
  expect(world.tables.optOuts.values()).toEqual([]);
});

test('the link that a newer personal link ended while it was pressed ends no STOP', async () => {
  await setStopped(world.ports, address, { at: world.clock.now(), stopped: true });
  world.clock.advance(hour);
  const { connections } = world.tables;
  const { replace } = connections;
  connections.replace = async (row, value) => {
    connections.replace = replace;
    await replaceLink(world.ports, recordOf(world));
    return replace.call(connections, row, value);
  };
  await expect(press(links()[0]!)).resolves.toBe('unknown');
  await expect(isStopped(world.ports, address)).resolves.toBe(true);
});

test('as many links a day are mailed to an address as codes to a number', async () => {
  const answers: string[] = [];
  for (let n = 0; n < 5; n += 1) answers.push(await sendCode(world.ports, ticket, undefined));
  expect(answers).toEqual(['sent', 'sent', 'sent', 'sent', 'limited']);
  expect(links()).toHaveLength(5);
});
