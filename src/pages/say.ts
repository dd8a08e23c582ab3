import type { Words } from './words/catalogue';

type In = Pick<Words, 'locale'>;

/** "20%", rounded down: a battery is never said to be fuller than it is. */
export function sayPercent({ locale }: In, percent: number): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(
    Math.floor(percent) / 100,
  );
}

/** "Google Health or Fitbit" */
export function sayEither({ locale }: In, names: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(names);
}

/** "yesterday and today" */
export function sayAll({ locale }: In, names: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

/** "November 2026" */
export function sayMonth({ locale }: In, at: number): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', year: 'numeric', month: 'long' }).format(at);
}

/** "United States, Canada"; a code that nobody knows as it is. */
export function sayCountries({ locale }: In, codes: readonly string[]): string {
  const names = new Intl.DisplayNames([locale], { type: 'region' });
  return codes.map((code) => names.of(code) ?? code).join(', ');
}
