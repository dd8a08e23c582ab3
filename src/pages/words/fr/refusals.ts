import type { Words } from '../catalogue';

export const refusals: Words['refusals'] = {
  startAgain: 'Recommencer',
  theProvider: 'le fournisseur',
  account: (at, name = '') => `compte ${at === undefined ? '' : `${at} `}${name}`.trim(),
  enterCode: 'Saisir le code reçu par SMS',
  setUp: (provider) => `Configurer ${provider}`,
  seeAccess: 'Voir qui a accès',
  why: {
    'state unknown': {
      title: () => 'Cette inscription n’est pas connue',
      sentence: () => 'Elle est peut-être trop ancienne, ou l’adresse est incomplète. Veuillez recommencer.',
    },
    'state used': {
      title: () => 'Cette page a déjà été ouverte',
      sentence: () =>
        'Chaque inscription ne sert qu’une fois, et celle-ci a servi. Si vous avez vu « Vous êtes connecté », tout va bien. Si un code vous a été demandé, saisissez-le ; sinon, veuillez recommencer.',
    },
    'state expired': {
      title: () => 'Cela a pris trop de temps',
      sentence: () => 'Une inscription doit être terminée en dix minutes. Veuillez recommencer.',
    },
    'other browser': {
      title: () => 'Veuillez terminer dans le même navigateur',
      sentence: () =>
        'Cette inscription a été commencée dans un autre navigateur, ou son cookie a disparu. Veuillez recommencer dans ce navigateur et y rester. Si cette page revient, autorisez les cookies de ce site.',
    },
    'other account': {
      title: () => 'C’était un autre compte',
      sentence: ({ account }) =>
        `Vous avez choisi : ${account}. Un autre est connecté ici. Rien n’a été modifié. Veuillez vous reconnecter et choisir celui-là, ou vous inscrire à nouveau pour celui-ci.`,
    },
    disconnected: {
      title: () => 'Vous vous êtes déconnecté',
      sentence: ({ provider }) =>
        `Vous avez déconnecté votre compte ${provider} pendant que vous y étiez, il reste donc déconnecté. Pour le reconnecter, inscrivez-vous à nouveau.`,
    },
    'invite used': {
      title: () => 'Cette invitation a déjà servi',
      sentence: () =>
        'Quelqu’un d’autre a déjà utilisé cette invitation, ou elle a expiré. Rien n’est enregistré. Demandez-en une nouvelle à la personne qui vous l’a envoyée.',
    },
    'other provider': {
      title: () => 'La réponse est venue d’ailleurs',
      sentence: ({ provider }) =>
        `Cette inscription a été envoyée à ${provider}, mais un autre fournisseur a répondu. Rien n’est conservé ; veuillez recommencer.`,
    },
    'consent denied': {
      title: () => 'Rien n’a été connecté',
      sentence: ({ provider }) =>
        `Vous avez dit non à ${provider}, et c’est respecté : rien n’est conservé. Si c’était une erreur, recommencez.`,
    },
    'provider error': {
      title: () => 'Cela n’a pas fonctionné',
      sentence: ({ provider }) => `${provider} n’a pas terminé l’inscription. Veuillez recommencer.`,
    },
    'code refused': {
      title: () => 'Cela a pris trop de temps',
      sentence: ({ provider }) => `${provider} n’a plus accepté l’inscription. Veuillez recommencer.`,
    },
    'not configured': {
      title: () => 'Mal configuré',
      sentence: ({ provider }) =>
        `${provider} a refusé ce service. Son exploitant doit vérifier les réglages du client ; veuillez le prévenir.`,
    },
    'provider retired': {
      title: ({ provider }) => `${provider} est arrêté`,
      sentence: ({ provider }) =>
        `Le service ${provider} n’existe plus. Veuillez recommencer et choisir un autre fournisseur.`,
    },
    'provider unavailable': {
      title: () => 'Veuillez réessayer',
      sentence: ({ provider }) =>
        `${provider} n’a pas répondu comme prévu. Rien n’est perdu ; veuillez recommencer dans quelques minutes.`,
    },
    'device scope missing': {
      title: () => 'Une autorisation manque',
      sentence: ({ provider }) =>
        `Sans l’autorisation de voir vos appareils, les batteries ne peuvent pas être surveillées. Veuillez recommencer et laisser cette case cochée chez ${provider}.`,
    },
    'no refresh token': {
      title: () => 'Veuillez réessayer',
      sentence: ({ provider }) =>
        `${provider} n’a pas donné d’accès durable. Veuillez recommencer, et confirmer chaque étape chez ${provider}.`,
    },
    'no profile at provider': {
      title: ({ provider }) => `Configurez d’abord ${provider}`,
      sentence: ({ provider, account }) =>
        `Vous avez choisi : ${account}. Il n’a pas de profil ${provider}. Votre appareil est-il associé à un autre compte ? Alors recommencez et choisissez celui-là. Sinon, configurez ${provider} pour ce compte, et recommencez.`,
    },
    'account not moved': {
      title: () => 'Transférez d’abord votre compte Fitbit vers Google',
      sentence: ({ provider, account }) =>
        `Vous avez choisi : ${account}. ${provider} ne peut pas le lire : son compte Fitbit n’a jamais été transféré vers Google. Veuillez ouvrir l’application de votre appareil et y transférer le compte, ou recommencer et choisir un autre compte.`,
    },
    'account refused': {
      title: ({ provider }) => `${provider} refuse ce compte`,
      sentence: ({ provider, account }) =>
        `Vous avez choisi : ${account}. ${provider} ne nous laisse pas voir ses appareils. Veuillez retirer l’accès de ce service chez ${provider}, puis recommencer. Si l’application de votre appareil demande encore un compte Fitbit, transférez d’abord ce compte vers Google.`,
    },
    'account not allowed': {
      title: () => 'Ce compte ne peut pas être connecté',
      sentence: ({ provider }) =>
        `${provider} n’autorise pas la connexion du compte que vous avez choisi : l’administrateur de son organisation, par exemple une école ou une entreprise, n’a pas autorisé ce service, ou le compte a une protection renforcée. Rien n’a été changé. Demandez à cet administrateur de l’autoriser, puis recommencez ; ou, si votre appareil est associé à un autre compte, recommencez et choisissez celui-là.`,
    },
    'not saved': {
      title: () => 'Veuillez réessayer',
      sentence: () =>
        'Votre consentement n’a pas pu être enregistré pour le moment. Veuillez recommencer ; rien d’autre n’est nécessaire.',
    },
  },
};
