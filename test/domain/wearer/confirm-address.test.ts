import {
  beginConfirmation,
  confirmAddress,
  readConfirmation,
  sendCode,
  whereIsCode,
  type AddressToConfirm,
} from '../../../src/domain/wearer/confirm-address';
import { skipConfirmation } from '../../../src/domain/wearer/forget-confirmations';
import { macOfAddress } from '../../../src/domain/contact/keyed-values';
import { confirmationKey, connectionKey, messageId, messageKey } from '../../../src/domain/store/row-keys';
import { linkOf } from '../../../src/domain/contact/personal-link';
import { connectionsOf, isStopped, setStopped } from '../../../src/domain/contact/addresses';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { replaceLink } from '../../../src/domain/contact/personal-link';
import { AppError } from '../../../src/errors';
import type { Message } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const minute = 60_000;
const hour = 60 * minute;
const phone = '+14255550123';
const textConsent = { at: Date.parse('2026-11-21T05:55:00Z'), wording: '2026-11' };
const number = { connection: 'wearer-1', phone: new Secret(phone), textConsent } satisfies AddressToConfirm;

let world: TestWorld;
let ticket: string;

const begin = (more: Partial<AddressToConfirm> = {}, client?: string) =>
  beginConfirmation(world.ports, { ...number, ...more }, client);
const resend = (client?: string) => sendCode(world.ports, ticket, client);
const type = (code: string, at = ticket) => confirmAddress(world.ports, at, new Secret(code));
const stored = async (at = ticket) => (await world.tables.confirmations.get(confirmationKey(at)))?.value;

/** Every code that was texted, oldest first. */
const codes = () => world.sms.sent.flatMap(({ body }) => /your code is (\d{6})\./.exec(body)?.[1] ?? []);
const lastCode = () => codes().at(-1)!;
/** Six digits that are not those of the code. */
const wrong = (n = 1) => String((Number(lastCode()) + n) % 1_000_000).padStart(6, '0');
const welcomes = () => world.sms.sent.filter(({ body }) => body.includes('alerts on: '));
const messages = (kind: Message['kind']) =>
  world.tables.messages.values().filter((each) => each.kind === kind);

/** A wearer who has just come back from the provider, and whose number is not known to be theirs. */
async function signedUp(): Promise<void> {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { phone: undefined, confirmBy: world.clock.now() + 24 * hour });
}

beforeEach(async () => {
  await signedUp();
  ({ ticket } = await begin());
});
afterEach(() => {
  expectDiscreet(world);
  // Neither a code nor a ticket nor a link is at rest, or in the log.
  const links = world.sms.sent.flatMap(({ body }) => /\/m\/([\w-]{22})/.exec(body)?.[1] ?? []);
  const seen = JSON.stringify([
    world.log.entries,
    Object.values(world.tables).map((table) => table.values()),
  ]);
  const leaks = [...codes(), ...links, ticket].filter((secret) => new RegExp(`\\b${secret}\\b`).test(seen));
  expect(leaks).toEqual([]);
});

describe('a number that is entered', () => {
  test('gets six digits by text, and is nobody’s until they are typed in', async () => {
    expect(world.sms.sent.map(({ to, body }) => [to.reveal(), body])).toEqual([
      [
        phone,
        `Fitbit Token Service: your code is ${lastCode()}. It is good for 10 minutes. If you did not ask for it, ignore this text.`,
      ],
    ]);
    expect(recordOf(world).phone).toBeUndefined();
    expect(world.tables.numbers.values()).toEqual([]);
  });

  test('is kept for a day under a hash of the ticket, with a code that is good for ten minutes and five tries', async () => {
    expect(revealed(await stored())).toEqual({
      id: 'id-1',
      connection: 'wearer-1',
      linkVersion: 1,
      phone,
      textConsent,
      expiresAt: world.clock.now() + 24 * hour,
      codeNumber: 1,
      codeExpiresAt: world.clock.now() + 10 * minute,
      triesLeft: 5,
    });
  });

  test('twice has two tickets and two codes, of which each works for itself', async () => {
    const other = await begin();
    expect(other.ticket).not.toBe(ticket);
    const [first = '', second = ''] = codes();
    expect(await type(first, other.ticket)).toBe('wrong');
    expect(await type(second, other.ticket)).toBe('confirmed');
  });

  test('gets no text about anything else before it is confirmed', async () => {
    const { sent } = await sendWaiting(world.ports, recordOf(world));
    expect(sent).toBe(0);
    expect(world.sms.sent).toHaveLength(1);
  });
});

