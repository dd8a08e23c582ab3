import { deriveCode, deriveLink, macOfAddress } from '../../../src/domain/contact/keyed-values';
import { messageKey } from '../../../src/domain/store/row-keys';
import { findByLink, replaceLink } from '../../../src/domain/contact/personal-link';
import { setStopped } from '../../../src/domain/contact/addresses';
import { sendMessage } from '../../../src/domain/messages/send-message';
import { AppError } from '../../../src/errors';
import type { Connection, Message } from '../../../src/model';
import type { SmsAnswer } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { connectWearer, createTestWorld, recordOf, textOperator, type TestWorld } from '../../support/world';

const second = 1000;
/** As it is stored; what is secret in it is filled in when the text leaves. */
const body =
  'Fitbit Token Service: Your Charge 6 is at 17%. Time to charge. https://tokens.example.com/m/{link} STOP to end';
const wearer: Connection = {
  id: 'wearer-1',
  provider: 'fitbit',
  createdAt: 0,
  consentReserved: 1,
  missingScopes: [],
  phone: new Secret('+14255550123'),
};

let world: TestWorld;
let startedAt: number;
let link: string;
/** As the carrier gets it. */
const arrived = (at = startedAt, text = body) => ({
  id: 'message-1',
  firstSentAt: at,
  to: '+14255550123',
  body: text.replace('{link}', link),
  tag: 'wearer-1.message-1',
});
const send = () => sendMessage(world.ports, wearer, { id: 'message-1', kind: 'low' });
const stored = () => world.tables.messages.values()[0];
const sent = () => revealed(world.sms.sent);
const logged = () => world.log.entries;
const facts = { model: 'Charge 6', percent: 17 };
/** Which link a text carries is settled by its first claim. */
const claimedFacts = { ...facts, linkVersion: 1 };

async function message(more: Partial<Message> = {}): Promise<Message> {
  const made: Message = {
    id: 'message-1',
    connection: 'wearer-1',
    kind: 'low',
    device: 'charge-6',
    cycle: 1,
    createdAt: startedAt,
    state: 'pending',
    facts,
    ...more,
  };
  await world.tables.messages.insert(messageKey('wearer-1', 'message-1'), made);
  return made;
}

beforeEach(async () => {
  world = createTestWorld();
  startedAt = world.clock.now();
  link = await deriveLink(world.ports, 'wearer-1', 1);
});
afterEach(() => {
  expectDiscreet(world);
  expect(JSON.stringify([world.log.entries, world.tables.messages.values()])).not.toContain(link);
});

describe('a message that is pending', () => {
  test('is sent to the wearer, and its id, time and body are kept', async () => {
    const made = await message();
    await expect(send()).resolves.toBe('sent');
    expect(sent()).toEqual([arrived()]);
    expect(stored()).toEqual({
      ...made,
      facts: claimedFacts,
      state: 'sent',
      body,
      firstSentAt: startedAt,
      claimedBy: 'id-1',
      smsId: 'sms-1',
    });
    expect(logged()).toEqual([
      {
        level: 'info',
        event: 'sms.send',
        fields: { connection: 'wearer-1', message: 'message-1', kind: 'low', outcome: 'accepted' },
      },
    ]);
  });

  test('is claimed, with the body fixed, before anything is sent', async () => {
    const made = await message();
    const seen: (Message | undefined)[] = [];
    const { send: deliver } = world.sms;
    world.sms.send = (text) => {
      seen.push(stored());
      return deliver(text);
    };
    await send();
    expect(seen).toEqual([
      {
        ...made,
        facts: claimedFacts,
        state: 'claimed',
        body,
        firstSentAt: startedAt,
        claimedBy: 'id-1',
        claimedUntil: startedAt + 60 * second,
        claimedFor: await macOfAddress(world.ports, { way: 'sms', to: wearer.phone! }),
      },
    ]);
  });

  test('is sent by one of two senders that take it at once', async () => {
    await message();
    const states = await Promise.all([send(), send()]);
    expect(states.sort()).toEqual(['claimed', 'sent']);
    expect(world.sms.sent).toHaveLength(1);
    expect(stored()?.state).toBe('sent');
  });

  test('waits while the wearer has no number', async () => {
    const made = await message();
    await expect(
      sendMessage(world.ports, { ...wearer, phone: undefined }, { id: 'message-1', kind: 'low' }),
    ).resolves.toBe('not now');
    expect(stored()).toEqual(made);
    expect(world.sms.sent).toEqual([]);
    expect(logged()).toEqual([]);
  });

  test('that does not exist is not sent', async () => {
    await expect(send()).resolves.toBe('not now');
    expect(world.sms.sent).toEqual([]);
  });

  test('is not sent when it cannot be claimed', async () => {
    const made = await message();
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.messages.replace = () => Promise.reject(unavailable);
    await expect(send()).rejects.toBe(unavailable);
    expect(stored()).toEqual(made);
    expect(world.sms.sent).toEqual([]);
  });
});

