/** German. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type Catalogue } from './text-catalogue';

const stop = 'Ende: STOP';

export const german: Catalogue = {
  unnamed: 'Tracker',
  texts: {
    low: ({ device, battery, link }) => `${device}: Akku ${say(battery)}. Bitte laden. ${link} ${stop}`,
    critical: ({ device, battery, link }) => `${device}: Akku ${say(battery)}. Jetzt laden! ${link} ${stop}`,
    reminder: ({ device, battery, link }) => `${device}: Akku ${sayAgain(battery)}. ${link} ${stop}`,
    recovered: ({ device, battery: { level }, link }) =>
      `${device} ist wieder geladen${typeof level === 'number' ? ` (${level} %)` : ''}. ${link} ${stop}`,
    silent: ({ device, battery, link }) =>
      `${device}: Akku war ${sayLevel(battery)}, seither keine Daten. ${link} ${stop}`,
    unseen: ({ device, silentDays, link }) =>
      `${device} hat seit ${silentDays === undefined ? '' : `${silentDays} `}Tagen nicht synchronisiert. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `Verbindung zu ${provider} getrennt. Erneuern: ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `Akku nicht lesbar${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `Der Akku wird wieder gelesen. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} wird eingestellt. ${successor === undefined ? 'Neu verbinden:' : `Weiter mit ${successor}:`} ${link} ${stop}`,
    code: ({ code }) =>
      `Der Code ist ${code}. Er gilt 10 Minuten. Nicht angefordert? Dann diese SMS bitte ignorieren.`,
    welcome: ({ link }) => `Akku-Hinweise aktiv: ${link} SMS-Kosten möglich. Hilfe: HELP, ${stop}`,
    link: ({ link }) => `Link zur persönlichen Seite: ${link} Bitte nicht weitergeben.`,
    test: ({ link }) => `Dies ist die angeforderte Test-SMS. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('Akku-Hinweise.', contact && `Kontakt: ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `Das Konto bei ${provider} wird nicht mehr genutzt, alle Daten werden gelöscht. Dies ist die letzte SMS.`,
    'number removed': ({ provider, signUp }) =>
      `Diese Nummer bekommt keine Alarme von ${provider} mehr. Ungewollt? Neu anmelden: ${signUp}`,
    'new link': ({ link }) => `Neuer Link: ${link} Der alte ist ungültig. Ungewollt? Ersetzen. ${stop}`,
    'connected again': ({ provider, link }) => `${provider} wurde neu verbunden. Ungewollt? ${link} ${stop}`,
  },
};

function say(battery: Battery): string {
  const left = sayLeft(battery);
  return `${sayLevel(battery)}${left === undefined ? '' : `, noch ${left}`}`;
}

function sayAgain(battery: Battery): string {
  const left = sayLeft(battery);
  const still = typeof battery.level === 'number' ? 'nur noch' : 'immer noch';
  return `${still} ${sayLevel(battery)}${left === undefined ? '' : `, ${left}`}`;
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
