/** The form that a wearer begins with. */
import { html } from 'hono/html';
import type { Language, Way } from '../model';
import { paths } from '../paths';
import {
  contactErrors,
  contactFields,
  type ContactErrors,
  type ContactFields,
  type EnteredContact,
} from './contact-fields';
import { field, languageField, providerChoice, sharingField, type Choice } from './fields';
import { addressIn, layout, linkTo, strong, type Frame, type Html } from './layout';
import { otherBrowserNotice } from './other-browser';
import { sayEither } from './say';
import type { Words } from './words/catalogue';

export interface SignUpPage {
  readonly entered: EnteredContact & {
    /** The language of texts. */
    readonly language?: Language | undefined;
    readonly provider?: string | undefined;
    readonly invite: string;
  };
  readonly errors: ContactErrors & Partial<Record<'provider' | 'invite', string>>;
  readonly providers: readonly Choice[];
  /** How wearers can be reached: what is set up. */
  readonly ways: readonly Way[];
  readonly inviteNeeded: boolean;
  /** The wearer came by an invite of their own: nothing has to be typed. */
  readonly isInvited: boolean;
  /** Where this page is, for another browser. */
  readonly address: string;
  /** Whose numbers can be texted, to read. */
  readonly countries: string;
  /** The country of a number without a country code. */
  readonly defaultCountry: string;
}

export function signUpPage(frame: Frame, page: SignUpPage): Html {
  const { entered, errors, providers, ways } = page;
  const { words } = frame;
  const says = words.signUp;
  const choices = providers.map((choice) =>
    entered.provider === undefined ? choice : { ...choice, chosen: choice.id === entered.provider },
  );
  const [only] = providers.length === 1 ? providers : [];
  const asked: ContactFields = {
    ...{ ways, entered, errors, asksConsent: true },
    phone: { label: says.number, hint: isEither(ways) ? undefined : says.numberHint(page.defaultCountry) },
    email: { label: words.byEmail.address, hint: words.byEmail.addressHint },
  };
  const named = (label: string, error: string | undefined) =>
    error === undefined ? undefined : { label, error };
  return layout(
    frame,
    says.title,
    html`<p class="lead">${introOf(words, ways)}</p>
      ${otherBrowserNotice(frame, page)}
      <section class="tight">
        <form method="post" action="${addressIn(frame, paths.signUp)}">
          ${providerChoice(choices, says.provider, errors.provider)} ${invitation(words, page)}
          ${ways.length > 0 ? contactFields(frame, asked) : html`<p class="quiet">${says.noTexts}</p>`}
          ${disclosure(frame)} ${sharingField(frame)}
          <button>${only ? says.goTo(only.name) : says.go}</button>
          ${moreAbout(frame, page)}
          ${ways.length > 0 ? languageChoice(words, entered.language ?? words.language) : ''}
        </form>
      </section>`,
    {
      errors: {
        provider: named(says.provider, errors.provider),
        invite: named(says.invite, errors.invite),
        ...contactErrors(frame, asked),
      },
      linkAgain: ways.length > 0,
    },
  );
}

/** Then there is no room for a hint on the first screen of a phone: it is among what can be unfolded. */
function isEither(ways: readonly Way[]): boolean {
  return ways.length > 1;
}

function introOf({ signUp, byEmail }: Words, ways: readonly Way[]): string {
  if (!ways.includes('email')) return signUp.intro;
  return ways.includes('sms') ? byEmail.introEither : byEmail.intro;
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

/** Google asks for this before consent, on the page, neither folded nor behind a link. */
function disclosure({ words: { signUp: says }, sharedWith }: Frame): Html {
  return html`<p class="fine">
    ${says.reads} ${sharedWith === undefined ? says.usedOnly : says.shared(strong(sharedWith))}
  </p>`;
}

function moreAbout(frame: Frame, { providers, ways, countries, defaultCountry }: SignUpPage): Html {
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
      ${ways.includes('sms') ? html`<li>${words.fields.otherCountry(countries)} ${isEither(ways) ? says.numberHint(defaultCountry) : ''}</li>` : ''}
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
