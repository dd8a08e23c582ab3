import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const fromName: Words['fromName'] = {
  signUp: {
    terms: (privacy) =>
      html`La fréquence des messages varie, en général de 2 à 10 par mois. Des frais de messages et de données
      peuvent s’appliquer. On ne peut pas répondre à ces SMS : le lien de chaque alerte mène à votre page
      personnelle, où vous pouvez les arrêter. Votre accord n’est pas une condition d’utilisation de ce
      service. ${privacy('Confidentialité et conditions des SMS')}`,
  },
  link: {
    nothingCame: 'Rien au bout de quelques minutes ? Alors ce numéro n’est sans doute pas inscrit ici.',
  },
  privacy: {
    replies:
      'On ne peut pas répondre aux SMS. Arrêtez-les, ou recevez-les à nouveau, sur votre page personnelle : le lien est dans chaque alerte.',
    repliesOr: (contact) =>
      html`On ne peut pas répondre aux SMS. Arrêtez-les, ou recevez-les à nouveau, sur votre page personnelle
      : le lien est dans chaque alerte. Pour obtenir de l’aide, écrivez à ${contact}.`,
  },
  personal: {
    stopped: (number) => html`Une réponse STOP est venue un jour du ${number}, il ne reçoit donc pas de SMS.`,
  },
  removeAndEnd: 'Arrêter les SMS et supprimer le numéro',
  again: 'Recevoir à nouveau des SMS',
};