describe('the right code', () => {
  test('gives the connection the number, the consent and a way there, and welcomes the wearer once', async () => {
    world.clock.advance(9 * minute);
    expect(await type(lastCode())).toBe('confirmed');
    expect(revealed(recordOf(world))).toMatchObject({ phone, textConsent });
    expect(recordOf(world).confirmBy).toBeUndefined();
    const found = await connectionsOf(
      world.ports,
      await macOfAddress(world.ports, { way: 'sms', to: number.phone }),
    );
    expect(found.map(({ id }) => id)).toEqual(['wearer-1']);
    expect((await stored())?.confirmedAt).toBe(world.clock.now());
    const link = await linkOf(world.ports, recordOf(world));
    expect(welcomes().map(({ to, body }) => [to.reveal(), body])).toEqual([
      [
        phone,
        `Fitbit Token Service: alerts on: https://tokens.example.com/m/${link} Msg&data rates may apply. HELP for help, STOP to end`,
      ],
    ]);
    expect(world.log.entries.filter(({ event }) => event === 'number.confirmed')).toEqual([
      { level: 'info', event: 'number.confirmed', fields: { connection: 'wearer-1' } },
    ]);
  });

  test('typed in again, or anything else afterwards, is confirmed already and changes nothing', async () => {
    await type(lastCode());
    const record = recordOf(world);
    expect(await type(lastCode())).toBe('confirmed');
    expect(await type(wrong())).toBe('confirmed');
    expect(recordOf(world)).toEqual(record);
    expect(welcomes()).toHaveLength(1);
    expect(await resend()).toBe('unknown');
  });

  test('confirms while the queue takes nothing; the welcome comes with the next check', async () => {
    const { enqueue } = world.queues;
    world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'No answer.'));
    expect(await type(lastCode())).toBe('confirmed');
    expect(recordOf(world).phone?.reveal()).toBe(phone);
    expect(welcomes()).toEqual([]);
    expect(world.log.entries.at(-1)).toEqual({
      level: 'warn',
      event: 'text.not_sent',
      fields: { connection: 'wearer-1', kind: 'welcome', code: 'QUEUE_UNAVAILABLE' },
    });
    world.queues.enqueue = enqueue;
    await sendWaiting(world.ports, recordOf(world));
    expect(welcomes()).toHaveLength(1);
  });

  test('sent twice at once, as by a double click, confirms and welcomes once', async () => {
    const results = await Promise.all([type(lastCode()), type(lastCode())]);
    expect(results).toEqual(['confirmed', 'confirmed']);
    expect(welcomes()).toHaveLength(1);
    expect(messages('welcome')).toHaveLength(1);
  });

  test('confirms again after a crash before the welcome, which then is texted once', async () => {
    const { replace } = world.tables.confirmations;
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.confirmations.replace = (row, value) =>
      value.confirmedAt === undefined ? replace(row, value) : Promise.reject(unavailable);
    await expect(type(lastCode())).rejects.toBe(unavailable);
    expect(recordOf(world).phone).toEqual(number.phone);
    world.tables.confirmations.replace = replace;
    expect(await type(lastCode())).toBe('confirmed');
    expect(welcomes()).toHaveLength(1);
  });

  test('is good after four wrong tries, and not after five', async () => {
    for (let n = 1; n <= 4; n += 1) expect(await type(wrong(n))).toBe('wrong');
    expect((await stored())?.triesLeft).toBe(1);
    expect(await type(lastCode())).toBe('confirmed');
  });

  test('for a connection that was closed meanwhile gives it nothing and texts nobody', async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
    expect(await type(lastCode())).toBe('confirmed');
    expect(recordOf(world).phone).toBeUndefined();
    expect(world.tables.numbers.values()).toEqual([]);
    expect(welcomes()).toEqual([]);
  });

  test('for a connection that does not exist any more texts nobody', async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.remove(row);
    expect(await type(lastCode())).toBe('confirmed');
    expect(world.sms.sent).toHaveLength(1);
  });
});

