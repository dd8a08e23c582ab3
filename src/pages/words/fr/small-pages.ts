import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const layout: Words['layout'] = {
  about: 'À propos de ce service',
  privacy: 'Confidentialité',
  linkAgain: 'Recevoir à nouveau mon lien',
  questions: 'Des questions ?',
  languages: 'Langue',
  error: 'Erreur',
  lookAgain: 'Veuillez vérifier ceci :',
};

export const fields: Words['fields'] = {
  language: 'Langue',
  chooseOne: 'Veuillez choisir l’une des options.',
  noNumber:
    'Ceci ne ressemble pas à un numéro de mobile. Veuillez l’écrire avec l’indicatif du pays, par exemple +1 425 555 0123.',
  otherCountry: (countries) => `Les SMS ne peuvent être envoyés qu’à des numéros de ces pays : ${countries}.`,
  noMobile:
    'Ce numéro n’est pas celui d’un mobile et ne peut pas recevoir de SMS. Veuillez indiquer un numéro de mobile.',
  agree: 'Veuillez cocher cette case, ou laisser le numéro vide.',
  wholeNumber: ({ least, most }) => `Veuillez saisir un nombre entier de ${least} à ${most}.`,
  wholeNumberOrOff: ({ least, most }) =>
    `Veuillez saisir un nombre entier de ${least} à ${most} ; 0 désactive.`,
  belowTheOther: 'Ce doit être moins que le niveau ci-dessus.',
  timeSuchAs: (example) => `Veuillez saisir une heure, par exemple ${example}.`,
  otherTime: 'Ce doit être une autre heure.',
};

export const problems: Words['problems'] = {
  title: 'Cela n’a pas fonctionné',
  backToSignUp: 'Retour à l’inscription',
  otherSite: 'Veuillez ouvrir la page de ce service et utiliser son propre formulaire.',
  otherForm: 'Veuillez utiliser les formulaires de cette page.',
  formType: 'Le formulaire doit être envoyé en application/x-www-form-urlencoded.',
  tooLarge: (kilobytes) => `La requête dépasse ${kilobytes} Ko.`,
  noLength: 'Indiquez la longueur de la requête dans Content-Length : en morceaux, elle n’arrive pas ici.',
  answerTooLong: 'La réponse du fournisseur est trop longue. Veuillez recommencer.',
  noDevice: 'Cet appareil n’existe plus. Veuillez rouvrir la page.',
  noConnection: 'Cette connexion n’existe pas.',
  tooManyRequests: 'Trop de demandes sont venues de votre réseau aujourd’hui. Veuillez réessayer demain.',
  tooManySignUps: 'Trop d’inscriptions sont venues de votre réseau aujourd’hui. Veuillez réessayer demain.',
  tooOften: 'Cela a été fait trop souvent aujourd’hui. Veuillez réessayer demain.',
  notSetUp: 'Ce service n’est pas encore configuré pour cela. Veuillez prévenir son exploitant.',
  storeSilent: 'Un stockage dont ce service a besoin n’a pas répondu. Veuillez recommencer dans une minute.',
  ourSide: 'Une erreur s’est produite de notre côté. Veuillez recommencer dans une minute.',
};

export const link: Words['link'] = {
  title: 'Recevez à nouveau votre lien',
  intro:
    'Votre page personnelle montre vos batteries et vos réglages. Son lien peut vous être envoyé par SMS.',
  number: 'Votre numéro de mobile',
  numberHint: 'Celui auquel vous recevez vos SMS, avec l’indicatif du pays, par exemple +1 425 555 0123.',
  send: 'M’envoyer le lien',
  otherNumber: (signUpAgain) =>
    html`Plus de numéro, ou un autre désormais ? ${signUpAgain('Inscrivez-vous à nouveau')} avec le même
    compte : tout est conservé.`,
  sentTitle: 'Consultez votre téléphone',
  sent: 'Si ce numéro est inscrit, un SMS avec le lien est en route.',
  nothingCame:
    'Rien au bout de quelques minutes ? Alors ce numéro n’est sans doute pas inscrit ici, ou a répondu STOP.',
  tryAnother: 'Essayer un autre numéro',
};

