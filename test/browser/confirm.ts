/** The code that is texted to a number, and everything that can go wrong with it. */
import type { Page } from 'playwright-core';
import { setStopped } from '../../src/domain/contact/addresses';
import type { Person, Stage } from './stage';
import * as person from './steps';

export function describeConfirming(the: () => Stage): void {
  async function atTheCode(stage: Stage): Promise<{ page: Page; who: Person; code: string }> {
    const who = stage.newPerson();
    const page = await stage.open();
    await person.sendForm(stage, page, { phone: who.phone });
    await person.allowAs(page, who);
    return { page, who, code: person.codeFor(stage, who.phone) };
  }

  async function say(stage: Stage, who: Person, stopped: boolean): Promise<void> {
    const { phoneNumbers, clock } = stage.service.services;
    const read = await phoneNumbers.read(who.phone);
    if (!read.ok) throw new Error(read.why);
    await setStopped(stage.service.services, { way: 'sms', to: read.phone }, { at: clock.now(), stopped });
  }

  describe('the code', () => {
    test('that is wrong may be tried five times, then a new one has to be sent', async () => {
      const stage = the();
      const { page, who, code } = await atTheCode(stage);
      for (const left of ['4 more tries', '3 more tries', '2 more tries', 'one more try']) {
        await person.enterCode(page, person.wrongCode(code));
        expect(await person.titleOf(page)).toBe('Enter the code');
        const field = page.getByRole('textbox', {
          name: 'Code from the text',
          description: new RegExp(left),
        });
        expect(await field.getAttribute('aria-invalid')).toBe('true');
      }
      await person.enterCode(page, person.wrongCode(code));
      expect(await person.titleOf(page)).toBe('Too many wrong codes');
      await page.reload();
      expect(await person.titleOf(page)).toBe('Too many wrong codes');
      await person.press(page, 'Send a new code');
      await person.enterCode(page, code);
      expect(await person.textOf(page)).toContain('This is not the code of the newest text');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('can be sent again; then only the new one counts', async () => {
      const stage = the();
      const { page, who, code } = await atTheCode(stage);
      await person.press(page, 'Send a new code');
      expect(await person.titleOf(page)).toBe('Enter the code');
      expect(await page.getByRole('status').innerText()).toContain('A new code is on its way');
      expect(person.textsTo(stage, who.phone)).toHaveLength(2);
      await person.enterCode(page, code);
      expect(await person.textOf(page)).toContain('This is not the code of the newest text');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('that was confirmed already is said to be, where the ticket is still known', async () => {
      const stage = the();
      const { page, code } = await atTheCode(stage);
      const tickets = await page.context().cookies();
      await person.enterCode(page, code);
      expect(await person.bannerOf(page)).toBe('You are connected');
      // As after an answer that got lost on its way: the browser did not hear that the ticket has been used.
      await page.context().addCookies(tickets);
      await page.goto(`${stage.service.url}/confirm`);
      expect(await person.titleOf(page)).toBe('Your number is confirmed');
      expect(await page.content()).not.toContain('/m/');
    });

    test('is too old after ten minutes', async () => {
      const stage = the();
      const { page, who, code } = await atTheCode(stage);
      stage.advance(11 * 60_000);
      await person.enterCode(page, code);
      expect(await person.titleOf(page)).toBe('That code is too old');
      await person.press(page, 'Send a new code');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('does not go to a number that has answered STOP, which looks like any other, until it says START', async () => {
      const stage = the();
      const who = stage.newPerson();
      await say(stage, who, true);
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: who.phone });
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe('Enter the code');
      await person.press(page, 'Send a new code');
      expect(await person.titleOf(page)).toBe('Enter the code');
      expect(await person.textOf(page)).toContain('Did you once answer STOP from it?');
      expect(person.textsTo(stage, who.phone)).toEqual([]);
      await say(stage, who, false);
      await person.press(page, 'Send a new code');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
      await say(stage, who, true);
      await page.reload();
      expect(await person.textOf(page)).toContain('has answered STOP, so it gets no texts');
    });

    test('that could not be sent is said not to have been', async () => {
      const stage = the();
      const who = stage.newPerson();
      stage.refuseTexts(true);
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: who.phone });
      await person.allowAs(page, who);
      await person.press(page, 'Send a new code');
      expect(await person.titleOf(page)).toBe('The text could not be sent');
      stage.refuseTexts(false);
      await person.press(page, 'Send a new code');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('is not needed to go on without texts', async () => {
      const stage = the();
      const { page } = await atTheCode(stage);
      await person.press(page, 'Continue without texts');
      expect(await person.bannerOf(page)).toBe('You are connected');
      expect(await person.textOf(page)).toContain(
        'You get no alerts, because there is no number and no address.',
      );
    });

    test('is not asked for in another browser', async () => {
      const stage = the();
      const { page } = await atTheCode(stage);
      const other = await stage.open();
      await other.goto(page.url());
      expect(await person.titleOf(other)).toBe('There is no code to enter here');
    });

    test('once entered leads to the personal page, which can be reloaded, and opens nothing any more', async () => {
      const stage = the();
      const { page, code } = await atTheCode(stage);
      await person.enterCode(page, code);
      const address = page.url();
      expect(new URL(address).search).toBe('');
      await page.reload();
      expect(page.url()).toBe(address);
      expect(await page.getByRole('status').count()).toBe(0);
      await page.goBack();
      expect(await person.titleOf(page)).toBe('Your number is confirmed');
      expect(await page.content()).not.toContain('/m/');
    });

    test('that is wrong costs no second try when its page is reloaded', async () => {
      const stage = the();
      const { page, code } = await atTheCode(stage);
      await person.enterCode(page, person.wrongCode(code));
      expect(await page.title()).toMatch(/^Error: Enter the code/);
      expect(await page.getByRole('alert').innerText()).toContain('Code from the text: This is not the code');
      await page.reload();
      expect(await page.title()).toMatch(/^Enter the code/);
      await person.enterCode(page, person.wrongCode(code));
      expect(await person.textOf(page)).toContain('3 more tries');
    });
  });
}
