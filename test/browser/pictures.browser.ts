/**
 * Takes a picture of every page, with a week of a tracker's life, at a time that stands still, and compares it with the one in docs.
 * `SCREENSHOTS=1 npm run test:browser -- pictures` writes them anew.
 */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Participant } from '../../local/study/participants';
import { seedStudy } from '../../local/study/seed-study';
import { paths } from '../../src/paths';
import { linkOnPhone } from '../../local/connect-wearer';
import { change, insertOnce } from '../../src/domain/store/compare-and-swap';
import { connectionKey, readingKey } from '../../src/domain/store/row-keys';
import { findByLink } from '../../src/domain/contact/personal-link';
import { openAlbum, type Album } from './album';
import { findChromium } from './chromium';
import { sizes, startStage, type Person, type Stage } from './stage';
import * as person from './steps';

const hourMs = 3_600_000;
/** Noon in New York. */
const takenAt = Date.UTC(2026, 10, 14, 17, 5);
const tracker = '2233445566';
/** A phone with its background. */
const phoneSize = { width: 800, height: 760 };

const chromium = findChromium(process.env);

jest.setTimeout(60_000);

let stage: Stage;
let album: Album;
let ada: Person;

beforeAll(async () => {
  [stage, album] = await Promise.all([
    startStage(chromium, takenAt),
    openAlbum(process.env['SCREENSHOTS'] !== undefined),
  ]);
  const since = stage.now() - hourMs;
  ada = stage.newPerson({
    name: 'Ada',
    devices: [
      {
        id: tracker,
        kind: 'TRACKER',
        model: 'Charge 6',
        battery: { percent: 24, since, drainPerHour: 0.6 },
        syncEveryMs: 900_000,
      },
      {
        id: '3344556677',
        kind: 'TRACKER',
        model: 'Pixel Watch 4',
        battery: { percent: 71, since, drainPerHour: 2 },
        syncEveryMs: 900_000,
      },
      {
        id: '7788990011',
        kind: 'SCALE',
        model: 'Aria Air',
        battery: { percent: 40, since, drainPerHour: 0 },
        omit: ['batteryLevel'],
      },
    ],
  });
  stage.newPerson({ name: 'Grace' });
}, 120_000);

afterAll(() => stage.close(), 60_000);

afterEach(async () => {
  await stage.closeBrowsers();
  expect(stage.takeComplaints()).toEqual([]);
});

const take = (page: Page, name: string, whole = true) => album.take(page, `screenshots/${name}.png`, whole);

test('the browser draws with the font of the pictures', async () => {
  const page = await stage.open();
  await page.goto(`${stage.service.url}/signup`);
  // Otherwise no picture can be compared: apt-get install fonts-dejavu-core
  expect(await fontsOf(page, 'h1')).toEqual(['DejaVu Sans']);
});

test('the way to the personal page, on a phone', () => signUpOn('phone', ada));

test('the personal page, and the text that leads there', async () => {
  const link = linkOnPhone(stage.world.phone, ada.phone);
  await person.checkBattery(stage, link);
  await addHistory(stage, link, 7);
  stage.advance(4 * hourMs);
  stage.world.wearers.setBattery(tracker, { percent: 18, drainPerHour: 0.6 });
  await person.checkBattery(stage, link);
  for (const size of ['phone', 'desktop'] as const) {
    const page = await stage.open({ viewport: sizes[size] });
    await page.goto(link);
    await take(page, `personal-${size}`);
    const dark = await stage.open({ viewport: sizes[size], colorScheme: 'dark' });
    await dark.goto(link);
    await take(dark, `personal-dark-${size}`);
  }
  const phone = await stage.open({ viewport: phoneSize });
  await phone.goto(stage.world.phone.url);
  const copy = await copyOf(phone, { viewport: phoneSize, deviceScaleFactor: 2 });
  await album.take(copy, 'phone.png', false);
});

test('the way to the personal page, on a desktop', () =>
  signUpOn('desktop', stage.newPerson({ name: 'Joan' })));

test.each(['phone', 'desktop'] as const)('the way by e-mail, on a %s', async (size) => {
  const who = stage.newPerson();
  const page = await stage.open({ viewport: sizes[size] });
  await page.goto(`${stage.service.url}/signup`);
  await page.getByRole('radio', { name: 'E-mail me' }).check();
  await page.getByLabel('E-mail address (optional)').fill('joan@example.org');
  await page.getByRole('checkbox', { name: /I agree/ }).check();
  await take(page, `sign-up-email-${size}`);
  await person.press(page, 'Continue');
  await person.allowAs(page, who);
  await take(page, `mail-sent-${size}`);
  const mail = stage.world.phone.mailbox.mails().findLast(({ body }) => body.includes('/confirm-email/'));
  await page.goto(/http\S+\/confirm-email\/[\w-]+/.exec(mail!.body)![0]);
  await take(page, `confirm-email-${size}`);
});

