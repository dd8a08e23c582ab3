import { choices, type Preferences } from '../../model';
import { languageNamed } from './viewer';
import { isTimeZone } from '../../domain/contact/time-zone';
import { textOf } from '../http/read-request';
import type { PersonalPage } from '../../pages/personal-page/view';
import type { Words } from '../../pages/words/catalogue';

type Saved = Pick<
  Preferences,
  'threshold' | 'criticalAt' | 'remindEveryHours' | 'tellRecovered' | 'quietHours' | 'timeZone' | 'language'
>;

export function readPreferences(
  form: URLSearchParams,
  words: Words,
): {
  /** Absent when something is wrong. */
  readonly preferences?: Saved;
  readonly errors: PersonalPage['errors'];
  /** To be shown again as it was typed. */
  readonly typed: Omit<PersonalPage['preferences'], 'language'>;
} {
  const text = (name: string) => textOf(form, name);
  const number = (name: 'threshold' | 'criticalAt'): number | undefined => {
    const { least, most } = choices[name];
    const value = /^\d{1,3}$/.test(text(name)) ? Number(text(name)) : NaN;
    return value >= least && value <= most ? value : undefined;
  };
  const says = words.fields;
  const threshold = number('threshold');
  const criticalAt = number('criticalAt');
  const remind = choices.remindEveryHours.find((hours) => String(hours) === text('remindEveryHours'));
  const timeZone = text('timeZone');
  const language = languageNamed(form.get('language'));
  const wantsQuiet = text('quiet') === 'yes';
  const from = minuteOf(text('quietFrom'));
  const to = minuteOf(text('quietTo'));
  const errors = {
    ...(threshold === undefined && {
      threshold: says.wholeNumber(choices.threshold),
    }),
    ...(criticalAt === undefined && {
      criticalAt: says.wholeNumberOrOff(choices.criticalAt),
    }),
    ...(threshold !== undefined &&
      criticalAt !== undefined &&
      criticalAt > threshold && { criticalAt: says.belowTheOther }),
    ...(remind === undefined && { remindEveryHours: says.chooseOne }),
    ...(wantsQuiet && from === undefined && { quietFrom: says.timeSuchAs('22:00') }),
    ...(wantsQuiet && to === undefined && { quietTo: says.timeSuchAs('07:00') }),
    ...(wantsQuiet && from !== undefined && from === to && { quietTo: says.otherTime }),
    ...(timeZone !== '' && !isTimeZone(timeZone) && { timeZone: says.chooseOne }),
    ...(text('language') !== '' && !language && { language: says.chooseOne }),
  };
  const typed = {
    threshold: text('threshold'),
    criticalAt: text('criticalAt'),
    remindEveryHours: remind ?? 0,
    tellRecovered: text('tellRecovered') === 'yes',
    quiet: wantsQuiet,
    quietFrom: text('quietFrom'),
    quietTo: text('quietTo'),
    timeZone,
  };
  if (Object.keys(errors).length > 0) return { errors, typed };
  return {
    errors,
    typed,
    preferences: {
      threshold,
      criticalAt,
      // Never and No are kept as such, so that a new default changes nothing for somebody who has chosen.
      remindEveryHours: remind,
      tellRecovered: text('tellRecovered') === 'yes',
      quietHours: wantsQuiet && from !== undefined && to !== undefined ? { from, to } : undefined,
      timeZone: timeZone === '' ? undefined : timeZone,
      language,
    },
  };
}

/** Minutes since midnight of `HH:MM`. */
function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** Back again, as the form shows it. */
export function timeOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
