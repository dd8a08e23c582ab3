/** From the form to the success page, and everything that can go wrong on the way. */
import { documentedFault, type FaultName } from '../../local/simulators/documented-faults';
import { everyone, retired } from '../../local/simulators/faults';
import type { Service } from '../../local/service';
import type { Connection } from '../../src/model';
import { wordsIn } from '../../src/pages/words';
import type { Stage } from './stage';
import * as person from './steps';

const instagram =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22A3354 Instagram 350.0.0.21.91';

export function describeSignUp(the: () => Stage): void {
  describe('signing up', () => {
    test.each(person.providers)('at %s ends on the personal page', async (provider) => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page, { provider, phone: who.phone });
      expect(new URL(page.url()).origin).toBe(
        provider === 'Fitbit'
          ? stage.world.simulators.fitbit.url
          : stage.world.simulators['google-health'].url,
      );
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe('Enter the code');
      expect(await person.textOf(page)).toContain(`on its way to ${who.phone}`);

      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
      expect(await person.textOf(page)).toContain(
        `When one is low, you get a text at ${person.masked(who.phone)}.`,
      );
      expect(person.textsTo(stage, who.phone).at(-1)).toContain('alerts on: http');

      expect(await person.titleOf(page)).toBe('We are looking for your devices');
      expect(await person.textOf(page)).toContain(`Connected to ${provider} since`);
    });

    test('works with a code that was read on the page of the phone, whose link leads to the personal page', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: who.phone });
      await person.allowAs(page, who);
      const phone = await page.context().newPage();
      await phone.goto(stage.world.phone.url);
      const mine = phone.getByRole('article').filter({ hasText: `to ${who.phone}` });
      const [, code = ''] = /your code is (\d{6})/.exec(await mine.innerText()) ?? [];
      await person.enterCode(page, code);
      expect(await person.bannerOf(page)).toBe('You are connected');
      await phone.reload();
      const [opened] = await Promise.all([
        phone.waitForEvent('popup'),
        mine.getByRole('link', { name: /\/m\// }).click(),
      ]);
      await opened.waitForLoadState();
      expect(await person.titleOf(opened)).toBe('We are looking for your devices');
    });

    test('takes a number in the local way of writing, and a code with a space in it', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: who.phone.replace(/^\+1 (\d+) /, '($1) ') });
      await person.allowAs(page, who);
      const code = person.codeFor(stage, who.phone);
      await person.enterCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('offers texts in the language of the browser', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open({ locale: 'de-DE' });
      const { confirm } = wordsIn('de');
      await page.goto(`${stage.service.url}/signup`);
      await page.locator('#phone').fill(who.phone);
      await page.locator('#agree').check();
      await Promise.all([page.waitForEvent('load'), page.locator('main form button').first().click()]);
      await person.allowAs(page, who);
      await page.getByLabel(confirm.code).fill(/\d{6}/.exec(person.textsTo(stage, who.phone)[0]!)![0]);
      await person.press(page, confirm.confirm);
      expect(person.textsTo(stage, who.phone).at(-1)).toContain('Akku-Hinweise aktiv');
      const language = 'select[name="language"]';
      await page.locator(`details:has(${language}) > summary`).first().click();
      await page.locator(language).selectOption('English');
      await Promise.all([
        page.waitForEvent('load'),
        page.locator(`form:has(${language}) button`).first().click(),
      ]);
      await person.press(page, 'Send a test text');
      expect(person.textsTo(stage, who.phone).at(-1)).toContain('this is the test text you asked for');
    });

    test('works without a further permission, and says which one is missing', async () => {
      const stage = the();
      const who = stage.newPerson();
      const curious = await stage.startOther({ FITBIT_OPTIONAL_SCOPES: 'profile' });
      const page = await stage.open();
      await page.goto(`${curious.url}/signup`);
      await page.getByRole('radio', { name: 'Fitbit' }).check();
      await person.press(page, 'Continue');
      await page.getByRole('checkbox', { name: 'profile' }).uncheck();
      await person.allowAs(page, who);
      expect(await person.bannerOf(page)).toBe('You are connected');
      expect(await person.textOf(page)).toContain(
        'You have not given these further permissions. The service works without them: profile',
      );
    });

    test('needs no number', async () => {
      const stage = the();
      const page = await stage.open();
      await person.signUpWithoutTexts(stage, page, stage.newPerson());
      expect(await person.bannerOf(page)).toBe('You are connected');
      expect(await person.textOf(page)).toContain(
        'You get no alerts, because there is no number and no address.',
      );
      expect(await person.textOf(page)).toContain('there is no number');
    });

    test('a second time with the same account keeps the connection and asks for no code', async () => {
      const stage = the();
      const who = stage.newPerson();
      const first = await stage.open();
      await person.signUp(stage, first, who);
      const link = first.url();
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: who.phone });
      await person.allowAs(page, who);
      expect(await person.bannerOf(page)).toBe('You are connected again');
      expect(page.url()).toBe(link);
    });

    test('in the browser of an app asks to open the page elsewhere, with the address to copy', async () => {
      const stage = the();
      const page = await stage.open({ userAgent: instagram });
      await page.goto(`${stage.service.url}/signup`);
      const notice = page.getByRole('region', { name: 'Please open this page in Safari or Chrome' });
      expect(await notice.innerText()).toContain(`${stage.service.url}/signup`);
      const usual = await stage.open();
      await usual.goto(`${stage.service.url}/signup`);
      expect(await usual.getByRole('region', { name: /Safari or Chrome/ }).count()).toBe(0);
    });

    test('again in the browser of an app asks to open the personal page elsewhere, beside the button', async () => {
      const stage = the();
      const usual = await stage.open();
      await person.signUpWithoutTexts(stage, usual, stage.newPerson());
      const page = await stage.open({ userAgent: instagram });
      await page.goto(usual.url());
      const notice = page.getByRole('region', { name: 'Please open this page in Safari or Chrome' });
      expect(await notice.count()).toBe(0);
      await page.locator('summary', { hasText: 'Reconnect' }).click();
      expect(await notice.innerText()).toContain(usual.url());
      expect(await page.locator('details[open]', { has: notice }).locator('button').count()).toBe(1);
    });

    test('with the keyboard alone is possible, and one always sees where one is', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await page.goto(`${stage.service.url}/signup`);
      const passed: string[] = [];
      const tabTo = async (wanted: string): Promise<void> => {
        for (let steps = 0; steps < 20; steps += 1) {
          await page.keyboard.press('Tab');
          const focus = await page.evaluate<{
            tag: string;
            name: string;
            outline: string;
            seen: boolean;
          }>(`(() => {
            const at = document.activeElement;
            const { top, bottom } = at.getBoundingClientRect();
            const style = getComputedStyle(at);
            return {
              tag: at.tagName,
              name: at.name || at.textContent.trim(),
              outline: style.outlineStyle + ' ' + parseFloat(style.outlineWidth),
              seen: at.matches(':focus-visible') && bottom > 0 && top < innerHeight,
            };
          })()`);
          expect(focus).toMatchObject({ outline: 'solid 3', seen: true });
          passed.push(focus.name);
          if (focus.name === wanted) return;
        }
        throw new Error(`Tab does not lead to ${wanted}, only to ${passed.join(', ')}`);
      };
      await tabTo('provider');
      await page.keyboard.press('ArrowDown');
      await tabTo('phone');
      await page.keyboard.type(who.phone);
      await tabTo('agree');
      await page.keyboard.press('Space');
      await tabTo('Continue');
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
      expect(page.url()).toContain(stage.world.simulators.fitbit.url);
      await person.allowAs(page, who);
      await tabTo('code');
      await page.keyboard.type(person.codeFor(stage, who.phone));
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
      expect(await person.bannerOf(page)).toBe('You are connected');
    });
  });

  describe('the form', () => {
    test.each([
      ['nonsense', 'call me', /does not look like a mobile number/],
      ['a number with a digit missing', '+1 425 555 012', /does not look like a mobile number/],
      [
        'a number of another country',
        '+41 78 123 45 67',
        /Texts can only be sent to numbers of these countries/,
      ],
      ['a telephone on the wall', '+44 20 7946 0958', /not a mobile number/],
    ])('explains %s at the field, and the explanation leads there', async (_, phone, sentence) => {
      const stage = the();
      const page = await stage.open();
      await person.sendForm(stage, page, { provider: 'Fitbit', phone });
      const focus = page.locator(':focus');
      expect(await focus.getAttribute('role')).toBe('alert');
      const field = page.getByRole('textbox', { name: person.numberLabel, description: sentence });
      expect(await field.inputValue()).toBe(phone);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await page.getByRole('radio', { name: 'Fitbit' }).isChecked()).toBe(true);
      expect(await page.getByRole('checkbox', { name: /I agree to receive/ }).isChecked()).toBe(true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await focus.getAttribute('id')).toBe(await field.getAttribute('id'));
    });

    test('asks for the agreement that a number needs', async () => {
      const stage = the();
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: stage.newPerson().phone, agrees: false });
      const box = page.getByRole('checkbox', { name: /I agree/, description: /Please tick this box/ });
      await box.waitFor();
      await box.check();
      await person.press(page, 'Continue');
      expect(page.url()).toContain(stage.world.simulators['google-health'].url);
    });

    test('with an invitation lets in who has one', async () => {
      const stage = the();
      const invited = await stage.startOther({ INVITE_CODE: 'walnut-garden-7', FITBIT_CLIENT_ID: '' });
      const page = await stage.open();
      await page.goto(`${invited.url}/signup`);
      await page.getByLabel('Invite code').fill('peanut');
      await person.press(page, 'Continue to Google Health');
      const field = page.getByRole('textbox', { name: 'Invite code', description: /not known/ });
      await field.fill('walnut-garden-7');
      await person.press(page, 'Continue to Google Health');
      expect(page.url()).toContain(stage.world.simulators['google-health'].url);
    });

    test('of a service that cannot text asks for no number', async () => {
      const stage = the();
      const who = stage.newPerson();
      const silent = await stage.startOther({ ACS_ENDPOINT: '', SMS_FROM: '' });
      const page = await stage.open();
      await page.goto(`${silent.url}/signup`);
      expect(await person.textOf(page)).toContain('Texts are not set up here yet.');
      expect(await page.getByLabel(person.numberLabel).count()).toBe(0);
      await person.press(page, 'Continue');
      await person.allowAs(page, who);
      expect(await person.bannerOf(page)).toBe('You are connected');
      expect(await person.textOf(page)).toContain('Texts are not set up here yet.');
    });

    test('of a service that shares access says so, and sharing ends and begins on the personal page', async () => {
      const stage = the();
      const who = stage.newPerson();
      const sharing = await stage.startOther({ SHARED_WITH: 'the sleep study of Example University' });
      const page = await stage.open();
      await page.goto(`${sharing.url}/signup`);
      expect(await person.textOf(page)).toContain(
        'Your access is shared with the sleep study of Example University: they can do what you allow on the next page.',
      );
      await person.press(page, 'Continue');
      await person.allowAs(page, who);
      const [connection = ''] = (await namesOf(sharing)).slice(-1);
      const status = async (): Promise<number> =>
        (await fetch(`${sharing.url}/api/connections/${connection}/access-token`)).status;
      expect(await status()).toBe(200);
      await person.press(page, 'Stop sharing');
      expect(await page.getByRole('status').innerText()).toContain('Sharing is off.');
      expect(await status()).toBe(403);
      await page.getByText('Reconnect', { exact: true }).first().click();
      expect(await person.textOf(page)).toContain('If you reconnect, your access is shared');
      await person.press(page, 'Reconnect with Google Health');
      await person.allowAs(page, who);
      expect(await status()).toBe(200);
      await page.goto(`${sharing.url}/privacy`);
      expect(await person.textOf(page)).toContain('can use your access, if you were told so');
    });

    test('of a service without credentials says what is missing', async () => {
      const stage = the();
      const bare = await stage.startOther({
        GOOGLE_HEALTH_CLIENT_ID: '',
        FITBIT_CLIENT_ID: '',
        SMS_FROM: '',
      });
      const page = await stage.open();
      await page.goto(`${bare.url}/signup`);
      expect(await person.titleOf(page)).toBe('Not set up yet');
      expect(await person.textOf(page)).toContain('GOOGLE_HEALTH_CLIENT_ID');
    });
  });

  describe('on the way back from the provider', () => {
    test.each(person.providers)('a no at %s is respected', async (provider) => {
      const stage = the();
      const page = await stage.open();
      await person.sendForm(stage, page, { provider });
      await person.press(page, 'Cancel');
      expect(await person.titleOf(page)).toBe('Nothing was connected');
      expect(await person.textOf(page)).toContain(`You said no at ${provider}`);
      await person.follow(page, 'Start again');
      expect(await person.titleOf(page)).toBe('Connect your tracker');
    });

    test.each([
      ['Google Health', /googlehealth\.settings\.readonly/],
      ['Fitbit', /^settings$/],
    ] as const)(
      'the permission for devices that was taken away at %s is asked for again',
      async (provider, scope) => {
        const stage = the();
        const who = stage.newPerson();
        const page = await stage.open();
        await person.sendForm(stage, page, { provider });
        await page.getByRole('checkbox', { name: scope }).uncheck();
        await person.allowAs(page, who);
        expect(await person.titleOf(page)).toBe('One permission is missing');
        expect(await person.textOf(page)).toContain(`leave that box ticked at ${provider}`);
      },
    );

    test('who has no profile at Google Health is told to set it up', async () => {
      const stage = the();
      const who = stage.newPerson({ googleHealthProfile: false });
      const page = await stage.open();
      await person.sendForm(stage, page);
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe('Set up Google Health first');
    });

    test.each<[string, FaultName, string]>([
      ['is down', 'google-health.token.unavailable', 'Please try again'],
      ['does not know this service', 'google-health.token.deleted_client', 'Not set up correctly'],
      ['takes the code no more', 'google-health.token.invalid_grant', 'That took too long'],
    ])('a provider that %s is explained', async (_, fault, title) => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page);
      stage.world.simulators['google-health'].faults.add(who.id, documentedFault(fault, 9));
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe(title);
      stage.world.simulators['google-health'].faults.clear(who.id);
    });

    test('a provider that has been switched off is explained', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page, { provider: 'Fitbit' });
      stage.world.simulators.fitbit.faults.add(everyone, { ...retired(), endpoint: 'token' });
      await person.allowAs(page, who);
      stage.world.simulators.fitbit.faults.clear(everyone);
      expect(await person.titleOf(page)).toBe('Fitbit is switched off');
    });

    test('another browser cannot go on, and the right one still can', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page);
      const callback = stage.holdCallback();
      await page.getByRole('radio', { name: who.name, exact: true }).check();
      await page.getByRole('button', { name: 'Allow' }).click();
      const other = await stage.open();
      await other.goto(await callback);
      expect(await person.titleOf(other)).toBe('Please finish in the same browser');
      await page.goto(await callback);
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('the address works once: opened twice or loaded again, it says what to do', async () => {
      const stage = the();
      const page = await stage.open();
      const who = stage.newPerson();
      await person.sendForm(stage, page);
      const held = stage.holdCallback();
      await page.getByRole('radio', { name: who.name, exact: true }).check();
      await page.getByRole('button', { name: 'Allow' }).click();
      const callback = await held;
      await page.goto(callback);
      expect(await person.bannerOf(page)).toBe('You are connected');
      const tab = await page.context().newPage();
      await tab.goto(callback);
      expect(await person.titleOf(tab)).toBe('This page was opened before');
      expect(await person.textOf(tab)).toContain('If you saw "You are connected", everything is fine.');
      await page.reload();
      expect(await person.titleOf(page)).toBe('We are looking for your devices');
    });

    test('going back after success and allowing once more does no harm', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.signUpWithoutTexts(stage, page, who);
      await page.goBack();
      expect(page.url()).toContain(stage.world.simulators['google-health'].url);
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe('This page was opened before');
      expect(stage.world.simulators['google-health'].currentRefreshToken(who.id)).toBeDefined();
    });

    test('a reload while the code is awaited leads back to the code', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page, { phone: who.phone });
      const held = stage.holdCallback();
      await page.getByRole('radio', { name: who.name, exact: true }).check();
      await page.getByRole('button', { name: 'Allow' }).click();
      const callback = await held;
      await page.goto(callback);
      expect(await person.titleOf(page)).toBe('Enter the code');
      await page.goto(callback);
      expect(await person.titleOf(page)).toBe('This page was opened before');
      await person.follow(page, 'Enter the code I was texted');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.bannerOf(page)).toBe('You are connected');
    });

    test('who took longer than ten minutes starts again', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await stage.open();
      await person.sendForm(stage, page);
      stage.advance(11 * 60_000);
      await person.allowAs(page, who);
      expect(await person.titleOf(page)).toBe('That took too long');
    });

    test('an address that somebody made up is not known', async () => {
      const stage = the();
      const page = await stage.open();
      await page.goto(`${stage.service.url}/api/oauth/callback?state=x&code=y`);
      expect(await person.titleOf(page)).toBe('This sign-up is not known');
    });
  });
}

/** Of all connections, the oldest first. */
async function namesOf({ services }: Service): Promise<string[]> {
  const found: Connection[] = [];
  for await (const { value } of services.tables.connections.list()) found.push(value);
  return found.sort((a, b) => a.createdAt - b.createdAt).map(({ id }) => id);
}
