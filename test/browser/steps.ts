/** What a person does in a browser, by what they see: labels, buttons, links. */
import type { Page } from 'playwright-core';
import { codeOnPhone, linkOnPhone } from '../../local/connect-wearer';
import { findByLink } from '../../src/domain/contact/personal-link';
import type { Connection } from '../../src/model';
import type { Person, Stage } from './stage';

export const providers = ['Google Health', 'Fitbit'] as const;
export type ProviderName = (typeof providers)[number];

export const numberLabel = 'Mobile number (optional)';

/** Presses a button that sends a form, and waits for the page that answers it. */
export async function press(page: Page, name: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).click()]);
}

/** Follows a link and waits for its page. */
export async function follow(page: Page, name: string | RegExp): Promise<void> {
  const link = page.getByRole('link', typeof name === 'string' ? { name, exact: true } : { name });
  await Promise.all([page.waitForEvent('load'), link.click()]);
}

export function titleOf(page: Page): Promise<string> {
  return page.getByRole('heading', { level: 1 }).innerText();
}

/** All that can be read, in one line. */
export async function textOf(page: Page): Promise<string> {
  return (await page.getByRole('main').innerText()).replace(/\s+/g, ' ');
}

export interface FilledForm {
  readonly provider?: ProviderName;
  /** Without it no texts are asked for. */
  readonly phone?: string;
  readonly agrees?: boolean;
}

/** Opens the form, fills it in and sends it. */
export async function sendForm(
  stage: Stage,
  page: Page,
  { provider = 'Google Health', phone, agrees = phone !== undefined }: FilledForm = {},
): Promise<void> {
  await page.goto(`${stage.service.url}/signup`);
  await page.getByRole('radio', { name: provider }).check();
  if (phone !== undefined) await page.getByLabel(numberLabel).fill(phone);
  if (agrees) await page.getByRole('checkbox', { name: /I agree to receive/ }).check();
  await press(page, 'Continue');
}

/** On the provider's page. */
export async function allowAs(page: Page, { name }: Pick<Person, 'name'>): Promise<void> {
  await page.getByRole('radio', { name, exact: true }).check();
  await press(page, 'Allow');
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code from the text').fill(code);
  await press(page, 'Confirm');
}

export function codeFor({ world }: Stage, phone: string): string {
  return codeOnPhone(world.phone, phone);
}

/** Another one than the right one. */
export function wrongCode(right: string, step = 1): string {
  return String((Number(right) + step) % 1_000_000).padStart(6, '0');
}

export function textsTo({ world }: Stage, phone: string): string[] {
  const to = phone.replaceAll(' ', '');
  return world.phone
    .texts()
    .filter((text) => text.to === to)
    .map(({ body }) => body);
}

/** From the form to the personal page. */
export async function signUp(stage: Stage, page: Page, person: Person, form: FilledForm = {}): Promise<void> {
  const filled = { phone: person.phone, ...form };
  await sendForm(stage, page, filled);
  await allowAs(page, person);
  await enterCode(page, codeFor(stage, filled.phone));
}

/** From the form to the personal page, without a number. */
export async function signUpWithoutTexts(
  stage: Stage,
  page: Page,
  person: Person,
  provider: ProviderName = 'Google Health',
): Promise<void> {
  await sendForm(stage, page, { provider });
  await allowAs(page, person);
}

/** The personal page, by the link that was texted. */
export async function openPersonalPage(stage: Stage, page: Page, { phone }: Person): Promise<void> {
  await page.goto(linkOnPhone(stage.world.phone, phone));
}

/** What the personal page says once, at its top. */
export function bannerOf(page: Page): Promise<string> {
  return page.getByRole('status').getByRole('heading').innerText();
}

/** Signed up, on the personal page. */
export async function connected(stage: Stage, person: Person, form: FilledForm = {}): Promise<Page> {
  const page = await stage.open();
  await signUp(stage, page, person, form);
  return page;
}

/** @param address of the wearer's personal page */
export async function connectionAt({ service }: Stage, address: string): Promise<Connection> {
  const link = new URL(address).pathname.split('/').at(-1)!;
  return (await findByLink(service.services, link))!;
}

/**
 * What the hourly run does for one wearer, as an operator asks for it. The jobs of a run are spread over time, so with many
 * wearers it would come later.
 *
 * @param address of the wearer's personal page
 */
export async function checkBattery(stage: Stage, address: string): Promise<void> {
  const { id } = await connectionAt(stage, address);
  const body = JSON.stringify({ connection: id });
  const answer = await fetch(`${stage.service.url}/api/ops/check`, { method: 'POST', body });
  expect(answer.status).toBe(200);
}

/** As the personal page shows a number. */
export function masked(phone: string): string {
  const start = phone.indexOf(' ');
  return phone.slice(0, start) + phone.slice(start, -3).replace(/\d/g, '•') + phone.slice(-3);
}
