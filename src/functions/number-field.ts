/** The field for a mobile number with its consent, wherever a page has one. */
import type { Secret } from '../secret';
import type { Services } from '../services';

export interface ReadNumber {
  /** Absent when the field is empty or wrong. */
  readonly phone?: Secret | undefined;
  readonly errors: { readonly phone?: string; readonly agree?: string };
}

export function readNumber(services: Services, entered: string, agreed: boolean): ReadNumber {
  if (entered === '') return { errors: {} };
  const read = services.phoneNumbers.read(entered);
  if (!read.ok) return { errors: { phone: explain(services, read.why) } };
  if (!agreed) return { errors: { agree: 'Please tick this box, or leave the number empty.' } };
  return { phone: read.phone, errors: {} };
}

export function explain({ policy }: Services, why: 'no number' | 'other country' | 'no mobile'): string {
  switch (why) {
    case 'no number':
      return 'This does not look like a mobile number. Please enter it with its country code, such as +1 425 555 0123.';
    case 'other country':
      return `Texts can only be sent to numbers of these countries: ${listCountries(policy.countries)}.`;
    case 'no mobile':
      return 'This is not a mobile number, so it cannot get texts. Please enter a mobile one.';
  }
}

export function listCountries(codes: readonly string[]): string {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  return codes.map((code) => names.of(code) ?? code).join(', ');
}
