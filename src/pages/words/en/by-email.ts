/** What is said to wearers who get e-mails in place of texts. A change of the consent needs a new name, see pages/contact-fields.ts. */
import { html } from 'hono/html';
import type { Html } from '../../html';

export const byEmail = {
  /** The choice between the two. */
  ways: { legend: 'How shall we reach you?', sms: 'Text me', email: 'E-mail me' },
  intro: 'An e-mail before your tracker runs flat.',
  introEither: 'A note before your tracker runs flat.',
  address: 'E-mail address (optional)',
  addressHint: 'We send a link to it first.',
  addressMissing: 'Please enter the address for your e-mails, or untick the box below.',
  noAddress: 'This does not look like an e-mail address. Please enter one such as ada@example.org.',
  otherLetters:
    'This service cannot send to an address with letters such as ü or é before the @. Please enter another one.',
  tick: 'Please tick this box, or leave the address empty.',
  agree: (service: string) =>
    `I agree to receive recurring automated e-mails from ${service} at this address: low-battery and connection alerts about my device, and links to confirm the address.`,
  agreeShort: 'Agreement to e-mails',
  terms: (privacy: (label: string) => Html) =>
    html`Usually 2 to 10 a month. Every alert has a link that ends them. Consent is not a condition of using
    this service. ${privacy('Privacy and terms')}`,
  confirm: {
    title: 'Look at your mail',
    notSent: 'The e-mail could not be sent',
    onItsWay: (address: Html, hours: number) =>
      html`An e-mail with a link is on its way to ${address}. Open the link, on this device or another, and
      press the button there. It is good for ${hours} hours.`,
    sentAgain: (address: Html) => html`Another e-mail with a link is on its way to ${address}.`,
    noneSent: (address: Html) => html`No e-mail could be sent to ${address}.`,
    noneSentNow: (address: Html) =>
      html`No e-mail could be sent to ${address} just now. Your address is not the reason.`,
    undeliverable: (address: Html) =>
      html`The e-mail to ${address} could not be delivered. Please check the address, then try once more, or
      use another address.`,
    undeliverableNow: (address: Html) =>
      html`The e-mail to ${address} could not be delivered. Please check the address, then try again later, or
      use another address.`,
    tooMany: 'No more e-mails can be sent today. Please come back to this page tomorrow.',
    noMail: 'No e-mail? It can take a minute, and it may be in your spam folder.',
    notNow: 'Another one cannot be sent just now.',
    sendAgain: 'Send it again',
    without: {
      title: 'No e-mails, or another address?',
      text: (signUpAgain: (label: string) => Html) =>
        html`Your account is connected either way, and you can add an address later. For another address now,
        ${signUpAgain('sign up again')}.`,
      deleted: (hours: number) =>
        `If you neither do this nor press the button behind the link, the sign-up is deleted after ${hours} hours.`,
      skip: 'Continue without e-mails',
    },
    unchanged: 'Until the new address is confirmed, everything stays as it is.',
    done: {
      title: 'Your address is confirmed',
      sentence: 'The link to your personal page is in the e-mail that we have sent to your address.',
    },
    /** Where the link leads. */
    ask: {
      title: 'Is this your address?',
      why: (service: string, provider: string, address: Html) =>
        html`Somebody has connected a ${provider} account with ${service}, and wants its battery alerts at
        ${address}.`,
      yes: 'Yes, send them here',
      no: 'That was not you? Then close this page: nothing more is sent.',
    },
    unknown: {
      title: 'This link does not work any more',
      sentence:
        'It is good for 24 hours, and only as long as nothing else was chosen; or it is incomplete. Please start again, or get the link to your personal page.',
    },
  },
  link: {
    intro: 'Your personal page shows your batteries and settings. We can e-mail you its link.',
    introEither: 'Your personal page shows your batteries and settings. We can send you its link.',
    address: 'Your e-mail address',
    addressHint: 'The address that gets your e-mails.',
    send: 'Send me the link',
    otherAddress: (signUpAgain: (label: string) => Html) =>
      html`No address, or a new one? ${signUpAgain('Sign up again')} with the same account; everything is
      kept.`,
    sentTitle: 'Look at your mail',
    sent: 'If this address is signed up, an e-mail with the link is on its way.',
    nothingCame:
      'Nothing after some minutes? Then look in your spam folder; otherwise this address is probably not signed up here, or was unsubscribed.',
    tryAnother: 'Try another address',
  },
  /** The personal page of somebody who gets e-mails: takes the place of the same words in `personalPage`. */
  personal: {
    headline: {
      ended: (provider: string) =>
        `${provider} has ended the connection, so your batteries are not watched. Your address and settings stay.`,
      retired: (provider: string) =>
        `${provider} has been switched off, so your batteries are not watched. Your address and settings stay.`,
      textsStopped: 'Your e-mails are stopped',
      numberDead: 'Your address gets no e-mails',
      textsPaused: 'Your e-mails are paused',
    },
    devices: {
      noAlerts: 'You get no e-mails about it.',
      muted: 'Muted: you get no e-mails about it.',
      options: 'Name and e-mails',
      nameUnsayable: 'Please use letters or digits, because an e-mail cannot show this name.',
    },
    texts: {
      on: (address: Html) => html`E-mails go to ${address}.`,
      paused: (address: Html) => html`E-mails to ${address} are paused. We still check your batteries.`,
      stopped: (address: Html) => html`${address} was unsubscribed, so it gets no e-mails.`,
      dead: (address: Html) =>
        html`${address} gets no e-mails, because those that we sent came back. Please enter your address
        again, even if it is the same.`,
      notSetUp: 'E-mails are not set up here any more.',
      yourNumber: 'your address',
      pause: 'Pause e-mails',
      resume: 'Resume e-mails',
      test: 'Send a test e-mail',
      changeNumber: 'Change or remove the address',
      change: 'Change the address',
      remove: 'Remove the address',
    },
    settings: {
      low: (level: string) => `You get an e-mail at ${level}.`,
      lowAndCritical: (level: string, critical: string) =>
        `You get an e-mail at ${level}, and again at ${critical}.`,
      thresholdHint: (least: number, most: number) =>
        `From ${least} to ${most}. You get one e-mail when a battery is that low.`,
      criticalHint: (most: number) => `Up to ${most}. You then get a second e-mail; 0 means none.`,
      quietHint: 'E-mails about batteries wait until they are over.',
    },
    end: {
      what: (provider: string) =>
        `We give up our access to your ${provider} account and delete your address, settings, devices and battery history. You cannot undo this, but you can sign up again.`,
    },
    notices: {
      paused: 'E-mails about batteries are paused.',
      resumed: 'E-mails about batteries are on again.',
      muted: 'You get no more e-mails about this device.',
      unmuted: 'You get e-mails about this device again.',
      named: 'The name is saved. E-mails use it too.',
      unnamed: 'The name is removed. E-mails name the model again.',
      tested: 'A test e-mail is on its way.',
      'not-tested': 'The test e-mail could not be sent just now. Please try again later.',
      'nothing-goes': 'You get no e-mails at the moment, so none was sent. The reason is below.',
      limited: 'No more e-mails can be sent today. Please try again tomorrow.',
      number: 'Your address is up to date.',
    },
    welcome: {
      textTo: (address: Html) => html`When one is low, you get an e-mail at ${address}.`,
    },
  },
  /** The same page, beside those. */
  page: {
    none: 'You get no alerts, because there is no number and no address.',
    noAddress: 'You get no alerts, because there is no address.',
    newAddress: 'New e-mail address',
    address: 'E-mail address',
    addressHint: 'A link is sent to it first.',
    addressMissing: 'Please enter your new address.',
    eitherMissing: 'Please enter your new number or address.',
    change: 'Change',
    add: 'Add',
    addAddress: 'Add this address',
    again: 'E-mail me again',
  },
};
