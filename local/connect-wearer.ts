/** Signs somebody up the way a person does: the form, the provider's consent page, back to the service. */
import type { ProviderId } from '../src/model';
import { createBrowser, type Page } from './browser';

export interface ConnectOptions {
  /** Origin of the service. */
  readonly serviceUrl: string;
  readonly provider: ProviderId;
  readonly phone: string;
  /** Who to be on the simulator's consent page. */
  readonly wearer: string;
  readonly decision?: 'allow' | 'cancel';
}

/** @returns the page that the service shows at the end, whatever it says */
export async function signUpAs(options: ConnectOptions): Promise<Page> {
  const { serviceUrl, provider, phone, wearer, decision = 'allow' } = options;
  const browser = createBrowser();
  const form = await browser.open(`${serviceUrl}/api/signup`);
  const consent = await browser.submit(form, { phone, provider });
  if (new URL(consent.url).origin === new URL(serviceUrl).origin) return consent;
  return browser.submit(consent, { wearer, decision });
}

/** @throws Error with the title of the page that came instead of success */
export async function connectWearer(options: ConnectOptions): Promise<void> {
  const page = await signUpAs(options);
  if (page.status !== 200) throw new Error(`the service answered ${page.status}: ${page.title}`);
}