describe('what Communication Services answers', () => {
  test.each<[SmsAnswer, Message['state'], Partial<Message>]>([
    [{ kind: 'accepted', smsId: 'acs-7' }, 'sent', { smsId: 'acs-7', claimedUntil: undefined }],
    [{ kind: 'refused', status: 400 }, 'refused', { failure: 'HTTP 400', claimedUntil: undefined }],
    [
      { kind: 'unavailable', status: 429 },
      'pending',
      { firstSentAt: undefined, claimedUntil: undefined, turnedAwayAt: Date.parse('2026-11-21T06:00:00Z') },
    ],
    [{ kind: 'unavailable' }, 'pending', { firstSentAt: undefined, claimedUntil: undefined }],
    [{ kind: 'unknown' }, 'claimed', { claimedUntil: Date.parse('2026-11-21T06:00:00Z') }],
  ])('%j leaves the message %s', async (answer, state, more) => {
    const made = await message();
    world.sms.answers.push(answer);
    await expect(send()).resolves.toBe(state);
    expect(stored()).toEqual({
      ...made,
      facts: claimedFacts,
      body,
      firstSentAt: startedAt,
      claimedBy: 'id-1',
      claimedFor:
        state === 'claimed' ? await macOfAddress(world.ports, { way: 'sms', to: wearer.phone! }) : undefined,
      ...more,
      state,
    });
    expect(logged()).toEqual([
      {
        level: answer.kind === 'accepted' ? 'info' : 'warn',
        event: 'sms.send',
        fields: {
          connection: 'wearer-1',
          message: 'message-1',
          kind: 'low',
          outcome: answer.kind,
          ...('status' in answer && { status: answer.status }),
        },
      },
    ]);
  });

  test.each([401, 403, 404])(
    '%d is an alarm, which needs no text to be heard and ends with the first text that is taken',
    async (status) => {
      await message();
      const refused = { kind: 'unavailable', status } as const;
      // To the operator nothing gets through either.
      world = { ...world, ports: { ...world.ports, operatorPhone: new Secret('+14255550100') } };
      world.sms.answers.push(refused, refused, refused);
      await expect(send()).resolves.toBe('pending');
      await textOperator(world);
      await expect(send()).resolves.toBe('pending');
      expect(logged().filter(({ event }) => event === 'alarm.raised')).toEqual([
        { level: 'error', event: 'alarm.raised', fields: { alarm: 'texts refused', status } },
      ]);
      await expect(send()).resolves.toBe('sent');
      expect(world.log.events()).toContain('alarm.over');
      expect(world.tables.alarms.values()).toMatchObject([{ name: 'texts refused', endedAt: startedAt }]);
    },
  );

  test('429 is an alarm when a text has been turned away for an hour, however long it had waited before', async () => {
    await message({ createdAt: startedAt - 12 * 3_600 * second });
    const busy = { kind: 'unavailable', status: 429 } as const;
    world.sms.answers.push(busy, { kind: 'unavailable' }, busy, busy);
    await send();
    world.clock.advance(1_800 * second);
    await send();
    world.clock.advance(1_800 * second - 1);
    await send();
    expect(world.log.events()).not.toContain('alarm.raised');
    world.clock.advance(1);
    await expect(send()).resolves.toBe('pending');
    expect(logged().filter(({ event }) => event === 'alarm.raised')).toEqual([
      { level: 'error', event: 'alarm.raised', fields: { alarm: 'texts refused', status: 429 } },
    ]);
    await expect(send()).resolves.toBe('sent');
    expect(world.log.events()).toContain('alarm.over');
  });

  test('is settled although the alarm cannot be noted, and the next refusal notes it', async () => {
    await message();
    const { insert } = world.tables.alarms;
    world.tables.alarms.insert = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.'));
    world.sms.answers.push({ kind: 'unavailable', status: 403 }, { kind: 'unavailable', status: 403 });
    await expect(send()).resolves.toBe('pending');
    expect(world.log.events()).toEqual(['sms.send', 'alarm.not_noted']);
    world.tables.alarms.insert = insert;
    await expect(send()).resolves.toBe('pending');
    expect(world.log.events()).toContain('alarm.raised');
  });

  test('unavailable is followed by a fresh start at the next check', async () => {
    await message();
    world.sms.answers.push({ kind: 'unavailable', status: 403 });
    await send();
    world.clock.advance(3_600 * second);
    await expect(send()).resolves.toBe('sent');
    expect(sent()).toEqual([arrived(), arrived(startedAt + 3_600 * second)]);
  });

  test.each(['sent', 'delivered', 'failed', 'refused', 'unknown', 'dropped'] as const)(
    '%s is final',
    async (state) => {
      const made = await message({ state, body, firstSentAt: startedAt });
      world.clock.advance(30 * second);
      await expect(send()).resolves.toBe(state);
      expect(stored()).toEqual(made);
      expect(world.sms.sent).toEqual([]);
    },
  );
});

