/** The pages as people use them on a phone, in a real Chromium, with the whole local world behind them. `npm run test:browser` */
import { describeAudit } from './audit';
import { describeByEmail } from './by-email';
import { findChromium } from './chromium';
import { describeConfirming } from './confirm';
import { describeLanguages } from './languages';
import { describePersonalPage } from './personal';
import { describeSignUp } from './sign-up';
import { startStage, type Stage } from './stage';
import { describeUnsubscribing } from './unsubscribe';

// Before anything starts: without a browser there is one message, not one for each test.
const chromium = findChromium(process.env);

jest.setTimeout(60_000);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage(chromium);
}, 120_000);

afterAll(() => stage.close(), 60_000);

afterEach(async () => {
  await stage.closeBrowsers();
  // No error, nothing that the content security policy blocked, and nothing asked of anybody else.
  expect(stage.takeComplaints()).toEqual([]);
});

describeSignUp(() => stage);
describeConfirming(() => stage);
describeByEmail(() => stage);
describePersonalPage(() => stage);
describeUnsubscribing(() => stage);
describeLanguages(() => stage);
describeAudit(() => stage);
