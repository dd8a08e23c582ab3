/** German. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type Catalogue } from './catalogue';

const stop = 'Ende: STOP';

export const german: Catalogue = {
  unnamed: 'Tracker',
  texts: {
    low: ({ device, battery, link }) => `${device}: Akku ${say(battery)}. Bitte laden. ${link} ${stop}`,
    critical: ({ device, battery, link }) => `${device}: Akku ${say(battery)}. Jetzt laden! ${link} ${stop}`,
    reminder: ({ device, battery, link }) => `${device}: Akku weiterhin ${say(battery)}. ${link} ${stop}`,
    recovered: ({ device, battery: { level }, link }) =>
      `${device} ist wieder geladen${typeof level === 'number' ? ` (${level} %)` : ''}. ${link} ${stop}`,
    silent: ({ device, link }) => `${device} war schwach, schweigt jetzt. Akku leer? ${link} ${stop}`,
    unseen: ({ device, silentDays, link }) =>
      `${device} hat seit ${silentDays === undefined ? '' : `${silentDays} `}Tagen nicht synchronisiert. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `${provider} ist getrennt. Neu verbinden: ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `Akku nicht lesbar${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `Der Akku wird wieder gelesen. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} wird eingestellt. ${successor === undefined ? 'Neu verbinden:' : `Weiter mit ${successor}:`} ${link} ${stop}`,
    code: ({ code }) =>
      `Der Code ist ${code}. Er gilt 10 Minuten. Nicht angefordert? Dann diese SMS bitte ignorieren.`,
    welcome: ({ link }) => `Akku-Alarme sind an: ${link} SMS-Kosten möglich. Hilfe: HELP, ${stop}`,
    link: ({ link }) => `Link zur persönlichen Seite: ${link} Bitte nicht weitergeben.`,
    test: ({ link }) => `Dies ist die angeforderte Test-SMS. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('Akku-Alarme.', contact && `Kontakt: ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `Das Konto bei ${provider} wird nicht mehr genutzt, alle Daten werden gelöscht. Dies ist die letzte SMS.`,
  },
};

function say({ level, hoursLeft }: Battery): string {
  const left = hoursLeft === undefined ? '' : `, noch ca. ${hoursLeft} h`;
  if (level === 'empty') return 'leer';
  return `${level === 'low' ? 'schwach' : `${level} %`}${left}`;
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
