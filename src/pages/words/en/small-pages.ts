/** What stands on every page, and the pages that say little. */
import { html } from 'hono/html';
import type { Html } from '../../html';

interface Range {
  readonly least: number;
  readonly most: number;
}

export const layout = {
  about: 'About this service',
  privacy: 'Privacy',
  linkAgain: 'Get my link again',
  questions: 'Questions?',
  languages: 'Language',
  error: 'Error',
  lookAgain: 'Please check this:',
};

export const fields = {
  language: 'Language',
  chooseOne: 'Please choose one of these.',
  noNumber:
    'This does not look like a mobile number. Please enter it with its country code, such as +1 425 555 0123.',
  otherCountry: (countries: string) => `Texts can only be sent to numbers of these countries: ${countries}.`,
  noMobile: 'This is not a mobile number, so it cannot get texts. Please enter a mobile number.',
  agree: 'Please tick this box, or leave the number empty.',
  wholeNumber: ({ least, most }: Range) => `Please enter a whole number from ${least} to ${most}.`,
  wholeNumberOrOff: ({ least, most }: Range) =>
    `Please enter a whole number from ${least} to ${most}; 0 is off.`,
  belowTheOther: 'This must be lower than the level above.',
  timeSuchAs: (example: string) => `Please enter a time such as ${example}.`,
  otherTime: 'Please choose a different time.',
};

/** What has gone wrong, on a page of its own. */
export const problems = {
  title: 'That did not work',
  backToSignUp: 'Back to sign-up',
  otherSite: 'Please open the page of this service and use its own form.',
  otherForm: 'Please use the forms of this page.',
  formType: 'The form has to be sent as application/x-www-form-urlencoded.',
  tooLarge: (kilobytes: number) => `The body is larger than ${kilobytes} KB.`,
  noLength: 'Send the length of the body in Content-Length: a body in chunks does not arrive here.',
  answerTooLong: 'The answer of the provider is too long. Please start again.',
  noDevice: 'There is no such device any more. Please open the page again.',
  noConnection: 'There is no such connection.',
  tooManyRequests: 'Too many requests came from your network today. Please try again tomorrow.',
  tooManySignUps: 'Too many sign-ups came from your network today. Please try again tomorrow.',
  tooOften: 'That was done too often today. Please try again tomorrow.',
  notSetUp: 'This service is not set up for that yet. Please tell its operator.',
  storeSilent: 'A store that this service needs did not answer. Please start again in a minute.',
  ourSide: 'Something went wrong on our side. Please start again in a minute.',
};

export const link = {
  title: 'Get your link again',
  intro: 'Your personal page shows your batteries and settings. We can text you its link.',
  number: 'Your mobile number',
  numberHint: 'The number that gets your texts, with country code, such as +1 425 555 0123.',
  send: 'Text me the link',
  otherNumber: (signUpAgain: (label: string) => Html) =>
    html`No number, or a new one? ${signUpAgain('Sign up again')} with the same account; everything is kept.`,
  sentTitle: 'Look at your phone',
  sent: 'If this number is signed up, a text with the link is on its way.',
  nothingCame:
    'Nothing after some minutes? Then this number is probably not signed up here, or has answered STOP.',
  tryAnother: 'Try another number',
};

export const confirm = {
  title: 'Enter the code',
  titles: {
    'code expired': 'That code is too old',
    'no tries left': 'Too many wrong codes',
    'not sent': 'The text could not be sent',
    undeliverable: 'The text could not be sent',
  },
  onItsWay: (number: Html, minutes: number) =>
    html`A text with a code is on its way to ${number}. The code is good for ${minutes} minutes.`,
  newOnItsWay: (number: Html, minutes: number) =>
    html`A new code is on its way to ${number}. The code is good for ${minutes} minutes.`,
  expired: (number: Html, minutes: number) =>
    html`The code sent to ${number} was good for ${minutes} minutes.`,
  noTriesLeft: (number: Html) => html`To keep others out, the code sent to ${number} no longer works.`,
  haveNewOneSent: 'Please ask for a new one.',
  tryLater: 'Please try again later.',
  noneTexted: (number: Html) => html`No code could be texted to ${number}.`,
  noneTextedNow: (number: Html) =>
    html`No code could be texted to ${number} just now. Your number is not the reason.`,
  tryInMinutes: 'Please try once more in a few minutes.',
  undeliverable: (number: Html) =>
    html`The text to ${number} could not be delivered. Please check the number, then try once more, or use
    another number.`,
  undeliverableNow: (number: Html) =>
    html`The text to ${number} could not be delivered. Please check the number, then try again later, or use
    another number.`,
  code: 'Code from the text',
  confirm: 'Confirm',
  wrong: (triesLeft: number) =>
    `This is not the code of the newest text. Please check it; you have ${
      triesLeft === 1 ? 'one more try' : `${triesLeft} more tries`
    }.`,
  sixDigits: 'The code has six digits. Please enter those of the newest text.',
  tooManyCodes: 'No more codes can be sent today. Please come back to this page tomorrow.',
  noText: 'No text? It can take a minute.',
  /** Said for every number, whether it did or not. */
  afterStop: (sender: Html | undefined) =>
    html`Did you once answer STOP from it? Then first text START to
    ${sender ?? 'the number the texts came from'}.`,
  noNewCode: 'A new code cannot be sent just now.',
  sendNew: 'Send a new code',
  without: {
    title: 'No texts, or another number?',
    text: (signUpAgain: (label: string) => Html) =>
      html`Your account is connected either way, and you can add a number later. For another number now,
      ${signUpAgain('sign up again')}.`,
    deleted: (hours: number) =>
      `If you do neither this nor enter a code, the sign-up is deleted after ${hours} hours.`,
    skip: 'Continue without texts',
  },
  unchanged: 'Until the new number is confirmed, everything stays as it is.',
  done: {
    title: 'Your number is confirmed',
    sentence: 'The link to your personal page is in the text that we have sent to your number.',
  },
  unknown: {
    title: 'There is no code to enter here',
    sentence:
      'If you have entered your code already, everything is fine. Otherwise: a code works only for a while, and only in the browser that asked for it. Please open this page there, or start again; an unconfirmed sign-up is deleted after 24 hours.',
    signUpAgain: 'Sign up again',
    getLink: 'Get my link',
  },
};

/** Where the last link of every alert and notice by e-mail leads. */
export const unsubscribe = {
  asked: {
    title: 'End the e-mails',
    sentence:
      'This ends all e-mails from us to the address that got this link, low batteries included. Your account stays connected.',
    button: 'End them',
  },
  ended: {
    title: 'You get no more e-mails',
    sentence: 'We send no more e-mails to this address. Your account stays connected.',
    button: 'E-mail me again',
  },
  begun: {
    title: 'You get e-mails again',
    sentence: 'We tell you again by e-mail when a battery runs low.',
    button: 'End them',
  },
  unknown: {
    title: 'This link does not work',
    sentence:
      'Please open the link as it stands at the end of one of our e-mails. You can also end them on your personal page.',
    getLink: 'Get my link',
  },
};
