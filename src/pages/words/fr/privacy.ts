import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const privacy: Words['privacy'] = {
  title: 'Confidentialité et conditions des SMS',
  yourProvider: 'votre fournisseur',
  read: {
    title: 'Ce qui est lu, et pourquoi',
    watches: (service) =>
      `${service} surveille les batteries de vos appareils et vous envoie un SMS ou un e-mail avant que l’une d’elles ne soit à plat.`,
    reads: (providers) => `Avec votre autorisation, le service lit auprès de ${providers} :`,
    devices:
      'vos appareils associés : modèle, type, niveau de batterie, heure de la dernière synchronisation ;',
    timeZone: 'votre fuseau horaire, pour que les heures calmes soient les vôtres ;',
    account: 'l’identifiant de votre compte, pour que deux inscriptions ne créent pas deux connexions.',
    usedOnly: 'Cela sert à maintenir la connexion et à vous écrire, et à rien d’autre.',
    used: 'Cela sert à maintenir la connexion et à vous écrire.',
    further:
      'Si la page de consentement demande d’autres autorisations, c’est l’exploitant qui les a ajoutées ; ce service ne lit rien avec elles.',
    fromYou:
      'De vous, il conserve, si vous souhaitez qu’il vous écrive, votre numéro de mobile ou votre adresse e-mail, votre accord et vos réglages.',
  },
  kept: {
    title: 'Ce qui est conservé, où et combien de temps',
    azure:
      'Tout se trouve dans le compte Microsoft Azure de l’exploitant de ce service, chiffré au repos et pendant le transport.',
    items: {
      keys: {
        what: 'Les clés de votre compte (jetons d’accès et d’actualisation), avec son identifiant',
        how: 'Dans Azure Key Vault, jusqu’à ce que vous vous déconnectiez. Le coffre garde ensuite une copie chiffrée récupérable pendant 90 jours au plus, puis la supprime définitivement. Si le coffre ne répond pas, les clés attendent dans Azure Tables, chiffrées, qu’il réponde ; un jeton d’accès des dernières heures peut aussi s’y trouver, chiffré de la même façon. Une empreinte de l’identifiant s’y trouve pour retrouver votre connexion.',
      },
      number: {
        what: 'Votre numéro ou votre adresse e-mail, votre accord pour les SMS ou les e-mails, vos réglages, votre fuseau horaire et le nom que l’exploitant donne à votre connexion',
        how: 'Dans Azure Tables, jusqu’à ce que vous les supprimiez ou que vous vous déconnectiez.',
      },
      devices: {
        what: 'Vos appareils et leur dernier niveau de batterie',
        how: 'Dans Azure Tables, jusqu’à ce que vous vous déconnectiez.',
      },
      readings: {
        what: 'Niveaux de batterie, pour l’historique et la prévision',
        how: (days) => `Dans Azure Tables, pendant ${days} jours au plus.`,
      },
      messages: {
        what: 'SMS et e-mails : ce qui a été dit, quand, et si cela a été envoyé',
        how: (days) => `Dans Azure Tables, pendant ${days} jours au plus.`,
      },
      unfinished: {
        what: 'Une inscription qui n’a pas été terminée',
        how: 'Inutilisable au bout de dix minutes, ou de 24 heures si seuls le numéro ou l’adresse n’ont pas été confirmés ; ensuite supprimée.',
      },
      consent: {
        what: 'Preuve de votre accord pour les SMS ou les e-mails',
        how: (years) =>
          `Une empreinte à clé du numéro ou de l’adresse, quand vous avez accepté et quel texte, et quand cela a pris fin : dans Azure Tables, jusqu’à ${years} ans après la fin, même après votre déconnexion. Des réclamations sont possibles pendant ce temps.`,
      },
      abuse: {
        what: 'Protection contre les abus',
        how: (years) =>
          `Combien de fois des SMS et des e-mails ont été demandés dans une journée, et le fait qu’un numéro a répondu STOP ou qu’une adresse a été désinscrite. Les numéros, les adresses e-mail et les adresses réseau n’y figurent que sous forme d’empreintes à clé, qui ne les révèlent pas. Cela est retenu pendant ${years} ans, et tant que quelqu’un a ce numéro ou cette adresse ici, même après votre déconnexion.`,
      },
      logs: {
        what: 'Journaux techniques',
        how: 'Ils nomment les connexions par des identifiants aléatoires, et ne contiennent ni numéros, ni adresses e-mail, ni noms d’appareils, ni jetons.',
      },
    },
    cookies: (strong) =>
      html`${strong('Cookies :')} trois, tous strictement nécessaires. L’un lie votre inscription à votre
      navigateur pendant que vous êtes chez le fournisseur, un autre le fait pendant un jour, pour que vous
      puissiez confirmer votre numéro ou votre adresse, et un dernier garde pendant une minute ce que la page
      suivante doit dire. Il n’y a ni publicité, ni analyse d’audience, ni script, et rien n’est chargé
      d’ailleurs.`,
  },
  shared: {
    title: 'Qui d’autre y a accès',
    with: (who) =>
      html`Peut aussi utiliser votre accès, si cela vous a été dit lors de la connexion : ${who}. Ce que
      permettent les autorisations de la page de consentement peut y être lu, et modifié là où elles le
      prévoient. On y voit aussi si votre connexion fonctionne et le niveau de vos batteries. Y sont signalés
      une batterie faible ou un appareil qui ne donne plus de données, une connexion rompue ou rétablie, et la
      fin du partage ou de la connexion par vous-même. Ni numéro, ni adresse e-mail, ni SMS, ni jeton
      d’actualisation n’est transmis d’ici. Ce qui est fait du reste doit vous être indiqué là-bas. Vous
      pouvez y mettre fin sur votre page personnelle.`,
    nobody: 'Personne ne l’achète, et rien n’est partagé.',
    nobodyElse: 'Personne ne l’achète, et rien n’est partagé autrement.',
    handledBy:
      'Seuls y touchent ceux sans qui cela ne peut fonctionner : Microsoft Azure, où tout est stocké et d’où partent les SMS et les e-mails, et les entreprises qui les remettent à votre téléphone ou à votre boîte aux lettres. Les personnes qui vous suivent pour le compte de l’exploitant, comme l’équipe d’une étude, voient si votre connexion fonctionne, le niveau de vos batteries, quand il vous a été écrit et les notes qu’elles écrivent à ce sujet ; elles ne voient en entier ni votre numéro ni votre adresse, ni vos jetons. Personne d’autre ne le lit, sauf l’exploitant lorsque vous demandez de l’aide, ou lorsque la sécurité ou la loi l’exige. Ce n’est utilisé ni pour la publicité, ni pour le crédit ou l’assurance, ni pour entraîner une intelligence artificielle.',
    google: (service, userData, health) =>
      html`L’utilisation par ${service} des informations reçues des API Google, et leur transfert à toute
      autre application, respecteront la ${userData('Google API Services User Data Policy')}, y compris les
      exigences d’utilisation limitée (Limited Use), et la
      ${health('Google Health API Developer and User Data Policy')}.`,
  },
  texts: {
    title: 'Conditions des SMS',
    onlyIfAsked: (service, sender) =>
      `${service} ne vous envoie des SMS${sender === undefined ? '' : ` depuis ${sender}`} que si vous l’avez demandé : alertes de batterie faible et de connexion de votre appareil, et codes d’inscription.`,
    frequency:
      'La fréquence des messages varie, en général de 2 à 10 par mois. Des frais de messages et de données peuvent s’appliquer.',
    emails:
      'Les e-mails n’arrivent eux aussi que si vous l’avez demandé. Chaque alerte contient un lien pour ne plus en recevoir ; un bouton de votre page personnelle les fait revenir.',
    replies: 'Répondez STOP pour arrêter, START pour reprendre, HELP pour obtenir de l’aide.',
    repliesOr: (contact) =>
      html`Répondez STOP pour arrêter, START pour reprendre, HELP pour obtenir de l’aide, ou écrivez à
      ${contact}.`,
    noCondition:
      'Votre accord n’est pas une condition d’utilisation de ce service. Les opérateurs ne sont pas responsables des SMS retardés ou perdus.',
    neverSold:
      'Les numéros de mobile, les adresses e-mail et votre accord pour les SMS ou les e-mails ne sont jamais vendus, ni jamais partagés avec des tiers ou des sociétés affiliées à des fins de marketing ou de promotion.',
  },
  yours: {
    title: 'Consulter, modifier, emporter, arrêter',
    page: (getLinkAgain, providers) =>
      html`Sur votre page personnelle, vous voyez ce qui est conservé, vous pouvez l’exporter, le modifier,
      supprimer votre numéro ou votre adresse, ou vous déconnecter : l’accès à votre compte est alors rendu,
      et tout ce qui, d’après ce qui précède, prend fin à ce moment est supprimé. Si vous avez perdu le lien
      de votre page, ${getLinkAgain('demandez-le à nouveau')}. Vous pouvez aussi retirer l’accès chez
      ${providers}, dans les réglages de votre compte.`,
    else: (contact) => html`Pour tout le reste, comme une rectification ou une réclamation : ${contact}.`,
    whoGaveAddress: 'demandez à la personne qui vous a donné l’adresse de ce service',
    changed: (month) => `Dernière modification : ${month}.`,
  },
};