describe('a wrong code', () => {
  test.each([
    ['nothing', ''],
    ['letters', 'abcdef'],
    ['the code with something behind it', 'code1'],
    ['the code of nobody', 'wrong'],
  ])('(%s) costs a try', async (_, typed) => {
    const text = { code1: `${lastCode()}1`, wrong: wrong() }[typed] ?? typed;
    expect(await type(text)).toBe('wrong');
    expect((await stored())?.triesLeft).toBe(4);
    expect(recordOf(world).phone).toBeUndefined();
  });

  test('five times uses the code up: the right one is worthless from then on', async () => {
    const results = [];
    for (let n = 1; n <= 5; n += 1) results.push(await type(wrong(n)));
    expect(results).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'no tries left']);
    expect(await type(lastCode())).toBe('no tries left');
    expect(recordOf(world).phone).toBeUndefined();
  });

  test('is a try also when a hundred are guessed side by side: five of them are judged', async () => {
    const equals = jest.spyOn(Secret.prototype, 'equals');
    const guesses = Array.from({ length: 100 }, (_, n) => type(wrong(n + 1)));
    const results = await Promise.all(guesses);
    expect(equals).toHaveBeenCalledTimes(5);
    expect(results.filter((result) => result === 'confirmed')).toEqual([]);
    expect(await type(lastCode())).toBe('no tries left');
  });

  test('side by side with the right one never leaves more than five tries', async () => {
    const equals = jest.spyOn(Secret.prototype, 'equals');
    const results = await Promise.all([
      ...Array.from({ length: 9 }, (_, n) => type(wrong(n + 1))),
      type(lastCode()),
    ]);
    expect(equals).toHaveBeenCalledTimes(5);
    expect(results.at(-1)).toBe('no tries left');
    expect(recordOf(world).phone).toBeUndefined();
  });

  test('whose try cannot be written down is not judged', async () => {
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.confirmations.replace = () => Promise.reject(unavailable);
    await expect(type(lastCode())).rejects.toBe(unavailable);
    expect(recordOf(world).phone).toBeUndefined();
  });
});

describe('time', () => {
  test('makes a code worthless after ten minutes, and costs no try', async () => {
    world.clock.advance(10 * minute - 1);
    expect(await type(wrong())).toBe('wrong');
    world.clock.advance(1);
    expect(await type(lastCode())).toBe('code expired');
    expect((await stored())?.triesLeft).toBe(4);
    expect(recordOf(world).phone).toBeUndefined();
  });

  test('ends the confirmation after a day, whatever it would have been', async () => {
    world.clock.advance(24 * hour - 1);
    expect(await readConfirmation(world.ports, ticket)).toBeDefined();
    world.clock.advance(1);
    expect(await readConfirmation(world.ports, ticket)).toBeUndefined();
    expect(await type(lastCode())).toBe('unknown');
    expect(await resend()).toBe('unknown');
    expect(world.sms.sent).toHaveLength(1);
  });
});

describe('a ticket that nobody was given', () => {
  test.each(['', 'made-up', '__proto__'])('%j is unknown, and texts nobody', async (made) => {
    expect(await type(lastCode(), made)).toBe('unknown');
    expect(await sendCode(world.ports, made, undefined)).toBe('unknown');
    expect(await readConfirmation(world.ports, made)).toBeUndefined();
    expect(world.sms.sent).toHaveLength(1);
  });

  test('cannot be told from the id that stands in the messages', async () => {
    const { id } = (await stored())!;
    expect(messages('code').map(({ connection }) => connection)).toEqual([id]);
    expect(await type(lastCode(), id)).toBe('unknown');
  });

  test('whose confirmation is removed while it is tried is unknown', async () => {
    const { get } = world.tables.confirmations;
    let reads = 0;
    world.tables.confirmations.get = async (key) => ((reads += 1) === 1 ? get(key) : undefined);
    expect(await type(lastCode())).toBe('unknown');
  });
});

