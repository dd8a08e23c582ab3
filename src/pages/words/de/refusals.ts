import type { Words } from '../catalogue';

export const refusals: Words['refusals'] = {
  startAgain: 'Noch einmal anfangen',
  theProvider: 'Der Anbieter',
  account: (at, name = '') => `${at === undefined ? 'Konto' : `${at}-Konto`} ${name}`.trim(),
  enterCode: 'Code aus der SMS eingeben',
  setUp: (provider) => `${provider} einrichten`,
  seeAccess: 'Sehen, wer Zugriff hat',
  why: {
    'state unknown': {
      title: () => 'Diese Anmeldung ist nicht bekannt',
      sentence: () =>
        'Vielleicht ist sie zu alt, oder die Adresse ist unvollständig. Bitte fangen Sie noch einmal an.',
    },
    'state used': {
      title: () => 'Diese Seite war schon einmal offen',
      sentence: () =>
        'Jede Anmeldung gilt einmal, und diese ist verbraucht. Stand dort „Sie sind verbunden“, so ist alles in Ordnung. Wurden Sie nach einem Code gefragt, so geben Sie ihn ein; sonst fangen Sie bitte noch einmal an.',
    },
    'state expired': {
      title: () => 'Das hat zu lange gedauert',
      sentence: () =>
        'Eine Anmeldung muss innerhalb von zehn Minuten fertig sein. Bitte fangen Sie noch einmal an.',
    },
    'other browser': {
      title: () => 'Bitte bleiben Sie im selben Browser',
      sentence: () =>
        'Diese Anmeldung wurde in einem anderen Browser begonnen, oder ihr Cookie ist weg. Bitte fangen Sie in diesem Browser noch einmal an und bleiben Sie darin. Kommen Sie wieder hierher, so erlauben Sie für diese Seite Cookies.',
    },
    'other account': {
      title: () => 'Das war ein anderes Konto',
      sentence: ({ account }) =>
        `Gewählt wurde: ${account}. Hier ist ein anderes verbunden. Es wurde nichts geändert. Bitte verbinden Sie sich neu und wählen Sie jenes, oder melden Sie sich für dieses neu an.`,
    },
    disconnected: {
      title: () => 'Sie haben die Verbindung getrennt',
      sentence: ({ provider }) =>
        `Sie haben Ihr Konto bei ${provider} getrennt, während Sie dort waren, also bleibt es getrennt. Um es wieder zu verbinden, melden Sie sich neu an.`,
    },
    'invite used': {
      title: () => 'Diese Einladung ist verbraucht',
      sentence: () =>
        'Jemand anders hat diese Einladung schon verwendet, oder sie ist abgelaufen. Es wird nichts gespeichert. Bitte lassen Sie sich eine neue schicken.',
    },
    'other provider': {
      title: () => 'Die Antwort kam von jemand anderem',
      sentence: ({ provider }) =>
        `Diese Anmeldung ging an ${provider}, geantwortet hat aber ein anderer Anbieter. Es ist nichts gespeichert; bitte fangen Sie noch einmal an.`,
    },
    'consent denied': {
      title: () => 'Es wurde nichts verbunden',
      sentence: ({ provider }) =>
        `Sie haben bei ${provider} Nein gesagt, und das gilt: Es ist nichts gespeichert. War es ein Versehen, so fangen Sie noch einmal an.`,
    },
    'provider error': {
      title: () => 'Das hat nicht geklappt',
      sentence: ({ provider }) =>
        `${provider} hat die Anmeldung nicht zu Ende geführt. Bitte fangen Sie noch einmal an.`,
    },
    'code refused': {
      title: () => 'Das hat zu lange gedauert',
      sentence: ({ provider }) =>
        `${provider} hat die Anmeldung nicht mehr angenommen. Bitte fangen Sie noch einmal an.`,
    },
    'not configured': {
      title: () => 'Nicht richtig eingerichtet',
      sentence: ({ provider }) =>
        `${provider} hat diesen Dienst abgelehnt. Der Betreiber muss die Einstellungen des Clients prüfen; bitte sagen Sie es ihm.`,
    },
    'provider retired': {
      title: ({ provider }) => `${provider} ist abgeschaltet`,
      sentence: ({ provider }) =>
        `${provider} gibt es nicht mehr. Bitte fangen Sie noch einmal an und wählen Sie einen anderen Anbieter.`,
    },
    'provider unavailable': {
      title: () => 'Bitte versuchen Sie es noch einmal',
      sentence: ({ provider }) =>
        `${provider} hat nicht wie erwartet geantwortet. Es ist nichts verloren; bitte fangen Sie in ein paar Minuten noch einmal an.`,
    },
    'device scope missing': {
      title: () => 'Eine Berechtigung fehlt',
      sentence: ({ provider }) =>
        `Ohne die Berechtigung, Ihre Geräte zu sehen, geht es nicht: Die Akkus blieben unbeobachtet. Bitte fangen Sie noch einmal an und lassen Sie bei ${provider} dieses Häkchen gesetzt.`,
    },
    'no refresh token': {
      title: () => 'Bitte versuchen Sie es noch einmal',
      sentence: ({ provider }) =>
        `${provider} hat keinen dauerhaften Zugang gegeben. Bitte fangen Sie noch einmal an und bestätigen Sie bei ${provider} jeden Schritt.`,
    },
    'no profile at provider': {
      title: ({ provider }) => `Richten Sie zuerst ${provider} ein`,
      sentence: ({ provider, account }) =>
        `Gewählt wurde: ${account}. Dort gibt es kein Profil bei ${provider}. Ist Ihr Tracker mit einem anderen Konto gekoppelt? Dann fangen Sie noch einmal an und wählen Sie jenes. Sonst richten Sie ${provider} für dieses Konto ein und fangen noch einmal an.`,
    },
    'account not moved': {
      title: () => 'Ziehen Sie zuerst Ihr Fitbit-Konto zu Google um',
      sentence: ({ provider, account }) =>
        `Gewählt wurde: ${account}. ${provider} kann es nicht lesen, denn das Fitbit-Konto dazu ist nie zu Google umgezogen. Bitte öffnen Sie die App Ihres Trackers und ziehen Sie das Konto dort um, oder fangen Sie noch einmal an und wählen Sie ein anderes.`,
    },
    'account refused': {
      title: ({ provider }) => `${provider} lehnt dieses Konto ab`,
      sentence: ({ provider, account }) =>
        `Gewählt wurde: ${account}. ${provider} zeigt uns die Geräte dort nicht. Bitte entfernen Sie bei ${provider} den Zugriff dieses Dienstes und fangen Sie dann noch einmal an. Fragt die App Ihres Trackers noch nach einem Fitbit-Login, so ziehen Sie dieses Konto zuerst zu Google um.`,
    },
    'account not allowed': {
      title: () => 'Dieses Konto darf nicht verbunden werden',
      sentence: ({ provider }) =>
        `${provider} lässt das gewählte Konto nicht zu: Der Administrator seiner Organisation, etwa einer Schule oder Firma, hat diesen Dienst nicht erlaubt, oder das Konto ist besonders geschützt. Es wurde nichts geändert. Bitten Sie den Administrator, diesen Dienst zu erlauben, und fangen Sie dann noch einmal an. Ist Ihr Tracker mit einem anderen Konto gekoppelt, fangen Sie gleich noch einmal an und wählen Sie dieses Konto.`,
    },
    'not saved': {
      title: () => 'Bitte versuchen Sie es noch einmal',
      sentence: () =>
        'Ihre Zustimmung ließ sich gerade nicht speichern. Bitte fangen Sie noch einmal an; sonst brauchen Sie nichts zu tun.',
    },
  },
};
