/**
 * Where texts shall go: a number or an e-mail address, with the words with which one agrees to them. Where both are possible, both fields are
 * in the page and the chosen one counts; a browser that can shows only that one.
 */
import { html } from 'hono/html';
import type { Way } from '../model';
import { paths } from '../paths';
import { checkField, emailField, phoneField, radioChoice } from './fields';
import { linkTo, type Errors, type Frame, type Html } from './layout';

/** Names the wording of the words `signUp.agree` and `signUp.terms`. It is stored with every consent, so a change of the words needs a new name. */
export const textConsentWording = '2026-11';
/** The same where texts come from a name: `signUp.agree` and `fromName.signUp.terms`. */
export const nameConsentWording = '2026-11-name';
/** The same for `byEmail.agree` and `byEmail.terms`. */
export const mailConsentWording = '2026-11-email';

export interface EnteredContact {
  /** Absent: as a text, where that is possible. */
  readonly way?: Way | undefined;
  readonly phone: string;
  readonly agreed: boolean;
  readonly email?: string | undefined;
  readonly agreedToMails?: boolean | undefined;
}

export type ContactErrors = Partial<Record<'phone' | 'agree' | 'email' | 'agreeToMails', string>>;

export interface ContactFields {
  /** What is set up, in the order of the page. */
  readonly ways: readonly Way[];
  readonly entered: EnteredContact;
  readonly errors: ContactErrors;
  readonly phone: { readonly label: string; readonly hint?: string | undefined };
  readonly email: { readonly label: string; readonly hint: string };
  /** Only asks for it where it is to be kept. */
  readonly asksConsent: boolean;
}

export function contactFields(frame: Frame, page: ContactFields): Html {
  const { ways, entered, errors, phone, email, asksConsent } = page;
  const { legend, ...labels } = frame.words.byEmail.ways;
  const chosen = ways.find((way) => way === entered.way) ?? ways[0];
  const choices = ways.map((way) => ({ id: way, name: labels[way], chosen: way === chosen }));
  const consent = (id: Consent, agreed = false): Html | string =>
    asksConsent ? consentField(frame, id, { agreed, error: errors[id] }) : '';
  const byText = html`<div class="by-sms">
    ${phoneField({ ...phone, value: entered.phone, error: errors.phone })} ${consent('agree', entered.agreed)}
  </div>`;
  const byMail = html`<div class="by-email">
    ${emailField({ ...email, value: entered.email ?? '', error: errors.email })}
    ${consent('agreeToMails', entered.agreedToMails)}
  </div>`;
  return html`${ways.length < 2 ? '' : radioChoice('way', choices, legend, { isPlain: true })}
  ${ways.includes('sms') ? byText : ''} ${ways.includes('email') ? byMail : ''}`;
}

/** For the list of errors, in the order of the page. */
export function contactErrors(
  { words }: Frame,
  { ways, errors, phone, email }: Pick<ContactFields, 'ways' | 'errors' | 'phone' | 'email'>,
): Errors {
  const named = (label: string, error: string | undefined) =>
    error === undefined ? undefined : { label, error };
  return {
    ...(ways.includes('sms') && {
      phone: named(phone.label, errors.phone),
      agree: named(words.signUp.agreeShort, errors.agree),
    }),
    ...(ways.includes('email') && {
      email: named(email.label, errors.email),
      agreeToMails: named(words.byEmail.agreeShort, errors.agreeToMails),
    }),
  };
}

type Consent = Extract<keyof ContactErrors, 'agree' | 'agreeToMails'>;

/** What carriers ask for: who, what for, how often, what it costs, how to end it, and that nobody has to. */
function consentField(
  frame: Frame,
  id: Consent,
  { agreed, error }: { readonly agreed: boolean; readonly error: string | undefined },
): Html {
  const { agree, terms } = id === 'agree' ? frame.words.signUp : frame.words.byEmail;
  const [label, hint] = [agree(frame.serviceName), terms(linkTo(frame, paths.privacy))];
  return checkField({ id, label, hint, error }, agreed);
}
