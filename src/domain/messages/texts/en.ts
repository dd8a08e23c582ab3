/** English: the texts of wearers who have not chosen another language, and everything to the operator. */
import type { AlarmKind, WearerHelp } from '../../../model';
import { inOneLine, type Battery, type MessageCatalogue, type TextFacts } from './text-catalogue';

export const english: MessageCatalogue = {
  unnamed: 'tracker',
  stop: 'STOP to end',
  endAtLink: 'Link to end',
  mail: { page: 'Your personal page:', stop: 'To get no more e-mails:' },
  words: {
    low: ({ battery, ...about }) => ({
      subject: `${about.device} is ${sayLevel(battery)}`,
      sentence: `${your(about)} is ${say(battery)}. ${about.brief ? 'Charge it.' : 'Time to charge.'}`,
    }),
    critical: ({ battery, ...about }) => ({
      subject: `${about.device} is ${sayLevel(battery)}, charge it now`,
      sentence: `${your(about)} is ${say(battery)}. ${about.brief ? 'Charge it!' : 'Charge it now!'}`,
    }),
    reminder: ({ battery, ...about }) => ({
      subject: `${about.device} is still ${sayLevel(battery)}`,
      sentence: `${your(about)} is still ${say(battery)}.${about.brief ? '' : ' Time to charge.'}`,
    }),
    recovered: ({ battery: { level }, ...about }) => ({
      subject: `${about.device} is charged again`,
      sentence: `${your(about)} is charged again${typeof level === 'number' ? ` (${level}%)` : ''}.`,
    }),
    silent: ({ battery: { level }, ...about }) => ({
      subject: `${about.device} has gone silent`,
      sentence: `${your(about)} (${typeof level === 'number' ? `${level}%` : level}) has gone silent. Is it flat?`,
    }),
    unseen: ({ silentDays, ...about }) => ({
      subject: `${about.device} has not synced`,
      sentence: `${your(about)} has not synced for ${silentDays ?? 'some'} days.`,
    }),
    reconnect: ({ provider }) => ({
      subject: `${provider} has disconnected`,
      sentence: `${provider} has disconnected. Reconnect:`,
    }),
    'check failing': ({ help, provider }) => ({
      subject: "can't read your battery",
      sentence: `can't read your battery${sayHelp(help, provider)}`,
    }),
    'works again': () => ({
      subject: 'your battery is watched again',
      sentence: 'your battery is watched again.',
    }),
    move: ({ provider, successor }) => ({
      subject: `${provider} is going away`,
      sentence: `${provider} is going away. ${successor === undefined ? 'Reconnect:' : `Move to ${successor}:`}`,
    }),
    code: ({ code, isMail }) => ({
      subject: 'confirm your address',
      ...(isMail
        ? {
            sentence: 'confirm that this is your address:',
            after: 'If you did not ask for it, ignore this e-mail.',
          }
        : {
            sentence: `your code is ${code}. It is good for 10 minutes. If you did not ask for it, ignore this text.`,
          }),
    }),
    welcome: ({ isMail, canBeAnswered }) => ({
      subject: 'your alerts are on',
      ...(isMail
        ? { sentence: 'your battery alerts are on. They come to this address.' }
        : {
            sentence: 'alerts on:',
            after: inOneLine('Msg&data rates may apply.', canBeAnswered ? 'HELP for help,' : undefined),
          }),
    }),
    link: () => ({
      subject: 'your personal page',
      sentence: 'your personal page:',
      after: 'Keep it to yourself.',
    }),
    test: ({ isMail }) => ({
      subject: 'a test',
      sentence: `this is the test ${isMail ? 'e-mail' : 'text'} you asked for.`,
    }),
    help: ({ contact }) => ({
      subject: 'help',
      sentence: inOneLine('battery alerts.', contact && `Contact: ${contact}`),
    }),
    goodbye: ({ provider, isMail }) => ({
      subject: 'goodbye',
      sentence: `we do not use your ${provider} account any more and are deleting your data. This is the last ${isMail ? 'e-mail' : 'text'}.`,
    }),
    'number removed': ({ provider, isMail }) => ({
      subject: `no more ${provider} alerts`,
      sentence: `this ${isMail ? 'address' : 'number'} gets no more ${provider} alerts. Not your doing? Sign up again:`,
    }),
    'new link': () => ({
      subject: 'your new link',
      sentence: 'your new link:',
      after: 'The old one is off. Not you? Replace it.',
    }),
    'connected again': ({ provider }) => ({
      subject: `${provider} was connected again`,
      sentence: `${provider} was connected again. Not your doing?`,
    }),
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

function say(battery: Battery): string {
  const { level, hoursLeft } = battery;
  const left = hoursLeft === undefined || level === 'empty' ? '' : `, about ${sayHours(hoursLeft)} left`;
  return `${sayLevel(battery)}${left}`;
}

function sayLevel({ level }: Battery): string {
  if (level === 'empty') return 'empty';
  return level === 'low' ? 'low on battery' : `at ${level}%`;
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
