/** Histories of delivery reports, and whether texts to the number stop: rows of a table. */
import { carrierFailures, type CarrierFailure } from '../../../local/phone/events';
import { connectionKey, messageId, messageKey, messageTag } from '../../../src/domain/store/row-keys';
import { startCampaign, runCampaigns } from '../../../src/domain/messages/campaign';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { isToBeTold, tellToReconnect } from '../../../src/domain/messages/reconnect';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { readStatus } from '../../../src/domain/operation/status';
import { readTextState, setAddress } from '../../../src/domain/contact/addresses';
import type { MessageKind } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';
import { recheckOf, recordMessage } from '../../../src/domain/messages/record-message';

const minute = 60_000;
const phone = new Secret('+14255550123');

let world: TestWorld;
beforeEach(async () => {
  world = createTestWorld();
  const textConsent = { at: world.clock.now(), wording: '2026-11' };
  const set = { expiresAt: world.clock.now() + 10 * 24 * 60 * minute };
  await connectWearer(world, 'google-health', { phone, timeZone: 'UTC', textConsent, set });
});
afterEach(() => expectDiscreet(world));

let count = 0;
const tag = (cause: string) => messageTag('wearer-1', messageId('wearer-1', 'test', cause));
const report = (cause: string, details: string | undefined) =>
  handleSmsEvent(world.ports, {
    kind: 'report',
    tag: tag(cause),
    to: phone,
    delivered: details === undefined,
    details: details ?? 'No error.',
    at: world.clock.now(),
  });
/** A text a minute later. @returns its cause */
async function text(kind: MessageKind = 'test'): Promise<string> {
  world.clock.advance(minute);
  const cause = String((count += 1));
  await recordMessage(world.ports, 'wearer-1', { kind, cause: [cause], facts: {} });
  await sendWaiting(world.ports, recordOf(world));
  return cause;
}
/** Texts, each with its report. */
async function texts(...failures: readonly (CarrierFailure | 'arrives')[]): Promise<void> {
  for (const failure of failures)
    await report(await text(), failure === 'arrives' ? undefined : carrierFailures[failure]);
}
const confirmAgain = (number = phone) =>
  setAddress(world.ports, 'wearer-1', {
    phone: number,
    textConsent: { at: world.clock.now(), wording: '2026-11' },
  });

const dead = 'no such number' as const;
test.each<[string, () => Promise<unknown>, boolean]>([
  ['one report', () => texts(dead), false],
  ['two reports', () => texts(dead, dead), false],
  ['three reports', () => texts(dead, dead, dead), true],
  ['three with one between that arrived', () => texts(dead, dead, 'arrives', dead), false],
  ['three after one that arrived', () => texts('arrives', dead, dead, dead), true],
  ['three with one between that says something else', () => texts(dead, dead, 'unreachable', dead), false],
  ['three that say something else', () => texts('unreachable', 'unreachable', 'unreachable'), false],
  ['three and a carrier without reports between', () => texts(dead, 'no report', dead, dead), true],
  [
    'the same report three times',
    async () => {
      const cause = await text();
      for (let n = 0; n < 3; n += 1) await report(cause, carrierFailures[dead]);
    },
    false,
  ],
  [
    'three that come late and in another order',
    async () => {
      const causes = [await text(), await text(), await text()];
      for (const cause of causes.reverse()) await report(cause, carrierFailures[dead]);
    },
    true,
  ],
  [
    'three, one of which was delivered after all',
    async () => {
      const causes = [await text(), await text(), await text()];
      for (const cause of causes) await report(cause, carrierFailures[dead]);
      await report(causes[1]!, undefined);
    },
    false,
  ],
  [
    'two, and one after the number was confirmed again',
    async () => {
      await texts(dead, dead);
      await confirmAgain();
      await texts(dead);
    },
    false,
  ],
  [
    'three, and the same number is confirmed again',
    async () => {
      await texts(dead, dead, dead);
      await confirmAgain();
    },
    false,
  ],
  [
    'three, and another number is confirmed',
    async () => {
      await texts(dead, dead, dead);
      await confirmAgain(new Secret('+14255550199'));
    },
    false,
  ],
  [
    'three that come after the number was confirmed again',
    async () => {
      const causes = [await text(), await text(), await text()];
      world.clock.advance(minute);
      await confirmAgain();
      for (const cause of causes) await report(cause, carrierFailures[dead]);
    },
    false,
  ],
  [
    'three more after it was confirmed again',
    async () => {
      await texts(dead, dead, dead);
      world.clock.advance(minute);
      await confirmAgain();
      await texts(dead, dead, dead);
    },
    true,
  ],
])('%s: the number counts as dead or not', async (_, play, expected) => {
  await play();
  expect(recordOf(world).numberDeadSince !== undefined).toBe(expected);
  expect(await readTextState(world.ports, recordOf(world))).toBe(expected ? 'dead' : 'on');
});

