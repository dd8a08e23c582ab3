import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const signUp: Words['signUp'] = {
  title: 'Connectez votre appareil',
  intro: 'Un SMS avant que la batterie soit vide.',
  provider: 'Votre compte est chez',
  invite: 'Code d’invitation',
  inviteHint: 'Demandez-le à l’exploitant de ce service.',
  inviteUnknown: 'Ce code d’invitation n’existe pas. Veuillez le vérifier.',
  inviteUsed:
    'Cette invitation a expiré ou a déjà servi. Demandez-en une nouvelle à la personne qui vous l’a envoyée.',
  number: 'Numéro de mobile (facultatif)',
  numberHint: (defaultCountry) => `Sans indicatif de pays : ${defaultCountry}.`,
  numberMissing: 'Veuillez saisir le numéro pour vos SMS, ou décocher la case ci-dessous.',
  agree: (service) =>
    `J’accepte de recevoir à ce numéro des SMS automatiques récurrents de ${service} : alertes de batterie faible et de connexion de mon appareil, et codes d’inscription.`,
  agreeShort: 'Accord pour les SMS',
  terms: (privacy) =>
    html`La fréquence des messages varie, en général de 2 à 10 par mois. Des frais de messages et de données
    peuvent s’appliquer. Répondez STOP pour arrêter, HELP pour obtenir de l’aide. Votre accord n’est pas une
    condition d’utilisation de ce service. ${privacy('Confidentialité et conditions des SMS')}`,
  noTexts:
    'Les SMS ne sont pas encore configurés ici. Connectez-vous maintenant, et ajoutez votre numéro plus tard sur votre page personnelle.',
  reads:
    'Nous lisons vos appareils, leur batterie, votre fuseau horaire et l’identifiant de votre compte, pour maintenir la connexion et vous écrire.',
  usedOnly: 'Cela ne sert à rien d’autre, et n’est jamais vendu ni partagé.',
  shared: (who) =>
    html`Votre accès est partagé avec ${who}, qui peut faire ce que vous permettez à la page suivante. Vous
    pouvez y mettre fin à tout moment.`,
  sharedNoFurther: 'Rien n’est jamais vendu, ni partagé avec personne d’autre.',
  more: 'En savoir plus sur ce que vous autorisez',
  further:
    'Si la page suivante demande d’autres autorisations, c’est l’exploitant qui les a ajoutées ; vous pouvez les y refuser.',
  stored: 'Tout est stocké dans le compte Microsoft Azure de l’exploitant de ce service.',
  end: (providers, privacy) =>
    html`Vous pouvez y mettre fin à tout moment, sur votre page personnelle ou chez ${providers}.
    ${privacy('Tout sur la confidentialité')}`,
  otherLanguage: 'Autre langue',
  go: 'Continuer',
  goTo: (provider) => `Continuer vers ${provider}`,
  embedded: {
    title: 'Veuillez ouvrir cette page dans Safari ou Chrome',
    why: 'Google refuse la connexion dans le navigateur intégré d’une application. Voici l’adresse à copier :',
  },
  notConfigured: {
    title: 'Pas encore configuré',
    why: 'Personne ne peut encore s’inscrire. Voici ce dont l’exploitant de ce service doit encore s’occuper :',
  },
};
