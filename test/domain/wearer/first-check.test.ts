/** A consent asks for a check at once, beside those of the runs. */
import { AppError } from '../../../src/errors';
import { dispatchBatteryCheck } from '../../../src/domain/operation/dispatch';
import { runCheckJob as run } from '../../../src/domain/operation/run-jobs';
import { confirmAddress } from '../../../src/domain/wearer/confirm-address';
import { beginSignUp } from '../../../src/domain/wearer/begin-sign-up';
import type { Callback } from '../../../src/domain/wearer/accept-callback';
import { completeSignUp, type SignUpResult } from '../../../src/domain/wearer/complete-sign-up';
import type { CheckJob } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { answer } from '../../support/scripted-http';
import { createTestWorld, tokens, type TestWorld } from '../../support/world';
import { settled } from '../../support/settled';

const runCheckJob = async (...given: Parameters<typeof run>) => settled(await run(...given));

const minute = 60_000;
const phone = new Secret('+14255550123');

let world: TestWorld;
let startedAt: number;
beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

async function comeBack(more: Partial<Callback>): Promise<SignUpResult> {
  const textConsent = { at: world.clock.now(), wording: '2026-11' };
  const provider = world.ports.providers.get('fitbit')!;
  const { state, codeVerifier } = await beginSignUp(world.ports, {
    provider,
    contact: { phone, textConsent },
  });
  return completeSignUp(world.ports, { state, codeVerifier, ...more });
}
/** The same account each time. */
function signUp(times = 1): Promise<SignUpResult> {
  world.http.script(answer(200, tokens(times)));
  return comeBack({ code: new Secret('code-of-the-consent') });
}

const low = (percent = 18) => {
  const lastSyncTime = new Date(world.clock.now()).toISOString();
  const device = { id: '1', type: 'TRACKER', deviceVersion: 'Charge 6', batteryLevel: percent };
  return answer(200, [{ ...device, lastSyncTime }]);
};
const takeJobs = () => world.queues.jobs.splice(0).map(({ job }) => job as CheckJob);
const kinds = () => world.tables.messages.values().map(({ kind }) => kind);
const idOf = () => world.tables.connections.values()[0]!.id;
const dropped = () =>
  world.log.entries.flatMap(({ event, fields }) =>
    event === 'battery.check_dropped' ? [fields.reason] : [],
  );
const confirm = async (result: SignUpResult) => {
  const { confirmation } = result as SignUpResult & { outcome: 'connected' };
  const [, code = ''] = /code is (\d{6})/.exec(world.sms.sent.at(-1)?.body ?? '') ?? [];
  await expect(confirmAddress(world.ports, confirmation!.ticket, new Secret(code))).resolves.toBe(
    'confirmed',
  );
};

test('the first check is enqueued at the end of a consent, and of each later one', async () => {
  await signUp();
  const consented = { kind: 'check-battery', connection: idOf(), run: 'consent' };
  expect(world.queues.jobs.splice(0)).toEqual([
    { job: { ...consented, consentedAt: startedAt }, delayMs: 0 },
  ]);
  world.clock.advance(minute);
  await signUp(2);
  expect(takeJobs()).toEqual([{ ...consented, consentedAt: startedAt + minute }]);
});

test('the first check is not enqueued when the wearer says no', async () => {
  await expect(comeBack({ error: 'access_denied' })).resolves.toMatchObject({ outcome: 'refused' });
  expect(world.queues.jobs).toEqual([]);
});

test('the first check finds the devices, and texts nobody before the number is confirmed; what is low stays due', async () => {
  const result = await signUp();
  const [job] = takeJobs();
  world.http.script(low());
  await expect(runCheckJob(world.ports, job!)).resolves.toMatchObject({
    devices: 1,
    alerts: 0,
    sent: 0,
  });
  expect(world.tables.devices.values()).toMatchObject([{ reading: { percent: 18 }, armed: true }]);
  expect(kinds()).toEqual(['code']);
  await confirm(result);
  world.clock.advance(60 * minute);
  world.http.script(low());
  await runCheckJob(world.ports, { kind: 'check-battery', connection: idOf(), run: 'run-1' });
  expect(kinds().sort()).toEqual(['code', 'low', 'welcome']);
});

test('the first check drops itself when the timer was faster, and when it is delivered twice', async () => {
  await signUp();
  const [job] = takeJobs();
  await dispatchBatteryCheck(world.ports);
  const [ofTheRun] = takeJobs();
  world.http.script(low());
  await runCheckJob(world.ports, ofTheRun!);
  const asked = world.http.requests.length;
  await expect(runCheckJob(world.ports, job!)).resolves.toMatchObject({ devices: 0 });
  expect(world.http.requests).toHaveLength(asked);
  expect(dropped()).toEqual(['checked since the consent']);
});

test('the first check is not dropped for what was seen before a later consent', async () => {
  await signUp();
  world.http.script(low());
  await runCheckJob(world.ports, takeJobs()[0]!);
  world.clock.advance(minute);
  await signUp(2);
  world.http.script(low(17));
  await expect(runCheckJob(world.ports, takeJobs()[0]!)).resolves.toMatchObject({ devices: 1 });
  expect(dropped()).toEqual([]);
});

test('the first check and that of the timer at the same moment tell one thing once', async () => {
  await confirm(await signUp());
  const [job] = takeJobs();
  await dispatchBatteryCheck(world.ports);
  const [ofTheRun] = takeJobs();
  world.http.script(low(), low());
  await Promise.all([runCheckJob(world.ports, job!), runCheckJob(world.ports, ofTheRun!)]);
  expect(kinds().filter((kind) => kind === 'low')).toEqual(['low']);
  expect(world.sms.sent.filter(({ body }) => body.includes('18%'))).toHaveLength(1);
});

test('the first check that cannot be enqueued spoils no consent: the next run brings one', async () => {
  world.ports.queues.enqueue = () => Promise.reject(new AppError('QUEUE_UNAVAILABLE', 'down'));
  await expect(signUp()).resolves.toMatchObject({ outcome: 'connected' });
  expect(world.log.entries).toContainEqual({
    level: 'warn',
    event: 'battery.check_waits',
    fields: { connection: idOf() },
  });
});
