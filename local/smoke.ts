/**
 * `npm run smoke -- --url http://127.0.0.1:7071`: asks a running service for its health and its pages, and in the local world
 * signs somebody up, from the form to the text on the phone. Elsewhere nobody can consent or read a text, so it stops at the pages.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { paths } from '../src/paths';
import { createBrowser } from './browser';
import { codeOnPhone, signUpAs } from './connect-wearer';
import { usualPorts } from './world';
import type { Text } from './phone/texts';

const wearer = 'grace';
/** A fictitious one, and another each time: what is known already is not asked for a code again. */
const number = `+142555501${randomInt(30, 100)}`;
const patienceMs = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: 'string' }, phone: { type: 'string' } } });
  if (values.url === undefined) throw new Error('Say which: npm run smoke -- --url http://127.0.0.1:7071');
  const { origin, hostname } = new URL(values.url);
  const isLocal = ['127.0.0.1', 'localhost'].includes(hostname);
  const phone = values.phone ?? (isLocal ? `http://127.0.0.1:${usualPorts.phone}` : undefined);

  await step('health', async () => {
    const response = await fetch(`${origin}${paths.health}`);
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${body}`);
    return body;
  });
  for (const [name, path] of Object.entries({
    'sign-up page': paths.signUp,
    'privacy page': paths.privacy,
  })) {
    await step(name, async () => {
      const { status, title } = await createBrowser().open(`${origin}${path}`);
      if (status !== 200) throw new Error(`${status} ${title}`);
      return title;
    });
  }
  if (phone === undefined)
    return console.log('Nobody was signed up: that needs the local world and its phone.');
  await step('sign-up to text', () => signUp(origin, phone));
}

async function signUp(serviceUrl: string, phone: string): Promise<string> {
  const texts = async (): Promise<Text[]> => {
    const all = (await (await fetch(`${phone}/texts.json`)).json()) as Text[];
    return all.filter(({ to }) => to === number);
  };
  const browser = createBrowser();
  const form = await signUpAs({ serviceUrl, provider: 'google-health', number, wearer, browser });
  const arrived = await texts();
  const done = await browser.submit(form, {
    action: 'confirm',
    code: codeOnPhone({ texts: () => arrived }, number),
  });
  if (done.status !== 200) throw new Error(`the service answered ${done.status}: ${done.title}`);
  const until = Date.now() + patienceMs;
  for (;;) {
    const welcome = (await texts()).slice(arrived.length).at(0);
    if (welcome) return welcome.body;
    if (Date.now() > until) throw new Error('no text came after the code was entered');
    await sleep(500);
  }
}

async function step(name: string, work: () => Promise<string>): Promise<void> {
  const result = await work().catch((error: unknown) => {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  });
  console.log(`ok  ${name}: ${result}`);
}

main().catch((error: unknown) => {
  console.error(`FAILED  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
