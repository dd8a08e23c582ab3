/**
 * Mobile numbers in any common way of writing, by libphonenumber: what is one, whose country it has, how it is shown. Its tables of all
 * countries are loaded with the first number, because neither a start nor a rotation needs them.
 */
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import { lazy } from '../lazy';
import type { PhoneNumbers } from '../ports';
import { Secret } from '../secret';

const loadLibrary = lazy(() => import('./parse-phone-number'));

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
  const parse = async (text: string): Promise<PhoneNumber | undefined> => {
    const { parsePhoneNumber } = await loadLibrary();
    return parsePhoneNumber(text.replace(invisible, '').trim(), {
      defaultCountry: countries[0] as CountryCode,
      extract: false,
    });
  };
  return {
    async read(text) {
      const number = await parse(text);
      if (!number?.isValid() || number.ext !== undefined) return { ok: false, why: 'no number' };
      if (number.country === undefined || !countries.includes(number.country)) {
        return { ok: false, why: 'other country' };
      }
      if (unfit.includes(number.getType() ?? '')) return { ok: false, why: 'no mobile' };
      return { ok: true, phone: new Secret(number.number) };
    },
    show: async (phone) => (await parse(phone.reveal()))?.formatInternational() ?? '',
    async mask(phone) {
      const number = await parse(phone.reveal());
      const shown = number?.formatInternational() ?? '';
      const digits = shown.replace(/\D/g, '').length;
      const code = number?.countryCallingCode.length ?? 0;
      let seen = 0;
      return shown.replace(/\d/g, (digit) => {
        seen += 1;
        return seen <= code || seen > digits - 3 ? digit : '•';
      });
    },
  };
}
