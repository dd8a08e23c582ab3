/** Signing up on a desktop, in a real Chromium. What follows is the same on every screen, and pages.browser.ts looks at it. */
import { findChromium } from './chromium';
import { describeSignUp } from './sign-up';
import { startStage, type Stage } from './stage';

const chromium = findChromium(process.env);

jest.setTimeout(60_000);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage(chromium);
  stage.resize('desktop');
}, 120_000);

afterAll(() => stage.close(), 60_000);

afterEach(async () => {
  await stage.closeBrowsers();
  expect(stage.takeComplaints()).toEqual([]);
});

describeSignUp(() => stage);
