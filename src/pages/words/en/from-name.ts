/** What is said where texts come from a name, in place of the words on how to answer them. A change of the terms needs a new name, see pages/contact-fields.ts. */
import { html } from 'hono/html';
import type { Html } from '../../html';

export const fromName = {
  signUp: {
    terms: (privacy: (label: string) => Html) =>
      html`Message frequency varies, usually 2 to 10 a month. Message and data rates may apply. You cannot
      reply to these texts: the link in every alert leads to your personal page, where you can end them.
      Consent is not a condition of using this service. ${privacy('Privacy and text terms')}`,
  },
  link: {
    nothingCame: 'Nothing after some minutes? Then this number is probably not signed up here.',
  },
  privacy: {
    replies:
      'You cannot reply to the texts. End them, or start them again, on your personal page: its link is in every alert.',
    repliesOr: (contact: Html) =>
      html`You cannot reply to the texts. End them, or start them again, on your personal page: its link is in
      every alert. For help, ask ${contact}.`,
  },
  personal: {
    /** The number has answered STOP at a time when texts came from a number. */
    stopped: (number: Html) => html`${number} once answered STOP, so it gets no texts.`,
  },
  /** Of the button for somebody who gets texts. */
  removeAndEnd: 'End texts and remove the number',
  again: 'Text me again',
};
