/** Signs somebody up the way a person does: the form, the provider's consent page, the code from the phone. */
import type { ProviderId } from '../src/model';
import { createBrowser, type Browser, type Page } from './browser';
import { ada } from './people';
import type { Phone } from './phone/sms-endpoint';

export interface ConnectOptions {
  /** Origin of the service. */
  readonly serviceUrl: string;
  readonly provider: ProviderId;
  /** Empty for no texts. */
  readonly number: string;
  /** Where the code is read; without it nobody types it in. */
  readonly phone?: Pick<Phone, 'texts'>;
  /** Who to be on the simulator's consent page. */
  readonly wearer: string;
  readonly decision?: 'allow' | 'cancel';
  readonly browser?: Browser;
}

/** Ada, who reads the code on her phone. */
export function asAda(
  { url }: { readonly url: string },
  { phone }: { readonly phone: Pick<Phone, 'texts'> },
  provider: ProviderId,
): ConnectOptions {
  return { serviceUrl: url, provider, number: ada.phone, phone, wearer: ada.id };
}

/** @returns the page that the service shows at the end, whatever it says */
export async function signUpAs(options: ConnectOptions): Promise<Page> {
  const {
    serviceUrl,
    provider,
    number,
    phone,
    wearer,
    decision = 'allow',
    browser = createBrowser(),
  } = options;
  const form = await browser.open(`${serviceUrl}/signup`);
  const consent = await browser.submit(form, {
    phone: number,
    provider,
    ...(number !== '' && { agree: 'yes' }),
  });
  if (new URL(consent.url).origin === new URL(serviceUrl).origin) return consent;
  const back = await browser.submit(consent, { wearer, decision });
  if (phone === undefined || new URL(back.url).pathname !== '/confirm') return back;
  return browser.submit(back, { action: 'confirm', code: codeOnPhone(phone, number) });
}

/** The six digits that were texted last. */
export function codeOnPhone(phone: Pick<Phone, 'texts'>, number: string): string {
  const to = number.replace(/[^\d+]/g, '');
  const codes = phone.texts().flatMap((text) => {
    const [, code] = /code is (\d{6})/.exec(text.body) ?? [];
    return text.to === to && code !== undefined ? [code] : [];
  });
  const code = codes.at(-1);
  if (code === undefined) throw new Error('No code has arrived on the phone.');
  return code;
}

/** The personal link that was texted last, with its host. */
export function linkOnPhone(phone: Pick<Phone, 'texts'>, number: string): string {
  const to = number.replace(/[^\d+]/g, '');
  const links = phone
    .texts()
    .flatMap((text) => (text.to === to ? (/http\S+\/m\/[\w-]{22}/.exec(text.body) ?? []) : []));
  const link = links.at(-1);
  if (link === undefined) throw new Error('No link has arrived on the phone.');
  return link;
}

/** @throws Error with the title of the page that came instead of success */
export async function connectWearer(options: ConnectOptions): Promise<void> {
  const page = await signUpAs(options);
  if (page.status !== 200) throw new Error(`the service answered ${page.status}: ${page.title}`);
}
