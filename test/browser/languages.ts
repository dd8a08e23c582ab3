/** From the form to the personal page in each language. The audit then looks at these pages like at all others. */
import type { Page } from 'playwright-core';
import { chooseStartSettings } from '../../local/start-settings';
import { languages, type Language } from '../../src/model';
import { wordsIn } from '../../src/pages/words';
import { sizes, type Stage } from './stage';
import * as person from './steps';

const locales: Readonly<Record<Language, string>> = { en: 'en-US', de: 'de-DE', es: 'es-MX', fr: 'fr-CA' };
const narrow = { width: 320, height: 640 };
/** Of a finger, in px. */
const smallestTarget = 44;
/** Below it phones zoom in on the field, in px. */
const smallestInputText = 16;

export function describeLanguages(the: () => Stage): void {
  const languageOf = (page: Page) => page.locator('html').getAttribute('lang');
  const read = async (page: Page): Promise<string> =>
    (await page.locator('body').innerText()).replace(/\s+/g, ' ');

  async function expectIn(language: Language, page: Page): Promise<void> {
    expect(await languageOf(page)).toBe(language);
    const text = await read(page);
    expect(text).toContain(wordsIn(language).layout.privacy);
    if (language !== 'en') expect(text).not.toMatch(/\b(the|your|with|you)\b/i);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(narrow.width);
  }

  describe.each(languages)('in "%s"', (language) => {
    const words = wordsIn(language);
    const locale = locales[language];

    test('somebody signs up, confirms the number and reads their page, on the narrowest phone', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open({ locale, viewport: narrow, javaScriptEnabled: true });
      await page.goto(`${stage.service.url}/signup`);
      await expectIn(language, page);
      await page.locator('#phone').fill(who.phone);
      await page.locator('#agree').check();
      await Promise.all([page.waitForEvent('load'), page.locator('main form button').first().click()]);
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe(words.confirm.title);
      await expectIn(language, page);
      await page.getByLabel(words.confirm.code).fill('000');
      await person.press(page, words.confirm.confirm);
      await expectIn(language, page);
      const [, code = ''] = /(\d{6})/.exec(person.textsTo(stage, who.phone)[0]!) ?? [];
      await page.getByLabel(words.confirm.code).fill(code);
      await person.press(page, words.confirm.confirm);
      await expectIn(language, page);
      const [link = ''] = /https?:\S+/.exec(person.textsTo(stage, who.phone).at(-1)!) ?? [];
      await page.goto(link);
      await person.checkBattery(stage, page.url());
      await page.reload();
      await expectIn(language, page);
      expect(await read(page)).toContain(words.personalPage.devices.title);
    });

    test('the sign-up form that npm start shows ends on the first screen of a phone, and fingers find everything', async () => {
      const stage = the();
      const service = await stage.startOther(chooseStartSettings({}, {}).settings);
      const page = await stage.open({ locale, viewport: sizes.phone, javaScriptEnabled: true });
      await page.goto(`${service.url}/signup`);
      // Two providers, and two ways to be reached.
      expect(await page.getByRole('radio').count()).toBe(4);
      expect(await read(page)).toContain('Example Platform');
      const box = await page.getByRole('button', { name: words.signUp.go }).boundingBox();
      expect(Math.ceil(box!.y + box!.height)).toBeLessThanOrEqual(sizes.phone.height);
      const targets = await page.locator('button, .check, input[type=tel], summary, footer nav > *').all();
      // A field of the other way has none.
      const boxes = (await Promise.all(targets.map((each) => each.boundingBox()))).filter(
        (each) => each !== null,
      );
      expect(boxes.length).toBeGreaterThanOrEqual(7);
      expect(boxes.filter((each) => each.height < smallestTarget)).toEqual([]);
      const fontSize = await page.evaluate<string>(
        `getComputedStyle(document.querySelector('#phone')).fontSize`,
      );
      expect(parseFloat(fontSize)).toBeGreaterThanOrEqual(smallestInputText);
    });

    test('privacy, the lost link and what is wrong are told, and every other language is a link away', async () => {
      const stage = the();
      const page = await stage.open({ locale, viewport: narrow, javaScriptEnabled: true });
      await page.goto(`${stage.service.url}/privacy`);
      await expectIn(language, page);
      await page.goto(`${stage.service.url}/link`);
      await page.locator('#phone').fill('12');
      await person.press(page, words.byEmail.link.send);
      await expectIn(language, page);
      await page.goto(`${stage.service.url}/m/unknown`);
      await expectIn(language, page);
      for (const other of languages.filter((each) => each !== language)) {
        await page.goto(`${stage.service.url}/signup`);
        await person.follow(page, wordsIn(other).name);
        await expectIn(other, page);
        await person.follow(page, wordsIn(other).layout.privacy);
        await expectIn(other, page);
      }
    });
  });
}
