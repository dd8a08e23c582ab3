/** English: the texts of wearers who have not chosen another language, and everything to the operator. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type AlarmKind, type Battery, type Catalogue, type TextFacts } from './text-catalogue';

const stop = 'STOP to end';

export const english: Catalogue = {
  unnamed: 'tracker',
  texts: {
    low: ({ battery, link, ...about }) =>
      `${your(about)} is ${say(battery)}. ${about.brief ? 'Charge it.' : 'Time to charge.'} ${link} ${stop}`,
    critical: ({ battery, link, ...about }) =>
      `${your(about)} is ${say(battery)}. ${about.brief ? 'Charge it!' : 'Charge it now!'} ${link} ${stop}`,
    reminder: ({ battery, link, ...about }) =>
      `${your(about)} is still ${say(battery)}.${about.brief ? '' : ' Time to charge.'} ${link} ${stop}`,
    recovered: ({ battery: { level }, link, ...about }) =>
      `${your(about)} is charged again${typeof level === 'number' ? ` (${level}%)` : ''}. ${link} ${stop}`,
    silent: ({ battery: { level }, link, ...about }) =>
      `${your(about)} (${typeof level === 'number' ? `${level}%` : level}) has gone silent. Is it flat? ${link} ${stop}`,
    unseen: ({ silentDays, link, ...about }) =>
      `${your(about)} has not synced for ${silentDays ?? 'some'} days. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `${provider} has disconnected. Reconnect: ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `can't read your battery${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `your battery is watched again. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} is going away. ${successor === undefined ? 'Reconnect:' : `Move to ${successor}:`} ${link} ${stop}`,
    code: ({ code }) =>
      `your code is ${code}. It is good for 10 minutes. If you did not ask for it, ignore this text.`,
    welcome: ({ link }) => `alerts on: ${link} Msg&data rates may apply. HELP for help, ${stop}`,
    link: ({ link }) => `your personal page: ${link} Keep it to yourself.`,
    test: ({ link }) => `this is the test text you asked for. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('battery alerts.', contact && `Contact: ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `we do not use your ${provider} account any more and are deleting your data. This is the last text.`,
    'number removed': ({ provider, signUp }) =>
      `this number gets no more ${provider} alerts. Not your doing? Sign up again: ${signUp}`,
    'new link': ({ link }) => `your new link: ${link} The old one is off. Not you? Replace it. ${stop}`,
    'connected again': ({ provider, link }) =>
      `${provider} was connected again. Not your doing? ${link} ${stop}`,
  },
};

/** "Your Charge 6", but not "Your Ada's watch". */
function your({ device, isNamed, brief }: Pick<TextFacts, 'device' | 'isNamed' | 'brief'>): string {
  return brief || isNamed ? device : `Your ${device}`;
}

/** For the operator. */
export const alarmTexts: Readonly<Record<AlarmKind, (alarm: string, count?: number) => string>> = {
  alarm: (alarm, count) =>
    `ALARM: ${alarm}${count === undefined ? '' : ` (${count})`}. See docs/operations.md.`,
  'alarm over': (alarm) => `the alarm "${alarm}" is over.`,
};

/** The same as e-mails: a subject, and what to do. */
export const alarmMails: Readonly<
  Record<AlarmKind, (alarm: string, count?: number) => { readonly subject: string; readonly body: string }>
> = {
  alarm: (alarm, count) => {
    const named = `${alarm}${count === undefined ? '' : ` (${count})`}`;
    return {
      subject: `ALARM: ${named}`,
      body:
        `The service has raised an alarm: ${named}.\n\n` +
        'What it means and what to do: docs/operations.md, "Alarms". GET /api/ops/status shows which alarms are on.\n' +
        'Another mail follows when it is over.',
    };
  },
  'alarm over': (alarm) => ({
    subject: `over: ${alarm}`,
    body: `The alarm "${alarm}" is over.`,
  }),
};

function say({ level, hoursLeft }: Battery): string {
  const left = hoursLeft === undefined ? '' : `, about ${sayHours(hoursLeft)} left`;
  if (level === 'empty') return 'empty';
  return `${level === 'low' ? 'low on battery' : `at ${level}%`}${left}`;
}

function sayHours(hours: number): string {
  const days = Math.floor(hours / 24);
  if (days === 0) return `${hours} h`;
  return days === 1 ? '1 day' : `${days} days`;
}

function sayHelp(help: WearerHelp, provider: string): string {
  switch (help) {
    case 'permission':
      return ': permission missing. Reconnect:';
    case 'profile':
      return `: no ${provider} profile. See:`;
    case 'move':
      return ': account not moved. See:';
    case 'access':
      return '. Remove our access, reconnect:';
  }
}
