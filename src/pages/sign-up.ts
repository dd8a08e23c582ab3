/** The form that a wearer begins with, and the words with which one agrees to texts. */
import { html } from 'hono/html';
import type { Language } from '../model';
import { paths } from '../paths';
import {
  checkField,
  field,
  languageField,
  phoneField,
  providerChoice,
  sharingField,
  type Choice,
} from './fields';
import { layout, type Frame, type Html } from './layout';

export interface SignUpPage {
  readonly entered: {
    readonly phone: string;
    /** Of texts. */
    readonly language?: Language | undefined;
    readonly provider?: string | undefined;
    readonly agreed: boolean;
    readonly invite: string;
  };
  readonly errors: Partial<Record<'phone' | 'provider' | 'agree' | 'invite', string>>;
  readonly providers: readonly Choice[];
  readonly textsPossible: boolean;
  readonly inviteNeeded: boolean;
  /** Of an app, such as a messenger: Google refuses to sign people in there. */
  readonly embeddedBrowser: boolean;
  /** Where this page is, for another browser. */
  readonly address: string;
  /** Whose numbers can be texted, to read. */
  readonly countries: string;
  /** The country of a number without a country code. */
  readonly defaultCountry: string;
}

export function signUpPage(frame: Frame, page: SignUpPage): Html {
  const { entered, errors, providers, textsPossible, inviteNeeded } = page;
  const { provider, invite, phone, agree } = errors;
  const choices = providers.map((choice) =>
    entered.provider === undefined ? choice : { ...choice, chosen: choice.id === entered.provider },
  );
  const [only] = providers.length === 1 ? providers : [];
  return layout(
    frame,
    'Connect your tracker',
    html`${page.embeddedBrowser ? otherBrowserNotice(page.address) : ''}
      <section>
        <p>
          Connect your account once. From then on the connection is kept alive by itself, and you get a text
          before your tracker runs flat.
        </p>
        <form method="post" action="${paths.signUp}">
          ${providerChoice(choices, 'Your account is with', errors.provider)}
          ${inviteNeeded ? inviteField(entered.invite, errors.invite) : ''}
          ${textsPossible ? numberFields(frame, page) : noTexts} ${disclosure(frame, providers)}
          ${sharingField(frame)}
          <button>${only ? `Continue to ${only.name}` : 'Continue'}</button>
        </form>
      </section>`,
    { errors: { provider, invite, ...(textsPossible ? { phone, agree } : {}) }, linkAgain: textsPossible },
  );
}

function otherBrowserNotice(address: string): Html {
  return html`<section class="bad" aria-labelledby="other-browser">
    <h2 id="other-browser">Please open this page in Safari or Chrome</h2>
    <p>
      Google refuses to sign people in inside the built-in browser of an app. This is the address to copy:
    </p>
    <p class="copy">${address}</p>
  </section>`;
}

function inviteField(value: string, error: string | undefined): Html {
  return field(
    { id: 'invite', label: 'Invitation code', hint: 'You have it from whoever runs this service.', error },
    (attributes) =>
      html`<input type="text" ${attributes} value="${value}" autocomplete="off" maxlength="100" />`,
  );
}

const noTexts = html`<p class="quiet">
  Texts are not set up here yet. Connect now, and add your number later on your personal page.
</p>`;

function numberFields(frame: Frame, { entered, errors, countries, defaultCountry }: SignUpPage): Html {
  return html`${phoneField({
    label: 'Mobile number for texts (optional)',
    value: entered.phone,
    error: errors.phone,
    hint: `Numbers of these countries can be texted: ${countries}. Without a country code such as +1, ${defaultCountry} is assumed. Leave it empty if you want no texts.`,
  })}
  ${languageField(frame.words, entered.language ?? frame.words.language)}
  ${textConsentField(frame, entered.agreed, errors.agree)}`;
}

/** Names the wording below. It is stored with every consent, so a change of the words needs a new name. */
export const textConsentWording = '2026-11';

/** What carriers ask for: who, what for, how often, what it costs, how to end it, and that nobody has to. */
export function textConsentField({ serviceName }: Frame, agreed: boolean, error?: string): Html {
  return checkField(
    {
      id: 'agree',
      label: `I agree to receive recurring automated texts from ${serviceName} at this number: low-battery and connection alerts about my device, and sign-up codes.`,
      hint: html`Message frequency varies, usually 2 to 10 a month. Message and data rates may apply. Reply
        STOP to end, HELP for help. Consent is not a condition of using this service.
        <a href="${paths.privacy}">Privacy and text terms</a>`,
      error,
    },
    agreed,
  );
}

/** Google asks for this before consent, on the page and not behind a link. */
function disclosure({ serviceName, sharedWith }: Frame, providers: readonly Choice[]): Html {
  const names = providers.map(({ name }) => name).join(' or ');
  return html`<h2>What you allow</h2>
    <ul>
      <li>
        ${serviceName} reads from ${names}: your devices and their battery levels, your time zone, and the id
        of your account.
      </li>
      ${
        sharedWith === undefined
          ? html`<li>That is used to keep the connection and to text you, and for nothing else.</li>`
          : html`<li>That is used to keep the connection and to text you.</li>
              <li>
                Your access is shared with <strong>${sharedWith}</strong>: what the permissions on the next
                page allow, they can do as well. You can end that on your personal page.
              </li>`
      }
      <li>
        If the next page asks for further permissions, the operator has added them; you can leave them out
        there.
      </li>
      <li>
        It is stored in the Microsoft Azure account of whoever runs this service. It is never
        sold${sharedWith === undefined ? ' or shared' : ', and shared with nobody else'}.
      </li>
      <li>
        You can end it at any time, on your personal page or at ${names}.
        <a href="${paths.privacy}">All about privacy</a>
      </li>
    </ul>`;
}

export function notConfiguredPage(frame: Frame, { missing }: { readonly missing: readonly string[] }): Html {
  return layout(
    frame,
    'Not set up yet',
    html`<section>
      <p>Nobody can sign up yet. This is what the operator of this service still has to see to:</p>
      <ul>
        ${missing.map((name) => html`<li><code>${name}</code></li>`)}
      </ul>
    </section>`,
    { linkAgain: false },
  );
}
