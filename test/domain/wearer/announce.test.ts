import {
  announceConsent,
  removeAddress,
  renewLink,
  noteFormerAddress,
  tellFormerAddress,
} from '../../../src/domain/wearer/announce';
import { forgetConfirmations } from '../../../src/domain/wearer/forget-confirmations';
import { linkOf, replaceLink } from '../../../src/domain/contact/personal-link';
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { keepHouse } from '../../../src/domain/operation/housekeeping';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import { handleSmsEvent } from '../../../src/domain/messages/sms-events';
import { AppError } from '../../../src/errors';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const hour = 3_600_000;
const phone = new Secret('+14255550123');
const next = new Secret('+14255550199');
const textConsent = { at: 1, wording: '2026-11' };

let world: TestWorld;
const texts = () => world.sms.sent.map(({ to, body }) => [to.reveal(), body]);
const removed =
  'Fitbit Token Service: this number gets no more Fitbit alerts. Not your doing? Sign up again: https://tokens.example.com/signup';

/** Of the text that was sent as the nth. */
async function reportUnreachable(nth: number): Promise<void> {
  const { tag } = world.sms.sent[nth]!;
  const details = "ErrorCode: 4006. ErrorMessage: The Destination/To number isn't reachable";
  const at = world.clock.now();
  await handleSmsEvent(world.ports, { kind: 'report', tag, delivered: false, details, at });
}

beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world);
  await setAddress(world.ports, 'wearer-1', { phone, textConsent });
});
afterEach(() => expectDiscreet(world));

describe('a number that a connection has no more', () => {
  test('is told so once, when it is removed', async () => {
    await removeAddress(world.ports, 'wearer-1');
    expect(texts()).toEqual([[phone.reveal(), removed]]);
    expect(recordOf(world).phone).toBeUndefined();
    await removeAddress(world.ports, 'wearer-1');
    expect(texts()).toHaveLength(1);
  });

  test('is told later if nothing could be sent, and not at the new number', async () => {
    world.sms.answers.push({ kind: 'unavailable' });
    const before = recordOf(world);
    await noteFormerAddress(world.ports, before, 'notice-1');
    await setAddress(world.ports, 'wearer-1', { phone: next, textConsent });
    await tellFormerAddress(world.ports, before, 'notice-1');
    expect(texts()).toHaveLength(1);
    await forgetConfirmations(world.ports, 'wearer-1');
    world.clock.advance(hour);
    await keepHouse(world.ports);
    expect(texts().map(([to]) => to)).toEqual([phone.reveal(), phone.reveal()]);
    world.clock.advance(24 * hour);
    await keepHouse(world.ports);
    // Then it is known nowhere any more.
    expect(world.tables.confirmations.values()).toEqual([]);
    expect(world.tables.messages.values().filter(({ kind }) => kind === 'number removed')).toEqual([]);
  });

  test('is told once more by housekeeping if the text did not reach the phone', async () => {
    await removeAddress(world.ports, 'wearer-1');
    await reportUnreachable(0);
    world.clock.advance(hour);
    await keepHouse(world.ports);
    expect(texts()).toEqual([
      [phone.reveal(), removed],
      [phone.reveal(), removed],
    ]);
  });

  test('is forgotten with the connection', async () => {
    await removeAddress(world.ports, 'wearer-1');
    await forgetConfirmations(world.ports, 'wearer-1', { erase: true });
    expect(world.tables.confirmations.values()).toEqual([]);
  });

  test('is told nothing after STOP', async () => {
    await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
    await removeAddress(world.ports, 'wearer-1');
    expect(texts()).toEqual([]);
  });
});

describe('a new link', () => {
  test('is texted once more if the text did not reach the phone', async () => {
    await renewLink(world.ports, recordOf(world));
    await reportUnreachable(0);
    await sendWaiting(world.ports, recordOf(world));
    const [first, second] = texts();
    expect(second).toEqual(first);
    expect(texts()).toHaveLength(2);
  });

  test('is texted to the number, so that whoever has the phone can replace it again', async () => {
    const link = await renewLink(world.ports, recordOf(world));
    expect(texts()).toEqual([
      [
        phone.reveal(),
        `Fitbit Token Service: your new link: https://tokens.example.com/m/${link} The old one is off. Not you? Replace it. STOP to end`,
      ],
    ]);
    expect(await linkOf(world.ports, recordOf(world))).toBe(link);
  });

  test('is told once, however often the same form is sent', async () => {
    const page = recordOf(world);
    const send = () => renewLink(world.ports, page, 'wearer-1.page-1');
    const links = [...(await Promise.all([send(), send()])), await send()];
    expect(new Set(links).size).toBe(1);
    expect(texts()).toHaveLength(1);
  });

  test('whose worker died before it was told is told when the same form is sent again', async () => {
    const page = recordOf(world);
    await replaceLink(world.ports, page, 'wearer-1.page-1');
    expect(texts()).toEqual([]);
    await renewLink(world.ports, page, 'wearer-1.page-1');
    expect(texts()).toHaveLength(1);
  });

  test('is made although the queue takes nothing', async () => {
    world.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'No answer.'));
    await renewLink(world.ports, recordOf(world));
    expect(recordOf(world).linkVersion).toBe(2);
    expect(world.log.entries.at(-1)).toMatchObject({ event: 'text.not_sent', fields: { kind: 'new link' } });
  });

  test('made again and again is texted five times a day at the most', async () => {
    for (let n = 0; n < 12; n += 1) await renewLink(world.ports, recordOf(world));
    expect(texts()).toHaveLength(5);
    expect(recordOf(world).linkVersion).toBe(13);
  });
});

test('a consent of somebody who was connected is told once', async () => {
  await announceConsent(world.ports, 'wearer-1');
  await announceConsent(world.ports, 'wearer-1');
  const link = await linkOf(world.ports, recordOf(world));
  expect(texts()).toEqual([
    [
      phone.reveal(),
      `Fitbit Token Service: Fitbit was connected again. Not your doing? https://tokens.example.com/m/${link} STOP to end`,
    ],
  ]);
});

test('many who change something again and again leave nine tenths of the budget to others', async () => {
  Object.assign(world.ports.policy.limits, { budgetPerDay: 100 });
  for (let n = 0; n < 8; n += 1) {
    await connectWearer(world, 'fitbit', { id: `other-${n}`, phone: undefined });
    await setAddress(world.ports, `other-${n}`, { phone: new Secret(`+1425555020${n}`), textConsent });
    for (let again = 0; again < 4; again += 1) await renewLink(world.ports, recordOf(world, `other-${n}`));
  }
  expect(texts()).toHaveLength(10);
});
