/** Signing up by e-mail: the link that is mailed, what can go wrong with it, and the personal page of somebody who gets e-mails. */
import type { Page } from 'playwright-core';
import { setStopped } from '../../src/domain/contact/addresses';
import type { Person, Stage } from './stage';
import * as person from './steps';

export function describeByEmail(the: () => Stage): void {
  const addressOf = ({ id }: Person): string => `${id}@example.org`;

  async function sendForm(stage: Stage, page: Page, address: string): Promise<void> {
    await page.goto(`${stage.service.url}/signup`);
    await page.getByRole('radio', { name: 'E-mail me' }).check();
    await page.getByLabel('E-mail address (optional)').fill(address);
    await page.getByRole('checkbox', { name: /I agree to receive recurring automated e-mails/ }).check();
    await person.press(page, 'Continue');
  }

  /** The last link that was mailed, as the mailbox page shows it. */
  async function openMailedLink(stage: Stage, page: Page, address: string, part: string): Promise<Page> {
    const mailbox = await page.context().newPage();
    await mailbox.goto(`${stage.world.phone.url}/mailbox`);
    const mail = mailbox.getByRole('article').filter({ hasText: address }).filter({ hasText: part });
    const [opened] = await Promise.all([
      mailbox.waitForEvent('popup'),
      mail.first().getByRole('link', { name: part }).click(),
    ]);
    await opened.waitForLoadState();
    await mailbox.close();
    return opened;
  }

  async function atTheLink(stage: Stage): Promise<{ page: Page; who: Person; address: string }> {
    const who = stage.newPerson();
    const address = addressOf(who);
    const page = await stage.open();
    await sendForm(stage, page, address);
    await person.allowAs(page, who);
    return { page, who, address };
  }

  async function connectedByEmail(stage: Stage): Promise<{ page: Page; address: string }> {
    const { page, address } = await atTheLink(stage);
    const opened = await openMailedLink(stage, page, address, '/confirm-email/');
    await person.press(opened, 'Yes, send them here');
    return { page: opened, address };
  }

  describe('by e-mail,', () => {
    test('signing up ends on the personal page: form, consent, mailbox, link, button', async () => {
      const stage = the();
      const { page, address } = await atTheLink(stage);
      expect(await person.titleOf(page)).toBe('Look at your mail');
      expect(await person.textOf(page)).toContain(`is on its way to ${address}.`);
      const opened = await openMailedLink(stage, page, address, '/confirm-email/');
      expect(await person.titleOf(opened)).toBe('Is this your address?');
      expect(await person.textOf(opened)).toContain('battery alerts at p…@example.org.');
      expect(await opened.content()).not.toContain(address);
      await person.press(opened, 'Yes, send them here');
      expect(await person.bannerOf(opened)).toBe('You are connected');
      expect(await person.textOf(opened)).toContain('When one is low, you get an e-mail at p…@example.org.');
      expect(await person.textOf(opened)).toContain('E-mails go to p…@example.org.');
      // The browser that began it learns so too, and no more.
      await page.reload();
      expect(await person.titleOf(page)).not.toBe('Look at your mail');
      const welcome = await openMailedLink(stage, opened, address, '/m/');
      expect(welcome.url()).toBe(opened.url());
    });

    test('the link works in another browser, and says so when it is opened again', async () => {
      const stage = the();
      const { page, address } = await atTheLink(stage);
      const other = await stage.open();
      const opened = await openMailedLink(stage, other, address, '/confirm-email/');
      const link = opened.url();
      await person.press(opened, 'Yes, send them here');
      expect(await person.bannerOf(opened)).toBe('You are connected');
      await opened.goto(link);
      expect(await person.titleOf(opened)).toBe('Your address is confirmed');
      await page.reload();
      expect(await person.titleOf(page)).toBe('Your address is confirmed');
      expect(await page.content()).not.toContain('/m/');
    });

    test('a link that is none of ours, or too old, says so', async () => {
      const stage = the();
      const { page, address } = await atTheLink(stage);
      const opened = await openMailedLink(stage, page, address, '/confirm-email/');
      stage.advance(25 * 3_600_000);
      await person.press(opened, 'Yes, send them here');
      expect(await person.titleOf(opened)).toBe('This link does not work any more');
    });

    test('the e-mail can be sent again, and both links work', async () => {
      const stage = the();
      const { page, address } = await atTheLink(stage);
      await person.press(page, 'Send it again');
      expect(await page.getByRole('status').innerText()).toContain(
        'Another e-mail with a link is on its way',
      );
      const opened = await openMailedLink(stage, page, address, '/confirm-email/');
      await person.press(opened, 'Yes, send them here');
      expect(await person.bannerOf(opened)).toBe('You are connected');
    });

    test('an e-mail that could not be sent is said not to have been', async () => {
      const stage = the();
      stage.refuseTexts(true);
      const { page, address } = await atTheLink(stage);
      expect(await person.titleOf(page)).toBe('The e-mail could not be sent');
      stage.refuseTexts(false);
      await person.press(page, 'Send it again');
      const opened = await openMailedLink(stage, page, address, '/confirm-email/');
      await person.press(opened, 'Yes, send them here');
      expect(await person.bannerOf(opened)).toBe('You are connected');
    });

    test('a bad address and a box that is not ticked are refused beside their fields', async () => {
      const stage = the();
      const page = await stage.open();
      await page.goto(`${stage.service.url}/signup`);
      // Only the field of the chosen way is seen.
      expect(await page.getByLabel('E-mail address (optional)').isVisible()).toBe(false);
      await page.getByRole('radio', { name: 'E-mail me' }).check();
      expect(await page.getByLabel(person.numberLabel).isVisible()).toBe(false);
      await page.getByLabel('E-mail address (optional)').fill('ada@home');
      await page.getByRole('checkbox', { name: /I agree to receive/ }).check();
      await person.press(page, 'Continue');
      expect(await page.getByRole('alert').innerText()).toContain(
        'This does not look like an e-mail address',
      );
      expect(await page.getByLabel('E-mail address (optional)').inputValue()).toBe('ada@home');
      await page.getByLabel('E-mail address (optional)').fill('ada@example.org');
      await page.getByRole('checkbox', { name: /I agree to receive/ }).uncheck();
      await person.press(page, 'Continue');
      expect(await page.getByRole('alert').innerText()).toContain('Please tick this box');
    });

    test('the personal page pauses, tests, begins again after an end, and removes the address', async () => {
      const stage = the();
      const { page, address } = await connectedByEmail(stage);
      await person.press(page, 'Send a test e-mail');
      expect(await page.getByRole('status').innerText()).toBe('A test e-mail is on its way.');
      await person.press(page, 'Pause e-mails');
      expect(await person.textOf(page)).toContain('E-mails to p…@example.org are paused.');
      await person.press(page, 'Resume e-mails');
      const { emailAddresses, clock } = stage.service.services;
      const read = emailAddresses.read(address);
      if (!read.ok) throw new Error(read.why);
      const to = read.email;
      await setStopped(stage.service.services, { way: 'email', to }, { at: clock.now(), stopped: true });
      stage.advance(1_000);
      await page.reload();
      expect(await person.textOf(page)).toContain('p…@example.org was unsubscribed, so it gets no e-mails.');
      await person.press(page, 'E-mail me again');
      expect(await page.getByRole('status').innerText()).toBe('E-mails about batteries are on again.');
      expect(await person.textOf(page)).toContain('E-mails go to p…@example.org.');
      await page.getByText('Change or remove the address').click();
      await person.press(page, 'Remove the address');
      expect(await page.getByRole('status').innerText()).toBe(
        'Your address is removed. You get no more e-mails.',
      );
      expect(await person.textOf(page)).toContain('there is no number and no address');
    });

    test('a number takes the place of the address, and an address that of a number', async () => {
      const stage = the();
      const { page, address } = await connectedByEmail(stage);
      const { phone } = stage.newPerson();
      await page.getByText('Change or remove the address').click();
      await page.getByRole('radio', { name: 'Text me' }).check();
      await page.getByLabel('New mobile number').fill(phone);
      await page.getByRole('checkbox', { name: /I agree to receive/ }).check();
      await person.press(page, 'Change');
      await person.enterCode(page, person.codeFor(stage, phone));
      expect(await page.getByRole('status').innerText()).toBe('Your number is up to date.');
      expect(await person.textOf(page)).toContain(`Texts go to ${person.masked(phone)}.`);
      await page.getByText('Change or remove the number').click();
      await page.getByRole('radio', { name: 'E-mail me' }).check();
      await page.getByLabel('New e-mail address').fill(address);
      await page.getByRole('checkbox', { name: /I agree to receive/ }).check();
      await person.press(page, 'Change');
      expect(await person.titleOf(page)).toBe('Look at your mail');
      const opened = await openMailedLink(stage, page, address, '/confirm-email/');
      await person.press(opened, 'Yes, send them here');
      expect(await opened.getByRole('status').innerText()).toBe('Your address is up to date.');
      expect(person.textsTo(stage, phone).at(-1)).toContain('this number gets no more');
    });

    test('the way back to a lost link goes by e-mail, whoever asks', async () => {
      const stage = the();
      const { page, address } = await connectedByEmail(stage);
      const home = page.url();
      for (const [asked, comes] of [
        [address, true],
        ['nobody@example.org', false],
      ] as const) {
        const other = await stage.open();
        await other.goto(`${stage.service.url}/link`);
        await other.getByRole('radio', { name: 'E-mail me' }).check();
        await other.getByLabel('Your e-mail address').fill(asked);
        await person.press(other, 'Send me the link');
        expect(await person.titleOf(other)).toBe('Look at your mail');
        await stage.service.drainQueues();
        if (comes) expect((await openMailedLink(stage, other, address, '/m/')).url()).toBe(home);
      }
    });
  });
}
