/** Messages to a wearer who chose e-mail: the same outbox and claim as for texts, by another way. */
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { deriveUnsubscribe, macOfAddress } from '../../../src/domain/contact/keyed-values';
import { raiseAlarm } from '../../../src/domain/messages/alarms';
import { limitsOfStrangers, mayTextCode, mayTextWearer } from '../../../src/domain/messages/limits';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { recheckOf, recordMessage } from '../../../src/domain/messages/record-message';
import { findUnsubscribe, obeyUnsubscribe } from '../../../src/domain/messages/end-mails';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../../src/domain/store/row-keys';
import type { MessageKind, Policy } from '../../../src/model';
import type { EmailAnswer } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, recordOf, textOperator, type TestWorld } from '../../support/world';

const second = 1000;
const email = new Secret('ada@example.org');
const other = new Secret('grace@example.org');
const phone = new Secret('+14255550123');
const ofEmail = { way: 'email', to: email } as const;

let world: TestWorld;
async function begin(policy: Partial<Policy> = {}): Promise<void> {
  const usual = createTestWorld().ports.policy;
  world = createTestWorld({ policy: { ...usual, ...policy } });
  await connectWearer(world, 'fitbit', { phone: undefined });
  await takeAddress({ email });
}
const takeAddress = (contact: { email: Secret } | { phone: Secret }) =>
  setAddress(world.ports, 'wearer-1', {
    ...contact,
    textConsent: { at: world.clock.now(), wording: '2026-11' },
  });
beforeEach(() => begin());
afterEach(() => expectDiscreet(world));

const record = (kind: MessageKind, cause = '1') =>
  recordMessage(world.ports, 'wearer-1', {
    kind,
    cause: [cause],
    facts: { model: 'Charge 6', percent: 17, provider: 'Fitbit', codeNumber: 1 },
    ...(['low', 'critical'].includes(kind) && { device: 'charge-6', cycle: Number(cause) }),
  });
const send = () => sendWaiting(world.ports, recordOf(world), recheckOf('wearer-1'));
const stored = () => world.tables.messages.values().map(({ kind, way, state }) => `${kind} ${way}: ${state}`);
const mails = () => world.email.sent.map(({ to, subject }) => `${to.reveal()}: ${subject}`);
const texts = () => world.sms.sent.map(({ to }) => to.reveal());

describe('a message to a wearer', () => {
  test('is an e-mail with the link that ends the e-mails, in its body and for the button of mail programs', async () => {
    await record('low');
    await send();
    expect(mails()).toEqual(['ada@example.org: Fitbit Token Service: Charge 6 is at 17%']);
    const end = `https://tokens.example.com/u/${await deriveUnsubscribe(world.ports, ofEmail)}`;
    expect(world.email.sent[0]).toMatchObject({ unsubscribeAt: end });
    expect(world.email.sent[0]?.body).toContain(`To get no more e-mails: ${end}\n`);
    expect(world.email.sent[0]?.body).toMatch(/\nhttps:\/\/tokens\.example\.com\/m\/[\w-]{22}\n/);
    expect(texts()).toEqual([]);
    expect(stored()).toEqual(['low email: sent']);
    // Nothing secret is at rest.
    const [message] = world.tables.messages.values();
    expect(message?.body).toContain('/m/{link}');
    expect(message?.body).toContain('/u/{unsubscribe}');
    expect(JSON.stringify(message)).not.toContain('example.org');
  });

  test.each<[MessageKind, boolean]>([
    ['welcome', true],
    ['new link', true],
    ['connected again', true],
    ['help', true],
    ['code', false],
    ['link', false],
    ['test', false],
    ['goodbye', false],
    ['number removed', false],
  ])('of the kind "%s" says how e-mails are ended: %s', async (kind, isSaid) => {
    await record(kind);
    await send();
    expect(world.email.sent.map(({ unsubscribeAt }) => unsubscribeAt !== undefined)).toEqual([isSaid]);
    expect(world.email.sent.map(({ body }) => body.includes('/u/'))).toEqual([isSaid]);
  });

  test('goes where the wearer wants it at the first claim, whatever it was when it was recorded', async () => {
    await record('low');
    await takeAddress({ phone });
    await send();
    await takeAddress({ email: other });
    await record('critical');
    await send();
    expect([texts(), mails()]).toEqual([
      ['+14255550123'],
      ['grace@example.org: Fitbit Token Service: Charge 6 is at 17%, charge it now'],
    ]);
  });

  test('that was certainly not taken goes to another address, and by its way, if the wearer has changed it meanwhile', async () => {
    world.email.answers.push({ kind: 'unavailable', status: 429 });
    await record('low');
    await send();
    expect(stored()).toEqual(['low email: pending']);
    await takeAddress({ phone });
    await send();
    expect(stored()).toEqual(['low undefined: sent']);
    expect(world.sms.sent[0]?.body).toMatch(/ STOP to end$/);
    expect(world.tables.messages.values()[0]).not.toHaveProperty('subject', expect.anything());
  });

  test.each<[string, { email: Secret } | { phone: Secret }]>([
    ['another e-mail address', { email: other }],
    ['a number', { phone }],
  ])('whose outcome is unknown is given up, and not sent to %s', async (_, next) => {
    world.email.answers.push({ kind: 'unknown' });
    await record('low');
    await send();
    await takeAddress(next);
    world.clock.advance(60 * second);
    await send();
    expect(stored()).toEqual(['low email: unknown']);
    expect([mails().length, texts()]).toEqual([1, []]);
    expect(world.log.events()).toContain('email.unknown');
  });

  test('by text whose outcome is unknown is not sent to another number either, nor mailed', async () => {
    for (const next of [{ phone: new Secret('+14255550199') }, { email }]) {
      await takeAddress({ phone });
      world.sms.answers.push({ kind: 'unknown' });
      await record('test', JSON.stringify(Object.keys(next)));
      await send();
      await takeAddress(next);
      world.clock.advance(60 * second);
      await send();
    }
    expect(stored()).toEqual(['test undefined: unknown', 'test undefined: unknown']);
    expect([mails(), texts()]).toEqual([[], ['+14255550123', '+14255550123']]);
  });

  test('whose outcome is unknown is repeated, the same in every part, while the address is the same', async () => {
    world.email.answers.push({ kind: 'unknown' }, { kind: 'unavailable' });
    await record('low');
    for (const _ of [1, 2, 3]) {
      await send();
      world.clock.advance(61 * second);
    }
    expect(stored()).toEqual(['low email: sent']);
    expect(world.email.sent).toHaveLength(3);
    expect(
      new Set(world.email.sent.map((mail) => JSON.stringify({ ...mail, to: mail.to.reveal() }))).size,
    ).toBe(1);
  });

  test('is tried again for an hour where no e-mail can be sent just now', async () => {
    world.email.answers.push({ kind: 'unavailable', status: 429 });
    await record('low');
    await send();
    expect(world.queues.jobs.map(({ delayMs }) => delayMs)).toEqual([60 * second]);
  });

  test('is written to the log in a dry run, as the e-mail that it would have been', async () => {
    await begin({ dryRun: true });
    await record('low');
    await send();
    expect(mails()).toEqual([]);
    expect(stored()).toEqual(['low email: logged']);
    const [line] = world.log.entries.filter(({ event }) => event === 'email.dry_run');
    expect(line?.fields?.body).toMatch(/^Your tracker is at 17%\. Time to charge\.\n\nYour personal page:\n/);
  });
});

