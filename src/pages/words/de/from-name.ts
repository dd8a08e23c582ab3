import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const fromName: Words['fromName'] = {
  signUp: {
    terms: (privacy) =>
      html`Die Zahl der SMS schwankt, meist sind es 2 bis 10 im Monat. Es können Kosten für Nachrichten und
      Daten anfallen. Auf diese SMS kann man nicht antworten: Der Link in jedem Hinweis führt zu Ihrer
      persönlichen Seite, wo Sie sie beenden können. Die Zustimmung ist keine Bedingung für die Nutzung dieses
      Dienstes. ${privacy('Datenschutz und SMS-Bedingungen')}`,
  },
  link: {
    nothingCame: 'Nach ein paar Minuten noch nichts? Dann ist diese Nummer hier wohl nicht angemeldet.',
  },
  privacy: {
    replies:
      'Auf die SMS kann man nicht antworten. Auf Ihrer persönlichen Seite können Sie sie beenden oder wieder einschalten: Der Link dorthin steht in jedem Hinweis.',
    repliesOr: (contact) =>
      html`Auf die SMS kann man nicht antworten. Auf Ihrer persönlichen Seite können Sie sie beenden oder
      wieder einschalten: Der Link dorthin steht in jedem Hinweis. Bei Fragen hilft ${contact}.`,
  },
  personal: {
    stopped: (number) => html`Von ${number} kam einmal die Antwort STOP, deshalb gehen keine SMS dorthin.`,
  },
  removeAndEnd: 'SMS beenden und Nummer entfernen',
  again: 'Wieder SMS schicken',
};
