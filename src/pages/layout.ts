/** The frame of every page: one small stylesheet, light and dark, no script, nothing from outside. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { languages, type Language } from '../model';
import { paths } from '../paths';
import type { Html } from './html';
import { wordsIn } from './words';
import type { Words } from './words/catalogue';

export type { Html } from './html';

/** What every page says about the service, and in which language. */
export interface Frame {
  readonly words: Words;
  /** Goes along with every link to another page, where the browser by itself would ask for another language. */
  readonly carried?: Language | undefined;
  /** Whether this page can be opened in another language: its address takes `?language=`. */
  readonly switchable?: boolean;
  /** What its address holds besides the language, in every language. */
  readonly query?: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** E-mail or web address of the operator. */
  readonly contact?: string | undefined;
  /** The party that may also use a wearer's access, if there is one. */
  readonly sharedWith?: string | undefined;
  /** The browser is that of an app, such as a messenger, where Google refuses to sign people in. */
  readonly embeddedBrowser?: boolean;
}

/** What is wrong with a form, by the id of the field and in the order of the page. */
export type Errors = Readonly<Record<string, FieldError | undefined>>;

export interface FieldError {
  /** What the page calls the field. */
  readonly label: string;
  readonly error: string;
}

const stylesheet = `
:root { color-scheme: light dark; --ink: #19201d; --quiet: #56605b; --ground: #f3f6f4; --card: #fff; --line: #d6ddd9;
  --edge: #77827c; --strong: #0b6e4f; --on-strong: #fff; --tint: #e4f2eb; --bad: #a8172b; --bad-tint: #fcebed;
  --warn: #8a4a00; --warn-tint: #fdf0dc; --focus: #0b5cd6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecea; --quiet: #a4aea9; --ground: #0e1311; --card: #171d1a;
  --line: #323b36; --edge: #7e8984; --strong: #4cc596; --on-strong: #06251b; --tint: #14291f; --bad: #ff8b93;
  --bad-tint: #35191d; --warn: #ffbd66; --warn-tint: #33230c; --focus: #7cc0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 40rem; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
body > header { display: flex; align-items: center; gap: .5rem; padding: .25rem 0 1rem; font-weight: 600;
  color: var(--strong); }
body > header svg { flex: none; width: 1.75rem; }
body > footer { padding: .5rem 0 2rem; color: var(--quiet); font-size: .9375rem; }
body > footer nav > * { display: inline-block; padding: .65rem 0; margin-right: 1.25rem; color: inherit; }
[aria-current=true] { font-weight: 600; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; }
@media (max-width: 30rem) { h1 { font-size: 1.5rem; } }
.lead { margin: -.625rem 0 .875rem; color: var(--quiet); }
h2 { margin: 0 0 .625rem; font-size: 1.25rem; line-height: 1.3; }
h3 { margin: 0; font-size: 1.0625rem; }
main section, .errors { margin: 0 0 1rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
p, ul, dl, form, figure { margin: 0 0 1rem; } ul { padding-left: 1.25rem; } li { margin: .25rem 0; }
dt { font-weight: 600; } dd { margin: 0 0 .875rem; }
section > :last-child, form > :last-child, .field > :last-child, .errors > :last-child, details > :last-child,
  dl > :last-child { margin-bottom: 0; }
form > h2:not(:first-child) { margin-top: 1.75rem; }
.fine, .tight .hint { font-size: .875rem; line-height: 1.4; } .tight .field, .tight fieldset { margin-bottom: .5rem; }
.tight .check { line-height: 1.35; } .tight .check span { font-size: .9375rem; }
.tight details { margin: .25rem 0 0; } .tight button { margin-bottom: .5rem; } main section.tight { padding: 1rem; }
a { color: var(--strong); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.quiet { color: var(--quiet); font-size: .9375rem; }
code, .copy { font: .9375em ui-monospace, monospace; }
.copy { display: block; padding: .75rem; background: var(--ground); border-radius: .5rem; user-select: all; }
.field { margin: 0 0 1.25rem; }
label, legend { display: block; margin: 0 0 .375rem; padding: 0; font-weight: 600; }
fieldset { min-width: 0; border: 0; margin: 0 0 1.25rem; padding: 0; }
.hint { margin: .375rem 0 0; color: var(--quiet); font-size: .9375rem; }
.error { margin: .375rem 0; color: var(--bad); font-weight: 600; }
.errors { margin: .5rem 0 1.25rem; border: 2px solid var(--bad); } .errors a { color: var(--bad); }
input, select { max-width: 100%; padding: .625rem .75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--edge); border-radius: .5rem; }
input[type=tel], input[type=text], select { width: 100%; } input[type=number] { width: 6rem; }
[aria-invalid=true] { border: 2px solid var(--bad); } fieldset[aria-invalid=true] { border: 0; }
.check { display: grid; grid-template-columns: auto 1fr; gap: .625rem; margin: 0; padding: .375rem 0; font-weight: 400; }
.choices { display: flex; flex-wrap: wrap; gap: .5rem; }
.choices .check { flex: 1 1 auto; align-items: center; min-height: 2.75rem; padding: .25rem .625rem;
  border: 1px solid var(--edge); border-radius: .5rem; }
.choices .check:has(:checked) { border-color: var(--strong); background: var(--tint); }
.check input { width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--strong); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
form:has([name=way][value=sms]:checked) .by-email, form:has([name=way][value=email]:checked) .by-sms { display: none; }
input.code { width: 12rem; font-size: 1.75rem; letter-spacing: .2em; font-variant-numeric: tabular-nums; }
.pair { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
button, .button { display: inline-block; min-height: 2.75rem; padding: .5rem 1.125rem; font: inherit; font-weight: 600;
  text-decoration: none; color: var(--on-strong); background: var(--strong); border: 1px solid var(--strong);
  border-radius: .5rem; cursor: pointer; }
.second { color: var(--strong); background: none; } .danger { color: var(--bad); background: none; border-color: var(--bad); }
.row { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; } .row form { margin: 0; }
details { margin: 0 0 .625rem; } details[open] > summary { margin-bottom: .75rem; }
summary { padding: .5625rem 0; font-weight: 600; color: var(--strong); cursor: pointer; }
main section.notice { background: var(--tint); border-color: var(--strong); }
main section.bad { background: var(--bad-tint); border-color: var(--bad); }
.headline h1 { margin-bottom: .5rem; } .headline p:not(:last-child) { margin-bottom: .5rem; } .headline form { margin: 1rem 0; }
main section.good { background: var(--tint); border-color: var(--strong); } .good h1 { color: var(--strong); }
main section.warn { background: var(--warn-tint); border-color: var(--warn); } .warn h1 { color: var(--warn); }
.headline.bad h1 { color: var(--bad); }
.headline .quiet, .notice .quiet { color: inherit; }
main section.devices { padding: 0; background: none; border: 0; }
.device { margin: 0 0 1rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
.device header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; } .device header p { margin: 0; }
.device > :last-child { margin-bottom: 0; }
.level { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .75rem; margin: .25rem 0 0; font-weight: 600; }
.level svg { flex: none; width: 3.5rem; color: var(--strong); }
.level strong { font-size: 2.5rem; line-height: 1.3; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.low .level strong, .low .level svg, .low .level span { color: var(--bad); }
.old .level strong, .old .level svg, .old .level span { color: var(--quiet); }
.plot { display: grid; grid-template-columns: auto 1fr; gap: 0 .5rem; padding-top: 1rem; font-size: .8125rem;
  color: var(--quiet); font-variant-numeric: tabular-nums; }
.plot > svg { display: block; width: 100%; height: 8.5rem; overflow: visible; }
.scale { display: flex; flex-direction: column; justify-content: space-between; height: 8rem; margin: -.5rem 0;
  line-height: 1rem; text-align: right; }
.plot text { fill: var(--quiet); text-anchor: middle; } .plot path { fill: none; }
.plot .grid, .plot .tick { stroke: var(--line); } .plot .tick { stroke-dasharray: 2 3; } .plot .now { stroke: var(--edge); }
.plot .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: .1 5; stroke-linecap: round; }
.plot .line, .plot .ahead { stroke: var(--strong); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.plot .ahead { stroke-dasharray: 6 6; } .plot .gap { stroke: var(--edge); }
.plot .dot { stroke: var(--strong); stroke-width: 7; stroke-linecap: round; } .plot .area { fill: var(--tint); }
.plot .charge { fill: var(--strong); }
.old .line, .old .dot { stroke: var(--edge); } .old .area { fill: var(--line); } .old .charge { fill: var(--edge); }
figcaption { margin: .5rem 0 0; color: var(--quiet); font-size: .875rem; }
@media (min-width: 60rem) { .wide { max-width: 72rem; padding: 1rem 2rem; }
  .columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 1.5rem; align-items: start; } }
`;

