/** The end of e-mails from outside: as a person does it at the page, and as mail providers do it for whoever presses their button. */
import { parse } from 'node-html-parser';
import { createBrowser } from '../../local/browser';
import { connectWearer } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { sendRaw } from '../../local/raw-request';
import { setAddress } from '../../src/domain/contact/addresses';
import { deriveUnsubscribe } from '../../src/domain/contact/keyed-values';
import { change } from '../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../src/domain/store/row-keys';
import type { Connection } from '../../src/model';
import { Secret } from '../../src/secret';
import { logs, service, useLocalService, world } from '../support/local-service';

useLocalService();

const email = new Secret('ada@example.org');
let address: string;

beforeAll(async () => {
  await connectWearer({ serviceUrl: service.url, provider: 'google-health', number: '', wearer: ada.id });
  const { services } = service;
  const { id } = await connection();
  await setAddress(services, id, { email, textConsent: { at: services.clock.now(), wording: '2026-11' } });
  address = `${service.url}/u/${await deriveUnsubscribe(services, { way: 'email', to: email })}`;
});

async function connection(): Promise<Connection> {
  for await (const { value } of service.services.tables.connections.list()) return value;
  throw new Error('Nobody is connected.');
}

/** A battery runs low. @returns how many e-mails have arrived in all */
async function runLow(): Promise<number> {
  const tracker = world.wearers
    .get(ada.id)!
    .devices()
    .find(({ kind }) => kind === 'TRACKER')!;
  for (const percent of [100, 12]) {
    world.wearers.setBattery(tracker.id, { percent, drainPerHour: 0 });
    await service.invokeTimer('checkBatteries');
    await service.drainQueues();
  }
  await world.phone.settle();
  await service.drainQueues();
  return world.phone.mailbox.mails().length;
}

const oneClick = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
const post = (to: string, body?: URLSearchParams | FormData, headers: Record<string, string> = {}) =>
  fetch(to, { method: 'POST', redirect: 'manual', ...(body && { body }), headers });
const titleOf = async (response: Response) => parse(await response.text()).querySelector('h1')?.text;
const stateNow = async () => titleOf(await fetch(address));

test('an alert arrives as an e-mail, whose last link is that of the page', async () => {
  expect(await runLow()).toBe(1);
  const [mail] = world.phone.mailbox.mails();
  expect(mail?.subject).toBe('Fitbit Token Service: Charge 6 is at 12%');
  expect(mail?.body.endsWith(`To get no more e-mails: ${address}\n`)).toBe(true);
  expect(mail?.headers).toEqual({
    'List-Unsubscribe': `<${address}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  });
});

test('opening the link changes nothing, because mail programs open links before people do', async () => {
  for (const method of ['GET', 'HEAD', 'GET']) {
    expect((await fetch(address, { method })).status).toBe(200);
  }
  expect(await stateNow()).toBe('End the e-mails');
});

test('the button of the mailbox ends the e-mails with one request, and can be pressed again', async () => {
  const mailbox = createBrowser();
  const [mail] = world.phone.mailbox.mails();
  for (const _ of [1, 2]) {
    const page = await mailbox.open(`${world.phone.url}/mailbox`);
    expect((await mailbox.submit(page, { mail: mail!.id })).text).toContain('answered 200');
  }
  expect(await stateNow()).toBe('You get no more e-mails');
  expect(await runLow()).toBe(1);
});

test('the page begins them again, and the alert that is true by then arrives', async () => {
  const browser = createBrowser();
  const begun = await browser.submit(await browser.open(address), {});
  expect(begun.title).toContain('You get e-mails again');
  expect(await runLow()).toBe(2);
});

test.each<[string, () => Promise<Response>]>([
  ['a form', () => post(address, oneClick)],
  [
    'the parts of a form',
    () => {
      const parts = new FormData();
      parts.set('List-Unsubscribe', 'One-Click');
      return post(address, parts);
    },
  ],
  ['nothing', () => post(address)],
  [
    'another site, whose page somebody has opened',
    () => post(address, oneClick, { origin: 'https://mail.example', 'sec-fetch-site': 'cross-site' }),
  ],
])('%s posted ends the e-mails at once, and says so', async (_, send) => {
  await post(`${address}?again=yes`);
  expect(await stateNow()).toBe('End the e-mails');
  const response = await send();
  expect(response.status).toBe(200);
  expect(await titleOf(response)).toBe('You get no more e-mails');
  expect(await stateNow()).toBe('You get no more e-mails');
});

test('a form in chunks, of which the host hands nothing on, ends them too', async () => {
  await post(`${address}?again=yes`);
  const { status } = await sendRaw(service.url, {
    method: 'POST',
    path: new URL(address).pathname,
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: ['List-Unsubscribe', '=One-Click'],
  });
  expect([status, await stateNow()]).toEqual([200, 'You get no more e-mails']);
});

test('no other site can begin them again', async () => {
  await post(address, oneClick);
  const refused = await post(`${address}?again=yes`, undefined, { 'sec-fetch-site': 'cross-site' });
  expect([refused.status, await stateNow()]).toEqual([400, 'You get no more e-mails']);
});

test('a link that is none of ours is told so, whatever the method, and opens no personal page', async () => {
  const secret = address.split('/u/')[1]!;
  for (const made of [
    secret.slice(1),
    secret.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
    'x'.repeat(65),
    'x',
  ]) {
    for (const answered of [
      await fetch(`${service.url}/u/${made}`),
      await post(`${service.url}/u/${made}`),
    ]) {
      expect([answered.status, await titleOf(answered)]).toEqual([404, 'This link does not work']);
    }
  }
  expect((await fetch(`${service.url}/m/${secret}`)).status).toBe(404);
  expect((await fetch(`${service.url}/m/${secret.slice(0, 22)}`)).status).toBe(404);
});

test('the page is in the language of the wearer, and shows no address', async () => {
  const { id } = await connection();
  const { connections } = service.services.tables;
  await change(connections, connectionKey(id), (before): Connection => ({
    ...before,
    preferences: { ...before.preferences, language: 'de' },
  }));
  const page = await (await fetch(address, { headers: { 'accept-language': 'fr' } })).text();
  expect(page).toContain('Sie bekommen keine E-Mails mehr');
  expect(page).not.toContain('example.org');
});

test('an address that nobody has any more is unsubscribed all the same', async () => {
  await setAddress(service.services, (await connection()).id, undefined);
  expect((await post(address, oneClick)).status).toBe(200);
  expect(await stateNow()).toBe('You get no more e-mails');
});

test('the log says that it happened, and knows neither the address nor the link', () => {
  const lines = JSON.stringify(logs);
  expect(lines).toContain('email.reply');
  expect(lines).not.toMatch(/example\.org|\/u\//);
  expect(lines).not.toContain(address.split('/u/')[1]);
});