describe('another code', () => {
  test('makes the one before it worthless, and has five tries and ten minutes of its own', async () => {
    await type(wrong());
    world.clock.advance(9 * minute);
    expect(await resend()).toBe('sent');
    const [first = '', second = ''] = codes();
    expect(second).not.toBe(first);
    expect(await stored()).toMatchObject({
      codeNumber: 2,
      triesLeft: 5,
      codeExpiresAt: world.clock.now() + 10 * minute,
    });
    expect(await type(first)).toBe('wrong');
    world.clock.advance(10 * minute - 1);
    expect(await type(second)).toBe('confirmed');
  });

  test('brings back tries that were used up, and a code that had expired', async () => {
    for (let n = 1; n <= 5; n += 1) await type(wrong(n));
    world.clock.advance(11 * minute);
    await resend();
    expect(await type(lastCode())).toBe('confirmed');
  });

  test('is texted once when it is asked for twice at the same time', async () => {
    expect(await Promise.all([resend(), resend()])).toEqual(['sent', 'sent']);
    expect(codes()).toHaveLength(2);
    expect((await stored())?.codeNumber).toBe(2);
    expect(await type(lastCode())).toBe('confirmed');
  });

  test('that overtakes a guess makes the guess wrong, and keeps its own five tries', async () => {
    const { get } = world.tables.confirmations;
    const first = lastCode();
    let reads = 0;
    world.tables.confirmations.get = async (key) => {
      const row = await get(key);
      if ((reads += 1) === 1) await resend();
      return row;
    };
    expect(await type(first)).toBe('wrong');
    expect(await stored()).toMatchObject({ codeNumber: 2, triesLeft: 5 });
  });

  test('within the limits only: beyond them the last one stays good', async () => {
    const sent = [];
    for (let n = 0; n < 5; n += 1) sent.push(await resend('client-1'));
    expect(sent).toEqual(['sent', 'sent', 'sent', 'sent', 'limited']);
    expect(codes()).toHaveLength(5);
    expect((await stored())?.codeNumber).toBe(5);
    expect(await type(lastCode())).toBe('confirmed');
  });
});

