import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const signUp: Words['signUp'] = {
  title: 'Tracker verbinden',
  intro: 'Eine SMS, bevor Ihr Tracker leer ist.',
  provider: 'Ihr Konto ist bei',
  invite: 'Einladungscode',
  inviteHint: 'Fragen Sie den Betreiber dieses Dienstes danach.',
  inviteUnknown: 'Diesen Einladungscode gibt es nicht. Bitte prüfen Sie ihn.',
  inviteUsed:
    'Diese Einladung ist abgelaufen oder wurde schon verwendet. Bitte lassen Sie sich eine neue schicken.',
  number: 'Handynummer (freiwillig)',
  numberHint: (defaultCountry) => `Ohne Ländervorwahl: ${defaultCountry}.`,
  numberMissing: 'Bitte geben Sie die Nummer für Ihre SMS ein oder nehmen Sie das Häkchen unten weg.',
  agree: (service) =>
    `Ich bin damit einverstanden, an diese Nummer wiederkehrende automatische SMS von ${service} zu erhalten: Hinweise zu schwachem Akku und zur Verbindung meines Geräts sowie Anmeldecodes.`,
  agreeShort: 'Zustimmung zu SMS',
  terms: (privacy) =>
    html`Die Zahl der SMS schwankt, meist sind es 2 bis 10 im Monat. Es können Kosten für Nachrichten und
    Daten anfallen. Antwort STOP beendet sie, HELP gibt Hilfe. Die Zustimmung ist keine Bedingung für die
    Nutzung dieses Dienstes. ${privacy('Datenschutz und SMS-Bedingungen')}`,
  noTexts:
    'SMS sind hier noch nicht eingerichtet. Verbinden Sie sich jetzt, und geben Sie Ihre Nummer später auf Ihrer persönlichen Seite an.',
  reads:
    'Wir lesen Ihre Geräte, Akkustände, Zeitzone und Kontokennung, um die Verbindung zu halten und Ihnen zu schreiben.',
  usedOnly: 'Es dient zu nichts anderem und wird nie verkauft oder weitergegeben.',
  shared: (who) =>
    html`Ihr Zugang wird geteilt mit ${who}: Dort ist alles möglich, was Sie auf der nächsten Seite erlauben.
    Sie können das jederzeit beenden.`,
  sharedNoFurther: 'Es wird nie verkauft und an niemanden sonst weitergegeben.',
  more: 'Mehr dazu, was Sie erlauben',
  further:
    'Fragt die nächste Seite nach weiteren Berechtigungen, so hat der Betreiber sie hinzugefügt; Sie können sie dort weglassen.',
  stored: 'Es liegt im Microsoft-Azure-Konto des Betreibers dieses Dienstes.',
  end: (providers, privacy) =>
    html`Sie können es jederzeit beenden, auf Ihrer persönlichen Seite oder bei ${providers}.
    ${privacy('Alles zum Datenschutz')}`,
  otherLanguage: 'Andere Sprache',
  go: 'Weiter',
  goTo: (provider) => `Weiter zu ${provider}`,
  embedded: {
    title: 'Bitte öffnen Sie diese Seite in Safari oder Chrome',
    why: 'Google lässt im eingebauten Browser einer App keine Anmeldung zu. Das ist die Adresse zum Kopieren:',
  },
  notConfigured: {
    title: 'Noch nicht eingerichtet',
    why: 'Noch kann sich niemand anmelden. Darum muss sich der Betreiber dieses Dienstes noch kümmern:',
  },
};