const styleElement = raw(`<style>${stylesheet}</style>`);
const stylesheetHash = hashOf(stylesheet);

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/**
 * A form's answer may redirect to the provider, and `form-action` covers that redirect too.
 *
 * @param more the stylesheet that the page has beside the one of every page
 */
export function contentSecurityPolicy(formTargets: readonly string[], more?: string): string {
  const hashes = [stylesheetHash, ...(more === undefined ? [] : [hashOf(more)])];
  return [
    "default-src 'none'",
    `style-src ${hashes.map((hash) => `'sha256-${hash}'`).join(' ')}`,
    "img-src 'self'",
    ['form-action', "'self'", ...new Set(formTargets)].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** `linkAgain`: whether the way to a lost personal link makes sense at the foot of this page. */
export interface LayoutOptions {
  readonly errors?: Errors;
  readonly linkAgain?: boolean;
  /** Has the first heading in it; without it that is the title. */
  readonly heading?: Html;
  /** For what has two columns where there is room. */
  readonly isWide?: boolean;
  /** A further stylesheet, which the policy has to name, and the class of the body that it is for. */
  readonly more?: { readonly className: string; readonly stylesheet: string };
}

export function layout(
  frame: Frame,
  title: string,
  content: Html,
  { errors = {}, linkAgain = true, heading, isWide = false, more }: LayoutOptions = {},
): Html {
  const { serviceName, contact, words } = frame;
  const says = words.layout;
  return html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="theme-color" content="#f3f6f4" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0e1311" media="(prefers-color-scheme: dark)" />
        <link rel="icon" href="${paths.favicon}" />
        <title>${entriesOf(errors).length === 0 ? '' : `${says.error}: `}${title} · ${serviceName}</title>
        ${styleElement}${more ? raw(`<style>${more.stylesheet}</style>`) : ''}
      </head>
      <body class="${more?.className ?? (isWide ? 'wide' : '')}">
        <header>${mark} ${serviceName}</header>
        <main>${errorSummary(words, errors)} ${heading ?? html`<h1>${title}</h1>`} ${content}</main>
        <footer>
          <nav aria-label="${says.about}">
            ${linkTo(frame, paths.privacy)(says.privacy)}
            ${linkAgain ? linkTo(frame, paths.link)(says.linkAgain) : ''}
          </nav>
          ${frame.switchable ? languageSwitch(frame) : ''}
          ${contact === undefined ? '' : html`<p>${says.questions} ${contactLink(contact)}</p>`}
        </footer>
      </body>
    </html>`;
}

const mark = html`<svg
  viewBox="0 0 28 16"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  aria-hidden="true"
>
  <rect x="1" y="1" width="22" height="14" rx="4" />
  <path d="M26.5 6v4M5 8h3l2-3.5L13 11l2-3h4" stroke-linecap="round" stroke-linejoin="round" />
</svg>`;

/** Takes the focus, so that it is read out and the links in it are the next stop. */
function errorSummary({ layout: { lookAgain } }: Words, errors: Errors): Html | string {
  const entries = entriesOf(errors);
  if (entries.length === 0) return '';
  return html`<div class="errors" role="alert" tabindex="-1" autofocus>
    <p><strong>${lookAgain}</strong></p>
    <ul>
      ${entries.map(([id, { label, error }]) => html`<li><a href="#${id}">${label}</a>: ${error}</li>`)}
    </ul>
  </div>`;
}

function entriesOf(errors: Errors): (readonly [string, FieldError])[] {
  return Object.entries(errors).flatMap(([id, found]) => (found ? [[id, found] as const] : []));
}

function languageSwitch({ words, query }: Frame): Html {
  return html`<nav aria-label="${words.layout.languages}">
    ${languages.map((language) =>
      language === words.language
        ? html`<span aria-current="true">${words.name}</span>`
        : html`<a
            href="${addressIn({ carried: language }, '', query)}"
            lang="${language}"
            hreflang="${language}"
            >${wordsIn(language).name}</a
          >`,
    )}
  </nav>`;
}

/** The address of another page of ours, which opens in the same language. */
export function addressIn(
  { carried }: Pick<Frame, 'carried'>,
  path: string,
  query: Frame['query'] = {},
): string {
  const parameters = new URLSearchParams({
    ...query,
    ...(carried !== undefined && { language: carried }),
  }).toString();
  return parameters === '' ? path : `${path}?${parameters}`;
}

/** Takes the words that lead there. */
export function linkTo(frame: Frame, path: string): (label: string) => Html {
  return (label) => html`<a href="${addressIn(frame, path)}">${label}</a>`;
}

export function strong(words: string): Html {
  return html`<strong>${words}</strong>`;
}

export function contactLink(contact: string): Html | string {
  if (/^https?:\/\//i.test(contact)) return html`<a href="${contact}">${contact}</a>`;
  // A setting that is neither is shown as it is: it must not become a link to `javascript:`.
  return /^[^\s:@]+@[^\s:@]+$/.test(contact) ? html`<a href="mailto:${contact}">${contact}</a>` : contact;
}
