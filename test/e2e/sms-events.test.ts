/** From the phone back into the service: delivery reports, STOP, START and HELP, through the storage queue. */
import { createBrowser } from '../../local/browser';
import { asAda, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { endAlarm, raiseAlarm } from '../../src/domain/messages/alarms';
import type { Connection, Message } from '../../src/model';
import { logs, service, useLocalService, world } from '../support/local-service';

const operatorPhone = '+14255550177';
useLocalService({ settings: { OPERATOR_CONTACT: 'ops@example.com', OPERATOR_PHONE: operatorPhone } });

beforeAll(async () => {
  const page = await signUpAs(asAda(service, world, 'google-health'));
  expect(page.status).toBe(200);
});

/** Whatever has been said to the service until now is done. */
async function settle(): Promise<void> {
  await world.phone.settle();
  await service.drainQueues();
}

async function check(percent: number): Promise<void> {
  const tracker = world.wearers
    .get(ada.id)!
    .devices()
    .find(({ kind }) => kind === 'TRACKER')!;
  world.wearers.setBattery(tracker.id, { percent, drainPerHour: 0 });
  await service.invokeTimer('checkBatteries');
  await service.drainQueues();
  await settle();
}

async function reply(text: string): Promise<void> {
  const browser = createBrowser();
  const form = await browser.open(`${world.phone.url}/reply?to=${encodeURIComponent(ada.phone)}`);
  const back = await browser.submit(form, { text });
  expect(back.status).toBe(200);
  await settle();
}

const alerts = () => world.phone.texts().filter(({ body }) => body.includes('Charge 6'));

async function connection(): Promise<Connection> {
  for await (const { value } of service.services.tables.connections.list()) return value;
  throw new Error('Nobody is connected.');
}

async function messages(kind: Message['kind']): Promise<Message[]> {
  const found = [];
  for await (const { value } of service.services.tables.messages.list((await connection()).id)) {
    if (value.kind === kind) found.push(value);
  }
  return found.sort((a, b) => a.createdAt - b.createdAt);
}

function personalPageUrl(): string {
  const bodies = world.phone.texts().map(({ body }) => body);
  return /https?:\/\/\S+\/m\/[\w-]{22}/.exec(bodies.join('\n'))![0];
}

async function personalPage(): Promise<string> {
  return (await createBrowser().open(personalPageUrl())).text;
}

test('a text that has arrived is known to have arrived', async () => {
  await check(17);
  expect(alerts()).toHaveLength(1);
  const { id } = await connection();
  const [alert] = await messages('low');
  expect(alert).toMatchObject({ state: 'delivered', smsId: alerts()[0]!.messageId });
  expect(alert!.reportedAt).toBe(alerts()[0]!.receivedAt);
  expect(alerts()[0]!.tag).toBe(`${id}.${alert!.id}`);
  expect(await messages('welcome')).toMatchObject([{ state: 'delivered' }]);
});

test('HELP is answered once a minute', async () => {
  await reply('Help');
  await reply('HELP!');
  const answers = world.phone.texts().filter(({ body }) => body.includes('ops@example.com'));
  const minutes = new Set(world.phone.replies().map(({ sentAt }) => Math.floor(sentAt / 60_000)));
  expect(answers).toHaveLength(minutes.size);
  expect((await messages('help')).map(({ state }) => state)).toEqual([...minutes].map(() => 'delivered'));
});

test('after STOP no alert is sent, and the personal page says why', async () => {
  expect(await personalPage()).not.toContain('has answered STOP');
  await reply('STOP');
  await check(100);
  await check(12);
  expect(alerts()).toHaveLength(1);
  expect(await personalPage()).toContain('has answered STOP');
});

test('after START the next alert arrives', async () => {
  await reply('start');
  expect(await personalPage()).not.toContain('has answered STOP');
  await check(100);
  await check(11);
  expect(alerts().length).toBeGreaterThanOrEqual(2);
  expect(alerts().at(-1)!.body).toContain('11%');
  expect((await messages('low')).at(-1)).toMatchObject({ state: 'delivered' });
});

test('a number that only the carrier knows to be blocked is stopped by the report of the next alert', async () => {
  const before = alerts().length;
  world.phone.block(ada.phone);
  await check(100);
  await check(13);
  expect(alerts()).toHaveLength(before);
  expect((await messages('low')).at(-1)).toMatchObject({
    state: 'failed',
    failure: 'OPTED_OUT',
    carrierSaid: 'Sender blocked for given recipient.',
  });
  expect(await personalPage()).toContain('has answered STOP');
});

test('after three reports that the number does not exist texts stop, until it is confirmed again', async () => {
  world.phone.unblock(ada.phone);
  await reply('START');
  world.phone.failWith(ada.phone, 'no such number');
  const sentBefore = (await messages('low')).length;
  for (let n = 0; n < 4; n += 1) {
    await check(100);
    await check(13);
  }
  expect((await messages('low')).slice(sentBefore)).toMatchObject(
    Array.from({ length: 3 }, () => ({ state: 'failed', failure: 'NO_SUCH_NUMBER' })),
  );
  expect(await personalPage()).toContain('phone companies say that it does not exist');

  world.phone.failWith(ada.phone, undefined);
  const browser = createBrowser();
  const page = await browser.open(personalPageUrl());
  const form = await browser.submit(page, { action: 'number', phone: ada.phone, agree: 'yes' });
  await settle();
  const [, code = ''] = /code is (\d{6})/.exec(world.phone.texts().at(-1)!.body) ?? [];
  await browser.submit(form, { action: 'confirm', code });
  expect(await personalPage()).not.toContain('phone companies say that it does not exist');
  const before = alerts().length;
  await check(14);
  expect(alerts()).toHaveLength(before + 1);
});

test("the operator's number that does not exist is an alarm in ops/status and with the doctor", async () => {
  const ask = async (path: string) => (await fetch(`${service.url}/api/ops/${path}`)).json();
  world.phone.failWith(operatorPhone, 'no such number');
  await raiseAlarm(service.services, 'provider switched off');
  await service.drainQueues();
  await settle();
  expect(await ask('status')).toMatchObject({
    alarms: expect.arrayContaining([expect.objectContaining({ name: 'texts not delivered' })]) as unknown[],
  });
  expect(await ask('doctor')).toMatchObject({
    status: 'unwell',
    findings: expect.arrayContaining([
      expect.objectContaining({
        code: 'ALARMS',
        what: expect.stringContaining('texts not delivered') as string,
      }),
    ]) as unknown[],
  });
  world.phone.failWith(operatorPhone, undefined);
  await endAlarm(service.services, 'provider switched off');
  await service.drainQueues();
  await settle();
  expect(await ask('status')).toMatchObject({ alarms: [] });
});

test('nothing failed, and no number is in the log', () => {
  const lines = logs.map(({ message }) => message);
  expect(lines.filter((line) => /unreadable|function\.failed|poison/.test(line))).toEqual([]);
  expect(lines.some((line) => line.includes('sms.delivered'))).toBe(true);
  expect(JSON.stringify(lines)).not.toMatch(/4255550123|4255550177/);
});
