import type { Words } from './words/catalogue';

type In = Pick<Words, 'locale'>;

/** Makes a format once for each locale, of which there are as many as languages: making one takes far longer than using it. */
export function formats<Format>(make: (locale: string) => Format): (locale: string) => Format {
  const made = new Map<string, Format>();
  return (locale) => {
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

const percents = formats(
  (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
);
const alternatives = formats((locale) => new Intl.ListFormat(locale, { type: 'disjunction' }));
const lists = formats((locale) => new Intl.ListFormat(locale, { type: 'conjunction' }));
const months = formats(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', year: 'numeric', month: 'long' }),
);
const countries = formats((locale) => new Intl.DisplayNames([locale], { type: 'region' }));

/** "20%", rounded down: a battery is never said to be fuller than it is. */
export function sayPercent({ locale }: In, percent: number): string {
  return percents(locale).format(Math.floor(percent) / 100);
}

/** "Google Health or Fitbit" */
export function sayEither({ locale }: In, names: readonly string[]): string {
  return alternatives(locale).format(names);
}

/** "yesterday and today" */
export function sayAll({ locale }: In, names: readonly string[]): string {
  return lists(locale).format(names);
}

/** "November 2026" */
export function sayMonth({ locale }: In, at: number): string {
  return months(locale).format(at);
}

/** "United States, Canada"; a code that nobody knows as it is. */
export function sayCountries({ locale }: In, codes: readonly string[]): string {
  const names = countries(locale);
  return codes.map((code) => names.of(code) ?? code).join(', ');
}
