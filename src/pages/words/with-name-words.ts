/** The words of the pages where texts come from a name, which nobody can answer: nothing of STOP, START and HELP, but how it is done without. */
import { html } from 'hono/html';
import type { Words } from './catalogue';

export function withNameWords(words: Words): Words {
  const { confirm, fromName, link, personalPage, privacy, signUp } = words;
  return {
    ...words,
    signUp: { ...signUp, ...fromName.signUp },
    link: { ...link, ...fromName.link },
    // A code reaches every number, so there is nothing to say about those that were stopped.
    confirm: { ...confirm, afterStop: () => html`` },
    privacy: { ...privacy, texts: { ...privacy.texts, ...fromName.privacy } },
    personalPage: { ...personalPage, texts: { ...personalPage.texts, ...fromName.personal } },
  };
}