describe('a message whose outcome is unknown', () => {
  beforeEach(async () => {
    await message();
    world.sms.answers.push({ kind: 'unknown' });
    await send();
    world.log.entries.length = 0;
  });

  test('is repeated with the same id, time and body, so that it is recognised', async () => {
    world.clock.advance(239 * second);
    await expect(send()).resolves.toBe('sent');
    expect(sent()).toEqual([arrived(), arrived()]);
    expect(stored()).toMatchObject({ state: 'sent', firstSentAt: startedAt, smsId: 'sms-2' });
  });

  test('can be repeated at once: the claim does not outlast the answer', async () => {
    await expect(send()).resolves.toBe('sent');
    expect(world.sms.sent).toHaveLength(2);
  });

  test('is not repeated any more after 240 seconds, but shown to the operator', async () => {
    world.clock.advance(240 * second);
    await expect(send()).resolves.toBe('unknown');
    expect(world.sms.sent).toHaveLength(1);
    expect(stored()).toMatchObject({
      state: 'unknown',
      firstSentAt: startedAt,
      body,
      claimedUntil: undefined,
    });
    expect(logged()).toEqual([
      { level: 'warn', event: 'sms.unknown', fields: { connection: 'wearer-1', message: 'message-1' } },
    ]);
  });

  test('is still unknown, and no fresh start, when the repeat is not taken', async () => {
    world.sms.answers.push({ kind: 'unavailable', status: 429 });
    world.clock.advance(61 * second);
    await expect(send()).resolves.toBe('claimed');
    expect(stored()).toMatchObject({ state: 'claimed', firstSentAt: startedAt, body });
    world.clock.advance(61 * second);
    await expect(send()).resolves.toBe('sent');
    expect(world.sms.sent.map(({ firstSentAt }) => firstSentAt)).toEqual([startedAt, startedAt, startedAt]);
  });

  test('is not sent afresh when repeats were not taken for 240 seconds', async () => {
    world.sms.answers.push({ kind: 'unavailable' }, { kind: 'unavailable' });
    for (const seconds of [100, 100]) {
      world.clock.advance(seconds * second);
      await send();
    }
    world.clock.advance(40 * second);
    await expect(send()).resolves.toBe('unknown');
    expect(world.sms.sent).toHaveLength(3);
  });

  test('keeps its first body and time when it stays unknown', async () => {
    world.sms.answers.push({ kind: 'unknown' });
    world.clock.advance(61 * second);
    await expect(send()).resolves.toBe('claimed');
    expect(stored()).toMatchObject({ firstSentAt: startedAt, body, claimedUntil: startedAt + 61 * second });
  });
});

describe('a message whose sender died', () => {
  const claimed = (ageMs: number): Partial<Message> => ({
    state: 'claimed',
    body: 'the words of that time',
    firstSentAt: startedAt - ageMs,
    claimedUntil: startedAt - ageMs + 60 * second,
  });

  test('is left alone while the claim lasts', async () => {
    const made = await message(claimed(59 * second));
    await expect(send()).resolves.toBe('claimed');
    expect(stored()).toEqual(made);
    expect(world.sms.sent).toEqual([]);
  });

  test('is repeated when the claim has run out, with the body and time of the first', async () => {
    await message(claimed(60 * second));
    await expect(send()).resolves.toBe('sent');
    expect(sent()).toEqual([arrived(startedAt - 60 * second, 'the words of that time')]);
  });

  test('is repeated by one of two senders that find it', async () => {
    await message(claimed(60 * second));
    await Promise.all([send(), send()]);
    expect(world.sms.sent).toHaveLength(1);
  });

  test('is not repeated after 240 seconds', async () => {
    await message(claimed(240 * second));
    await expect(send()).resolves.toBe('unknown');
    expect(world.sms.sent).toEqual([]);
  });

  test('and left no time of a first attempt is not sent: nobody knows how long ago that was', async () => {
    await message({ ...claimed(60 * second), firstSentAt: undefined });
    await expect(send()).resolves.toBe('unknown');
    expect(world.sms.sent).toEqual([]);
  });

  test('and left no end of the claim is taken over', async () => {
    await message({ ...claimed(10 * second), claimedUntil: undefined });
    await expect(send()).resolves.toBe('sent');
    expect(world.sms.sent).toHaveLength(1);
  });
});

