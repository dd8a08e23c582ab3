/** Trouble as somebody watches it after `npm start`: a fault is switched on at the simulator's page, and seen there and on the phone. */
import type { Browser, Page } from 'playwright-core';
import { asAda, connectWearer } from '../../local/connect-wearer';
import { runStart, type Started } from '../../local/run-start';
import { chooseStartSettings } from '../../local/start-settings';
import { findChromium, launchChromium } from './chromium';

const chromium = findChromium(process.env);
const withinAMinute = { timeout: 60_000 };

let browser: Browser;
let started: Started;
beforeAll(async () => {
  browser = await launchChromium(chromium);
  started = await runStart({
    servicePort: 0,
    chosen: chooseStartSettings({}, {}),
    print: () => undefined,
  });
  const { world, service } = started;
  await connectWearer(asAda(service, world, 'google-health'));
}, 120_000);
afterAll(async () => {
  await browser.close();
  await started.close();
}, 60_000);
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

const open = async (): Promise<{ readonly simulator: Page; readonly phone: Page }> => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const [simulator, phone] = [await context.newPage(), await context.newPage()];
  await simulator.goto(started.world.simulators['google-health'].url);
  await phone.goto(started.world.phone.url);
  return { simulator, phone };
};
const adas = (page: Page) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'Ada' }) });
const service = (page: Page) => page.frameLocator('iframe');
const switchOn = async (page: Page, fault: string): Promise<void> => {
  await adas(page).getByLabel('What goes wrong').selectOption(fault);
  await adas(page)
    .getByLabel(/How many times/)
    .fill('');
  await adas(page).getByRole('button', { name: 'Switch on' }).click();
  await adas(page).getByText(`${fault}, until cleared`).waitFor();
};
const clear = (page: Page) => adas(page).getByRole('button', { name: 'Clear the faults' }).click();

test('devices that are refused are seen, texted, and texted again when they can be read', async () => {
  const { simulator, phone } = await open();
  await service(simulator)
    .getByText(/^\w+ connected$/)
    .waitFor();
  await switchOn(
    simulator,
    'Refused without a reason: access has to be removed and given again (403 permission_denied)',
  );
  await service(simulator)
    .getByText(/check failing: ACCESS_FORBIDDEN since/)
    .waitFor(withinAMinute);
  await phone.getByText(/can't read your battery. Remove our access, reconnect:/).waitFor(withinAMinute);
  await clear(simulator);
  await phone.getByText(/your battery is watched again/).waitFor(withinAMinute);
  await service(simulator)
    .getByText(/^\w+ connected$/)
    .waitFor(withinAMinute);
}, 180_000);

test('what the operator has to mend is an alarm, there and on the phone', async () => {
  const { simulator, phone } = await open();
  await switchOn(simulator, 'The API is not enabled in the project (403 service_disabled)');
  await service(simulator)
    .getByText(/check failing: API_DISABLED since/)
    .waitFor(withinAMinute);
  await service(simulator)
    .getByText(/^client refused/)
    .waitFor(withinAMinute);
  await phone.getByText(/ALARM: client refused/).waitFor(withinAMinute);
  await clear(simulator);
}, 180_000);

test('a dead refresh token is asked for again, and the wearer told to reconnect', async () => {
  const { simulator, phone } = await open();
  await switchOn(simulator, 'The refresh token is dead (400 invalid_grant)');
  await service(simulator)
    .getByText(/failing: GRANT_REFUSED since/)
    .waitFor(withinAMinute);
  await service(simulator)
    .getByText(/reconnect required/)
    .first()
    .waitFor(withinAMinute);
  await phone.getByText(/Google Health has disconnected. Reconnect:/).waitFor(withinAMinute);
}, 180_000);
