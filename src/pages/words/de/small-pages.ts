import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const layout: Words['layout'] = {
  about: 'Über diesen Dienst',
  privacy: 'Datenschutz',
  linkAgain: 'Link erneut anfordern',
  questions: 'Fragen?',
  languages: 'Sprache',
  error: 'Fehler',
  lookAgain: 'Bitte sehen Sie hier noch einmal nach:',
};

export const fields: Words['fields'] = {
  language: 'Sprache',
  chooseOne: 'Bitte wählen Sie einen der Einträge aus.',
  noNumber:
    'Das sieht nicht nach einer Handynummer aus. Bitte geben Sie sie mit Ländervorwahl ein, zum Beispiel +1 425 555 0123.',
  otherCountry: (countries) => `SMS gehen nur an Nummern aus diesen Ländern: ${countries}.`,
  noMobile: 'Das ist keine Handynummer und kann keine SMS empfangen. Bitte geben Sie eine Handynummer ein.',
  agree: 'Bitte setzen Sie hier ein Häkchen oder lassen Sie die Nummer weg.',
  wholeNumber: ({ least, most }) => `Bitte geben Sie eine ganze Zahl von ${least} bis ${most} ein.`,
  wholeNumberOrOff: ({ least, most }) =>
    `Bitte geben Sie eine ganze Zahl von ${least} bis ${most} ein; 0 heißt aus.`,
  belowTheOther: 'Das muss unter dem Wert darüber liegen.',
  timeSuchAs: (example) => `Bitte geben Sie eine Uhrzeit ein, zum Beispiel ${example}.`,
  otherTime: 'Das muss eine andere Uhrzeit sein.',
};

export const problems: Words['problems'] = {
  title: 'Das hat nicht geklappt',
  backToSignUp: 'Zurück zur Anmeldung',
  otherSite: 'Bitte öffnen Sie die Seite dieses Dienstes und benutzen Sie das Formular dort.',
  otherForm: 'Bitte benutzen Sie die Formulare dieser Seite.',
  formType: 'Das Formular muss als application/x-www-form-urlencoded gesendet werden.',
  tooLarge: (kilobytes) => `Die Anfrage ist größer als ${kilobytes} KB.`,
  noLength: 'Bitte senden Sie die Länge der Anfrage in Content-Length: In Stücken kommt sie hier nicht an.',
  answerTooLong: 'Die Antwort des Anbieters ist zu lang. Bitte fangen Sie noch einmal an.',
  noDevice: 'Dieses Gerät gibt es nicht mehr. Bitte öffnen Sie die Seite noch einmal.',
  noConnection: 'Diese Verbindung gibt es nicht.',
  tooManyRequests: 'Aus Ihrem Netz kamen heute zu viele Anfragen. Bitte versuchen Sie es morgen noch einmal.',
  tooManySignUps:
    'Aus Ihrem Netz kamen heute zu viele Anmeldungen. Bitte versuchen Sie es morgen noch einmal.',
  tooOften: 'Das war heute zu oft. Bitte versuchen Sie es morgen noch einmal.',
  notSetUp: 'Dieser Dienst ist dafür noch nicht eingerichtet. Bitte sagen Sie es dem Betreiber.',
  storeSilent:
    'Ein Speicher, den dieser Dienst braucht, hat nicht geantwortet. Bitte fangen Sie in einer Minute noch einmal an.',
  ourSide: 'Bei uns ist etwas schiefgegangen. Bitte fangen Sie in einer Minute noch einmal an.',
};

export const link: Words['link'] = {
  title: 'Ihren Link erneut anfordern',
  intro:
    'Ihre persönliche Seite zeigt Ihre Akkus und Einstellungen. Wir können Ihnen den Link als SMS schicken.',
  number: 'Ihre Handynummer',
  numberHint: 'Die Nummer, an die Ihre SMS gehen, mit Ländervorwahl, zum Beispiel +1 425 555 0123.',
  send: 'Link als SMS schicken',
  otherNumber: (signUpAgain) =>
    html`Keine Nummer mehr oder eine neue? ${signUpAgain('Melden Sie sich noch einmal')} mit demselben Konto
    an: Alles bleibt erhalten.`,
  sentTitle: 'Sehen Sie auf Ihr Handy',
  sent: 'Wenn diese Nummer angemeldet ist, ist eine SMS mit dem Link unterwegs.',
  nothingCame:
    'Nach ein paar Minuten noch nichts? Dann ist diese Nummer hier wohl nicht angemeldet oder hat mit STOP geantwortet.',
  tryAnother: 'Andere Nummer versuchen',
};