test('a text whose link or code the vault does not give is not sent, and begins afresh when it does', async () => {
  await message();
  const { mac } = world.ports.keyedHash;
  const unavailable = new AppError('VAULT_UNAVAILABLE', 'No answer.');
  let isAway = true;
  const keyedHash = {
    mac: (...asked: Parameters<typeof mac>) =>
      isAway && asked[0] === 'link' ? Promise.reject(unavailable) : mac(...asked),
  };
  const ports = { ...world.ports, keyedHash };
  for (let minutes = 0; minutes < 5; minutes += 1) {
    await expect(sendMessage(ports, wearer, { id: 'message-1', kind: 'low' })).rejects.toBe(unavailable);
    world.clock.advance(60 * second);
  }
  expect(stored()).toMatchObject({ state: 'pending' });
  expect(world.sms.sent).toEqual([]);
  isAway = false;
  await expect(sendMessage(ports, wearer, { id: 'message-1', kind: 'low' })).resolves.toBe('sent');
  expect(stored()).toMatchObject({ firstSentAt: startedAt + 300 * second });
});

describe('a claim', () => {
  test('whose writing succeeded and whose answer was lost is recognised, and the text sent once', async () => {
    await message();
    const { replace } = world.tables.messages;
    world.tables.messages.replace = async (row, value) => {
      world.tables.messages.replace = replace;
      await replace(row, value);
      throw new AppError('CONFLICT', 'The repeat inside the client met its own first write.');
    };
    await expect(send()).resolves.toBe('sent');
    expect(world.sms.sent).toHaveLength(1);
  });

  const claimTaking = (ms: number): void => {
    const { replace } = world.tables.messages;
    world.tables.messages.replace = (row, value) => {
      world.tables.messages.replace = replace;
      world.clock.advance(ms);
      return replace(row, value);
    };
  };

  test('that took so long to write that a send could outlast it is not used any more', async () => {
    await message();
    claimTaking(50 * second);
    await expect(send()).resolves.toBe('too late');
    expect(world.sms.sent).toEqual([]);
    expect(stored()).toMatchObject({ state: 'pending', claimedUntil: undefined });
  });

  test('that leaves time for a whole send is used', async () => {
    await message();
    claimTaking(50 * second - 1);
    await expect(send()).resolves.toBe('sent');
  });
});

describe('a slow sender', () => {
  test('whose claim was taken over changes nothing afterwards', async () => {
    await message();
    const { send: deliver } = world.sms;
    world.sms.send = async () => {
      world.sms.send = deliver;
      world.clock.advance(61 * second);
      await send();
      return { kind: 'refused', status: 400 };
    };
    await expect(send()).resolves.toBe('sent');
    expect(stored()).toMatchObject({ state: 'sent', smsId: 'sms-1' });
    expect(stored()?.failure).toBeUndefined();
  });

  test('whose claim was taken over leaves the new claim alone', async () => {
    await message();
    world.sms.send = async () => {
      const key = messageKey('wearer-1', 'message-1');
      const row = (await world.tables.messages.get(key))!;
      await world.tables.messages.replace(row, {
        ...row.value,
        claimedBy: 'somebody else',
        claimedUntil: startedAt + 121 * second,
      });
      return { kind: 'refused', status: 400 };
    };
    await expect(send()).resolves.toBe('claimed');
    expect(stored()).toMatchObject({ state: 'claimed', claimedBy: 'somebody else' });
    expect(stored()?.failure).toBeUndefined();
  });

  test('whose message is gone when it comes back says so', async () => {
    await message();
    const key = messageKey('wearer-1', 'message-1');
    world.sms.send = async () => {
      await world.tables.messages.remove((await world.tables.messages.get(key))!);
      return { kind: 'accepted', smsId: 'acs-1' };
    };
    await expect(send()).resolves.toBe('not now');
    expect(world.tables.messages.values()).toEqual([]);
  });
});

