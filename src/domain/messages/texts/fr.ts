/** French. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type Catalogue } from './text-catalogue';

const stop = 'Arrêt : STOP';

export const french: Catalogue = {
  unnamed: 'appareil',
  texts: {
    low: ({ device, battery, link }) => `${say(device, battery)}. Rechargez-le. ${link} ${stop}`,
    critical: ({ device, battery, brief, link }) =>
      `${say(device, battery)}. ${brief ? 'Chargez-le !' : 'Rechargez-le vite !'} ${link} ${stop}`,
    reminder: ({ device, battery, link }) => `${sayAgain(device, battery)}. ${link} ${stop}`,
    recovered: ({ device, battery: { level }, link }) =>
      `${device} est rechargé${typeof level === 'number' ? ` (${level} %)` : ''}. ${link} ${stop}`,
    silent: ({ device, battery: { level }, link }) =>
      `${device} : batterie ${sayWas(level)}, puis plus de données. ${link} ${stop}`,
    unseen: ({ device, silentDays, link }) =>
      `${device} ne s'est pas synchronisé depuis ${silentDays ?? 'des'} jours. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `${provider} est déconnecté. Reconnectez-vous : ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `batterie illisible${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `batterie à nouveau surveillée. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} va fermer. ${successor === undefined ? 'Reconnectez-vous :' : `Passez à ${successor} :`} ${link} ${stop}`,
    code: ({ code }) =>
      `votre code est ${code}. Il est valable 10 minutes. Si vous ne l'avez pas demandé, ignorez ce SMS.`,
    welcome: ({ link }) => `alertes activées : ${link} Frais SMS possibles. Aide : HELP. ${stop}`,
    link: ({ link }) => `votre page personnelle : ${link} Ne la partagez pas.`,
    test: ({ link }) => `voici le SMS de test demandé. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('alertes de batterie.', contact && `Contact : ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `nous n'utilisons plus votre compte ${provider} et supprimons vos données. C'est le dernier SMS.`,
    'number removed': ({ provider, signUp }) =>
      `ce numéro ne reçoit plus d'alertes de ${provider}. Pas vous ? Réinscription : ${signUp}`,
    'new link': ({ link }) => `nouveau lien : ${link} Pas demandé ? Changez-le. ${stop}`,
    'connected again': ({ provider, link }) => `${provider} est reconnecté. Pas vous ? ${link} ${stop}`,
  },
};

function say(device: string, { level, hoursLeft }: Battery): string {
  if (level === 'empty') return `${device} est à plat`;
  const left = sayLeft(hoursLeft);
  return level === 'low' ? `${device} a la batterie faible${left}` : `${device} : ${level} %${left}`;
}

function sayAgain(device: string, { level, hoursLeft }: Battery): string {
  if (level === 'empty') return `${device} est toujours à plat`;
  const left = sayLeft(hoursLeft);
  return level === 'low'
    ? `${device} a toujours la batterie faible${left}`
    : `${device} : plus que ${level} %${left}`;
}

function sayLeft(hoursLeft: number | undefined): string {
  if (hoursLeft === undefined) return '';
  const days = Math.floor(hoursLeft / 24);
  if (days === 0) return `, reste env. ${hoursLeft} h`;
  return days === 1 ? ', reste env. 1 jour' : `, reste env. ${days} jours`;
}

function sayWas(level: Battery['level']): string {
  if (level === 'empty') return 'à plat';
  return level === 'low' ? 'faible' : `à ${level} %`;
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