test.each(['phone', 'desktop'] as const)('the end, on a %s', async (size) => {
  const page = await stage.open({ viewport: sizes[size] });
  await person.signUp(stage, page, stage.newPerson());
  await page.locator('summary', { hasText: 'Disconnect and delete' }).click();
  await page.getByRole('checkbox', { name: 'Yes, disconnect and delete' }).check();
  await person.press(page, 'Disconnect');
  await take(page, `disconnected-${size}`);
});

describe('the board, in a world where nobody else is connected,', () => {
  let own: Stage;
  let study: Participant[];
  beforeAll(async () => {
    own = await startStage(chromium, takenAt);
    study = await seedStudy(own.world, own.service, 200);
  }, 180_000);
  afterAll(() => own.close(), 60_000);

  test.each(['phone', 'desktop'] as const)('and one connection, on a %s', async (size) => {
    const { services, url } = own.service;
    const page = await own.open({ viewport: sizes[size] });
    await page.goto(`${url}${paths.board}?link=${services.localLinks!.create()}`);
    await take(page, `board-${size}`, false);
    await page.goto(`${url}${paths.board}/${study.find(({ story }) => story === 'low')!.id}`);
    await take(page, `board-connection-${size}`);
    await own.closeBrowsers();
    expect(own.takeComplaints()).toEqual([]);
  });
});

test('every picture in docs shows a page as it is', async () => {
  const stale = await album.findStale();
  if (stale.length > 0) throw new Error(`${stale.join('\n')}\n${album.advice}`);
});

async function signUpOn(size: keyof typeof sizes, who: Person): Promise<void> {
  const { url } = stage.service;
  const page = await stage.open({ viewport: sizes[size] });
  await page.goto(`${url}/signup`);
  await take(page, `sign-up-${size}`);
  await page.getByLabel(person.numberLabel).fill('425 555 012');
  await person.press(page, 'Continue');
  await take(page, `sign-up-problem-${size}`);
  await person.sendForm(stage, page, { phone: who.phone });
  await take(await copyOf(page, { viewport: sizes[size] }), `consent-${size}`);
  await person.press(page, 'Cancel');
  await take(page, `refused-${size}`);
  await person.sendForm(stage, page, { phone: who.phone });
  await person.allowAs(page, who);
  await take(page, `code-${size}`);
  const code = person.codeFor(stage, who.phone);
  await person.enterCode(page, person.wrongCode(code));
  await take(page, `code-problem-${size}`);
  await person.enterCode(page, code);
  await page.goto(`${url}/link`);
  await take(page, `link-${size}`);
  await page.getByLabel('Your mobile number').fill(who.phone);
  await person.press(page, 'Send me the link');
  await take(page, `link-sent-${size}`);
  await page.goto(`${url}/privacy`);
  await take(page, `privacy-${size}`);
  await page.goto(`${url}/m/nobody`);
  await take(page, `link-unknown-${size}`);
}

/** The same page without what is another one each time: ports, codes, links, and the time of the machine's zone. */
async function copyOf(page: Page, options: BrowserContextOptions): Promise<Page> {
  const copy = await stage.open(options);
  const html = (await page.content())
    .replace(/<meta http-equiv="refresh"[^>]*>/, '')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:7071')
    .replace(/\/m\/[\w-]+/g, '/m/PVLI-BjNHNDvslunBFIiaP')
    .replace(/code is \d{6}/g, 'code is 250119')
    .replace(/\b\d\d:\d\d\b/g, '12:05');
  await copy.setContent(html);
  return copy;
}

async function fontsOf(page: Page, selector: string): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument');
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector });
  const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId });
  return [...new Set(fonts.map(({ familyName }) => familyName))];
}

/** Hourly readings: down by day, a charge now and then, up to what the devices hold now. */
async function addHistory({ service: { services }, now }: Stage, link: string, days: number): Promise<void> {
  const connection = (await findByLink(services, link.split('/').at(-1)!))!;
  const createdAt = now() - days * 24 * hourMs;
  await change(services.tables.connections, connectionKey(connection.id), (before) => ({
    ...before,
    createdAt,
  }));
  const lives: Record<string, { readonly drain: number; readonly lowest: number }> = {
    'Charge 6': { drain: 0.6, lowest: 14 },
    'Pixel Watch 4': { drain: 2.4, lowest: 22 },
  };
  for await (const { key, value } of services.tables.devices.list(connection.id)) {
    const life = lives[value.reading.model];
    if (!life || value.reading.percent === undefined) continue;
    let percent = value.reading.percent;
    for (let hours = 1; hours <= days * 24; hours += 1) {
      const at = now() - hours * hourMs;
      // Backwards in time: the battery was fuller before, until the moment before it was charged.
      percent += life.drain * (new Date(at).getUTCHours() < 7 ? 0.5 : 1.2);
      if (percent > 100) percent = life.lowest + (hours % 5);
      await insertOnce(services.tables.readings, readingKey(connection.id, key.row, at), {
        at,
        percent: Math.floor(percent),
      });
    }
  }
}
