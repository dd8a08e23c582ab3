import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const personalPage: Words['personalPage'] = {
  headline: {
    connectAgain: 'Bitte verbinden Sie sich neu',
    ended: (provider) =>
      `${provider} hat die Verbindung beendet, deshalb behält gerade niemand Ihre Akkus im Blick. Ihre Nummer und Ihre Einstellungen bleiben.`,
    retired: (provider) =>
      `${provider} wurde abgeschaltet, deshalb behält gerade niemand Ihre Akkus im Blick. Ihre Nummer und Ihre Einstellungen bleiben.`,
    nobodyToConnect: 'Gerade gibt es keinen Anbieter, mit dem Sie sich verbinden können.',
    cannotRead: 'Ihre Akkus lassen sich nicht lesen',
    since: (time) => `So ist es seit: ${time}.`,
    yours: (model) => `Ihr Gerät ${model}`,
    chargeNow: (device) => `Jetzt laden: ${device}`,
    chargeToday: (device) => `Heute laden: ${device}`,
    isAt: (device, level, left) => `${device}: Akku ${level}${left === undefined ? '' : `, ${left}`}.`,
    words: { high: 'voll', medium: 'mittel', low: 'schwach', empty: 'leer' },
    isWord: (device, word, left) => `${device}: Akku ${word}${left === undefined ? '' : `, ${left}`}.`,
    silent: (device, day) => `Keine Daten seit ${day}: ${device}`,
    wasAt: (level) => `Zuletzt war der Akku bei ${level}.`,
    wasWord: (word) => `Zuletzt war der Akku ${word}.`,
    whySilent:
      'Vielleicht ist das Gerät leer, ausgeschaltet oder zu weit vom Handy weg. Laden Sie es und öffnen Sie in der Nähe die App.',
    notAnswering: (provider) => `Gerade keine Antwort von ${provider}`,
    keepTrying: 'Wir versuchen es weiter; Sie brauchen nichts zu tun.',
    textsStopped: 'Ihre SMS sind gesperrt',
    numberDead: 'An Ihre Nummer gehen keine SMS',
    textsPaused: 'Ihre SMS machen Pause',
    stillChecked: 'Ihren Akkus geht es gut, und wir sehen weiter nach ihnen.',
    noDevices: 'Wir suchen nach Ihren Geräten',
    pairOne:
      'Koppeln Sie ein Gerät mit Ihrem Konto. Es erscheint hier, wenn wir das nächste Mal nachgesehen haben.',
    fine: 'Alles in Ordnung',
    lasts: (device, left) => `${device}: ${left}.`,
    checked: (time) => `Akkus zuletzt geprüft: ${time}.`,
  },
  check: {
    permission: (provider) =>
      `${provider} lässt uns Ihre Geräte nicht mehr sehen, weil diese Berechtigung fehlt. Bitte verbinden Sie sich neu und lassen Sie das Häkchen dort gesetzt.`,
    profile: (provider) =>
      `Ihr Konto hat kein Profil bei ${provider}, deshalb lassen sich Ihre Akkus nicht lesen. Bitte richten Sie es ein, in der App Ihres Trackers oder unter dem Link unten; danach geht es von selbst.`,
    move: (provider) =>
      `${provider} kann Ihr Fitbit-Konto nicht lesen, weil es nie zu Google umgezogen ist. Bitte ziehen Sie es in der App Ihres Trackers um; danach geht es von selbst.`,
    access: (provider) =>
      `${provider} zeigt uns Ihre Geräte nicht. Bitte entfernen Sie unter dem Link unten den Zugriff dieses Dienstes und verbinden Sie sich dann hier neu.`,
    operator: (provider) =>
      `${provider} lehnt diesen Dienst ab, deshalb lassen sich Ihre Akkus nicht lesen. Sie brauchen nichts zu tun: Das muss der Betreiber in Ordnung bringen.`,
    waiting:
      'Ihre Akkus ließen sich zuletzt nicht lesen. Wir versuchen es weiter; Sie brauchen nichts zu tun.',
  },
  devices: {
    title: 'Ihre Geräte',
    kinds: { tracker: 'Armband oder Uhr', scale: 'Waage', phone: 'Handy', other: 'Gerät' },
    levels: { high: 'Voll', medium: 'Mittel', low: 'Schwach', empty: 'Leer' },
    levelUnknown: 'Akkustand unbekannt',
    low: 'schwach',
    silentSince: (day) => `keine Daten seit ${day}`,
    goneSince: (day) => `nicht mehr in Ihrem Konto seit ${day}`,
    hoursLeft: (hours) => `noch etwa ${hours} h`,
    daysLeft: (days) => `noch etwa ${days} ${days === 1 ? 'Tag' : 'Tage'}`,
    hoursBetween: (from, to) => `Am ehesten ${from} bis ${to} h.`,
    daysBetween: (from, to) => `Am ehesten ${from} bis ${to} Tage.`,
    lastSync: (time) => `Letzte Synchronisierung: ${time}.`,
    syncUnknown: 'Letzte Synchronisierung unbekannt.',
    noAlerts: 'Für dieses Gerät gibt es keine Hinweise.',
    muted: 'Stumm: Sie bekommen dazu keine SMS.',
    zone: (zone) => `Alle Zeiten gelten für ${zone}.`,
    gone: (count) =>
      count === 1
        ? 'Ein Gerät, das Ihr Konto verlassen hat'
        : `${count} Geräte, die Ihr Konto verlassen haben`,
    options: 'Name und SMS',
    yourName: (model) => `Ihr Name für dieses Gerät (${model})`,
    saveName: 'Namen speichern',
    nameUnsayable: 'Bitte nehmen Sie Buchstaben oder Ziffern: Diesen Namen kann eine SMS nicht sagen.',
    mute: (device) => `${device} stumm schalten`,
    unmute: (device) => `${device} wieder melden`,
  },
  chart: {
    none: 'Noch kein Akkuverlauf.',
    steady: (since, level) => `Akku seit ${since}: ${level}.`,
    between: (since, lowest, highest, last) =>
      `Akku seit ${since}: zwischen ${lowest} und ${highest}, zuletzt ${last}.`,
    charged: (days) => `Geladen: ${days}.`,
    chargedOften: (times, lastDay) => `${times}-mal geladen, zuletzt ${lastDay}.`,
    hatched: (day) => `Schraffiert: keine Daten seit ${day}.`,
    dashed: 'Gestrichelt: die Vorhersage.',
    dotted: (level) => `Gepunktet: schwach, ab ${level}.`,
  },
  texts: {
    title: 'Wohin wir Ihnen schreiben',
    on: (number) => html`SMS gehen an ${number}.`,
    paused: (number) => html`SMS an ${number} machen Pause. Nach den Akkus wird trotzdem gesehen.`,
    none: 'Sie bekommen keine SMS, weil keine Nummer eingetragen ist.',
    stopped: (number, sender) =>
      html`Von ${number} kam die Antwort STOP, deshalb gehen keine SMS dorthin. Um sie wieder zu bekommen,
      senden Sie START an ${sender ?? 'die Nummer, von der sie kamen'}.`,
    dead: (number) =>
      html`An ${number} gehen keine SMS, weil es diese Nummer laut den Telefongesellschaften nicht gibt. Bitte
      geben Sie Ihre Nummer noch einmal ein, eine neue oder dieselbe.`,
    notSetUp: 'SMS sind hier noch nicht eingerichtet.',
    yourNumber: 'Ihre Nummer',
    pause: 'SMS anhalten',
    resume: 'SMS fortsetzen',
    test: 'Test-SMS schicken',
    changeNumber: 'Nummer ändern oder entfernen',
    newNumber: 'Neue Handynummer',
    number: 'Handynummer',
    numberHint: 'Mit Ländervorwahl, zum Beispiel +1 425 555 0123. Zuerst geht ein Code als SMS dorthin.',
    change: 'Nummer ändern',
    add: 'Nummer hinzufügen',
    remove: 'Nummer entfernen',
    numberMissing: 'Bitte geben Sie Ihre neue Nummer ein.',
  },
  settings: {
    low: (level) => `Sie bekommen eine SMS bei ${level}.`,
    lowAndCritical: (level, critical) =>
      `Sie bekommen eine SMS bei ${level} und noch einmal bei ${critical}.`,
    reminded: (hours) => `Sie kommt alle ${hours} Stunden wieder, bis Sie laden.`,
    recovered: 'Wenn wieder geladen ist, erfahren Sie es.',
    quiet: (from, to, zone) => `Nicht zwischen ${from} und ${to} (${zone}).`,
    language: (name) => `Sprache: ${name}.`,
    change: 'Diese Einstellungen ändern',
    changeUnsaid: 'Einstellungen ändern',
    threshold: 'Schwach bei (Prozent)',
    thresholdHint: (least, most) => `Von ${least} bis ${most}. Eine SMS, wenn ein Akku so weit ist.`,
    criticalAt: 'Fast leer bei (Prozent)',
    criticalHint: (most) => `Bis ${most}, für eine zweite SMS; 0 für keine.`,
    remind: 'Erinnern, bis geladen ist',
    never: 'Nie',
    everyHours: (hours) => `Alle ${hours} Stunden`,
    tellRecovered: 'Bescheid geben, wenn wieder geladen ist',
    quietHours: 'Ruhezeiten',
    quietHint: 'Eine SMS zu einem Akku wartet dann, bis sie vorbei sind.',
    quietFrom: 'Ruhe ab',
    quietTo: 'Ruhe bis',
    timeZone: 'Zeitzone',
    zoneYours: (zone) => `Jetzt ${zone}, wie Sie es gewählt haben.`,
    zoneFrom: (zone, provider) => `Jetzt ${zone}, laut ${provider}.`,
    zoneUsual: (zone, provider) => `${provider} hat nicht gesagt, wo Sie sind, deshalb gilt ${zone}.`,
    asProvider: (provider) => `Laut ${provider}`,
    save: 'Speichern',
  },
  connection: {
    title: 'Verbindung',
    since: (provider, day) => `Mit ${provider} verbunden seit ${day}.`,
    reconnect: 'Neu verbinden',
    reconnectWith: (provider) => `Neu verbinden mit ${provider}`,
    whenNeeded:
      'Das brauchen Sie nur, wenn Sie Berechtigungen geändert haben oder zu einem anderen Anbieter wechseln möchten.',
    choose: 'Neu verbinden mit',
    shared: (who) => html`Ihren Zugang kann auch nutzen: ${who}.`,
    endSharing: 'Weitergabe beenden',
    willShare: (who) =>
      html`Damit kann Ihren Zugang auch nutzen: ${who}. Was die Berechtigungen auf der nächsten Seite
      erlauben, geht dann auch dort. Hier können Sie das beenden.`,
    missingScopes: 'Diese weiteren Berechtigungen wurden nicht erteilt. Der Dienst funktioniert ohne sie:',
  },
  data: {
    title: 'Diese Seite und Ihre Daten',
    guard:
      'Wer den Link zu dieser Seite hat, kann all das tun. Hat ihn sonst jemand gesehen? Dann ersetzen Sie ihn.',
    newLink: 'Diesen Link ersetzen',
    export: (link) =>
      html`${link('Exportieren Sie, was über Sie gespeichert ist')}, als Datei für andere Programme.`,
  },
  end: {
    title: 'Beenden',
    open: 'Verbindung trennen und alles löschen',
    what: (provider) =>
      `Der Zugang zu Ihrem Konto bei ${provider} wird zurückgegeben, und Ihre Nummer, Ihre Einstellungen, Geräte und Ihr Akkuverlauf werden gelöscht. Das lässt sich nicht rückgängig machen, aber Sie können sich wieder anmelden.`,
    sure: 'Ja, trennen und löschen',
    tick: 'Bitte setzen Sie dieses Häkchen, um die Verbindung zu trennen.',
    disconnect: 'Verbindung trennen',
  },
  notices: {
    settings: 'Ihre Einstellungen sind gespeichert.',
    paused: 'SMS zu Akkus machen jetzt Pause.',
    resumed: 'SMS zu Akkus kommen wieder.',
    muted: 'Dieses Gerät meldet sich nicht mehr.',
    unmuted: 'Dieses Gerät meldet sich wieder.',
    named: 'Der Name ist gespeichert. Auch die SMS nennen ihn.',
    unnamed: 'Der Name ist entfernt. Die SMS nennen wieder das Modell.',
    tested: 'Eine Test-SMS ist unterwegs.',
    'not-tested': 'Die Test-SMS ließ sich gerade nicht senden. Bitte versuchen Sie es später noch einmal.',
    'nothing-goes': 'Sie bekommen gerade keine SMS, deshalb wurde keine gesendet. Der Grund steht unten.',
    limited:
      'Heute wurden so viele SMS gesendet, wie an einem Tag möglich sind. Bitte versuchen Sie es morgen noch einmal.',
    number: 'Ihre Nummer ist aktuell.',
    'no-texts': 'Ihre Nummer ist entfernt. Sie bekommen keine SMS mehr.',
    'no-emails': 'Ihre Adresse ist entfernt. Sie bekommen keine E-Mails mehr.',
    'not-shared': 'Die Weitergabe ist beendet. Schon gegebener Zugang läuft innerhalb von Stunden ab.',
    'new-link':
      'Das ist Ihr neuer Link. Der alte gilt nicht mehr; bitte setzen Sie das Lesezeichen auf diese Seite neu.',
  },
  welcome: {
    titles: { connected: 'Sie sind verbunden', 'connected-again': 'Sie sind wieder verbunden' },
    nothingToDo: (provider) =>
      `Ihr Konto bei ${provider} ist verbunden, und Sie brauchen nichts weiter zu tun. Wir sehen von jetzt an nach Ihren Akkus.`,
    textTo: (number) => html`Ist einer schwach, bekommen Sie eine SMS an ${number}.`,
    goBack: (link) => html`Sie können jetzt zurück: ${link}`,
    bookmark:
      'Das ist Ihre eigene Seite. Bitte setzen Sie ein Lesezeichen und behalten Sie den Link für sich: Wer ihn hat, kann hier alles tun, was Sie tun können.',
  },
  goodbye: {
    title: 'Die Verbindung ist getrennt',
    notWatched: 'Ihre Akkus behält niemand mehr im Blick.',
    beingDeleted: 'Was über Sie gespeichert ist, wird gerade gelöscht; das dauert meist ein paar Minuten.',
    deleted: 'Was über Sie gespeichert war, ist gelöscht.',
    deletedButKeys: (provider) =>
      `Was über Sie gespeichert war, ist gelöscht, bis auf die Schlüssel zu Ihrem Konto bei ${provider}: Auch sie sind gelöscht, und der Tresor, der sie hielt, vergisst sie innerhalb von Minuten endgültig.`,
    deletedButCopy: (provider, day) =>
      `Was über Sie gespeichert war, ist gelöscht. Eine wiederherstellbare verschlüsselte Kopie der Schlüssel zu Ihrem Konto bei ${provider} wird endgültig gelöscht, spätestens: ${day}.`,
    revoked: (provider) => `${provider} hat bestätigt, dass der Zugang zu Ihrem Konto weg ist.`,
    notRevoked: (provider, link) =>
      html`${provider} hat nicht bestätigt, dass der Zugang zu Ihrem Konto weg ist. Um sicherzugehen,
      entfernen Sie ihn dort: ${link}`,
    notYetRevoked: (provider, link) =>
      html`${provider} hat noch nicht bestätigt, dass der Zugang zu Ihrem Konto weg ist. Um sicherzugehen,
      entfernen Sie ihn dort: ${link}`,
    signUpAgain: 'Wieder anmelden',
  },
  linkUnknown: {
    title: 'Dieser Link gilt nicht mehr',
    sentence: 'Er wurde durch einen neuen ersetzt, ist unvollständig, oder seine Verbindung ist beendet.',
    getLink: 'Link erneut anfordern',
    signUp: 'Anmelden',
  },
};
