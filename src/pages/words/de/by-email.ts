import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const byEmail: Words['byEmail'] = {
  ways: { legend: 'Wie erreichen wir Sie?', sms: 'Per SMS', email: 'Per E-Mail' },
  intro: 'Eine E-Mail, bevor Ihr Tracker leer ist.',
  introEither: 'Ein Hinweis, bevor der Akku leer ist.',
  address: 'E-Mail-Adresse (freiwillig)',
  addressHint: 'Wir schicken zuerst einen Link dorthin.',
  addressMissing: 'Bitte geben Sie die Adresse für Ihre E-Mails ein oder nehmen Sie das Häkchen unten weg.',
  noAddress:
    'Das sieht nicht nach einer E-Mail-Adresse aus. Bitte geben Sie sie vollständig ein, zum Beispiel ada@example.org.',
  otherLetters:
    'Dieser Dienst kann nicht an eine Adresse schreiben, die vor dem @ Buchstaben wie ü oder é hat. Bitte geben Sie eine andere ein.',
  tick: 'Bitte setzen Sie hier ein Häkchen oder lassen Sie die Adresse weg.',
  agree: (service) =>
    `Ich bin damit einverstanden, an diese Adresse wiederkehrende automatische E-Mails von ${service} zu erhalten: Hinweise zu schwachem Akku und zur Verbindung meines Geräts sowie Links zum Bestätigen der Adresse.`,
  agreeShort: 'Zustimmung zu E-Mails',
  terms: (privacy) =>
    html`Meist sind es 2 bis 10 im Monat. In jedem Hinweis steht ein Link, der sie beendet. Die Zustimmung ist
    keine Bedingung für die Nutzung dieses Dienstes. ${privacy('Datenschutz und Bedingungen')}`,
  confirm: {
    title: 'Sehen Sie in Ihr Postfach',
    notSent: 'Die E-Mail ließ sich nicht senden',
    onItsWay: (address, hours) =>
      html`Eine E-Mail mit einem Link ist unterwegs an ${address}. Öffnen Sie den Link, auf diesem oder einem
      anderen Gerät, und drücken Sie dort auf den Knopf. Er gilt ${hours} Stunden.`,
    sentAgain: (address) => html`Noch eine E-Mail mit einem Link ist unterwegs an ${address}.`,
    noneSent: (address) => html`An ${address} konnte keine E-Mail gesendet werden.`,
    noneSentNow: (address) =>
      html`An ${address} konnte gerade keine E-Mail gesendet werden. An Ihrer Adresse liegt es nicht.`,
    undeliverable: (address) =>
      html`Die E-Mail an ${address} ließ sich nicht zustellen. Bitte prüfen Sie die Adresse und versuchen Sie
      es noch einmal, oder nehmen Sie eine andere Adresse.`,
    undeliverableNow: (address) =>
      html`Die E-Mail an ${address} ließ sich nicht zustellen. Bitte prüfen Sie die Adresse und versuchen Sie
      es später noch einmal, oder nehmen Sie eine andere Adresse.`,
    tooMany:
      'Heute wurden so viele E-Mails gesendet, wie an einem Tag möglich sind. Bitte kommen Sie morgen auf diese Seite zurück.',
    noMail: 'Keine E-Mail? Es kann eine Minute dauern, und vielleicht liegt sie im Spam-Ordner.',
    notNow: 'Noch eine kann gerade nicht gesendet werden.',
    sendAgain: 'Noch einmal schicken',
    without: {
      title: 'Keine E-Mails oder eine andere Adresse?',
      text: (signUpAgain) =>
        html`Ihr Konto ist in jedem Fall verbunden, und eine Adresse können Sie später noch angeben. Für eine
        andere Adresse ${signUpAgain('melden Sie sich noch einmal an')}.`,
      deleted: (hours) =>
        `Wenn Sie weder das tun noch auf der Seite hinter dem Link den Knopf drücken, wird die Anmeldung nach ${hours} Stunden gelöscht.`,
      skip: 'Ohne E-Mails weiter',
    },
    unchanged: 'Bis die neue Adresse bestätigt ist, bleibt alles, wie es ist.',
    done: {
      title: 'Ihre Adresse ist bestätigt',
      sentence:
        'Der Link zu Ihrer persönlichen Seite steht in der E-Mail, die wir an Ihre Adresse geschickt haben.',
    },
    ask: {
      title: 'Ist das Ihre Adresse?',
      why: (service, provider, address) =>
        html`Jemand hat ein Konto bei ${provider} mit ${service} verbunden und möchte die Akku-Hinweise an
        ${address}.`,
      yes: 'Ja, schicken Sie sie hierher',
      no: 'Das waren nicht Sie? Dann schließen Sie diese Seite: Es kommt nichts weiter.',
    },
    unknown: {
      title: 'Dieser Link gilt nicht mehr',
      sentence:
        'Er gilt 24 Stunden, und nur solange nichts anderes gewählt wurde; oder er ist unvollständig. Bitte fangen Sie noch einmal an oder fordern Sie den Link zu Ihrer persönlichen Seite an.',
    },
  },
  link: {
    intro:
      'Ihre persönliche Seite zeigt Ihre Akkus und Einstellungen. Wir können Ihnen den Link per E-Mail schicken.',
    introEither:
      'Ihre persönliche Seite zeigt Ihre Akkus und Einstellungen. Wir können Ihnen den Link schicken.',
    address: 'Ihre E-Mail-Adresse',
    addressHint: 'Die Adresse, an die Ihre E-Mails gehen.',
    send: 'Link schicken',
    otherAddress: (signUpAgain) =>
      html`Keine Adresse mehr oder eine neue? ${signUpAgain('Melden Sie sich noch einmal')} mit demselben
      Konto an: Alles bleibt erhalten.`,
    sentTitle: 'Sehen Sie in Ihr Postfach',
    sent: 'Wenn diese Adresse angemeldet ist, ist eine E-Mail mit dem Link unterwegs.',
    nothingCame:
      'Nach ein paar Minuten noch nichts? Dann sehen Sie im Spam-Ordner nach; sonst ist diese Adresse hier wohl nicht angemeldet oder wurde abgemeldet.',
    tryAnother: 'Andere Adresse versuchen',
  },
  personal: {
    headline: {
      ended: (provider) =>
        `${provider} hat die Verbindung beendet, deshalb behält gerade niemand Ihre Akkus im Blick. Ihre Adresse und Ihre Einstellungen bleiben.`,
      retired: (provider) =>
        `${provider} wurde abgeschaltet, deshalb behält gerade niemand Ihre Akkus im Blick. Ihre Adresse und Ihre Einstellungen bleiben.`,
      textsStopped: 'Ihre E-Mails sind abbestellt',
      numberDead: 'An Ihre Adresse gehen keine E-Mails',
      textsPaused: 'Ihre E-Mails machen Pause',
    },
    devices: {
      noAlerts: 'Für dieses Gerät gibt es keine Hinweise.',
      muted: 'Stumm: Sie bekommen dazu keine E-Mails.',
      options: 'Name und E-Mails',
      nameUnsayable: 'Bitte nehmen Sie Buchstaben oder Ziffern: Diesen Namen kann eine E-Mail nicht sagen.',
    },
    texts: {
      on: (address) => html`E-Mails gehen an ${address}.`,
      paused: (address) => html`E-Mails an ${address} machen Pause. Nach den Akkus wird trotzdem gesehen.`,
      stopped: (address) => html`Die E-Mails an ${address} wurden abbestellt, deshalb gehen keine dorthin.`,
      dead: (address) =>
        html`An ${address} gehen keine E-Mails, weil sie zurückkamen. Bitte geben Sie Ihre Adresse noch einmal
        ein, eine neue oder dieselbe.`,
      notSetUp: 'E-Mails sind hier nicht mehr eingerichtet.',
      yourNumber: 'Ihre Adresse',
      pause: 'E-Mails anhalten',
      resume: 'E-Mails fortsetzen',
      test: 'Test-E-Mail schicken',
      changeNumber: 'Adresse ändern oder entfernen',
      change: 'Adresse ändern',
      remove: 'Adresse entfernen',
    },
    settings: {
      low: (level) => `Sie bekommen eine E-Mail bei ${level}.`,
      lowAndCritical: (level, critical) =>
        `Sie bekommen eine E-Mail bei ${level} und noch einmal bei ${critical}.`,
      thresholdHint: (least, most) => `Von ${least} bis ${most}. Eine E-Mail, wenn ein Akku so weit ist.`,
      criticalHint: (most) => `Bis ${most}, für eine zweite E-Mail; 0 für keine.`,
      quietHint: 'Eine E-Mail zu einem Akku wartet dann, bis sie vorbei sind.',
    },
    end: {
      what: (provider) =>
        `Der Zugang zu Ihrem Konto bei ${provider} wird zurückgegeben, und Ihre Adresse, Ihre Einstellungen, Geräte und Ihr Akkuverlauf werden gelöscht. Das lässt sich nicht rückgängig machen, aber Sie können sich wieder anmelden.`,
    },
    notices: {
      paused: 'E-Mails zu Akkus machen jetzt Pause.',
      resumed: 'E-Mails zu Akkus kommen wieder.',
      muted: 'Zu diesem Gerät kommen keine E-Mails mehr.',
      unmuted: 'Zu diesem Gerät kommen wieder E-Mails.',
      named: 'Der Name ist gespeichert. Auch die E-Mails nennen ihn.',
      unnamed: 'Der Name ist entfernt. Die E-Mails nennen wieder das Modell.',
      tested: 'Eine Test-E-Mail ist unterwegs.',
      'not-tested':
        'Die Test-E-Mail ließ sich gerade nicht senden. Bitte versuchen Sie es später noch einmal.',
      'nothing-goes':
        'Sie bekommen gerade keine E-Mails, deshalb wurde keine gesendet. Der Grund steht unten.',
      limited:
        'Heute wurden so viele E-Mails gesendet, wie an einem Tag möglich sind. Bitte versuchen Sie es morgen noch einmal.',
      number: 'Ihre Adresse ist aktuell.',
    },
    welcome: {
      textTo: (address) => html`Ist einer schwach, bekommen Sie eine E-Mail an ${address}.`,
    },
  },
  page: {
    none: 'Sie bekommen keine Hinweise, weil weder eine Nummer noch eine Adresse eingetragen ist.',
    noAddress: 'Sie bekommen keine Hinweise, weil keine Adresse eingetragen ist.',
    newAddress: 'Neue E-Mail-Adresse',
    address: 'E-Mail-Adresse',
    addressHint: 'Zuerst geht ein Link dorthin.',
    addressMissing: 'Bitte geben Sie Ihre neue Adresse ein.',
    eitherMissing: 'Bitte geben Sie Ihre neue Nummer oder Adresse ein.',
    change: 'Ändern',
    add: 'Hinzufügen',
    addAddress: 'Adresse hinzufügen',
    again: 'Wieder E-Mails schicken',
  },
};
