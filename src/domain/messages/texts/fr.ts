/** French. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, withoutForecast, type Battery, type MessageCatalogue } from './text-catalogue';

export const french: MessageCatalogue = {
  unnamed: 'appareil',
  stop: 'Arrêt : STOP',
  endAtLink: 'Arrêt : lien',
  mail: { page: 'Votre page personnelle :', stop: "Pour ne plus recevoir d'e-mails :" },
  words: {
    low: ({ device, battery }) => ({
      subject: say(device, withoutForecast(battery)),
      sentence: `${say(device, battery)}. Rechargez-le.`,
    }),
    critical: ({ device, battery, brief }) => ({
      subject: `${say(device, withoutForecast(battery))}, à charger vite`,
      sentence: `${say(device, battery)}. ${brief ? 'Chargez-le !' : 'Rechargez-le vite !'}`,
    }),
    reminder: ({ device, battery }) => ({
      subject: sayAgain(device, withoutForecast(battery)),
      sentence: `${sayAgain(device, battery)}.`,
    }),
    recovered: ({ device, battery: { level } }) => ({
      subject: `${device} est rechargé`,
      sentence: `${device} est rechargé${typeof level === 'number' ? ` (${level} %)` : ''}.`,
    }),
    silent: ({ device, battery: { level } }) => ({
      subject: `${device} ne donne plus de données`,
      sentence: `${device} : batterie ${sayWas(level)}, puis plus de données.`,
    }),
    unseen: ({ device, silentDays }) => ({
      subject: `${device} ne s'est pas synchronisé`,
      sentence: `${device} ne s'est pas synchronisé depuis ${silentDays ?? 'des'} jours.`,
    }),
    reconnect: ({ provider }) => ({
      subject: `${provider} est déconnecté`,
      sentence: `${provider} est déconnecté. Reconnectez-vous :`,
    }),
    'check failing': ({ help, provider }) => ({
      subject: 'batterie illisible',
      sentence: `batterie illisible${sayHelp(help, provider)}`,
    }),
    'works again': () => ({
      subject: 'batterie à nouveau surveillée',
      sentence: 'batterie à nouveau surveillée.',
    }),
    move: ({ provider, successor }) => ({
      subject: `${provider} va fermer`,
      sentence: `${provider} va fermer. ${successor === undefined ? 'Reconnectez-vous :' : `Passez à ${successor} :`}`,
    }),
    code: ({ code, isMail }) => ({
      subject: 'confirmez votre adresse',
      ...(isMail
        ? {
            sentence: 'confirmez que cette adresse est la vôtre :',
            after: "Si vous n'avez rien demandé, ignorez cet e-mail.",
          }
        : {
            sentence: `votre code est ${code}. Il est valable 10 minutes. Si vous ne l'avez pas demandé, ignorez ce SMS.`,
          }),
    }),
    welcome: ({ isMail, canBeAnswered }) => ({
      subject: 'alertes activées',
      ...(isMail
        ? { sentence: 'vos alertes de batterie arriveront à cette adresse.' }
        : {
            sentence: 'alertes activées :',
            after: inOneLine('Frais SMS possibles.', canBeAnswered ? 'Aide : HELP.' : undefined),
          }),
    }),
    link: () => ({
      subject: 'votre page personnelle',
      sentence: 'votre page personnelle :',
      after: 'Ne la partagez pas.',
    }),
    test: ({ isMail }) => ({
      subject: 'test',
      sentence: isMail ? "voici l'e-mail de test demandé." : 'voici le SMS de test demandé.',
    }),
    help: ({ contact }) => ({
      subject: 'aide',
      sentence: inOneLine('alertes de batterie.', contact && `Contact : ${contact}`),
    }),
    goodbye: ({ provider, isMail }) => ({
      subject: 'au revoir',
      sentence: `nous n'utilisons plus votre compte ${provider} et supprimons vos données. C'est le dernier ${isMail ? 'e-mail' : 'SMS'}.`,
    }),
    'number removed': ({ provider, isMail }) => ({
      subject: `fin des alertes de ${provider}`,
      sentence: `${isMail ? 'cette adresse' : 'ce numéro'} ne reçoit plus d'alertes de ${provider}. Pas vous ? Réinscription :`,
    }),
    'new link': () => ({
      subject: 'nouveau lien',
      sentence: 'nouveau lien :',
      after: 'Pas demandé ? Changez-le.',
    }),
    'connected again': ({ provider }) => ({
      subject: `${provider} est reconnecté`,
      sentence: `${provider} est reconnecté. Pas vous ?`,
    }),
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