describe('a code that is not texted', () => {
  test('because the limits are used up leaves nothing that could be guessed', async () => {
    for (let n = 0; n < 4; n += 1) await resend();
    const other = await begin();
    expect(other.sent).toBe('limited');
    expect(await stored(other.ticket)).toMatchObject({ codeNumber: 0, triesLeft: 0 });
    expect(await type('000000', other.ticket)).toBe('code expired');
    expect(codes()).toHaveLength(5);
  });

  test('because the client has asked for too many is limited, and another client is not', async () => {
    const sent = [];
    for (let n = 0; n < 21; n += 1) {
      const phoneOfStranger = new Secret(`+14255${String(n).padStart(2, '0')}0100`);
      const { connection } = await connectWearer(world, 'fitbit', {
        id: `stranger-${n}`,
        set: { providerUserId: `stranger-${n}` },
      });
      sent.push((await begin({ connection: connection.id, phone: phoneOfStranger }, 'client-1')).sent);
    }
    expect(sent.filter((each) => each === 'sent')).toHaveLength(20);
    expect(sent.at(-1)).toBe('limited');
    expect((await begin({ phone: new Secret('+14256660123') }, 'client-2')).sent).toBe('sent');
  });

  test('because the number has said STOP looks as if it were, and is texted after START', async () => {
    await setStopped(world.ports, { way: 'sms', to: number.phone }, { at: 1, stopped: true });
    const begun = await begin();
    expect([await resend(), begun.sent]).toEqual(['sent', 'sent']);
    for (const at of [ticket, begun.ticket]) {
      expect(await whereIsCode(world.ports, (await stored(at))!)).toBe('on its way');
      expect(await type('000000', at)).toBe('wrong');
    }
    expect(codes()).toHaveLength(1);
    await setStopped(world.ports, { way: 'sms', to: number.phone }, { at: 2, stopped: false });
    expect(await resend()).toBe('sent');
    expect(codes()).toHaveLength(2);
  });

  test('because the carrier blocks a number that has said STOP to it looks as if it were on its way', async () => {
    const [key] = [messageKey((await stored())!.id, messageId((await stored())!.id, 'code', '1'))];
    const row = (await world.tables.messages.get(key))!;
    const failed = await world.tables.messages.replace(row, {
      ...row.value,
      state: 'failed',
      failure: 'OPTED_OUT',
    });
    expect(await whereIsCode(world.ports, (await stored())!)).toBe('on its way');
    await world.tables.messages.replace(failed, { ...row.value, state: 'failed', failure: 'NO_SUCH_NUMBER' });
    expect(await whereIsCode(world.ports, (await stored())!)).toBe('undeliverable');
  });

  describe('from a name, to a number that said STOP when texts came from a number,', () => {
    beforeEach(async () => {
      world.sms.canBeAnswered = false;
      await setStopped(world.ports, { way: 'sms', to: number.phone }, { at: 1, stopped: true });
    });

    test('arrives once a day', async () => {
      const said = [];
      for (let n = 0; n < 3; n += 1) said.push(await resend());
      expect(said).toEqual(['sent', 'sent', 'sent']);
      expect(codes()).toHaveLength(2);
    });

    test('begins the texts again once it is typed in, and not before', async () => {
      await resend();
      const isStoppedNow = () => isStopped(world.ports, { way: 'sms', to: number.phone });
      expect([await type('000000'), await isStoppedNow()]).toEqual(['wrong', true]);
      expect([await type(lastCode()), await isStoppedNow()]).toEqual(['confirmed', false]);
      expect(world.sms.sent.at(-1)?.body).toContain('alerts on:');
      expect(world.log.events()).toContain('sms.reply');
    });
  });

  test('to a number that said STOP counts like to any other', async () => {
    await setStopped(world.ports, { way: 'sms', to: number.phone }, { at: 1, stopped: true });
    const said = [];
    for (let n = 0; n < 6; n += 1) said.push(await resend());
    expect(said).toEqual(['sent', 'sent', 'sent', 'sent', 'limited', 'limited']);
  });

  test('once the personal link was replaced: whoever had seen it is not the wearer', async () => {
    await replaceLink(world.ports, recordOf(world));
    expect(await resend()).toBe('unknown');
    expect(await type(lastCode())).toBe('unknown');
    expect(recordOf(world).phone).toBeUndefined();
  });

  test('by the right code at the very moment at which the link is replaced, and the number stays nobody’s', async () => {
    const { replace } = world.tables.connections;
    world.tables.connections.replace = async (row, value) => {
      world.tables.connections.replace = replace;
      await replaceLink(world.ports, recordOf(world));
      return replace(row, value);
    };
    expect(await type(lastCode())).toBe('unknown');
    expect(recordOf(world)).toMatchObject({ linkVersion: 2, phone: undefined });
    expect(world.tables.numbers.values()).toEqual([]);
    expect(welcomes()).toEqual([]);
  });

  test('because texts are not set up, and can be asked for later', async () => {
    await signedUp();
    world.sms.missing = ['SMS_FROM'];
    const begun = await begin();
    expect(begun.sent).toBe('not sent');
    expect(world.tables.counters.values()).toEqual([]);
    world.sms.missing = [];
    ({ ticket } = begun);
    expect(await resend()).toBe('sent');
    expect(await type(lastCode())).toBe('confirmed');
  });

  test('because Communication Services did not take it can be asked for again; only the newest is texted', async () => {
    world.sms.answers.push({ kind: 'unavailable' });
    expect(await resend()).toBe('not sent');
    expect(await resend()).toBe('sent');
    const states = messages('code').map(({ facts, state }) => [facts.codeNumber, state]);
    expect(states).toEqual([
      [1, 'sent'],
      [2, 'dropped'],
      [3, 'sent'],
    ]);
    expect(await type(lastCode())).toBe('confirmed');
  });

  test('for certain is as good as sent: it may have arrived', async () => {
    world.sms.answers.push({ kind: 'unknown' });
    expect(await resend()).toBe('sent');
    expect(messages('code').at(-1)?.state).toBe('claimed');
  });

  test('because it is refused is not sent', async () => {
    world.sms.answers.push({ kind: 'refused', status: 400 });
    expect(await resend()).toBe('not sent');
  });
});

