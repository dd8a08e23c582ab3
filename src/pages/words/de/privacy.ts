import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const privacy: Words['privacy'] = {
  title: 'Datenschutz und SMS-Bedingungen',
  yourProvider: 'Ihrem Anbieter',
  read: {
    title: 'Was gelesen wird und wozu',
    watches: (service) =>
      `${service} behält die Akkus Ihrer Tracker im Blick und schreibt Ihnen eine SMS oder E-Mail, bevor einer leer ist.`,
    reads: (providers) => `Mit Ihrer Erlaubnis wird bei ${providers} gelesen:`,
    devices: 'Ihre gekoppelten Geräte: Modell, Art, Akkustand, Zeit der letzten Synchronisierung;',
    timeZone: 'Ihre Zeitzone, damit die Ruhezeiten Ihre sind;',
    account: 'die Kennung Ihres Kontos dort, damit aus einer zweiten Anmeldung keine zweite Verbindung wird.',
    usedOnly:
      'Das dient dazu, die Verbindung aufrechtzuerhalten und Ihnen zu schreiben, und zu nichts anderem.',
    used: 'Das dient dazu, die Verbindung aufrechtzuerhalten und Ihnen zu schreiben.',
    further:
      'Fragt die Zustimmungsseite nach weiteren Berechtigungen, so hat der Betreiber sie hinzugefügt; dieser Dienst liest damit nichts.',
    fromYou:
      'Von Ihnen hat er, wenn er Ihnen schreiben soll, Ihre Handynummer oder E-Mail-Adresse, Ihre Zustimmung dazu und Ihre Einstellungen.',
  },
  kept: {
    title: 'Was aufbewahrt wird, wo und wie lange',
    azure:
      'Alles liegt im Microsoft-Azure-Konto des Betreibers dieses Dienstes, verschlüsselt gespeichert und verschlüsselt übertragen.',
    items: {
      keys: {
        what: 'Die Schlüssel zu Ihrem Konto (Access- und Refresh-Token), mit dessen Kennung',
        how: 'In Azure Key Vault, bis Sie die Verbindung trennen. Der Tresor behält danach noch höchstens 90 Tage eine wiederherstellbare verschlüsselte Kopie und löscht sie dann endgültig. Antwortet der Tresor nicht, so warten die Schlüssel verschlüsselt in Azure Tables, bis er es tut; auch ein Access-Token der letzten Stunden kann dort liegen, ebenso verschlüsselt. Ein Hash der Kennung steht dort, um Ihre Verbindung wiederzufinden.',
      },
      number: {
        what: 'Ihre Nummer oder E-Mail-Adresse, Ihre Zustimmung zu SMS oder E-Mails, Einstellungen, Zeitzone und wie der Betreiber Ihre Verbindung nennt',
        how: 'In Azure Tables, bis Sie sie entfernen oder die Verbindung trennen.',
      },
      devices: {
        what: 'Ihre Geräte und ihr letzter Akkustand',
        how: 'In Azure Tables, bis Sie die Verbindung trennen.',
      },
      readings: {
        what: 'Akkustände, für den Verlauf und die Vorhersage',
        how: (days) => `In Azure Tables, höchstens ${days} Tage.`,
      },
      messages: {
        what: 'SMS und E-Mails: was darin stand, wann, und ob sie gesendet wurden',
        how: (days) => `In Azure Tables, höchstens ${days} Tage.`,
      },
      unfinished: {
        what: 'Eine Anmeldung, die nicht zu Ende geführt wurde',
        how: 'Nach zehn Minuten nicht mehr verwendbar, oder nach 24 Stunden, wenn nur die Nummer oder Adresse nicht bestätigt wurde; danach gelöscht.',
      },
      consent: {
        what: 'Nachweis Ihrer Zustimmung zu SMS oder E-Mails',
        how: (years) =>
          `Ein Hash der Nummer oder Adresse mit Schlüssel, wann Sie zugestimmt haben und welchem Wortlaut, und wann das endete: in Azure Tables, bis ${years} Jahre nach dem Ende, auch nachdem Sie die Verbindung getrennt haben. So lange können Ansprüche ihretwegen erhoben werden.`,
      },
      abuse: {
        what: 'Schutz vor Missbrauch',
        how: (years) =>
          `Wie oft an einem Tag SMS und E-Mails angefordert wurden, und dass eine Nummer mit STOP geantwortet hat oder eine Adresse abgemeldet wurde. Nummern, E-Mail-Adressen und Netzadressen stehen dort nur als Hashes mit Schlüssel, aus denen sie sich nicht ablesen lassen. Das wird ${years} Jahre lang vermerkt, und so lange jemand die Nummer oder Adresse hier hat, auch nachdem Sie die Verbindung getrennt haben.`,
      },
      logs: {
        what: 'Technische Protokolle',
        how: 'Sie nennen Verbindungen bei zufälligen Kennungen und enthalten keine Nummern, E-Mail-Adressen, Gerätenamen oder Token.',
      },
    },
    cookies: (strong) =>
      html`${strong('Cookies:')} drei, alle unbedingt erforderlich. Der eine bindet Ihre Anmeldung an Ihren
      Browser, während Sie beim Anbieter sind, der andere tut das einen Tag lang, damit Sie Ihre Nummer oder
      Adresse bestätigen können, und einer merkt sich eine Minute lang, was die nächste Seite zu sagen hat. Es
      gibt keine Werbung, keine Analyse, kein Skript, und nichts wird von anderswo geladen.`,
  },
  shared: {
    title: 'Wer es sonst noch bekommt',
    with: (who) =>
      html`Ihren Zugang kann auch nutzen, sofern Ihnen das beim Verbinden gesagt wurde: ${who}. Was die
      Berechtigungen der Zustimmungsseite erlauben, kann dort gelesen und, wo sie das vorsehen, geändert
      werden. Auch ob Ihre Verbindung funktioniert und wie voll die Akkus sind, ist dort zu sehen. Dorthin
      wird gemeldet, wenn ein Akku schwach ist oder keine Daten mehr kommen, wenn die Verbindung abbricht oder
      wieder funktioniert, und wenn Sie das Teilen beenden oder die Verbindung trennen. Eine Nummer, eine
      E-Mail-Adresse, eine SMS oder ein Refresh-Token geht von hier nicht dorthin. Was mit dem Übrigen
      geschieht, muss man Ihnen dort sagen. Auf Ihrer persönlichen Seite können Sie das beenden.`,
    nobody: 'Niemand kauft es, und es wird nicht weitergegeben.',
    nobodyElse: 'Niemand kauft es, und es wird nicht anderweitig weitergegeben.',
    handledBy:
      'Damit umgehen nur die, ohne die es nicht geht: Microsoft Azure, wo es liegt und von wo die SMS und E-Mails gesendet werden, und die Unternehmen, die sie an Ihr Handy oder Postfach zustellen. Wer Sie im Auftrag des Betreibers betreut, etwa das Team einer Studie, sieht, ob Ihre Verbindung funktioniert, wie voll Ihre Akkus sind, wann Ihnen geschrieben wurde, und die eigenen Notizen dazu, aber weder Ihre ganze Nummer oder Adresse noch Ihre Tokens. Sonst liest es niemand, außer dem Betreiber, wenn Sie um Hilfe bitten oder wenn die Sicherheit oder das Gesetz es verlangt. Es dient weder der Werbung noch Kredit- oder Versicherungsfragen noch dem Training künstlicher Intelligenz.',
    google: (service, userData, health) =>
      html`Für die Nutzung der von Google-APIs erhaltenen Informationen durch ${service} und für ihre
      Weitergabe an andere Apps gelten die ${userData('Google API Services User Data Policy')} einschließlich
      der Anforderungen zur eingeschränkten Nutzung (Limited Use) und die
      ${health('Google Health API Developer and User Data Policy')}; beide werden eingehalten.`,
  },
  texts: {
    title: 'SMS-Bedingungen',
    onlyIfAsked: (service, sender) =>
      `${service} schreibt Ihnen${sender === undefined ? '' : ` von ${sender}`} nur dann SMS, wenn Sie darum gebeten haben: Hinweise zu schwachem Akku und zur Verbindung Ihres Geräts sowie Anmeldecodes.`,
    frequency:
      'Die Zahl der SMS schwankt, meist sind es 2 bis 10 im Monat. Es können Kosten für Nachrichten und Daten anfallen.',
    emails:
      'Auch E-Mails kommen nur, wenn Sie darum gebeten haben. In jedem Hinweis steht ein Link, der sie beendet; auf Ihrer persönlichen Seite ist ein Knopf, mit dem sie wieder kommen.',
    replies:
      'Antworten Sie mit STOP, um sie zu beenden, mit START, um sie wieder zu erhalten, mit HELP für Hilfe.',
    repliesOr: (contact) =>
      html`Antworten Sie mit STOP, um sie zu beenden, mit START, um sie wieder zu erhalten, mit HELP für
      Hilfe, oder fragen Sie ${contact}.`,
    noCondition:
      'Die Zustimmung ist keine Bedingung für die Nutzung dieses Dienstes. Mobilfunkanbieter haften nicht für verspätete oder verlorene SMS.',
    neverSold:
      'Handynummern, E-Mail-Adressen und Ihre Zustimmung zu SMS oder E-Mails werden nie verkauft und nie zu Marketing- oder Werbezwecken an Dritte oder verbundene Unternehmen weitergegeben.',
  },
  yours: {
    title: 'Ansehen, ändern, mitnehmen, beenden',
    page: (getLinkAgain, providers) =>
      html`Auf Ihrer persönlichen Seite sehen Sie, was gespeichert ist, können es exportieren, ändern, Ihre
      Nummer oder Adresse entfernen oder die Verbindung trennen: Dann wird der Zugang zu Ihrem Konto
      zurückgegeben und alles gelöscht, was nach den Angaben oben dann endet. Ist der Link zu Ihrer Seite
      verloren, ${getLinkAgain('fordern Sie ihn erneut an')}. Sie können den Zugang auch bei ${providers}
      entfernen, in den Einstellungen Ihres Kontos dort.`,
    else: (contact) => html`Für alles andere, etwa eine Berichtigung oder eine Beschwerde: ${contact}.`,
    whoGaveAddress: 'Fragen Sie die Person, von der Sie die Adresse dieses Dienstes haben',
    changed: (month) => `Zuletzt geändert im ${month}.`,
  },
};