describe('what is secret in a text', () => {
  test('is a link that works, and of which the record has only the place', async () => {
    await connectWearer(world);
    await message();
    await send();
    const [, secret = ''] = /\/m\/([\w-]{22}) /.exec(world.sms.sent[0]?.body ?? '') ?? [];
    expect((await findByLink(world.ports, secret))?.id).toBe('wearer-1');
    expect(stored()?.body).toBe(body);
  });

  test('is a code, of which the record has only the place and the number', async () => {
    await message({ kind: 'code', device: undefined, facts: { codeNumber: 3 } });
    await send();
    const code = (await deriveCode(world.ports, 'wearer-1', 3)).reveal();
    expect(world.sms.sent[0]?.body).toContain(`your code is ${code}. `);
    expect(stored()?.body).toContain('your code is {code}. ');
    expect(JSON.stringify([stored(), logged()])).not.toContain(code);
    expect(world.tables.links.values()).toEqual([]);
  });

  test('is the same at a repeat, also when the link is replaced in between', async () => {
    await connectWearer(world);
    await message();
    world.sms.answers.push({ kind: 'unknown' });
    await send();
    await replaceLink(world.ports, recordOf(world));
    await sendMessage(world.ports, recordOf(world), { id: 'message-1', kind: 'low' });
    expect(sent()).toEqual([arrived(), arrived()]);
    // The old link is in the text and leads nowhere.
    expect(await findByLink(world.ports, link)).toBeUndefined();
  });

  test('is the newest link when the text is sent afresh', async () => {
    await connectWearer(world);
    await message();
    world.sms.answers.push({ kind: 'unavailable' });
    await send();
    const next = await replaceLink(world.ports, recordOf(world));
    await sendMessage(world.ports, recordOf(world), { id: 'message-1', kind: 'low' });
    expect(world.sms.sent.map(({ body: text }) => text)).toEqual([
      body.replace('{link}', link),
      body.replace('{link}', next),
    ]);
    expect(stored()?.facts).toEqual({ ...facts, linkVersion: 2 });
  });

  test('cannot be smuggled in by the name of a device', async () => {
    await message({ facts: { model: '{link} {code}', percent: 17 } });
    await send();
    expect(world.sms.sent[0]?.body).toContain(': Your link code is at 17%. ');
  });

  test('that cannot be derived leaves the text unsent, to be repeated when its claim has run out', async () => {
    await message();
    const unavailable = new AppError('VAULT_UNAVAILABLE', 'No answer.');
    const locked = { ...world.ports, keyedHash: { mac: () => Promise.reject(unavailable) } };
    await expect(sendMessage(locked, wearer, { id: 'message-1', kind: 'low' })).rejects.toBe(unavailable);
    expect(world.sms.sent).toEqual([]);
    world.clock.advance(60 * second);
    await expect(send()).resolves.toBe('sent');
  });
});

describe('a worker that was frozen', () => {
  /** For a minute, after the claim. */
  const frozen = () => {
    const { mac } = world.ports.keyedHash;
    const keyedHash: typeof world.ports.keyedHash = {
      mac: (...asked) => {
        if (asked[0] === 'link') world.clock.advance(60 * second);
        return mac(...asked);
      },
    };
    return sendMessage({ ...world.ports, keyedHash }, wearer, { id: 'message-1', kind: 'low' });
  };

  test('does not send, and leaves the text as it was', async () => {
    const made = await message();
    await expect(frozen()).resolves.toBe('too late');
    expect(world.sms.sent).toEqual([]);
    expect(stored()).toMatchObject({
      ...made,
      state: 'pending',
      firstSentAt: undefined,
      claimedUntil: undefined,
    });
    await expect(send()).resolves.toBe('sent');
    expect(sent()).toEqual([arrived(startedAt + 60 * second)]);
  });

  test('leaves a text that may have been received to be repeated at once', async () => {
    await message({
      state: 'claimed',
      body,
      firstSentAt: startedAt,
      claimedUntil: startedAt,
      facts: claimedFacts,
    });
    await expect(frozen()).resolves.toBe('claimed');
    expect(world.sms.sent).toEqual([]);
    await expect(send()).resolves.toBe('sent');
    expect(sent()).toEqual([arrived()]);
  });

  test('leaves the text to whoever has claimed it meanwhile', async () => {
    await message();
    const { mac } = world.ports.keyedHash;
    let another: Promise<unknown> | undefined;
    const keyedHash: typeof world.ports.keyedHash = {
      mac: async (...asked) => {
        if (asked[0] === 'link' && !another) {
          world.clock.advance(60 * second);
          another = send();
          await another;
        }
        return mac(...asked);
      },
    };
    const late = sendMessage({ ...world.ports, keyedHash }, wearer, { id: 'message-1', kind: 'low' });
    await expect(late).resolves.toBe('sent');
    expect(sent()).toHaveLength(1);
    expect(stored()?.state).toBe('sent');
  });
});

