import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const byEmail: Words['byEmail'] = {
  ways: { legend: 'Comment vous prévenir ?', sms: 'Par SMS', email: 'Par e-mail' },
  intro: 'Un e-mail avant que la batterie soit vide.',
  introEither: 'Une alerte avant la panne de batterie.',
  address: 'Adresse e-mail (facultatif)',
  addressHint: 'Un lien y est d’abord envoyé.',
  addressMissing: 'Veuillez saisir l’adresse pour vos e-mails, ou décocher la case ci-dessous.',
  noAddress:
    'Ceci ne ressemble pas à une adresse e-mail. Veuillez en saisir une, par exemple ada@example.org.',
  otherLetters:
    'Ce service ne peut pas écrire à une adresse qui a des lettres comme é ou ç avant le @. Veuillez en saisir une autre.',
  tick: 'Veuillez cocher cette case, ou laisser l’adresse vide.',
  agree: (service) =>
    `J’accepte de recevoir à cette adresse des e-mails automatiques récurrents de ${service} : alertes de batterie faible et de connexion de mon appareil, et liens pour confirmer l’adresse.`,
  agreeShort: 'Accord pour les e-mails',
  terms: (privacy) =>
    html`En général de 2 à 10 par mois. Chaque alerte contient un lien pour ne plus en recevoir. Votre accord
    n’est pas une condition d’utilisation de ce service. ${privacy('Confidentialité et conditions')}`,
  confirm: {
    title: 'Consultez vos e-mails',
    notSent: 'L’e-mail n’a pas pu être envoyé',
    onItsWay: (address, hours) =>
      html`Un e-mail avec un lien est en route vers ${address}. Ouvrez le lien, sur cet appareil ou un autre,
      puis appuyez sur le bouton. Il est valable ${hours} heures.`,
    sentAgain: (address) => html`Un autre e-mail avec un lien est en route vers ${address}.`,
    noneSent: (address) => html`Aucun e-mail n’a pu être envoyé à ${address}.`,
    noneSentNow: (address) =>
      html`Aucun e-mail n’a pu être envoyé à ${address} pour le moment. Votre adresse n’y est pour rien.`,
    undeliverable: (address) =>
      html`L’e-mail à ${address} n’a pas pu être remis. Veuillez vérifier l’adresse et réessayer, ou en
      utiliser une autre.`,
    undeliverableNow: (address) =>
      html`L’e-mail à ${address} n’a pas pu être remis. Veuillez vérifier l’adresse et réessayer plus tard, ou
      en utiliser une autre.`,
    tooMany: 'Le nombre d’e-mails permis par jour est atteint. Veuillez revenir sur cette page demain.',
    noMail:
      'Pas d’e-mail ? Cela peut prendre une minute, et il est peut-être dans votre dossier de courrier indésirable.',
    notNow: 'Aucun autre ne peut être envoyé pour le moment.',
    sendAgain: 'Renvoyer l’e-mail',
    without: {
      title: 'Sans e-mails, ou avec une autre adresse ?',
      text: (signUpAgain) =>
        html`Votre compte est connecté dans tous les cas, et vous pourrez ajouter une adresse plus tard. Pour
        une autre adresse dès maintenant, ${signUpAgain('inscrivez-vous à nouveau')}.`,
      deleted: (hours) =>
        `Sans cela, et sans un clic sur le bouton de la page du lien, l’inscription est supprimée au bout de ${hours} heures.`,
      skip: 'Continuer sans e-mails',
    },
    unchanged: 'Tant que la nouvelle adresse n’est pas confirmée, tout reste comme avant.',
    done: {
      title: 'Votre adresse est confirmée',
      sentence:
        'Le lien vers votre page personnelle est dans l’e-mail que nous avons envoyé à votre adresse.',
    },
    ask: {
      title: 'Est-ce votre adresse ?',
      why: (service, provider, address) =>
        html`Quelqu’un a connecté un compte ${provider} à ${service}, et veut ses alertes de batterie à
        ${address}.`,
      yes: 'Oui, les envoyer ici',
      no: 'Ce n’était pas vous ? Alors fermez cette page : rien de plus n’est envoyé.',
    },
    unknown: {
      title: 'Ce lien ne fonctionne plus',
      sentence:
        'Il est valable 24 heures, et seulement tant que rien d’autre n’a été choisi ; ou il est incomplet. Veuillez recommencer, ou demander le lien de votre page personnelle.',
    },
  },
  link: {
    intro:
      'Votre page personnelle montre vos batteries et vos réglages. Son lien peut vous être envoyé par e-mail.',
    introEither:
      'Votre page personnelle montre vos batteries et vos réglages. Son lien peut vous être envoyé.',
    address: 'Votre adresse e-mail',
    addressHint: 'Celle à laquelle vous recevez vos e-mails.',
    send: 'M’envoyer le lien',
    otherAddress: (signUpAgain) =>
      html`Plus d’adresse, ou une autre désormais ? ${signUpAgain('Inscrivez-vous à nouveau')} avec le même
      compte : tout est conservé.`,
    sentTitle: 'Consultez vos e-mails',
    sent: 'Si cette adresse est inscrite, un e-mail avec le lien est en route.',
    nothingCame:
      'Rien au bout de quelques minutes ? Regardez dans le courrier indésirable ; sinon cette adresse n’est sans doute pas inscrite ici, ou a été désinscrite.',
    tryAnother: 'Essayer une autre adresse',
  },
  personal: {
    headline: {
      ended: (provider) =>
        `${provider} a mis fin à la connexion, vos batteries ne sont donc plus surveillées. Votre adresse et vos réglages sont conservés.`,
      retired: (provider) =>
        `${provider} a été arrêté, vos batteries ne sont donc plus surveillées. Votre adresse et vos réglages sont conservés.`,
      textsStopped: 'Vos e-mails sont arrêtés',
      numberDead: 'Votre adresse ne reçoit pas d’e-mails',
      textsPaused: 'Vos e-mails sont en pause',
    },
    devices: {
      noAlerts: 'Cet appareil ne donne pas lieu à des alertes.',
      muted: 'En sourdine : vous ne recevez pas d’e-mails à son sujet.',
      options: 'Nom et e-mails',
      nameUnsayable: 'Veuillez utiliser des lettres ou des chiffres : un e-mail ne peut pas dire ce nom.',
    },
    texts: {
      on: (address) => html`Les e-mails sont envoyés à ${address}.`,
      paused: (address) =>
        html`Les e-mails à ${address} sont en pause. Les batteries sont vérifiées malgré tout.`,
      stopped: (address) => html`${address} a été désinscrite, elle ne reçoit donc pas d’e-mails.`,
      dead: (address) =>
        html`${address} ne reçoit pas d’e-mails, car ceux que nous avons envoyés sont revenus. Veuillez saisir
        à nouveau votre adresse, une nouvelle ou la même.`,
      notSetUp: 'Les e-mails ne sont plus configurés ici.',
      yourNumber: 'votre adresse',
      pause: 'Mettre les e-mails en pause',
      resume: 'Reprendre les e-mails',
      test: 'Envoyer un e-mail de test',
      changeNumber: 'Changer ou supprimer l’adresse',
      change: 'Changer l’adresse',
      remove: 'Supprimer l’adresse',
    },
    settings: {
      low: (level) => `Vous recevez un e-mail à ${level}.`,
      lowAndCritical: (level, critical) => `Vous recevez un e-mail à ${level}, puis un autre à ${critical}.`,
      thresholdHint: (least, most) => `De ${least} à ${most}. Un e-mail quand une batterie en est là.`,
      criticalHint: (most) => `Jusqu’à ${most}, pour un second e-mail ; 0 pour aucun.`,
      quietHint: 'Un e-mail sur une batterie attend alors qu’elles soient passées.',
    },
    end: {
      what: (provider) =>
        `L’accès à votre compte ${provider} est rendu, et votre adresse, vos réglages, vos appareils et l’historique de batterie sont supprimés. C’est irréversible, mais vous pourrez vous réinscrire.`,
    },
    notices: {
      paused: 'Les e-mails sur les batteries sont en pause.',
      resumed: 'Les e-mails sur les batteries reprennent.',
      muted: 'Vous ne recevez plus d’e-mails sur cet appareil.',
      unmuted: 'Vous recevez à nouveau des e-mails sur cet appareil.',
      named: 'Le nom est enregistré. Les e-mails l’utilisent aussi.',
      unnamed: 'Le nom est supprimé. Les e-mails reprennent celui du modèle.',
      tested: 'Un e-mail de test est en route.',
      'not-tested': 'L’e-mail de test n’a pas pu être envoyé. Veuillez réessayer plus tard.',
      'nothing-goes':
        'Vous ne recevez pas d’e-mails en ce moment, aucun n’a donc été envoyé. La raison est indiquée plus bas.',
      limited: 'Le nombre d’e-mails permis par jour est atteint. Veuillez réessayer demain.',
      number: 'Votre adresse est à jour.',
    },
    welcome: {
      textTo: (address) => html`Quand l’une est faible, vous recevez un e-mail à ${address}.`,
    },
  },
  page: {
    none: 'Vous ne recevez pas d’alertes, car il n’y a ni numéro ni adresse.',
    noAddress: 'Vous ne recevez pas d’alertes, car il n’y a pas d’adresse.',
    newAddress: 'Nouvelle adresse e-mail',
    address: 'Adresse e-mail',
    addressHint: 'Un lien y est d’abord envoyé.',
    addressMissing: 'Veuillez saisir votre nouvelle adresse.',
    eitherMissing: 'Veuillez saisir votre nouveau numéro ou votre nouvelle adresse.',
    change: 'Changer',
    add: 'Ajouter',
    addAddress: 'Ajouter cette adresse',
    again: 'Recevoir à nouveau des e-mails',
  },
};
