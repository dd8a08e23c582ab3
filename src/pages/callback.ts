/** Where a wearer arrives after the provider's consent page: it worked, or what to do now. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { layout, type Frame, type Html, linkTo } from './layout';
import { problemPage, type ProblemPage } from './problem';

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

const refusals = {
  'state unknown': () => ({
    title: 'This sign-up is not known',
    sentence: 'It may be too old, or the address is incomplete. Please start again.',
  }),
  'state used': () => ({
    title: 'This page was opened before',
    sentence:
      'Each sign-up works once, and this one has been used. If you saw "You are connected", everything is fine. If you were asked for a code, enter it; otherwise please start again.',
    otherWay: { href: paths.confirm, label: 'Enter the code I was texted' },
  }),
  'state expired': () => ({
    title: 'That took too long',
    sentence: 'A sign-up has to be finished within ten minutes. Please start again.',
  }),
  'other browser': () => ({
    title: 'Please finish in the same browser',
    sentence:
      'This sign-up was started in another browser, or its cookie is gone. Please start again in this browser and stay in it.',
  }),
  'other account': (_, { account }) => ({
    title: 'That was another account',
    sentence: `You chose the ${account}, and another one is connected here. Nothing was changed. Please reconnect and choose that one, or sign up anew for this one.`,
  }),
  disconnected: (provider) => ({
    title: 'You have disconnected',
    sentence: `You disconnected your ${provider} account while you were there, so it stays disconnected. To connect it again, sign up anew.`,
  }),
  'other provider': (provider) => ({
    title: 'The answer came from somebody else',
    sentence: `This sign-up was sent to ${provider}, but another provider answered. Nothing is stored; please start again.`,
  }),
  'consent denied': (provider) => ({
    title: 'Nothing was connected',
    sentence: `You said no to ${provider}, and that is respected: nothing is stored. If it was a mistake, start again.`,
  }),
  'provider error': (provider) => ({
    title: 'That did not work',
    sentence: `${provider} did not finish the sign-up. Please start again.`,
  }),
  'code refused': (provider) => ({
    title: 'That took too long',
    sentence: `${provider} did not accept the sign-up any more. Please start again.`,
  }),
  'not configured': (provider) => ({
    title: 'Not set up correctly',
    sentence: `${provider} refused this service. Its operator has to check the client settings; please tell them.`,
  }),
  'provider retired': (provider) => ({
    title: `${provider} is switched off`,
    sentence: `The ${provider} service has been retired. Please start again and choose another provider.`,
  }),
  'provider unavailable': (provider) => ({
    title: 'Please try again',
    sentence: `${provider} did not answer as expected. Nothing is lost; please start again in a few minutes.`,
  }),
  'device scope missing': (provider) => ({
    title: 'One permission is missing',
    sentence: `Without the permission to see your devices, batteries cannot be watched. Please start again and leave that box ticked at ${provider}.`,
  }),
  'no refresh token': (provider) => ({
    title: 'Please try again',
    sentence: `${provider} did not give lasting access. Please start again, and confirm every step at ${provider}.`,
  }),
  'no profile at provider': (provider, { account, mendAt }) => ({
    title: `Set up ${provider} first`,
    sentence: `You chose the ${account}, and it has no ${provider} profile. Is your tracker paired with another account? Then start again and choose that one. Otherwise set up ${provider} for this account, and start again.`,
    ...mend(mendAt, `Set up ${provider}`),
  }),
  'account not moved': (provider, { account, mendAt }) => ({
    title: 'Move your Fitbit account to Google first',
    sentence: `You chose the ${account}, and ${provider} cannot read it: its Fitbit account was never moved to Google. Please open the app of your tracker and move the account there, or start again and choose another account.`,
    ...mend(mendAt, `Set up ${provider}`),
  }),
  'account refused': (provider, { account, mendAt }) => ({
    title: `${provider} refuses this account`,
    sentence: `You chose the ${account}, and ${provider} does not let us see its devices. Please remove the access of this service at ${provider}, then start again. If the app of your tracker still asks for a Fitbit login, move that account to Google first.`,
    ...mend(mendAt, 'See who has access'),
  }),
  'not saved': () => ({
    title: 'Please try again',
    sentence: 'Your consent could not be stored just now. Please start again; nothing else is needed.',
  }),
} satisfies Record<string, (provider: string, chosen: ChosenAccount) => ProblemPage>;

interface ChosenAccount {
  /** With its name in front: "Google account ada@example.com". */
  readonly account: string;
  readonly mendAt?: string | undefined;
}

function mend(href: string | undefined, label: string): Pick<ProblemPage, 'otherWay'> {
  return href === undefined ? {} : { otherWay: { href, label } };
}

export interface SignUpRefusedPage {
  readonly why: keyof typeof refusals;
  readonly provider?: string | undefined;
  readonly account?: string | undefined;
  /** Where the wearer can mend it. */
  readonly mendAt?: string | undefined;
  /** Where to start again: a reconnecting wearer came from the personal page. */
  readonly again?: string | undefined;
}

export function signUpRefusedPage(
  frame: Frame,
  { why, provider = 'the provider', account = 'account', mendAt, again = paths.signUp }: SignUpRefusedPage,
): Html {
  return problemPage(frame, {
    ...refusals[why](provider, { account, mendAt }),
    back: { href: again, label: 'Start again' },
  });
}
