/** German. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type MessageCatalogue } from './text-catalogue';

export const german: MessageCatalogue = {
  unnamed: 'Tracker',
  stop: 'Ende: STOP',
  endAtLink: 'Ende: Link',
  mail: { page: 'Zur persönlichen Seite:', stop: 'Keine E-Mails mehr bekommen:' },
  words: {
    low: ({ device, battery }) => ({
      subject: `${device}: Akku ${sayLevel(battery)}`,
      sentence: `${device}: Akku ${say(battery)}. Bitte laden.`,
    }),
    critical: ({ device, battery }) => ({
      subject: `${device}: Akku ${sayLevel(battery)}, jetzt laden`,
      sentence: `${device}: Akku ${say(battery)}. Jetzt laden!`,
    }),
    reminder: ({ device, battery }) => ({
      subject: `${device}: Akku ${sayLevelAgain(battery)}`,
      sentence: `${device}: Akku ${sayAgain(battery)}.`,
    }),
    recovered: ({ device, battery: { level } }) => ({
      subject: `${device} ist wieder geladen`,
      sentence: `${device} ist wieder geladen${typeof level === 'number' ? ` (${level} %)` : ''}.`,
    }),
    silent: ({ device, battery }) => ({
      subject: `${device}: keine Daten`,
      sentence: `${device}: Akku war ${sayLevel(battery)}, seither keine Daten.`,
    }),
    unseen: ({ device, silentDays }) => ({
      subject: `${device} hat nicht synchronisiert`,
      sentence: `${device} hat seit ${silentDays === undefined ? '' : `${silentDays} `}Tagen nicht synchronisiert.`,
    }),
    reconnect: ({ provider }) => ({
      subject: `Verbindung zu ${provider} getrennt`,
      sentence: `Verbindung zu ${provider} getrennt. Erneuern:`,
    }),
    'check failing': ({ help, provider }) => ({
      subject: 'Akku nicht lesbar',
      sentence: `Akku nicht lesbar${sayHelp(help, provider)}`,
    }),
    'works again': () => ({
      subject: 'Der Akku wird wieder gelesen',
      sentence: 'Der Akku wird wieder gelesen.',
    }),
    move: ({ provider, successor }) => ({
      subject: `${provider} wird eingestellt`,
      sentence: `${provider} wird eingestellt. ${successor === undefined ? 'Neu verbinden:' : `Weiter mit ${successor}:`}`,
    }),
    code: ({ code, isMail }) => ({
      subject: 'Adresse bestätigen',
      ...(isMail
        ? {
            sentence: 'Bitte diese Adresse bestätigen:',
            after: 'Nicht angefordert? Dann diese E-Mail bitte ignorieren.',
          }
        : {
            sentence: `Der Code ist ${code}. Er gilt 10 Minuten. Nicht angefordert? Dann diese SMS bitte ignorieren.`,
          }),
    }),
    welcome: ({ isMail, canBeAnswered }) => ({
      subject: 'Akku-Hinweise aktiv',
      ...(isMail
        ? { sentence: 'Die Akku-Hinweise kommen ab jetzt an diese Adresse.' }
        : {
            sentence: 'Akku-Hinweise aktiv:',
            after: inOneLine('SMS-Kosten möglich.', canBeAnswered ? 'Hilfe: HELP,' : undefined),
          }),
    }),
    link: () => ({
      subject: 'Link zur persönlichen Seite',
      sentence: 'Link zur persönlichen Seite:',
      after: 'Bitte nicht weitergeben.',
    }),
    test: ({ isMail }) => ({
      subject: 'Test',
      sentence: `Dies ist die angeforderte Test-${isMail ? 'E-Mail' : 'SMS'}.`,
    }),
    help: ({ contact }) => ({
      subject: 'Hilfe',
      sentence: inOneLine('Akku-Hinweise.', contact && `Kontakt: ${contact}`),
    }),
    goodbye: ({ provider, isMail }) => ({
      subject: 'Abschied',
      sentence: `Das Konto bei ${provider} wird nicht mehr genutzt, alle Daten werden gelöscht. Dies ist die letzte ${isMail ? 'E-Mail' : 'SMS'}.`,
    }),
    'number removed': ({ provider, isMail }) => ({
      subject: `keine Alarme von ${provider} mehr`,
      sentence: `Diese ${isMail ? 'Adresse' : 'Nummer'} bekommt keine Alarme von ${provider} mehr. Ungewollt? Neu anmelden:`,
    }),
    'new link': () => ({
      subject: 'neuer Link',
      sentence: 'Neuer Link:',
      after: 'Der alte ist ungültig. Ungewollt? Ersetzen.',
    }),
    'connected again': ({ provider }) => ({
      subject: `${provider} wurde neu verbunden`,
      sentence: `${provider} wurde neu verbunden. Ungewollt?`,
    }),
  },
};

function say(battery: Battery): string {
  const left = sayLeft(battery);
  return `${sayLevel(battery)}${left === undefined ? '' : `, noch ${left}`}`;
}

function sayAgain(battery: Battery): string {
  const left = sayLeft(battery);
  return `${sayLevelAgain(battery)}${left === undefined ? '' : `, ${left}`}`;
}

function sayLevelAgain(battery: Battery): string {
  return `${typeof battery.level === 'number' ? 'nur noch' : 'immer noch'} ${sayLevel(battery)}`;
}

function sayLevel({ level }: Pick<Battery, 'level'>): string {
  if (level === 'empty') return 'leer';
  return level === 'low' ? 'schwach' : `${level} %`;
}

function sayLeft({ level, hoursLeft }: Battery): string | undefined {
  if (hoursLeft === undefined || level === 'empty') return undefined;
  const days = Math.floor(hoursLeft / 24);
  if (days === 0) return `ca. ${hoursLeft} h`;
  return days === 1 ? 'ca. 1 Tag' : `ca. ${days} Tage`;
}

function sayHelp(help: WearerHelp, provider: string): string {
  switch (help) {
    case 'permission':
      return ', Berechtigung fehlt. Neu verbinden:';
    case 'profile':
      return `: Profil bei ${provider} fehlt. Hier:`;
    case 'move':
      return ': Konto ist nicht umgezogen. Hier:';
    case 'access':
      return '. Zugriff entfernen, neu verbinden:';
  }
}
