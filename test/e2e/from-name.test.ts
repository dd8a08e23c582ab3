/** A wearer whose texts come from a name, which nobody can answer, as is usual outside North America: from the form to the end of the texts. */
import { createBrowser } from '../../local/browser';
import { asAda, linkOnPhone, signUpAs } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { service, useLocalService, world } from '../support/local-service';

useLocalService({ settings: { SMS_FROM: 'Sleep Study' } });

const browser = createBrowser();
const textOf = (body = '') => body.replace(/http\S+/, 'LINK');

test('agrees to texts that cannot be answered, and is told where they end', async () => {
  const form = await browser.open(`${service.url}/signup`);
  expect(form.text.replace(/\s+/g, ' ')).toContain(
    'You cannot reply to these texts: the link in every alert',
  );
  expect((await browser.open(`${service.url}/privacy`)).text).toContain(
    '<li>Fitbit Token Service texts you from Sleep Study only if you have asked for it',
  );
  const personal = await signUpAs({ ...asAda(service, world, 'google-health'), browser });
  expect(new URL(personal.url).pathname).toMatch(/^\/m\//);
  expect(world.phone.texts().map(({ from, body }) => [from, textOf(body)])).toEqual([
    ['Sleep Study', expect.stringMatching(/: your code is \d{6}\. .* ignore this text\.$/)],
    ['Sleep Study', 'Fitbit Token Service: alerts on: LINK Msg&data rates may apply. Link to end'],
  ]);
});

test('is texted when a battery is low, and ends the texts at the link', async () => {
  const runLow = async (percent: number) => {
    world.wearers.setBattery(
      world.wearers
        .get(ada.id)!
        .devices()
        .find(({ kind }) => kind === 'TRACKER')!.id,
      { percent, drainPerHour: 0 },
    );
    await service.invokeTimer('checkBatteries');
    await service.drainQueues();
  };
  for (const percent of [100, 15]) await runLow(percent);
  expect(textOf(world.phone.texts().at(-1)?.body)).toBe(
    'Fitbit Token Service: Your Charge 6 is at 15%. Time to charge. LINK Link to end',
  );
  const page = await browser.open(linkOnPhone(world.phone, ada.phone));
  expect(page.text).toContain('>End texts and remove the number</button>');
  const ended = await browser.submit(page, { action: 'no-texts' });
  expect(ended.text).toContain('You get no more texts.');
  const before = world.phone.texts().length;
  await runLow(3);
  expect(world.phone.texts()).toHaveLength(before);
});