describe('an e-mail that nobody wants or gets', () => {
  const unsubscribe = async (stopped: boolean) => {
    const secret = await deriveUnsubscribe(world.ports, ofEmail);
    const found = await findUnsubscribe(world.ports, secret);
    await obeyUnsubscribe(world.ports, found!.hash, stopped);
  };

  test('is dropped or waits, as after STOP, and goes out when it is wanted again', async () => {
    await record('low');
    await record('new link');
    await unsubscribe(true);
    await unsubscribe(true);
    await send();
    expect(mails()).toEqual([]);
    expect(stored().sort()).toEqual(['low undefined: pending', 'new link undefined: dropped']);
    world.clock.advance(second);
    await unsubscribe(false);
    await send();
    expect(mails()).toHaveLength(1);
    expect(
      world.log.entries.filter(({ event }) => event === 'email.reply').map(({ fields }) => fields),
    ).toEqual([
      { kind: 'stop', count: 1 },
      { kind: 'stop', count: 1 },
      { kind: 'start', count: 1 },
    ]);
  });

  test('but the mail that confirms an address, because nobody else could start the e-mails again', async () => {
    await unsubscribe(true);
    await record('code');
    await send();
    expect(mails()).toEqual(['ada@example.org: Fitbit Token Service: confirm your address']);
  });

  test('nor an alarm to an operator who is a wearer too and has unsubscribed', async () => {
    await unsubscribe(true);
    world = { ...world, ports: { ...world.ports, operatorEmail: email } };
    await raiseAlarm(world.ports, 'jobs poisoned');
    await textOperator(world);
    expect(mails()).toEqual(['ada@example.org: Fitbit Token Service: ALARM: jobs poisoned']);
    expect(world.email.sent[0]).not.toHaveProperty('unsubscribeAt', expect.anything());
  });

  test('waits while mails to the address come back', async () => {
    await change(world.tables.connections, connectionKey('wearer-1'), (before) => ({
      ...before,
      emailDeadSince: 1,
    }));
    await record('low');
    await send();
    expect([mails(), stored()]).toEqual([[], ['low undefined: pending']]);
    await takeAddress({ email });
    await send();
    expect(mails()).toHaveLength(1);
  });

  test('is stopped by the link whatever the letters of the address, and by none that somebody made up', async () => {
    const secret = await deriveUnsubscribe(world.ports, { way: 'email', to: new Secret('ADA@EXAMPLE.ORG') });
    expect(secret).toBe(await deriveUnsubscribe(world.ports, ofEmail));
    expect(secret).toMatch(/^[\w-]{64}\w$/);
    await expect(findUnsubscribe(world.ports, secret)).resolves.toMatchObject({
      hash: await macOfAddress(world.ports, ofEmail),
    });
    const hash = await macOfAddress(world.ports, { way: 'email', to: other });
    for (const made of [secret.slice(0, 22) + hash, secret.slice(1), `${secret}A`, 'A'.repeat(65), ''])
      await expect(findUnsubscribe(world.ports, made)).resolves.toBeUndefined();
  });

  test('does not end the texts to a number, nor the other way round', async () => {
    await takeAddress({ phone });
    await unsubscribe(true);
    await record('low');
    await send();
    expect(texts()).toHaveLength(1);
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: world.clock.now(), stopped: true });
    await takeAddress({ email: other });
    await record('critical');
    await send();
    expect(mails()).toHaveLength(1);
  });
});