describe('a wearer who changes their number', () => {
  const other = new Secret('+14255550199');

  beforeEach(async () => {
    await type(lastCode());
    world.sms.sent.length = 0;
    ({ ticket } = await begin({ phone: other }));
  });

  test('keeps the old one until the new one is confirmed', async () => {
    expect(world.sms.sent.map(({ to }) => to.reveal())).toEqual(['+14255550199']);
    await type(wrong());
    expect(revealed(recordOf(world).phone)).toBe(phone);
    expect(await type(lastCode())).toBe('confirmed');
    expect(revealed(recordOf(world).phone)).toBe('+14255550199');
    const owners = await connectionsOf(
      world.ports,
      await macOfAddress(world.ports, { way: 'sms', to: number.phone }),
    );
    expect(owners).toEqual([]);
    expect(welcomes().map(({ to }) => to.reveal())).toEqual(['+14255550199']);
  });

  test('and never confirms it keeps the old one', async () => {
    world.clock.advance(25 * hour);
    expect(await type(lastCode())).toBe('unknown');
    expect(revealed(recordOf(world).phone)).toBe(phone);
    expect(recordOf(world).confirmBy).toBeUndefined();
  });
});

describe('a wearer who goes on without the number', () => {
  const skip = async () => skipConfirmation(world.ports, ticket, (await stored())!);

  test('leaves nothing of it but the ticket, for ten minutes, and as long when the form is sent again', async () => {
    await skip();
    expect(messages('code')).toEqual([]);
    expect(await stored()).toMatchObject({ phone: undefined, triesLeft: 0 });
    expect(await stored()).toMatchObject({ expiresAt: world.clock.now() + 10 * minute });
    world.clock.advance(9 * minute);
    await skip();
    expect(await readConfirmation(world.ports, ticket)).toBeDefined();
    world.clock.advance(minute);
    expect(await readConfirmation(world.ports, ticket)).toBeUndefined();
  });

  test('is told no sooner that it is over than it would have been', async () => {
    const { expiresAt } = (await stored())!;
    world.clock.advance(expiresAt - world.clock.now() - minute);
    await skip();
    expect((await stored())?.expiresAt).toBe(expiresAt);
  });

  test('gets no code any more, and the one that was texted gives nobody the number', async () => {
    const code = lastCode();
    await skip();
    expect(await type(code)).not.toBe('confirmed');
    expect(await resend()).not.toBe('sent');
    expect(codes()).toHaveLength(1);
    expect(recordOf(world).phone).toBeUndefined();
  });

  test.each<[string, (code: string) => Promise<unknown>]>([
    ['a code that is asked for', () => resend()],
    ['the code that is typed in', (code) => type(code)],
  ])('at the very moment of %s gets neither a text nor the number', async (_, act) => {
    const code = lastCode();
    const { replace } = world.tables.confirmations;
    world.tables.confirmations.replace = async (row, value) => {
      world.tables.confirmations.replace = replace;
      await skip();
      return replace(row, value);
    };
    await act(code);
    expect((await stored())?.phone).toBeUndefined();
    expect([codes().length, messages('code').length]).toEqual([1, 0]);
    expect(recordOf(world).phone).toBeUndefined();
  });

  test('and enters another one has the ticket of the first no more', async () => {
    await skip();
    const first = ticket;
    await begin({ phone: new Secret('+14255550177') });
    expect(await stored(first)).toBeUndefined();
  });
});
