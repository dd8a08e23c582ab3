/** Mobile numbers in any common way of writing, by libphonenumber: what is one, whose country it has, how it is shown. */
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';
import type { PhoneNumbers } from '../ports';
import { Secret } from '../secret';

/** Kinds of number that get no texts, or cost whoever sends one. */
const unfit = [
  'FIXED_LINE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'PERSONAL_NUMBER',
  'UAN',
  'VOICEMAIL',
  'PAGER',
];

/** A number that is copied from contacts can carry marks of its direction of writing. */
const invisible = /\p{Cf}/gu;

/** @param countries ISO 3166 codes; a number without a country code is taken as one of the first */
export function createPhoneNumbers(countries: readonly string[]): PhoneNumbers {
  const parse = (text: string): PhoneNumber | undefined =>
    parsePhoneNumberFromString(text.replace(invisible, '').trim(), {
      defaultCountry: countries[0] as CountryCode,
      extract: false,
    });
  return {
    read(text) {
      const number = parse(text);
      if (!number?.isValid() || number.ext !== undefined) return { ok: false, why: 'no number' };
      if (number.country === undefined || !countries.includes(number.country)) {
        return { ok: false, why: 'other country' };
      }
      if (unfit.includes(number.getType() ?? '')) return { ok: false, why: 'no mobile' };
      return { ok: true, phone: new Secret(number.number) };
    },
    show: (phone) => parse(phone.reveal())?.formatInternational() ?? '',
    mask(phone) {
      const shown = parse(phone.reveal())?.formatInternational() ?? '';
      const digits = shown.replace(/\D/g, '').length;
      const code = parse(phone.reveal())?.countryCallingCode.length ?? 0;
      let seen = 0;
      return shown.replace(/\d/g, (digit) => {
        seen += 1;
        return seen <= code || seen > digits - 3 ? digit : '•';
      });
    },
  };
}
