/** Where a wearer arrives after the provider's consent page: it worked, or what to do now. */
import { html } from 'hono/html';
import { layout, type Html } from './layout';
import { problemPage } from './problem';

export interface ConnectedPage {
  readonly provider: string;
  readonly reconnected: boolean;
  readonly missingScopes: readonly string[];
}

export function connectedPage({ provider, reconnected, missingScopes }: ConnectedPage): Html {
  const title = reconnected ? 'Connected again' : 'You are connected';
  return layout(
    title,
    html`<h1>${title}</h1>
      <p>
        Your ${provider} account is connected. There is nothing more to do: the connection is kept alive from
        now on, and if you left a number, you get a text when a battery is low.
      </p>
      ${
        missingScopes.length === 0
          ? ''
          : html`<p>These further permissions were not given. The service works without them:</p>
              <ul>
                ${missingScopes.map((scope) => html`<li><code>${scope}</code></li>`)}
              </ul>`
      }
      <p class="quiet">You can close this page.</p>`,
  );
}

const refusals = {
  'state unknown': () => ({
    title: 'This sign-up is not known',
    sentence: 'It may be too old, or the address is incomplete. Please start again.',
  }),
  'state used': () => ({
    title: 'This page was opened before',
    sentence:
      'Each sign-up works once, and this one has been used. If you saw "You are connected", everything is fine; otherwise please start again.',
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
  'no profile at provider': (provider) => ({
    title: `Set up ${provider} first`,
    sentence: `This account has no ${provider} profile yet. Please open the app of your tracker, sign in with this account, finish its set-up, and start again here.`,
  }),
  'not saved': () => ({
    title: 'Please try again',
    sentence: 'Your consent could not be stored just now. Please start again; nothing else is needed.',
  }),
} satisfies Record<string, (provider: string) => { title: string; sentence: string }>;

export interface SignUpRefusedPage {
  readonly why: keyof typeof refusals;
  readonly provider?: string;
}

export function signUpRefusedPage({ why, provider = 'the provider' }: SignUpRefusedPage): Html {
  return problemPage(refusals[why](provider));
}