describe('while a number counts as dead', () => {
  beforeEach(async () => {
    await texts(dead, dead, dead);
    world.sms.sent.length = 0;
  });
  const states = () =>
    Object.fromEntries(world.tables.messages.values().map(({ kind, state }) => [kind, state]));
  const change = async (more: object) => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, ...more });
  };

  test('ops/status says so', async () => {
    const [connection] = (await readStatus(world.ports)).connections;
    expect(connection).toMatchObject({ numberDeadSince: new Date(world.clock.now()).toISOString() });
  });

  test('nothing is sent: what is due waits for a number, what was asked for is dropped', async () => {
    await text('silent');
    await text('link');
    expect(world.sms.sent).toEqual([]);
    expect(states()).toMatchObject({ silent: 'pending', link: 'dropped' });
  });

  test('an alert stays due, and goes out when the number has been confirmed again', async () => {
    const devices = () =>
      answer(200, {
        pairedDevices: [
          {
            name: 'users/me/pairedDevices/1',
            deviceType: 'TRACKER',
            deviceVersion: 'Charge 6',
            batteryLevel: 12,
            lastSyncTime: new Date(world.clock.now()).toISOString(),
          },
        ],
      });
    world.http.script(devices());
    await runCheckJob(world.ports, recheckOf('wearer-1'));
    expect(world.sms.sent).toEqual([]);
    await confirmAgain();
    world.clock.advance(60 * minute);
    world.http.script(devices());
    await runCheckJob(world.ports, recheckOf('wearer-1'));
    expect(world.sms.sent.map(({ body }) => body)).toEqual([expect.stringContaining('Charge 6 is at 12%')]);
  });

  test('a wearer who must reconnect is told once there is a number', async () => {
    await change({ refusal: { consent: 1, generation: 1, firstAt: 0, confirmedAt: 1 } });
    expect(await isToBeTold(world.ports, recordOf(world))).toBe(false);
    await tellToReconnect(world.ports, 'wearer-1');
    expect(states()).not.toHaveProperty('reconnect');
    await confirmAgain();
    expect(await isToBeTold(world.ports, recordOf(world))).toBe(true);
  });

  test('a campaign counts the wearer as one whom no text reaches', async () => {
    await startCampaign(world.ports, 'google-health');
    await runCampaigns(world.ports);
    expect(world.tables.campaigns.values()[0]?.progress).toMatchObject({ unreachable: 1, told: 0 });
  });
});

test('a report about a text that nobody knows any more says nothing about a number', async () => {
  const cause = await text();
  const row = (await world.tables.messages.get(
    messageKey('wearer-1', messageId('wearer-1', 'test', cause)),
  ))!;
  await world.tables.messages.remove(row);
  for (let n = 0; n < 3; n += 1) await report(cause, carrierFailures[dead]);
  expect(recordOf(world).numberDeadSince).toBeUndefined();
});
