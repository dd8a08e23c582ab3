/** French. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type Catalogue } from './catalogue';

const stop = 'Fin : STOP';

export const french: Catalogue = {
  unnamed: 'appareil',
  texts: {
    low: ({ device, battery, link }) => `${device} est ${say(battery)}. Rechargez-le. ${link} ${stop}`,
    critical: ({ device, battery, link }) =>
      `${device} est ${say(battery)}. Rechargez vite ! ${link} ${stop}`,
    reminder: ({ device, battery, link }) => `Rappel : ${device} est ${say(battery)}. ${link} ${stop}`,
    recovered: ({ device, battery: { level }, link }) =>
      `${device} est rechargé${typeof level === 'number' ? ` (${level} %)` : ''}. ${link} ${stop}`,
    silent: ({ device, link }) => `${device} était faible et ne répond plus. Vide ? ${link} ${stop}`,
    unseen: ({ device, silentDays, link }) =>
      `${device} n'a pas synchronisé depuis ${silentDays ?? 'des'} jours. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `${provider} est déconnecté. Reconnecter : ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `batterie illisible${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `batterie à nouveau surveillée. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} va disparaître. ${successor === undefined ? 'Reconnecter :' : `Passez à ${successor} :`} ${link} ${stop}`,
    code: ({ code }) =>
      `votre code est ${code}. Il est valable 10 minutes. Si vous ne l'avez pas demandé, ignorez ce SMS.`,
    welcome: ({ link }) => `alertes actives : ${link} Frais SMS possibles. Aide : HELP. ${stop}`,
    link: ({ link }) => `votre page personnelle : ${link} Ne la partagez pas.`,
    test: ({ link }) => `voici le SMS de test demandé. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('alertes de batterie.', contact && `Contact : ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `nous n'utilisons plus votre compte ${provider} et supprimons vos données. C'est le dernier SMS.`,
  },
};

function say({ level, hoursLeft }: Battery): string {
  const left = hoursLeft === undefined ? '' : `, env. ${hoursLeft} h`;
  if (level === 'empty') return 'à plat';
  return `${level === 'low' ? 'presque à plat' : `à ${level} %`}${left}`;
}

function sayHelp(help: WearerHelp, provider: string): string {
  switch (help) {
    case 'permission':
      return ' : permission absente. Reconnecter :';
    case 'profile':
      return ` : profil ${provider} absent. Ici :`;
    case 'move':
      return ' : compte non transféré. Ici :';
    case 'access':
      return '. Retirez notre accès, reconnectez :';
  }
}
