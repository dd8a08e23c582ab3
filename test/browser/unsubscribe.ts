/** The end of e-mails as a person sees it: the link at the end of one, its button, and the way back. */
import { setAddress } from '../../src/domain/contact/addresses';
import { deriveUnsubscribe } from '../../src/domain/contact/keyed-values';
import { Secret } from '../../src/secret';
import type { Stage } from './stage';
import * as person from './steps';

export function describeUnsubscribing(the: () => Stage): void {
  describe('the link that ends the e-mails', () => {
    test('ends them by one button, and begins them again by another', async () => {
      const stage = the();
      const page = await person.connected(stage, stage.newPerson());
      const { services, url } = stage.service;
      const { id } = await person.connectionAt(stage, page.url());
      const email = new Secret(`${id}@example.org`);
      await setAddress(services, id, { email, textConsent: { at: stage.now(), wording: '2026-11' } });
      const link = `${url}/u/${await deriveUnsubscribe(services, { way: 'email', to: email })}`;
      await page.goto(link);
      expect(await person.titleOf(page)).toBe('End the e-mails');
      await person.press(page, 'End them');
      expect(await person.titleOf(page)).toBe('You get no more e-mails');
      await page.goto(link);
      expect(await person.titleOf(page)).toBe('You get no more e-mails');
      stage.advance(1);
      await person.press(page, 'E-mail me again');
      expect(await person.titleOf(page)).toBe('You get e-mails again');
      expect(await page.content()).not.toContain('example.org');
      await page.goto(`${url}/u/nothing`);
      expect(await person.titleOf(page)).toBe('This link does not work');
    });
  });
}
