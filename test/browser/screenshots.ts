/** Pictures of every page for docs/screenshots, with a week of a tracker's life: `SCREENSHOTS=1 npm run test:browser` */
import { linkOnPhone } from '../../local/connect-wearer';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { change, insertOnce } from '../../src/domain/store/compare-and-swap';
import { connectionKey, readingKey } from '../../src/domain/store/row-keys';
import { findByLink } from '../../src/domain/contact/personal-link';
import { makeSmall } from './small-png';
import { sizes, type Person, type Stage } from './stage';
import * as person from './steps';

const folder = resolve('docs/screenshots');
const hourMs = 3_600_000;

export function describeScreenshots(the: () => Stage): void {
  let ada: Person;
  let link: string;

  const take = async (page: Page, name: string): Promise<void> => {
    const png = await page.screenshot({ fullPage: true, caret: 'hide', animations: 'disabled' });
    await writeFile(join(folder, `${name}.png`), makeSmall(png));
  };

  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    const stage = the();
    const since = stage.now() - hourMs;
    ada = stage.newPerson({
      name: 'Ada',
      devices: [
        {
          id: '2233445566',
          kind: 'TRACKER',
          model: 'Charge 6',
          battery: { percent: 18, since, drainPerHour: 0.6 },
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
  });

  test.each(['phone', 'desktop'] as const)('the way to the personal page, on a %s', async (size) => {
    const stage = the();
    const { url } = stage.service;
    const page = await stage.open({ viewport: sizes[size] });
    await page.goto(`${url}/signup`);
    await take(page, `sign-up-${size}`);
    await page.getByLabel(person.numberLabel).fill('425 555 012');
    await person.press(page, 'Continue');
    await take(page, `sign-up-problem-${size}`);
    await person.sendForm(stage, page, { phone: ada.phone });
    await take(page, `consent-${size}`);
    await person.press(page, 'Cancel');
    await take(page, `refused-${size}`);
    const who = size === 'phone' ? ada : stage.newPerson({ name: 'Joan' });
    await person.sendForm(stage, page, { phone: who.phone });
    await person.allowAs(page, who);
    await take(page, `code-${size}`);
    const code = person.codeFor(stage, who.phone);
    await person.enterCode(page, person.wrongCode(code));
    await take(page, `code-problem-${size}`);
    await person.enterCode(page, code);
    await take(page, `connected-${size}`);
    if (who === ada) link = linkOnPhone(stage.world.phone, ada.phone);
    await page.goto(`${url}/link`);
    await take(page, `link-${size}`);
    await page.getByLabel('Your mobile number').fill(who.phone);
    await person.press(page, 'Text me the link');
    await take(page, `link-sent-${size}`);
    await page.goto(`${url}/privacy`);
    await take(page, `privacy-${size}`);
    await page.goto(`${url}/m/nobody`);
    await take(page, `link-unknown-${size}`);
  });

  test('the personal page', async () => {
    const stage = the();
    await person.checkBattery(stage, link);
    await addHistory(stage, link, 7);
    for (const size of ['phone', 'desktop'] as const) {
      const page = await stage.open({ viewport: sizes[size] });
      await page.goto(link);
      await take(page, `manage-${size}`);
      const dark = await stage.open({ viewport: sizes[size], colorScheme: 'dark' });
      await dark.goto(link);
      await take(dark, `manage-dark-${size}`);
    }
  });

  test.each(['phone', 'desktop'] as const)('the end, on a %s', async (size) => {
    const stage = the();
    const who = stage.newPerson();
    const page = await stage.open({ viewport: sizes[size] });
    await person.signUp(stage, page, who);
    await page.locator('summary', { hasText: 'Disconnect and delete' }).click();
    await page.getByRole('checkbox', { name: 'Yes, disconnect and delete' }).check();
    await person.press(page, 'Disconnect');
    await take(page, `disconnected-${size}`);
  });
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
