/** Asks for another browser, on every page that leads to the consent page of a provider: Google shows none to the browser of an app. */
import { html } from 'hono/html';
import type { Frame, Html } from './layout';

/** @param address of the page that it stands on, to be copied; a browser that can go on is told nothing */
export function otherBrowserNotice({ embeddedBrowser, words }: Frame, address: string): Html | string {
  if (embeddedBrowser !== true) return '';
  const says = words.signUp.embedded;
  return html`<section class="bad" aria-labelledby="other-browser">
    <h2 id="other-browser">${says.title}</h2>
    <p>${says.why}</p>
    <p class="copy">${address}</p>
  </section>`;
}
