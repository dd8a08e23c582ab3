/** What a wearer sees and does on the personal page. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { documentedFault } from '../../local/simulators/documented-faults';
import { connectionKey } from '../../src/domain/store/row-keys';
import type { Connection } from '../../src/model';
import type { Stage } from './stage';
import * as person from './steps';
import { readConnection } from '../../src/domain/connection/read';

export function describePersonalPage(the: () => Stage): void {
  const openAll = async (page: Page): Promise<void> => {
    const folded = page.locator('details:not([open]) > summary');
    while ((await folded.count()) > 0) await folded.first().click();
  };

  const change = async (stage: Stage, page: Page, more: Partial<Connection>): Promise<void> => {
    const { id } = await person.connectionAt(stage, page.url());
    const { connections } = stage.service.services.tables;
    const row = (await connections.get(connectionKey(id)))!;
    await connections.replace(row, { ...row.value, ...more });
  };

  const withoutTexts = async (stage: Stage): Promise<Page> => {
    const page = await stage.open();
    await person.signUpWithoutTexts(stage, page, stage.newPerson());
    await openAll(page);
    return page;
  };

  const untilCode = async (stage: Stage): Promise<Page> => {
    const page = await stage.open();
    const who = stage.newPerson();
    await person.sendForm(stage, page, { phone: who.phone });
    await person.allowAs(page, who);
    return page;
  };

  describe('the personal page', () => {
    test('shows the devices once they have been looked at', async () => {
      const stage = the();
      const page = await person.connected(stage, stage.newPerson());
      expect(await person.titleOf(page)).toBe('We are looking for your devices');
      await person.checkBattery(stage, page.url());
      await page.reload();
      expect(await person.titleOf(page)).toBe('All is well');
      const card = page.getByRole('article', { name: 'Charge 6' });
      expect(await card.innerText()).toMatch(/6\d%/);
      await card.getByRole('img', { name: /Battery since today: 6\d%/ }).waitFor();
    });

    test('keeps settings and shows them again', async () => {
      const stage = the();
      const page = await person.connected(stage, stage.newPerson());
      await openAll(page);
      await page.getByLabel('Low at (percent)').fill('35');
      await page.getByLabel('Nearly empty at (percent)').fill('10');
      await page.getByLabel('Remind me until it is charged').selectOption('Every 12 hours');
      await page.getByLabel('Tell me when it is charged again').check();
      await page.getByLabel('Quiet hours').check();
      await page.getByLabel('Quiet from').fill('21:30');
      await page.getByLabel('Quiet until').fill('06:45');
      await page.getByLabel('Time zone').selectOption('Europe/Berlin');
      await person.press(page, 'Save');
      expect(await page.getByRole('status').innerText()).toBe('Your settings are saved.');
      await page.reload();
      expect(await page.getByRole('status').count()).toBe(0);
      expect(await person.textOf(page)).toContain(
        'You get a text at 35%, and again at 10%. It is repeated every 12 hours until you charge. You are told when it is charged again. Not between 21:30 and 06:45 (Europe/Berlin).',
      );
      expect(await page.getByLabel('Low at (percent)').inputValue()).toBe('35');
      expect(await page.getByLabel('Nearly empty at (percent)').inputValue()).toBe('10');
      expect(await page.getByLabel('Remind me until it is charged').inputValue()).toBe('12');
      expect(await page.getByLabel('Tell me when it is charged again').isChecked()).toBe(true);
      expect(await page.getByLabel('Quiet hours').isChecked()).toBe(true);
      expect(await page.getByLabel('Quiet from').inputValue()).toBe('21:30');
      expect(await page.getByLabel('Quiet until').inputValue()).toBe('06:45');
      expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin');
    });

    test('says at the fields which settings do not go together, and keeps what was there', async () => {
      const stage = the();
      const page = await person.connected(stage, stage.newPerson());
      await openAll(page);
      await page.getByLabel('Low at (percent)').fill('10');
      await page.getByLabel('Nearly empty at (percent)').fill('15');
      await page.getByLabel('Quiet hours').check();
      await page.getByLabel('Quiet from').fill('');
      await person.press(page, 'Save');
      await page
        .getByRole('spinbutton', { name: 'Nearly empty', description: /must be lower than the level above/ })
        .waitFor();
      const quietFrom = page.getByLabel('Quiet from');
      expect(await quietFrom.getAttribute('aria-describedby')).toBe('quietFrom-error');
      expect(await page.getByRole('alert').innerText()).toContain('Please enter a time such as 22:00.');
      await page.goto(page.url());
      expect(await page.getByLabel('Low at (percent)').inputValue()).toBe('20');
    });

    test('pauses texts and resumes them', async () => {
      const stage = the();
      const page = await person.connected(stage, stage.newPerson());
      await person.checkBattery(stage, page.url());
      await person.press(page, 'Pause texts');
      expect(await person.titleOf(page)).toBe('Your texts are paused');
      expect(await page.getByRole('status').innerText()).toBe('Texts about batteries are paused.');
      await person.press(page, 'Resume texts');
      expect(await page.getByRole('status').innerText()).toBe('Texts about batteries are on again.');
      await page.getByRole('button', { name: 'Pause texts' }).waitFor();
    });

    test('mutes a device, which then raises no alert, and lets it speak again', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      await person.checkBattery(stage, page.url());
      await page.reload();
      await openAll(page);
      await person.press(page, 'Mute Charge 6');
      expect(await page.getByRole('article', { name: 'Charge 6' }).innerText()).toContain('Muted');
      stage.world.wearers.setBattery(who.tracker, { percent: 12, drainPerHour: 0 });
      stage.advance(3_600_000);
      const before = person.textsTo(stage, who.phone).length;
      await person.checkBattery(stage, page.url());
      expect(person.textsTo(stage, who.phone)).toHaveLength(before);
      await page.reload();
      await openAll(page);
      await person.press(page, 'Unmute Charge 6');
      expect(await page.getByRole('status').innerText()).toBe('You get texts about this device again.');
      await openAll(page);
      await page.getByRole('button', { name: 'Mute Charge 6' }).waitFor();
    });

    test('gives a device the name that its wearer types, and says when a text could not say it', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      await person.checkBattery(stage, page.url());
      await page.reload();
      await openAll(page);
      await page.getByLabel('Your name for this Charge 6').fill('⌚');
      await person.press(page, 'Save the name');
      const again = page.getByRole('textbox', { name: 'Your name', description: /letters or digits/ });
      expect(await again.inputValue()).toBe('⌚');
      await again.fill('  Left wrist ');
      await person.press(page, 'Save the name');
      expect(await page.getByRole('article', { name: 'Left wrist' }).innerText()).toContain('Charge 6');
      stage.world.wearers.setBattery(who.tracker, { percent: 12, drainPerHour: 0 });
      stage.advance(3_600_000);
      await person.checkBattery(stage, page.url());
      expect(person.textsTo(stage, who.phone).at(-1)).toContain('Left wrist');
      await page.reload();
      expect(await person.titleOf(page)).toBe('Charge Left wrist today');
    });

    test('sends a test text', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      await person.press(page, 'Send a test text');
      expect(await page.getByRole('status').innerText()).toBe('A test text is on its way.');
      expect(person.textsTo(stage, who.phone).at(-1)).toContain('this is the test text you asked for');
    });

    test('is where the link in a low-battery text leads', async () => {
      const stage = the();
      const who = stage.newPerson();
      const address = (await person.connected(stage, who)).url();
      await person.checkBattery(stage, address);
      stage.world.wearers.setBattery(who.tracker, { percent: 17, drainPerHour: 0 });
      stage.advance(3_600_000);
      await person.checkBattery(stage, address);
      const text = person.textsTo(stage, who.phone).at(-1)!;
      expect(text).toContain('Charge 6 is at 17%');
      const page = await stage.open();
      await page.goto(/https?:\S+/.exec(text)![0]);
      expect(await person.titleOf(page)).toBe('Charge your Charge 6 today');
      expect(await page.getByRole('article', { name: 'Charge 6' }).innerText()).toMatch(/17%\s+low/);
    });

    test('shows that STOP was answered, until START is', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      const phone = await stage.open();
      const answer = async (word: string): Promise<void> => {
        await phone.goto(stage.world.phone.url);
        const mine = phone.getByRole('article').filter({ hasText: `to ${who.phone}` });
        const reply = mine.getByRole('link', { name: /Reply/ });
        await Promise.all([phone.waitForEvent('load'), reply.click()]);
        await person.press(phone, word);
        await stage.service.drainQueues();
        await page.reload();
      };
      await answer('STOP');
      expect(await person.titleOf(page)).toBe('Your texts are stopped');
      expect(await person.textOf(page)).toContain('has answered STOP, so it gets no texts');
      await answer('START');
      expect(await person.textOf(page)).toContain(`Texts go to ${person.masked(who.phone)}`);
    });

    test('changes the number once the new one is confirmed', async () => {
      const stage = the();
      const [who, next] = [stage.newPerson(), stage.newPerson()];
      const page = await person.connected(stage, who);
      await openAll(page);
      await page.getByLabel('New mobile number').fill(next.phone);
      await person.press(page, 'Change');
      await page.getByRole('checkbox', { name: /I agree/, description: /Please tick this box/ }).check();
      expect(await page.getByLabel('New mobile number').inputValue()).toBe(next.phone);
      await person.press(page, 'Change');
      expect(await person.titleOf(page)).toBe('Enter the code');
      expect(await person.textOf(page)).toContain(
        'Until the new number is confirmed, everything stays as it is.',
      );
      const tab = await page.context().newPage();
      await person.openPersonalPage(stage, tab, who);
      expect(await person.textOf(tab)).toContain(`Texts go to ${person.masked(who.phone)}`);
      await person.enterCode(page, person.codeFor(stage, next.phone));
      expect(await person.textOf(page)).toContain(person.masked(next.phone));
      expect(person.textsTo(stage, who.phone).at(-1)).toContain(
        'this number gets no more Google Health alerts',
      );
      expect(await person.textOf(page)).toContain(`Texts go to ${person.masked(next.phone)}`);
    });

    test('removes the number, and takes one again', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      await openAll(page);
      await person.press(page, 'Remove the number');
      expect(await page.getByRole('status').innerText()).toContain('Your number is removed.');
      await page.getByLabel('Mobile number', { exact: true }).fill('nonsense');
      await person.press(page, 'Add');
      await page
        .getByRole('textbox', { name: 'Mobile number', description: /does not look like/ })
        .fill(who.phone);
      await page.getByRole('checkbox', { name: /I agree/ }).check();
      await person.press(page, 'Add');
      await person.enterCode(page, person.codeFor(stage, who.phone));
      expect(await person.textOf(page)).toContain(`Texts go to ${person.masked(who.phone)}`);
    });

    test('gets a new link, and the old one is worthless', async () => {
      const stage = the();
      const page = await person.connected(stage, stage.newPerson());
      const old = page.url();
      await person.press(page, 'Replace this link');
      expect(await page.getByRole('status').innerText()).toContain('This is your new link.');
      expect(page.url()).not.toContain(old);
      const other = await stage.open();
      await other.goto(old);
      expect(await person.titleOf(other)).toBe('This link is not valid any more');
      await other.goto(`${old}/export`);
      expect(await person.titleOf(other)).toBe('This link is not valid any more');
    });

    test('exports everything as a file', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      await person.checkBattery(stage, page.url());
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export what is stored about you' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('fitbit-token-service.json');
      const stored = JSON.parse(await readFile(await download.path(), 'utf8')) as unknown;
      expect(stored).toMatchObject({
        number: who.phone,
        connection: { provider: 'google-health' },
        devices: [{ name: 'Charge 6' }],
        messages: expect.arrayContaining([expect.objectContaining({ kind: 'welcome' })]) as unknown,
      });
    });

    test('reconnects with the same account and keeps everything', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      const url = page.url();
      await openAll(page);
      await person.press(page, 'Reconnect with Google Health');
      await person.allowAs(page, who);
      expect(await person.bannerOf(page)).toBe('You are connected again');
      expect(await person.textOf(page)).toContain(`you get a text at ${person.masked(who.phone)}`);
      expect(page.url()).toBe(url);
    });

    test('does not reconnect with another account', async () => {
      const stage = the();
      const [who, another] = [stage.newPerson(), stage.newPerson()];
      const page = await person.connected(stage, who);
      const url = page.url();
      await openAll(page);
      await person.press(page, 'Reconnect with Google Health');
      await person.allowAs(page, another);
      expect(await person.titleOf(page)).toBe('That was another account');
      await person.follow(page, 'Start again');
      expect(page.url()).toBe(url);
    });

    test('lets somebody from Fitbit move to Google Health', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who, { provider: 'Fitbit' });
      await openAll(page);
      await page.getByRole('radio', { name: 'Google Health' }).check();
      await person.press(page, 'Reconnect');
      await person.allowAs(page, who);
      expect(await person.bannerOf(page)).toBe('You are connected again');
      expect(await person.textOf(page)).toContain('Connected to Google Health since');
    });

    test('says when the provider does not answer, has ended the connection, or is switched off', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who, { provider: 'Fitbit' });
      const at = stage.now();
      await change(stage, page, { failedAttempt: { at, code: 'PROVIDER_UNAVAILABLE' }, failingSince: at });
      await page.reload();
      expect(await person.titleOf(page)).toBe('No news from Fitbit just now');
      const { pointer } = await person.connectionAt(stage, page.url());
      const { consent, generation } = pointer!;
      await change(stage, page, { refusal: { consent, generation, firstAt: at, confirmedAt: at } });
      await page.reload();
      expect(await person.textOf(page)).toContain('Fitbit has ended the connection');
      await page.getByRole('button', { name: 'Reconnect', exact: true }).waitFor();
      await change(stage, page, {
        refusal: undefined,
        failedAttempt: { at, code: 'PROVIDER_RETIRED' },
        retirement: { firstAt: at, confirmedAt: at },
      });
      await page.reload();
      expect(await person.textOf(page)).toContain('Fitbit has been switched off');
      await person.press(page, 'Reconnect');
      await person.allowAs(page, who);
      expect(await person.bannerOf(page)).toBe('You are connected again');
    });

    test('disconnects only who has ticked the box', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      const [url, { id }] = [page.url(), await person.connectionAt(stage, page.url())];
      await openAll(page);
      await person.press(page, 'Disconnect');
      const box = page.getByRole('checkbox', {
        name: 'Yes, disconnect and delete',
        description: /Please tick/,
      });
      await box.check();
      await person.press(page, 'Disconnect');
      expect(await person.titleOf(page)).toBe('You are disconnected');
      expect(await person.textOf(page)).toContain(
        'Google Health has confirmed that we no longer have access to your account.',
      );
      expect(stage.world.simulators['google-health'].currentRefreshToken(who.id)).toBeUndefined();
      expect(person.textsTo(stage, who.phone).at(-1)).toContain('This is the last text.');
      await stage.service.drainQueues();
      expect(await readConnection(stage.service.services, id)).not.toHaveProperty('phone');
      await page.goto(url);
      expect(await person.titleOf(page)).toBe('This link is not valid any more');
      await person.follow(page, 'Sign up');
      expect(await person.titleOf(page)).toBe('Connect your tracker');
    });

    test.each<[string, (stage: Stage) => Promise<Page>, string]>([
      ['Replace this link', withoutTexts, 'This is your new link.'],
      ['Disconnect', withoutTexts, 'You are disconnected'],
      ['Continue without texts', untilCode, 'You are connected'],
    ])(
      'ends as it should when the answer to "%s" is lost and the button is pressed again',
      async (name, open, expected) => {
        const page = await open(the());
        const box = page.getByRole('checkbox', { name: 'Yes, disconnect and delete' });
        if ((await box.count()) > 0) await box.check();
        const isLost = new Promise<void>((lost) => {
          void page.route(
            (url) => /^\/(m|confirm)\b/.test(url.pathname),
            async (route) => {
              await route.fetch({ maxRedirects: 0 });
              lost();
            },
            { times: 1 },
          );
        });
        // By key, because clicks of Playwright wait for the answer.
        await page.getByRole('button', { name, exact: true }).focus();
        await page.keyboard.press('Enter');
        await isLost;
        await page.keyboard.press('Enter');
        await page.getByText(expected).first().waitFor();
      },
    );

    test('says so when the provider has not confirmed the end', async () => {
      const stage = the();
      const who = stage.newPerson();
      const page = await person.connected(stage, who);
      stage.world.simulators['google-health'].faults.add(
        who.id,
        documentedFault('google-health.revoke.unavailable', 9),
      );
      await openAll(page);
      await page.getByRole('checkbox', { name: 'Yes, disconnect and delete' }).check();
      await person.press(page, 'Disconnect');
      expect(await person.textOf(page)).toMatch(
        /has not (yet )?confirmed that we no longer have access to your account/,
      );
      await page.getByRole('link', { name: /^https:\/\/myaccount\.google\.com\// }).waitFor();
    });

    test('of a link that never was leads to a new one', async () => {
      const stage = the();
      const page = await stage.open();
      await page.goto(`${stage.service.url}/m/nobody`);
      expect(await person.titleOf(page)).toBe('This link is not valid any more');
      await person.follow(page, 'Sign up');
      expect(await person.titleOf(page)).toBe('Connect your tracker');
    });
  });

  describe('who has lost the link', () => {
    test('gets it texted, and whoever asks with a number that is not known sees the same', async () => {
      const stage = the();
      const [known, stranger] = [stage.newPerson(), stage.newPerson()];
      const managed = await person.connected(stage, known);
      const page = await stage.open();
      const answers = [];
      for (const { phone } of [known, stranger]) {
        await page.goto(`${stage.service.url}/signup`);
        await person.follow(page, 'Get my link again');
        await page.getByLabel('Your mobile number').fill(phone);
        await person.press(page, 'Send me the link');
        expect(await person.titleOf(page)).toBe('Look at your phone');
        answers.push(await page.locator('body').innerText());
      }
      expect(answers[1]).toBe(answers[0]);
      await stage.service.drainQueues();
      expect(person.textsTo(stage, known.phone).at(-1)).toContain(`your personal page: ${managed.url()}`);
      expect(person.textsTo(stage, stranger.phone)).toEqual([]);
    });

    test('is told when a number is none', async () => {
      const stage = the();
      const page = await stage.open();
      await page.goto(`${stage.service.url}/link`);
      await page.getByLabel('Your mobile number').fill('my phone');
      await person.press(page, 'Send me the link');
      await page
        .getByRole('textbox', { name: 'Your mobile number', description: /does not look like/ })
        .waitFor();
    });
  });

  test('the privacy page is one step from everywhere and says what is kept', async () => {
    const stage = the();
    const page = await stage.open();
    for (const from of ['signup', 'link', 'confirm', 'm/nobody', 'api/oauth/callback']) {
      await page.goto(`${stage.service.url}/${from}`);
      await person.follow(page, 'Privacy');
      expect(await person.titleOf(page)).toBe('Privacy and text terms');
    }
    expect(await person.textOf(page)).toContain(
      'Mobile numbers, e-mail addresses and your agreement to texts or e-mails are never sold',
    );
  });
}
