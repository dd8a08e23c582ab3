/** A wearer who has chosen e-mail, from the form to the goodbye, with the mailbox of the local world. */
import { createBrowser, type Page } from '../../local/browser';
import { ada } from '../../local/people';
import { logs, service, useLocalService, world } from '../support/local-service';

useLocalService({ settings: { SERVICE_NAME: 'Battery Watch' } });

const address = 'ada@example.org';

const mails = () => world.phone.mailbox.mails();
const linkIn = (part: string) => {
  const links = mails().flatMap(({ body }) => new RegExp(`http\\S+${part}[\\w-]+`).exec(body)?.[0] ?? []);
  return links.at(-1)!;
};

async function signUp(fields: Readonly<Record<string, string>>): Promise<Page> {
  const browser = createBrowser();
  const form = await browser.open(`${service.url}/signup`);
  const consent = await browser.submit(form, { provider: 'fitbit', ...fields });
  if (new URL(consent.url).origin === service.url) return consent;
  return browser.submit(consent, { wearer: ada.id, decision: 'allow' });
}

test('is mailed a link, confirms it in another browser, is mailed alerts, and leaves', async () => {
  const page = await signUp({ way: 'email', email: ' Ada@Example.org', agreeToMails: 'yes' });
  expect([new URL(page.url).pathname, page.title]).toEqual(['/confirm', 'Look at your mail · Battery Watch']);
  expect(page.text).toContain('Ada@example.org');
  const link = linkIn('/confirm-email/');

  // A program that looks for harm in mails opens every link.
  for (const method of ['HEAD', 'GET']) expect((await fetch(link, { method })).status).toBe(200);
  const other = createBrowser();
  const asked = await other.open(link);
  expect(asked.text).toContain('A…@example.org');
  expect(asked.text).not.toContain('Ada@');
  const personal = await other.submit(asked, {});
  expect(new URL(personal.url).pathname).toMatch(/^\/m\//);
  expect(personal.text).toContain('You are connected');
  expect(mails().map(({ to, subject }) => [to, subject])).toEqual([
    ['Ada@example.org', 'Battery Watch: confirm your address'],
    ['Ada@example.org', 'Battery Watch: your alerts are on'],
  ]);
  expect(linkIn('/m/')).toBe(personal.url);

  await service.drainQueues();
  world.wearers.setBattery('2233445566', { percent: 15 });
  await service.invokeTimer('checkBatteries');
  await service.drainQueues();
  expect(mails().at(-1)?.subject).toContain('is at 15%');
  expect(mails().at(-1)?.headers['List-Unsubscribe']).toContain('/u/');
  expect(world.phone.texts()).toEqual([]);

  const gone = await other.submit(await other.open(personal.url), { action: 'disconnect', sure: 'yes' });
  expect(gone.text).toContain('We no longer watch your batteries.');
  expect(mails().at(-1)?.subject).toBe('Battery Watch: goodbye');
  const log = logs.map(({ message }) => message).join('\n');
  expect([address, link.split('/').at(-1)!].filter((secret) => log.toLowerCase().includes(secret))).toEqual(
    [],
  );
});

test('a form that says nothing of the way counts the field that is filled in', async () => {
  const page = await signUp({ phone: '', email: address, agreeToMails: 'yes' });
  expect(page.title).toBe('Look at your mail · Battery Watch');
});

test('a bad address is shown again with what is wrong, and begins nothing', async () => {
  const before = mails().length;
  const page = await signUp({ way: 'email', email: 'ada@home', agreeToMails: 'yes' });
  expect([page.status, mails().length]).toEqual([400, before]);
  expect(page.text).toContain('This does not look like an e-mail address.');
});

test('an address that Communication Services cannot be trusted to reach is refused before the consent', async () => {
  const before = mails().length;
  const page = await signUp({ way: 'email', email: 'jürgen@example.org', agreeToMails: 'yes' });
  expect([page.status, mails().length]).toEqual([400, before]);
  expect(page.text).toContain(
    'This service cannot send to an address with letters such as ü or é before the @.',
  );
  expect(page.text).toContain('value="jürgen@example.org"');
});

test('a domain with such letters gets its mail by the name that mail servers know it by', async () => {
  const page = await signUp({ way: 'email', email: 'ada@Müller.example', agreeToMails: 'yes' });
  expect([page.title, mails().at(-1)!.to]).toEqual([
    'Look at your mail · Battery Watch',
    'ada@xn--mller-kva.example',
  ]);
  expect(page.text).toContain('ada@müller.example');
});

test('a link that is none of ours says so, whoever sends what', async () => {
  const bad = `${service.url}/confirm-email/${'a'.repeat(54)}`;
  const seen = [];
  for (const init of [{}, { method: 'POST', body: new URLSearchParams() }]) {
    const answer = await fetch(bad, init);
    seen.push([answer.status, (await answer.text()).includes('This link does not work any more')]);
  }
  expect(seen).toEqual([
    [404, true],
    [404, true],
  ]);
});
