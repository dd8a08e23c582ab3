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
import { addressIn, layout, linkTo, strong, type Frame, type Html } from './layout';
import { sayEither } from './say';
import type { Words } from './words/catalogue';

export interface SignUpPage {
  readonly entered: {
    readonly phone: string;
    /** The language of texts. */
    readonly language?: Language | undefined;
    readonly provider?: string | undefined;
    readonly agreed: boolean;
    readonly invite: string;
  };
  readonly errors: Partial<Record<'phone' | 'provider' | 'agree' | 'invite', string>>;
  readonly providers: readonly Choice[];
  readonly textsPossible: boolean;
  readonly inviteNeeded: boolean;
  /** The wearer came by an invite of their own: nothing has to be typed. */
  readonly isInvited: boolean;
  /** The browser is that of an app, such as a messenger, where Google refuses to sign people in. */
  readonly embeddedBrowser: boolean;
  /** Where this page is, for another browser. */
  readonly address: string;
  /** Whose numbers can be texted, to read. */
  readonly countries: string;
  /** The country of a number without a country code. */
  readonly defaultCountry: string;
}

export function signUpPage(frame: Frame, page: SignUpPage): Html {
  const { entered, errors, providers, textsPossible } = page;
  const { words } = frame;
  const says = words.signUp;
  const choices = providers.map((choice) =>
    entered.provider === undefined ? choice : { ...choice, chosen: choice.id === entered.provider },
  );
  const [only] = providers.length === 1 ? providers : [];
  const named = (label: string, error: string | undefined) =>
    error === undefined ? undefined : { label, error };
  return layout(
    frame,
    says.title,
    html`<p class="lead">${says.intro}</p>
      ${page.embeddedBrowser ? otherBrowserNotice(words, page.address) : ''}
      <section class="tight">
        <form method="post" action="${addressIn(frame, paths.signUp)}">
          ${providerChoice(choices, says.provider, errors.provider)} ${invitation(words, page)}
          ${textsPossible ? numberFields(frame, page) : html`<p class="quiet">${says.noTexts}</p>`}
          ${disclosure(frame)} ${sharingField(frame)}
          <button>${only ? says.goTo(only.name) : says.go}</button>
          ${moreAbout(frame, page)}
          ${textsPossible ? languageChoice(words, entered.language ?? words.language) : ''}
        </form>
      </section>`,
    {
      errors: {
        provider: named(says.provider, errors.provider),
        invite: named(says.invite, errors.invite),
        ...(textsPossible && {
          phone: named(says.number, errors.phone),
          agree: named(says.agreeShort, errors.agree),
        }),
      },
      linkAgain: textsPossible,
    },
  );
}

function otherBrowserNotice({ signUp: { embedded } }: Words, address: string): Html {
  return html`<section class="bad" aria-labelledby="other-browser">
    <h2 id="other-browser">${embedded.title}</h2>
    <p>${embedded.why}</p>
    <p class="copy">${address}</p>
  </section>`;
}

function invitation(words: Words, { isInvited, inviteNeeded, entered, errors }: SignUpPage): Html | string {
  if (!isInvited) return inviteNeeded ? inviteField(words, entered.invite, errors.invite) : '';
  const hidden = html`<input type="hidden" name="invite" value="${entered.invite}" />`;
  return errors.invite === undefined ? hidden : html`<p class="error" id="invite">${errors.invite}</p>`;
}

function inviteField({ signUp }: Words, value: string, error: string | undefined): Html {
  return field(
    { id: 'invite', label: signUp.invite, hint: signUp.inviteHint, error },
    (attributes) =>
      html`<input type="text" ${attributes} value="${value}" autocomplete="off" maxlength="100" />`,
  );
}

function numberFields(frame: Frame, { entered, errors, defaultCountry }: SignUpPage): Html {
  const says = frame.words.signUp;
  return html`${phoneField({
    label: says.number,
    value: entered.phone,
    error: errors.phone,
    hint: says.numberHint(defaultCountry),
  })}
  ${textConsentField(frame, entered.agreed, errors.agree)}`;
}

/** Names the wording of the words `signUp.agree` and `signUp.terms`. It is stored with every consent, so a change of the words needs a new name. */
export const textConsentWording = '2026-11';

/** What carriers ask for: who, what for, how often, what it costs, how to end it, and that nobody has to. */
export function textConsentField(frame: Frame, agreed: boolean, error?: string): Html {
  const says = frame.words.signUp;
  return checkField(
    {
      id: 'agree',
      label: says.agree(frame.serviceName),
      hint: says.terms(linkTo(frame, paths.privacy)),
      error,
    },
    agreed,
  );
}

/** Google asks for this before consent, on the page, neither folded nor behind a link. */
function disclosure({ words: { signUp: says }, sharedWith }: Frame): Html {
  return html`<p class="fine">
    ${says.reads} ${sharedWith === undefined ? says.usedOnly : says.shared(strong(sharedWith))}
  </p>`;
}

function moreAbout(frame: Frame, { providers, textsPossible, countries }: SignUpPage): Html {
  const { words, sharedWith } = frame;
  const says = words.signUp;
  const names = sayEither(
    words,
    providers.map(({ name }) => name),
  );
  return html`<details>
    <summary>${says.more}</summary>
    <ul>
      <li>${says.stored}</li>
      ${sharedWith === undefined ? '' : html`<li>${says.sharedNoFurther}</li>`}
      <li>${says.further}</li>
      ${textsPossible ? html`<li>${words.fields.otherCountry(countries)}</li>` : ''}
      <li>${says.end(names, linkTo(frame, paths.privacy))}</li>
    </ul>
  </details>`;
}

/** Folded: the page itself is in the language that the browser asks for. */
function languageChoice(words: Words, chosen: Language): Html {
  return html`<details>
    <summary>${words.signUp.otherLanguage}</summary>
    ${languageField(words, chosen)}
  </details>`;
}

export function notConfiguredPage(frame: Frame, { missing }: { readonly missing: readonly string[] }): Html {
  const says = frame.words.signUp.notConfigured;
  return layout(
    frame,
    says.title,
    html`<section>
      <p>${says.why}</p>
      <ul>
        ${missing.map((name) => html`<li><code>${name}</code></li>`)}
      </ul>
    </section>`,
    { linkAgain: false },
  );
}