describe('the limits on e-mails', () => {
  const limited = (limits: Partial<Policy['limits']>) =>
    begin({ limits: { ...createTestWorld().ports.policy.limits, ...limits } });
  const alerts = async (count: number) => {
    for (let cycle = 1; cycle <= count; cycle += 1) {
      await record('low', String(cycle));
      await send();
    }
    return mails().length;
  };

  test('are not the budgets for texts', async () => {
    await limited({ budgetPerDay: 1, budgetPerMonth: 1 });
    expect(await alerts(3)).toBe(3);
    const counted = world.tables.counters.rows().map(({ key }) => key.partition);
    expect(counted.filter((scope) => scope.includes('budget'))).toEqual([]);
  });

  test('hold so many about batteries for one wearer in a day', async () => {
    await limited({ perWearer: 2 });
    expect(await alerts(4)).toBe(2);
    expect(stored().filter((each) => each.endsWith('pending'))).toHaveLength(2);
  });

  const ask = async (address: string, nth: number) =>
    mayTextCode(world.ports, { connection: `c-${nth}`, email: new Secret(address) }, undefined);
  const granted = async (addresses: readonly string[]) => {
    const answers: boolean[] = [];
    for (const [nth, address] of addresses.entries()) answers.push(await ask(address, nth));
    return answers.filter(Boolean).length;
  };

  test('are for each address, in whatever letters', async () => {
    await limited({ perNumber: 2 });
    expect(await granted(['ada@example.org', 'Ada@example.org', 'ADA@example.org'])).toBe(2);
  });

  test('are for each mailbox, whatever tag is in its address', async () => {
    await limited({ perNumber: 2 });
    expect(await granted(['ada@example.org', 'ada+1@example.org', 'Ada+2@example.org'])).toBe(2);
    const [asked, tagged] = ['ada@example.com', 'ada+1@example.com'].map((to) => new Secret(to));
    for (const to of [asked!, tagged!]) {
      await expect(mayTextWearer(world.ports, 'link', { way: 'email', to })).resolves.toBe(true);
    }
    await expect(mayTextWearer(world.ports, 'link', { way: 'email', to: asked! })).resolves.toBe(false);
  });

  test('leave to one domain no more than half of what strangers can provoke in a day', async () => {
    await limited({ perDay: 5, perPrefix: 1 });
    const many = (domain: string) => Array.from({ length: 5 }, (_, n) => `somebody-${n}@${domain}`);
    expect(await granted(many('example.org'))).toBe(3);
    expect(await granted(many('example.com'))).toBe(2);
    // Texts have a day of their own.
    await expect(mayTextCode(world.ports, { connection: 'c-9', phone }, undefined)).resolves.toBe(true);
  });

  test('are counted under keyed hashes, in counters that no text is counted by', async () => {
    const scopes = async (address: typeof ofEmail | { way: 'sms'; to: Secret }) =>
      (await limitsOfStrangers(world.ports, address)).map(({ scope }) => scope);
    expect(await scopes(ofEmail)).toEqual(['number', 'mail domain', 'mail strangers']);
    await ask('ada@example.org', 1);
    expect(JSON.stringify(world.tables.counters.rows())).not.toContain('example.org');
  });

  test('drop a welcome beyond those of strangers, like a text', async () => {
    await limited({ perNumber: 1 });
    await record('welcome', '1');
    await record('welcome', '2');
    await send();
    expect(mails()).toHaveLength(1);
    expect(stored().sort()).toEqual(['welcome email: sent', 'welcome undefined: dropped']);
  });
});

test.each<[EmailAnswer['kind'], number]>([
  ['accepted', 1],
  ['unknown', 1],
])('two senders that take a mail at once send it once (%s)', async (kind, sends) => {
  world.email.answers.push({ kind } as EmailAnswer);
  await record('low');
  await Promise.all([send(), send()]);
  expect(world.email.sent).toHaveLength(sends);
});