describe('a number that has said STOP', () => {
  beforeEach(() => setStopped(world.ports, { way: 'sms', to: wearer.phone! }, { at: 1, stopped: true }));

  test('gets nothing about a battery, which waits for a START', async () => {
    const made = await message();
    await expect(send()).resolves.toBe('pending');
    expect(stored()).toEqual(made);
    expect(world.sms.sent).toEqual([]);
    await setStopped(world.ports, { way: 'sms', to: wearer.phone! }, { at: 2, stopped: false });
    await expect(send()).resolves.toBe('sent');
  });

  test.each(['reconnect', 'check failing', 'move'] as const)(
    'gets nothing of what lasts for months either, which waits for a START: %s',
    async (kind) => {
      const made = await message({ kind });
      await expect(send()).resolves.toBe('pending');
      expect(stored()).toEqual(made);
      await setStopped(world.ports, { way: 'sms', to: wearer.phone! }, { at: 2, stopped: false });
      await expect(send()).resolves.toBe('sent');
    },
  );

  test('gets nothing else: what waits is dropped, and says why', async () => {
    const made = await message({ kind: 'link' });
    await expect(send()).resolves.toBe('dropped');
    expect(stored()).toEqual({ ...made, state: 'dropped', failure: 'STOP' });
    expect(world.sms.sent).toEqual([]);
    await setStopped(world.ports, { way: 'sms', to: wearer.phone! }, { at: 2, stopped: false });
    await expect(send()).resolves.toBe('dropped');
    expect(world.sms.sent).toEqual([]);
  });

  test.each<[Message['kind'], string, number]>([
    ['low', 'pending', 0],
    ['link', 'dropped', 0],
    ['code', 'sent', 1],
  ])(
    'gets no alert from a name either, but the code with which it begins texts again: %s',
    async (kind, state, count) => {
      world.sms.canBeAnswered = false;
      await message({ kind });
      await expect(sendMessage(world.ports, wearer, { id: 'message-1', kind })).resolves.toBe(state);
      expect(world.sms.sent).toHaveLength(count);
    },
  );

  test('gets nothing from a worker that looked before the STOP and was frozen since', async () => {
    await setStopped(world.ports, { way: 'sms', to: wearer.phone! }, { at: 2, stopped: false });
    await message();
    const { optOuts } = world.tables;
    const frozenAfterLook: typeof optOuts = {
      ...optOuts,
      get: async (key) => {
        const row = await optOuts.get(key);
        await setStopped(world.ports, { way: 'sms', to: wearer.phone! }, { at: 3, stopped: true });
        world.clock.advance(60 * second);
        return row;
      },
    };
    const ports = { ...world.ports, tables: { ...world.tables, optOuts: frozenAfterLook } };
    await expect(sendMessage(ports, wearer, { id: 'message-1', kind: 'low' })).resolves.toBe('too late');
    expect(world.sms.sent).toEqual([]);
    expect(stored()?.state).toBe('pending');
  });

  test.each<[string, Partial<Message>]>([
    ['has run out', { claimedUntil: Date.parse('2026-11-21T06:00:00Z') }],
    ['has no end', { claimedUntil: undefined }],
  ])('gets no repeat of a text whose claim %s: what became of it stays unknown', async (_, more) => {
    const made = await message({ state: 'claimed', body, firstSentAt: startedAt - 60 * second, ...more });
    await expect(send()).resolves.toBe('unknown');
    expect(stored()).toEqual({ ...made, state: 'unknown', claimedUntil: undefined });
    expect(world.sms.sent).toEqual([]);
  });

  test('leaves a text to whoever is sending it just now', async () => {
    const made = await message({
      state: 'claimed',
      body,
      firstSentAt: startedAt,
      claimedUntil: startedAt + 1,
    });
    await expect(send()).resolves.toBe('claimed');
    expect(stored()).toEqual(made);
  });

  test('and has no such message is told nothing', async () => {
    await expect(send()).resolves.toBe('not now');
  });
});
