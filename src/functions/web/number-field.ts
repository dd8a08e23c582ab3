/** The field for a mobile number with its consent, wherever a page has one. */
import type { Secret } from '../../secret';
import { sayCountries } from '../../pages/say';
import type { Services } from '../../services';
import type { Words } from '../../pages/words/catalogue';

export interface ReadNumber {
  /** Absent when the field is empty or wrong. */
  readonly phone?: Secret | undefined;
  readonly errors: { readonly phone?: string; readonly agree?: string };
}

export function readNumber(services: Services, words: Words, entered: string, agreed: boolean): ReadNumber {
  if (entered === '') return { errors: agreed ? { phone: words.signUp.numberMissing } : {} };
  const read = services.phoneNumbers.read(entered);
  if (!read.ok) return { errors: { phone: explain(services, words, read.why) } };
  if (!agreed) return { errors: { agree: words.fields.agree } };
  return { phone: read.phone, errors: {} };
}

export function explain(
  { policy }: Services,
  words: Words,
  why: 'no number' | 'other country' | 'no mobile',
): string {
  switch (why) {
    case 'no number':
      return words.fields.noNumber;
    case 'other country':
      return words.fields.otherCountry(sayCountries(words, policy.countries));
    case 'no mobile':
      return words.fields.noMobile;
  }
}
