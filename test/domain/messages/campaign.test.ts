import { readCampaigns, runCampaigns, startCampaign } from '../../../src/domain/messages/campaign';
import { runOperateJob } from '../../../src/domain/operation/operate';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

const weekMs = 7 * 24 * 3_600_000;
const textConsent = { at: 0, wording: '2026-11' };

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => expectDiscreet(world));

const startedAt = () => world.clock.now();
const progress = async () => (await readCampaigns(world.ports))[0]?.progress;
/** Ten seconds are all the time that an invocation has. */
const hasty = () => ({ ...world.ports.policy, times: { ...world.ports.policy.times, workMs: 10_000 } });
const sentTo = () => world.sms.sent.map(({ to }) => to.reveal()).sort();

test('every wearer at the provider is told once, whatever runs how often', async () => {
  await connectWearer(world, 'fitbit', { id: 'a', phone: new Secret('+14255550101') });
  await connectWearer(world, 'fitbit', { id: 'b', phone: new Secret('+14255550102') });
  await connectWearer(world, 'google-health', { id: 'c', phone: new Secret('+14255550103') });
  await startCampaign(world.ports, 'fitbit');
  await runCampaigns(world.ports);
  await startCampaign(world.ports, 'fitbit');
  await runCampaigns(world.ports);
  expect(sentTo()).toEqual(['+14255550101', '+14255550102']);
  for (const { body } of world.sms.sent) {
    expect(body).toMatch(/Fitbit/);
    expect(body).toMatch(/https:\/\/tokens\.example\.com\/m\/[\w-]{22}/);
  }
});

test('one reminder after a week, and none after that', async () => {
  await connectWearer(world, 'fitbit');
  await startCampaign(world.ports, 'fitbit');
  await runCampaigns(world.ports);
  world.clock.advance(weekMs - 1);
  await runCampaigns(world.ports);
  expect(world.sms.sent).toHaveLength(1);
  world.clock.advance(1);
  for (let week = 0; week < 4; week += 1) {
    await runCampaigns(world.ports);
    world.clock.advance(weekMs);
  }
  expect(world.sms.sent).toHaveLength(2);
});

test('whoever has reconnected at the successor hears nothing more and is counted no more', async () => {
  const { connection } = await connectWearer(world, 'fitbit');
  await startCampaign(world.ports, 'fitbit');
  await runCampaigns(world.ports);
  const row = (await world.tables.connections.get(connectionKey(connection.id)))!;
  await world.tables.connections.replace(row, { ...row.value, provider: 'google-health' });
  world.clock.advance(weekMs);
  await runCampaigns(world.ports);
  expect(world.sms.sent).toHaveLength(1);
  expect(await readCampaigns(world.ports)).toMatchObject([
    { progress: { told: 0, reminded: 0, waiting: 0, unreachable: 0 } },
  ]);
});

test('the progress says how many were told, reminded, wait, and cannot be reached', async () => {
  const at = startedAt();
  for (const id of ['a', 'b', 'c']) {
    await connectWearer(world, 'fitbit', { id, phone: new Secret(`+1425555010${id.charCodeAt(0) % 10}`) });
  }
  await connectWearer(world, 'fitbit', { id: 'no-number' });
  await setAddress(world.ports, 'no-number', undefined);
  await connectWearer(world, 'fitbit', { id: 'closed', closedAt: 1 });
  await setStopped(world.ports, { way: 'sms', to: new Secret('+14255550107') }, { at, stopped: true });
  await startCampaign(world.ports, 'fitbit');
  expect(await readCampaigns(world.ports)).toEqual([{ provider: 'fitbit', startedAt: at }]);
  await runCampaigns(world.ports);
  expect(await readCampaigns(world.ports)).toEqual([
    {
      provider: 'fitbit',
      startedAt: at,
      progress: { at, told: 2, reminded: 0, waiting: 0, unreachable: 2 },
    },
  ]);
  world.clock.advance(weekMs);
  await runCampaigns(world.ports);
  expect(await progress()).toMatchObject({ at: at + weekMs, told: 0, reminded: 2, unreachable: 2 });
  await setAddress(world.ports, 'no-number', { phone: new Secret('+14255550109'), textConsent });
  world.sms.answers.push({ kind: 'unavailable' });
  await runCampaigns(world.ports);
  expect(await progress()).toMatchObject({ waiting: 1, reminded: 2, unreachable: 1 });
});

test('a campaign that concerns many is told in several turns, each text once', async () => {
  for (let n = 0; n < 90; n += 1) {
    await connectWearer(world, 'fitbit', { id: `wearer-${n}`, phone: new Secret(`+142555501${10 + n}`) });
  }
  await startCampaign(world.ports, 'fitbit');
  const { send } = world.sms;
  world.sms.send = (text) => {
    // All of a turn are claimed before the first one leaves, and a claim is good for a minute.
    world.clock.advance(500);
    return send(text);
  };
  let turns = 0;
  const turn = { work: 'campaigns', kind: 'operate' } as const;
  await runOperateJob({ ...world.ports, policy: hasty() }, { ...turn, goesOn: false });
  for (; world.queues.jobs.some(({ job }) => job.kind === 'operate'); turns += 1) {
    world.queues.jobs.length = 0;
    await runOperateJob({ ...world.ports, policy: hasty() }, { ...turn, goesOn: true });
  }
  expect(turns).toBeGreaterThan(0);
  expect(sentTo()).toEqual(Array.from({ length: 90 }, (_, n) => `+142555501${10 + n}`).sort());
  expect(await progress()).toMatchObject({ told: 90, waiting: 0 });
});

test('nobody is woken for it: in quiet hours the text waits', async () => {
  await connectWearer(world, 'fitbit', {
    timeZone: 'Europe/London',
    preferences: { quietHours: { from: 0, to: 8 * 60 } },
  });
  await startCampaign(world.ports, 'fitbit');
  await runCampaigns(world.ports);
  expect(world.sms.sent).toEqual([]);
  expect(await progress()).toMatchObject({ waiting: 1, told: 0 });
  world.clock.advance(2 * 3_600_000);
  await runCampaigns(world.ports);
  expect(world.sms.sent).toHaveLength(1);
});
