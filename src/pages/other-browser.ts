/** Asks for another browser on pages that lead to a consent page of Google, which refuses the browsers of apps. */
import { html } from 'hono/html';
import { providerIds, providerTable } from '../model';
import type { Frame, Html } from './layout';

export interface OtherBrowser {
  /** Of the page that it stands on, to be copied. */
  readonly address: string;
  /** Where the page leads, by ids. */
  readonly providers: readonly { readonly id: string }[];
}

/** A browser that can go on is told nothing. */
export function otherBrowserNotice(
  { embeddedBrowser, words }: Frame,
  { address, providers }: OtherBrowser,
): Html | string {
  if (embeddedBrowser !== true || !providers.some(leadsToGoogle)) return '';
  const says = words.signUp.embedded;
  return html`<section class="bad" aria-labelledby="other-browser">
    <h2 id="other-browser">${says.title}</h2>
    <p>${says.why}</p>
    <p class="copy">${address}</p>
  </section>`;
}

function leadsToGoogle({ id }: { readonly id: string }): boolean {
  return providerIds.some((each) => each === id && providerTable[each].signsInWithGoogle);
}