export const confirm: Words['confirm'] = {
  title: 'Geben Sie den Code ein',
  titles: {
    'code expired': 'Der Code ist zu alt',
    'no tries left': 'Zu viele falsche Codes',
    'not sent': 'Die SMS ließ sich nicht senden',
    undeliverable: 'Die SMS ließ sich nicht senden',
  },
  onItsWay: (number, minutes) =>
    html`Eine SMS mit einem Code ist unterwegs an ${number}. Der Code gilt ${minutes} Minuten.`,
  newOnItsWay: (number, minutes) =>
    html`Ein neuer Code ist unterwegs an ${number}. Der Code gilt ${minutes} Minuten.`,
  expired: (number, minutes) => html`Der Code an ${number} galt ${minutes} Minuten.`,
  noTriesLeft: (number) => html`Damit niemand Fremdes ihn errät, gilt der Code an ${number} nicht mehr.`,
  haveNewOneSent: 'Bitte lassen Sie sich einen neuen schicken.',
  tryLater: 'Bitte versuchen Sie es später noch einmal.',
  noneTexted: (number) => html`An ${number} konnte kein Code gesendet werden.`,
  noneTextedNow: (number) =>
    html`An ${number} konnte gerade kein Code gesendet werden. An Ihrer Nummer liegt es nicht.`,
  tryInMinutes: 'Bitte versuchen Sie es in ein paar Minuten noch einmal.',
  undeliverable: (number) =>
    html`Die SMS an ${number} konnte nicht zugestellt werden. Bitte prüfen Sie die Nummer und versuchen Sie es
    noch einmal, oder nehmen Sie eine andere Nummer.`,
  undeliverableNow: (number) =>
    html`Die SMS an ${number} konnte nicht zugestellt werden. Bitte prüfen Sie die Nummer und versuchen Sie es
    später noch einmal, oder nehmen Sie eine andere Nummer.`,
  code: 'Code aus der SMS',
  confirm: 'Bestätigen',
  wrong: (triesLeft) =>
    `Das ist nicht der Code aus der neuesten SMS. Bitte sehen Sie noch einmal nach; Sie haben noch ${
      triesLeft === 1 ? 'einen Versuch' : `${triesLeft} Versuche`
    }.`,
  sixDigits: 'Der Code hat sechs Ziffern. Bitte geben Sie die aus der neuesten SMS ein.',
  tooManyCodes:
    'Heute wurden so viele Codes gesendet, wie an einem Tag möglich sind. Bitte kommen Sie morgen auf diese Seite zurück.',
  noText: 'Keine SMS? Es kann eine Minute dauern.',
  afterStop: (sender) =>
    html`Kam von dort einmal die Antwort STOP? Dann senden Sie zuerst START an
    ${sender ?? 'die Nummer, von der die SMS kamen'}.`,
  noNewCode: 'Ein neuer Code kann gerade nicht gesendet werden.',
  sendNew: 'Neuen Code schicken',
  without: {
    title: 'Keine SMS oder eine andere Nummer?',
    text: (signUpAgain) =>
      html`Ihr Konto ist in jedem Fall verbunden, und eine Nummer können Sie später noch angeben. Für eine
      andere Nummer ${signUpAgain('melden Sie sich noch einmal an')}.`,
    deleted: (hours) =>
      `Wenn Sie weder das tun noch einen Code eingeben, wird die Anmeldung nach ${hours} Stunden gelöscht.`,
    skip: 'Ohne SMS weiter',
  },
  unchanged: 'Bis die neue Nummer bestätigt ist, bleibt alles, wie es ist.',
  done: {
    title: 'Ihre Nummer ist bestätigt',
    sentence:
      'Der Link zu Ihrer persönlichen Seite steht in der SMS, die wir an Ihre Nummer geschickt haben.',
  },
  unknown: {
    title: 'Hier ist kein Code einzugeben',
    sentence:
      'Haben Sie Ihren Code schon eingegeben, so ist alles in Ordnung. Sonst gilt: Ein Code gehört zu dem Browser, in dem er angefordert wurde, und gilt nur eine Weile. Bitte öffnen Sie diese Seite dort oder fangen Sie noch einmal an; eine unbestätigte Anmeldung wird nach 24 Stunden gelöscht.',
    signUpAgain: 'Noch einmal anmelden',
    getLink: 'Meinen Link anfordern',
  },
};

export const unsubscribe: Words['unsubscribe'] = {
  asked: {
    title: 'E-Mails beenden',
    sentence:
      'Damit enden alle unsere E-Mails an die Adresse, die diesen Link bekommen hat, auch die über schwache Akkus. Ihr Konto bleibt verbunden.',
    button: 'Beenden',
  },
  ended: {
    title: 'Sie bekommen keine E-Mails mehr',
    sentence: 'Wir schicken keine E-Mails mehr an diese Adresse. Ihr Konto bleibt verbunden.',
    button: 'Wieder E-Mails schicken',
  },
  begun: {
    title: 'Sie bekommen wieder E-Mails',
    sentence: 'Wir schreiben Ihnen wieder, wenn ein Akku schwach wird.',
    button: 'Beenden',
  },
  unknown: {
    title: 'Dieser Link geht nicht',
    sentence:
      'Bitte öffnen Sie den Link so, wie er am Ende einer unserer E-Mails steht. Auch auf Ihrer persönlichen Seite können Sie die E-Mails beenden.',
    getLink: 'Meinen Link anfordern',
  },
};
