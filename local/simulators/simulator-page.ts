/**
 * The look of the simulators' pages: plain HTML that needs no script, readable on a phone, light and dark.
 */
import { html, raw } from 'hono/html';

/** What the `html` template yields: text in it that is not markup is escaped. */
export type Markup = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  /** Which provider pretends to speak, said above the title. */
  readonly from: string;
  readonly body: Markup;
  /** Loads itself again. */
  readonly refreshSeconds?: number;
}

export function renderPage({ title, from, body, refreshSeconds }: Page): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}" />`}
        <title>${title} · ${from}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <p class="from">${from} · simulated on this machine</p>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}

/** Nothing is loaded and no script runs. Forms stay free: the consent page redirects to the service. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
};

const style = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3a4048); --soft: light-dark(#5a6470, #9aa5b1);
  --card: light-dark(#fff, #1d2126); --accent: light-dark(#0b5fff, #7aa7ff); --on-accent: light-dark(#fff, #0b1220); }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f5f6f8, #14171a);
  color: light-dark(#16191d, #e7eaee); }
main { max-width: 44rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 0; }
h3 { font-size: 1rem; margin: 0; }
.from, .soft { color: var(--soft); font-size: .875rem; margin: 0; }
section, fieldset { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem;
  margin: 0 0 1rem; min-width: 0; }
legend { font-weight: 600; padding: 0 .3rem; }
article { border-top: 1px solid var(--line); margin-top: .9rem; padding-top: .9rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: .6rem; }
form.tall { display: block; margin: 0; }
fieldset label { display: flex; gap: .6rem; align-items: center; padding: .45rem 0; overflow-wrap: anywhere; }
input, select, button { font: inherit; min-height: 2.5rem; padding: .3rem .7rem; border-radius: .4rem;
  border: 1px solid var(--line); background: light-dark(#fff, #14171a); color: inherit; max-width: 100%; }
input[type=radio], input[type=checkbox] { min-height: 0; width: 1.1rem; height: 1.1rem; flex: none; }
input[type=number] { width: 5.5rem; }
select { flex: 1 1 100%; min-width: 0; }
select { width: 100%; }
label.wide { flex: 1 1 100%; min-width: 0; }
button { cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
meter { width: 6rem; height: 1rem; vertical-align: middle; }
article p { margin: .3rem 0; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
pre { font-size: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
iframe { width: 100%; height: 20rem; border: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