export const confirm: Words['confirm'] = {
  title: 'Saisissez le code',
  titles: {
    'code expired': 'Ce code est trop ancien',
    'no tries left': 'Trop de codes erronés',
    'not sent': 'Le SMS n’a pas pu être envoyé',
    undeliverable: 'Le SMS n’a pas pu être envoyé',
  },
  onItsWay: (number, minutes) =>
    html`Un SMS avec un code est en route vers le ${number}. Le code est valable ${minutes} minutes.`,
  newOnItsWay: (number, minutes) =>
    html`Un nouveau code est en route vers ${number}. Le code est valable ${minutes} minutes.`,
  expired: (number, minutes) => html`Le code envoyé au ${number} était valable ${minutes} minutes.`,
  noTriesLeft: (number) =>
    html`Pour que personne ne le devine, le code envoyé au ${number} n’est plus valable.`,
  haveNewOneSent: 'Veuillez en demander un nouveau.',
  tryLater: 'Veuillez réessayer plus tard.',
  noneTexted: (number) => html`Aucun code n’a pu être envoyé au ${number}.`,
  noneTextedNow: (number) =>
    html`Aucun code n’a pu être envoyé au ${number} pour le moment. Votre numéro n’y est pour rien.`,
  tryInMinutes: 'Veuillez réessayer dans quelques minutes.',
  undeliverable: (number) =>
    html`Le SMS vers le ${number} n’a pas pu être remis. Veuillez vérifier le numéro et réessayer, ou en
    utiliser un autre.`,
  undeliverableNow: (number) =>
    html`Le SMS vers le ${number} n’a pas pu être remis. Veuillez vérifier le numéro et réessayer plus tard,
    ou en utiliser un autre.`,
  code: 'Code reçu par SMS',
  confirm: 'Confirmer',
  wrong: (triesLeft) =>
    `Ce n’est pas le code du dernier SMS. Veuillez vérifier ; il vous reste ${
      triesLeft === 1 ? 'un essai' : `${triesLeft} essais`
    }.`,
  sixDigits: 'Le code a six chiffres. Veuillez saisir ceux du dernier SMS.',
  tooManyCodes: 'Le nombre de codes permis par jour est atteint. Veuillez revenir sur cette page demain.',
  noText: 'Pas de SMS ? Cela peut prendre une minute.',
  afterStop: (sender) =>
    html`Avez-vous un jour répondu STOP depuis ce numéro ? Alors envoyez d’abord START au
    ${sender ?? 'numéro d’où venaient les SMS'}.`,
  noNewCode: 'Aucun nouveau code ne peut être envoyé pour le moment.',
  sendNew: 'Envoyer un nouveau code',
  without: {
    title: 'Sans SMS, ou avec un autre numéro ?',
    text: (signUpAgain) =>
      html`Votre compte est connecté dans tous les cas, et vous pourrez ajouter un numéro plus tard. Pour un
      autre numéro dès maintenant, ${signUpAgain('inscrivez-vous à nouveau')}.`,
    deleted: (hours) =>
      `Si vous ne faites ni cela ni ne saisissez de code, l’inscription est supprimée au bout de ${hours} heures.`,
    skip: 'Continuer sans SMS',
  },
  unchanged: 'Tant que le nouveau numéro n’est pas confirmé, tout reste comme avant.',
  done: {
    title: 'Votre numéro est confirmé',
    sentence: 'Le lien vers votre page personnelle est dans le SMS que nous avons envoyé à votre numéro.',
  },
  unknown: {
    title: 'Il n’y a pas de code à saisir ici',
    sentence:
      'Si vous avez déjà saisi votre code, tout va bien. Sinon : un code appartient au navigateur dans lequel il a été demandé, et ne vaut qu’un moment. Veuillez y ouvrir cette page, ou recommencer ; une inscription non confirmée est supprimée au bout de 24 heures.',
    signUpAgain: 'S’inscrire à nouveau',
    getLink: 'Recevoir mon lien',
  },
};

export const unsubscribe: Words['unsubscribe'] = {
  asked: {
    title: 'Arrêter les e-mails',
    sentence:
      "Cela met fin à tous nos e-mails à l'adresse qui a reçu ce lien, y compris les alertes de batterie faible. Votre compte reste connecté.",
    button: 'Arrêter',
  },
  ended: {
    title: "Vous ne recevez plus d'e-mails",
    sentence: "Nous n'envoyons plus d'e-mails à cette adresse. Votre compte reste connecté.",
    button: 'Recevoir à nouveau des e-mails',
  },
  begun: {
    title: 'Vous recevez à nouveau des e-mails',
    sentence: 'Nous vous prévenons à nouveau par e-mail quand une batterie faiblit.',
    button: 'Arrêter',
  },
  unknown: {
    title: 'Ce lien ne fonctionne pas',
    sentence:
      "Ouvrez le lien tel qu'il figure à la fin d'un de nos e-mails. Vous pouvez aussi y mettre fin sur votre page personnelle.",
    getLink: 'Obtenir mon lien',
  },
};
