import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const personalPage: Words['personalPage'] = {
  headline: {
    connectAgain: 'Veuillez vous reconnecter',
    ended: (provider) =>
      `${provider} a mis fin à la connexion, vos batteries ne sont donc plus surveillées. Votre numéro et vos réglages sont conservés.`,
    retired: (provider) =>
      `${provider} a été arrêté, vos batteries ne sont donc plus surveillées. Votre numéro et vos réglages sont conservés.`,
    nobodyToConnect: 'Il n’y a pour le moment aucun fournisseur auquel se connecter.',
    cannotRead: 'Vos batteries ne peuvent pas être lues',
    since: (time) => `C’est le cas depuis : ${time}.`,
    yours: (model) => `votre ${model}`,
    chargeNow: (device) => `Rechargez ${device} maintenant`,
    chargeToday: (device) => `Rechargez ${device} aujourd’hui`,
    isAt: (device, level, left) => `${device} : ${level}${left === undefined ? '' : `, ${left}`}.`,
    words: { high: 'presque pleine', medium: 'à moitié pleine', low: 'faible', empty: 'à plat' },
    isWord: (device, word, left) => `${device} : batterie ${word}${left === undefined ? '' : `, ${left}`}.`,
    silent: (device, day) => `Plus de données depuis ${day} : ${device}`,
    wasAt: (level) => `La batterie était alors à ${level}.`,
    wasWord: (word) => `La batterie était alors ${word}.`,
    whySilent:
      'L’appareil est peut-être à plat, éteint ou loin de son téléphone. Rechargez-le, et ouvrez son application à proximité.',
    notAnswering: (provider) => `Pas de nouvelles de ${provider} pour le moment`,
    keepTrying: 'Nous continuons d’essayer ; vous n’avez rien à faire.',
    textsStopped: 'Vos SMS sont arrêtés',
    numberDead: 'Votre numéro ne reçoit pas de SMS',
    textsPaused: 'Vos SMS sont en pause',
    stillChecked: 'Vos batteries vont bien et restent surveillées.',
    noDevices: 'Nous cherchons vos appareils',
    pairOne: 'Associez un appareil à votre compte. Il apparaîtra ici après la prochaine vérification.',
    fine: 'Tout va bien',
    lasts: (device, left) => `${device} : ${left}.`,
    checked: (time) => `Dernière vérification des batteries : ${time}.`,
  },
  check: {
    permission: (provider) =>
      `${provider} ne nous laisse plus voir vos appareils, car cette autorisation manque. Veuillez vous reconnecter et laisser sa case cochée.`,
    profile: (provider) =>
      `Votre compte n’a pas de profil ${provider}, vos batteries ne peuvent donc pas être lues. Veuillez le créer, dans l’application de votre appareil ou au lien ci-dessous ; ensuite tout marche seul.`,
    move: (provider) =>
      `${provider} ne peut pas lire votre compte Fitbit, car il n’a jamais été transféré vers Google. Veuillez le transférer dans l’application de votre appareil ; ensuite tout marche seul.`,
    access: (provider) =>
      `${provider} refuse de nous montrer vos appareils. Veuillez retirer l’accès de ce service au lien ci-dessous, puis vous reconnecter ici.`,
    operator: (provider) =>
      `${provider} refuse ce service, vos batteries ne peuvent donc pas être lues. Vous n’avez rien à faire : c’est à l’exploitant d’y remédier.`,
    waiting:
      'Vos batteries n’ont pas pu être lues dernièrement. Nous continuons d’essayer ; vous n’avez rien à faire.',
  },
  devices: {
    title: 'Vos appareils',
    kinds: { tracker: 'Bracelet ou montre', scale: 'Balance', phone: 'Téléphone', other: 'Appareil' },
    levels: { high: 'Élevé', medium: 'Moyen', low: 'Faible', empty: 'À plat' },
    levelUnknown: 'Niveau inconnu',
    low: 'faible',
    silentSince: (day) => `plus de données depuis ${day}`,
    goneSince: (day) => `absent de votre compte depuis ${day}`,
    hoursLeft: (hours) => `reste environ ${hours} h`,
    daysLeft: (days) => `reste environ ${days} ${days === 1 ? 'jour' : 'jours'}`,
    hoursBetween: (from, to) => `Le plus probable : de ${from} à ${to} h.`,
    daysBetween: (from, to) => `Le plus probable : de ${from} à ${to} jours.`,
    lastSync: (time) => `Dernière synchronisation : ${time}.`,
    syncUnknown: 'Dernière synchronisation inconnue.',
    noAlerts: 'Cet appareil ne donne pas lieu à des alertes.',
    muted: 'En sourdine : vous ne recevez pas de SMS à son sujet.',
    zone: (zone) => `Heures affichées dans le fuseau ${zone}.`,
    gone: (count) =>
      count === 1
        ? 'Un appareil qui n’est plus dans votre compte'
        : `${count} appareils qui ne sont plus dans votre compte`,
    options: 'Nom et SMS',
    yourName: (model) => `Votre nom pour cet appareil (${model})`,
    saveName: 'Enregistrer le nom',
    nameUnsayable: 'Veuillez utiliser des lettres ou des chiffres : un SMS ne peut pas dire ce nom.',
    mute: (device) => `Mettre ${device} en sourdine`,
    unmute: (device) => `Rétablir les alertes de ${device}`,
  },
  chart: {
    none: 'Pas encore d’historique de batterie.',
    steady: (since, level) => `Batterie depuis ${since} : ${level}.`,
    between: (since, lowest, highest, last) =>
      `Batterie depuis ${since} : entre ${lowest} et ${highest}, en dernier ${last}.`,
    charged: (days) => `Rechargé : ${days}.`,
    chargedOften: (times, lastDay) => `Rechargé ${times} fois, en dernier ${lastDay}.`,
    hatched: (day) => `Hachuré : plus de données depuis ${day}.`,
    dashed: 'En tirets : la prévision.',
    dotted: (level) => `En pointillé : faible, à partir de ${level}.`,
  },
  texts: {
    title: 'Où nous vous écrivons',
    on: (number) => html`Les SMS sont envoyés au ${number}.`,
    paused: (number) => html`Les SMS au ${number} sont en pause. Les batteries sont vérifiées malgré tout.`,
    none: 'Vous ne recevez pas de SMS, car il n’y a pas de numéro.',
    stopped: (number, sender) =>
      html`Une réponse STOP est venue du ${number}, il ne reçoit donc pas de SMS. Pour en recevoir à nouveau,
      envoyez START au ${sender ?? 'numéro d’où ils venaient'}.`,
    dead: (number) =>
      html`Le ${number} ne reçoit pas de SMS, car les opérateurs disent que ce numéro n’existe pas. Veuillez
      saisir à nouveau votre numéro, un nouveau ou le même.`,
    notSetUp: 'Les SMS ne sont pas encore configurés ici.',
    yourNumber: 'votre numéro',
    pause: 'Mettre les SMS en pause',
    resume: 'Reprendre les SMS',
    test: 'Envoyer un SMS de test',
    changeNumber: 'Changer ou supprimer le numéro',
    newNumber: 'Nouveau numéro de mobile',
    number: 'Numéro de mobile',
    numberHint:
      'Avec l’indicatif du pays, par exemple +1 425 555 0123. Un code y est d’abord envoyé par SMS.',
    change: 'Changer le numéro',
    add: 'Ajouter ce numéro',
    remove: 'Supprimer le numéro',
    numberMissing: 'Veuillez saisir votre nouveau numéro.',
  },
  settings: {
    low: (level) => `Vous recevez un SMS à ${level}.`,
    lowAndCritical: (level, critical) => `Vous recevez un SMS à ${level}, puis un autre à ${critical}.`,
    reminded: (hours) => `Il est répété toutes les ${hours} heures jusqu’à la recharge.`,
    recovered: 'Vous êtes prévenu quand c’est rechargé.',
    quiet: (from, to, zone) => `Pas entre ${from} et ${to} (${zone}).`,
    language: (name) => `Langue : ${name}.`,
    change: 'Modifier ces réglages',
    changeUnsaid: 'Modifier les réglages',
    threshold: 'Faible à (pour cent)',
    thresholdHint: (least, most) => `De ${least} à ${most}. Un SMS quand une batterie en est là.`,
    criticalAt: 'Presque à plat à (pour cent)',
    criticalHint: (most) => `Jusqu’à ${most}, pour un second SMS ; 0 pour aucun.`,
    remind: 'Me le rappeler jusqu’à la recharge',
    never: 'Jamais',
    everyHours: (hours) => `Toutes les ${hours} heures`,
    tellRecovered: 'Me prévenir quand c’est rechargé',
    quietHours: 'Heures calmes',
    quietHint: 'Un SMS sur une batterie attend alors qu’elles soient passées.',
    quietFrom: 'Calme à partir de',
    quietTo: 'Calme jusqu’à',
    timeZone: 'Fuseau horaire',
    zoneYours: (zone) => `Actuellement ${zone}, selon votre choix.`,
    zoneFrom: (zone, provider) => `Actuellement ${zone}, selon ${provider}.`,
    zoneUsual: (zone, provider) =>
      `${provider} n’a pas dit où vous êtes, c’est donc ${zone} qui est utilisé.`,
    asProvider: (provider) => `Selon ${provider}`,
    save: 'Enregistrer',
  },
  connection: {
    title: 'Connexion',
    since: (provider, day) => `Connecté à ${provider} depuis ${day}.`,
    reconnect: 'Se reconnecter',
    reconnectWith: (provider) => `Se reconnecter avec ${provider}`,
    whenNeeded:
      'Ce n’est utile que si vous avez modifié des autorisations ou si vous voulez changer de fournisseur.',
    choose: 'Se reconnecter avec',
    shared: (who) => html`Votre accès est partagé avec ${who}.`,
    endSharing: 'Mettre fin au partage',
    willShare: (who) =>
      html`Votre accès est alors partagé avec ${who} : ce que permettent les autorisations de la page suivante
      peut aussi être fait là-bas. Vous pouvez y mettre fin ici.`,
    missingScopes: 'Ces autres autorisations n’ont pas été données. Le service fonctionne sans elles :',
  },
  data: {
    title: 'Cette page et vos données',
    guard:
      'Toute personne ayant le lien de cette page peut faire tout cela. Quelqu’un d’autre l’a vu ? Alors remplacez-le.',
    newLink: 'Remplacer ce lien',
    export: (link) =>
      html`${link('Exporter ce qui est conservé à votre sujet')}, en fichier pour d’autres programmes.`,
  },
  end: {
    title: 'Arrêter',
    open: 'Se déconnecter et tout supprimer',
    what: (provider) =>
      `L’accès à votre compte ${provider} est rendu, et votre numéro, vos réglages, vos appareils et l’historique de batterie sont supprimés. C’est irréversible, mais vous pourrez vous réinscrire.`,
    sure: 'Oui, déconnecter et supprimer',
    tick: 'Veuillez cocher cette case pour vous déconnecter.',
    disconnect: 'Se déconnecter',
  },
  notices: {
    settings: 'Vos réglages sont enregistrés.',
    paused: 'Les SMS sur les batteries sont en pause.',
    resumed: 'Les SMS sur les batteries reprennent.',
    muted: 'Cet appareil ne donne plus lieu à des alertes.',
    unmuted: 'Cet appareil donne à nouveau lieu à des alertes.',
    named: 'Le nom est enregistré. Les SMS l’utilisent aussi.',
    unnamed: 'Le nom est supprimé. Les SMS reprennent celui du modèle.',
    tested: 'Un SMS de test est en route.',
    'not-tested': 'Le SMS de test n’a pas pu être envoyé. Veuillez réessayer plus tard.',
    'nothing-goes':
      'Vous ne recevez pas de SMS en ce moment, aucun n’a donc été envoyé. La raison est indiquée plus bas.',
    limited: 'Le nombre de SMS permis par jour est atteint. Veuillez réessayer demain.',
    number: 'Votre numéro est à jour.',
    'no-texts': 'Votre numéro est supprimé. Vous ne recevez plus de SMS.',
    'no-emails': 'Votre adresse est supprimée. Vous ne recevez plus d’e-mails.',
    'not-shared': 'Le partage est arrêté. Les accès déjà donnés expirent en quelques heures.',
    'new-link':
      'Voici votre nouveau lien. L’ancien ne fonctionne plus ; veuillez remettre cette page dans vos favoris.',
  },
  welcome: {
    titles: { connected: 'Vous êtes connecté', 'connected-again': 'Vous êtes à nouveau connecté' },
    nothingToDo: (provider) =>
      `Votre compte ${provider} est connecté, et il n’y a plus rien à faire. Nous vérifions vos batteries à partir de maintenant.`,
    textTo: (number) => html`Quand l’une est faible, vous recevez un SMS au ${number}.`,
    goBack: (link) => html`Vous pouvez maintenant revenir à : ${link}`,
    bookmark:
      'Cette page est la vôtre. Veuillez la mettre dans vos favoris, et garder le lien pour vous : qui l’a peut faire ici tout ce que vous pouvez faire.',
  },
  goodbye: {
    title: 'Vous êtes déconnecté',
    notWatched: 'Vos batteries ne sont plus surveillées.',
    beingDeleted:
      'Ce qui est conservé à votre sujet est en cours de suppression, ce qui prend en général quelques minutes.',
    deleted: 'Ce qui était conservé à votre sujet est supprimé.',
    deletedButKeys: (provider) =>
      `Ce qui était conservé à votre sujet est supprimé, sauf les clés de votre compte ${provider} : elles sont supprimées aussi, et le coffre qui les gardait les oublie définitivement en quelques minutes.`,
    deletedButCopy: (provider, day) =>
      `Ce qui était conservé à votre sujet est supprimé. Une copie chiffrée récupérable des clés de votre compte ${provider} est supprimée définitivement, au plus tard : ${day}.`,
    revoked: (provider) => `${provider} a confirmé que l’accès à votre compte n’existe plus.`,
    notRevoked: (provider, link) =>
      html`${provider} n’a pas confirmé que l’accès à votre compte n’existe plus. Pour en être sûr, retirez-le
      là-bas : ${link}`,
    notYetRevoked: (provider, link) =>
      html`${provider} n’a pas encore confirmé que l’accès à votre compte n’existe plus. Pour en être sûr,
      retirez-le là-bas : ${link}`,
    signUpAgain: 'Se réinscrire',
  },
  linkUnknown: {
    title: 'Ce lien n’est plus valable',
    sentence: 'Il a été remplacé par un nouveau, est incomplet, ou sa connexion a pris fin.',
    getLink: 'Recevoir à nouveau mon lien',
    signUp: 'S’inscrire',
  },
};
