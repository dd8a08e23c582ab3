/** The privacy page. Carriers and Google read it: a change of meaning here is one in every language. */
import { html } from 'hono/html';
import type { Html } from '../../html';

export const privacy = {
  title: 'Privacy and text terms',
  yourProvider: 'your provider',
  read: {
    title: 'What is read, and what for',
    watches: (service: string) =>
      `${service} watches the batteries of your trackers and texts or e-mails you before one runs flat.`,
    reads: (providers: string) => `With your permission it reads from ${providers}:`,
    devices: 'your paired devices: model, kind, battery level, time of the last sync;',
    timeZone: 'your time zone, so that quiet hours fit your day;',
    account: 'the id of your account there, so that signing up twice makes one connection.',
    usedOnly: 'That is used to keep the connection alive and to write to you, and for nothing else.',
    used: 'That is used to keep the connection alive and to write to you.',
    further:
      'If the consent page asks for further permissions, the operator has added them; this service reads nothing with them.',
    fromYou:
      'From you it has, if you want to be written to, your mobile number or your e-mail address, your agreement to that, and your settings.',
  },
  kept: {
    title: 'What is kept, where, and for how long',
    azure:
      'All of it is in the Microsoft Azure account of the operator of this service, encrypted at rest and in transit.',
    items: {
      keys: {
        what: 'The keys to your account (access and refresh token), with its id',
        how: 'In Azure Key Vault, until you disconnect. The vault then keeps a recoverable encrypted copy for at most 90 days and deletes it permanently. If the vault does not answer, they wait in Azure Tables, encrypted, until it does; an access token of the last hours can also be there, encrypted in the same way. A hash of the id is stored there to find your connection again.',
      },
      number: {
        what: 'Your number or e-mail address, your agreement to texts or e-mails, settings, time zone, and what the operator calls your connection',
        how: 'In Azure Tables, until you remove them or disconnect.',
      },
      devices: {
        what: 'Your devices and their last battery level',
        how: 'In Azure Tables, until you disconnect.',
      },
      readings: {
        what: 'Battery readings, for the history and the forecast',
        how: (days: number) => `In Azure Tables, for ${days} days at most.`,
      },
      messages: {
        what: 'Texts and e-mails: what was said, when, whether it was sent',
        how: (days: number) => `In Azure Tables, for ${days} days at most.`,
      },
      unfinished: {
        what: 'A sign-up that was not finished',
        how: 'Not usable after ten minutes, or after 24 hours if only the number or address was not confirmed; then deleted.',
      },
      consent: {
        what: 'Proof of your agreement to texts or e-mails',
        how: (years: number) =>
          `A keyed hash of the number or address, when you agreed and to which wording, and when that ended: in Azure Tables, for ${years} years after the end, also after you disconnect, because claims about them can be made for that long.`,
      },
      abuse: {
        what: 'Protection against abuse',
        how: (years: number) =>
          `How often texts and e-mails were asked for on a day, and that a number has answered STOP or an e-mail address was unsubscribed. For this, numbers, e-mail addresses and network addresses are stored only as keyed hashes, which do not reveal them. It is remembered for ${years} years, and for as long as anybody has the number or address here, even after you disconnect.`,
      },
      logs: {
        what: 'Technical logs',
        how: 'They name connections by random ids, and hold no numbers, e-mail addresses, device names or tokens.',
      },
    },
    cookies: (strong: (words: string) => Html) =>
      html`${strong('Cookies:')} three, all strictly necessary. One ties your sign-up to your browser while
      you are at the provider, another does so for a day, so that you can confirm your number or address, and
      one keeps for a minute what the next page has to tell you. There is no advertising, no analytics, no
      script, and nothing is loaded from elsewhere.`,
  },
  shared: {
    title: 'Who else gets it',
    with: (who: Html) =>
      html`${who} can use your access, if you were told so when you connected: they can read what the
      permissions of the consent page allow, and change it where those say so. They also see whether your
      connection works and how full your batteries are, and are told when a battery is low or silent, when
      your connection breaks or works again, and when you stop this or disconnect. They get no number, no
      e-mail address, no text and no refresh token from us. They have to tell you what they do with the rest.
      You can stop this on your personal page.`,
    nobody: 'It is never sold, and it is not shared.',
    nobodyElse: 'It is never sold, and it is not shared with anybody else.',
    handledBy:
      'Only companies without which the service cannot work handle it: Microsoft Azure, where it is stored and from where texts and e-mails are sent, and the companies that deliver them to your phone or mailbox. The people who look after you on the operator’s behalf, such as the staff of a study, see whether your connection works, how full your batteries are, when you were written to, and the notes that they write about it; they see neither your number or address in full nor your tokens. Nobody else reads it, except the operator when you ask for help, or when security or the law requires it. It is not used for advertising, credit or insurance, nor to train artificial intelligence.',
    google: (service: string, userData: (label: string) => Html, health: (label: string) => Html) =>
      html`${service}'s use and transfer to any other app of information received from Google APIs will adhere
      to the ${userData('Google API Services User Data Policy')}, including the Limited Use requirements, and
      to the ${health('Google Health API Developer and User Data Policy')}.`,
  },
  texts: {
    title: 'Text terms',
    onlyIfAsked: (service: string, sender: string | undefined) =>
      `${service} texts you${sender === undefined ? '' : ` from ${sender}`} only if you have asked for it: low-battery and connection alerts about your device, and sign-up codes.`,
    frequency: 'Message frequency varies, usually 2 to 10 a month. Message and data rates may apply.',
    emails:
      'E-mails come only if you have asked for them, too. Every alert has a link that ends them; your personal page has a button that begins them again.',
    replies: 'Reply STOP to end, START to begin again, HELP for help.',
    repliesOr: (contact: Html) =>
      html`Reply STOP to end, START to begin again, HELP for help, or ask ${contact}.`,
    noCondition:
      'Consent is not a condition of using this service. Carriers are not liable for delayed or lost texts.',
    neverSold:
      'Mobile numbers, e-mail addresses and your agreement to texts or e-mails are never sold, and never shared with third parties or affiliates for marketing or promotion.',
  },
  yours: {
    title: 'See, change, take along, end',
    page: (getLinkAgain: (label: string) => Html, providers: string) =>
      html`On your personal page you see what is stored, export it, change it, remove your number or address,
      or disconnect: we then give up our access to your account and delete everything that is kept until you
      disconnect. If the link to your page is lost, ${getLinkAgain('get it again')}. You can also remove the
      access at ${providers}, in your account's settings there.`,
    else: (contact: Html) => html`For anything else, such as a correction or a complaint: ${contact}.`,
    whoGaveAddress: 'ask the person who gave you the address of this service',
    changed: (month: string) => `Last changed in ${month}.`,
  },
};
