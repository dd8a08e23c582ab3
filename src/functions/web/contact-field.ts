/** The fields for a number or an e-mail address, with the consent that belongs to each, wherever a page has them. */
import { waysOf } from '../../domain/contact/addresses';
import type { Address, TextConsent, Way } from '../../model';
import {
  mailConsentWording,
  nameConsentWording,
  textConsentWording,
  type ContactErrors,
  type EnteredContact,
} from '../../pages/contact-fields';
import { sayCountries } from '../../pages/say';
import type { Services } from '../../services';
import type { Words } from '../../pages/words/catalogue';
import { textOf, uncutTextOf } from '../http/read-request';

export interface ReadContact {
  /** Absent when nothing was entered, or something is wrong. */
  readonly address?: Address | undefined;
  readonly errors: ContactErrors;
  readonly entered: EnteredContact & { readonly way: Way; readonly email: string };
}

/** The chosen field counts, unless it is empty and the other is not: whoever filled in one field meant that one. */
function readEntered(services: Services, form: URLSearchParams): ReadContact['entered'] {
  const [phone, email] = [uncutTextOf(form, 'phone'), uncutTextOf(form, 'email')];
  const ways = waysOf(services);
  const isOnlyMail = ways.includes('email') && !ways.includes('sms');
  const chosen = isOnlyMail || form.get('way') === 'email' ? 'email' : 'sms';
  const isOther = chosen === 'sms' ? phone === '' && email !== '' : email === '' && phone !== '';
  const other = chosen === 'sms' ? 'email' : 'sms';
  return {
    ...{ phone, email, way: isOther ? other : chosen },
    agreed: textOf(form, 'agree') === 'yes',
    agreedToMails: textOf(form, 'agreeToMails') === 'yes',
  };
}

/** An empty field is no mistake, unless the box below it is ticked. */
export async function readContact(
  services: Services,
  words: Words,
  form: URLSearchParams,
): Promise<ReadContact> {
  const entered = readEntered(services, form);
  const { way, phone, email, agreed, agreedToMails } = entered;
  if (way === 'email') {
    const says = words.byEmail;
    if (email === '') return { entered, errors: agreedToMails ? { email: says.addressMissing } : {} };
    const read = readEmail(services, words, email);
    if (read.errors.email === undefined && !agreedToMails) {
      return { entered, errors: { agreeToMails: says.tick } };
    }
    return { entered, ...read };
  }
  if (phone === '') return { entered, errors: agreed ? { phone: words.signUp.numberMissing } : {} };
  const read = await readNumber(services, words, phone);
  if (read.errors.phone === undefined && !agreed) return { entered, errors: { agree: words.fields.agree } };
  return { entered, ...read };
}

/** Where no consent is asked for, because nothing is kept: an empty field is a mistake too. */
export async function readAddress(
  services: Services,
  words: Words,
  form: URLSearchParams,
): Promise<ReadContact> {
  const entered = readEntered(services, form);
  const read =
    entered.way === 'email'
      ? readEmail(services, words, entered.email)
      : await readNumber(services, words, entered.phone);
  return { entered, ...read };
}

/** What the wearer has agreed to just now. */
export function consentNow({ clock, sms }: Services, { way }: Address): TextConsent {
  const ofTexts = sms.canBeAnswered ? textConsentWording : nameConsentWording;
  return { at: clock.now(), wording: way === 'email' ? mailConsentWording : ofTexts };
}

type Read = Pick<ReadContact, 'address' | 'errors'>;

function readEmail({ emailAddresses }: Services, words: Words, entered: string): Read {
  const read = emailAddresses.read(entered);
  if (read.ok) return { address: { way: 'email', to: read.email }, errors: {} };
  const { noAddress, otherLetters } = words.byEmail;
  return { errors: { email: read.why === 'other letters' ? otherLetters : noAddress } };
}

async function readNumber({ phoneNumbers, policy }: Services, words: Words, entered: string): Promise<Read> {
  const read = await phoneNumbers.read(entered);
  if (read.ok) return { address: { way: 'sms', to: read.phone }, errors: {} };
  switch (read.why) {
    case 'no number':
      return { errors: { phone: words.fields.noNumber } };
    case 'other country':
      return { errors: { phone: words.fields.otherCountry(sayCountries(words, policy.countries)) } };
    case 'no mobile':
      return { errors: { phone: words.fields.noMobile } };
  }
}
