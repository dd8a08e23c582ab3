/** Where a wearer arrives after the provider's consent page: it worked, or what to do now. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { addressIn, layout, linkTo, type Frame, type Html } from './layout';
import { problemPage, type ProblemPage } from './problem';
import type { Words } from './words';

export interface ConnectedPage {
  readonly provider: string;
  readonly reconnected: boolean;
  /** Formatted. */
  readonly phone?: string | undefined;
  readonly missingScopes: readonly string[];
  /** The wearer's personal page; absent where only a text may name it. */
  readonly manageUrl: string | undefined;
  readonly textsPossible: boolean;
  readonly texts: 'on' | 'none' | 'paused';
}

export function connectedPage(frame: Frame, page: ConnectedPage): Html {
  const { provider, reconnected, missingScopes, manageUrl } = page;
  return layout(
    frame,
    reconnected ? 'Connected again' : 'You are connected',
    html`<section>
        <p>Your ${provider} account is connected. There is nothing more to do:</p>
        <ul>
          <li>The connection is kept alive by itself.</li>
          <li>Your batteries are looked at every hour.</li>
          <li>${sayTexts(page)}</li>
        </ul>
        ${missingScopesNote(missingScopes)}
      </section>
      <section class="notice">
        <h2>Your personal page</h2>
        ${manageUrl === undefined ? sayTexted(frame) : sayLink(manageUrl)}
      </section>`,
    { linkAgain: false },
  );
}

function sayLink(url: string): Html {
  return html`<p>There you see your batteries, change anything, or end it:</p>
    <p><a href="${url}">${url}</a></p>
    <p>Please bookmark it, and keep it to yourself: whoever has this link can do the same.</p>`;
}

function sayTexted(frame: Frame): Html {
  return html`<p>${frame.words.confirm.linkTexted(linkTo(frame, paths.link))}</p>`;
}

function sayTexts({ texts, textsPossible, phone }: ConnectedPage): Html | string {
  if (texts === 'paused') return 'Texts are paused. You can resume them on your personal page.';
  if (!textsPossible) return 'Texts are not set up here yet. Until they are, look at your personal page.';
  if (texts === 'none') {
    return phone === undefined
      ? 'You get no texts. You can add a number on your personal page.'
      : html`No texts are sent to <strong>${phone}</strong>. Your personal page says why.`;
  }
  return phone === undefined
    ? 'When one is low, you get a text.'
    : html`When one is low, you get a text at <strong>${phone}</strong>.`;
}

export function missingScopesNote(scopes: readonly string[]): Html | string {
  if (scopes.length === 0) return '';
  return html`<p>These further permissions were not given. The service works without them:</p>
    <ul>
      ${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}
    </ul>`;
}

export type SignUpRefusal = keyof Words['refusals']['why'];

export interface SignUpRefusedPage {
  readonly why: SignUpRefusal;
  readonly provider?: string | undefined;
  /** Of whom, such as "Google", and its name. */
  readonly account?: { readonly at: string; readonly name?: string | undefined } | undefined;
  /** Where the wearer can mend it. */
  readonly mendAt?: string | undefined;
  /** Where to start again: a reconnecting wearer came from the personal page. */
  readonly again?: string | undefined;
}

export function signUpRefusedPage(frame: Frame, page: SignUpRefusedPage): Html {
  const { refusals } = frame.words;
  const { why, provider = refusals.theProvider, account } = page;
  const { title, sentence } = refusals.why[why];
  const about = { provider, account: refusals.account(account?.at, account?.name) };
  return problemPage(frame, {
    title: title(about),
    sentence: sentence(about),
    back: { href: page.again ?? addressIn(frame, paths.signUp), label: refusals.startAgain },
    otherWay: wayOn(frame, page),
  });
}

/** Besides starting again. */
function wayOn(frame: Frame, { why, provider, mendAt }: SignUpRefusedPage): ProblemPage['otherWay'] {
  const { refusals } = frame.words;
  switch (why) {
    case 'state used':
      return { href: addressIn(frame, paths.confirm), label: refusals.enterCode };
    case 'no profile at provider':
    case 'account not moved':
      return mendAt === undefined
        ? undefined
        : { href: mendAt, label: refusals.setUp(provider ?? refusals.theProvider) };
    case 'account refused':
      return mendAt === undefined ? undefined : { href: mendAt, label: refusals.seeAccess };
    default:
      return undefined;
  }
}
