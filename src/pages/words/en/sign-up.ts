/** The form that a wearer begins with. Carriers and Google read it: a change of the consent to texts needs a new name, see pages/contact-fields.ts. */
import { html } from 'hono/html';
import type { Html } from '../../html';

export const signUp = {
  title: 'Connect your tracker',
  intro: 'A text before your tracker runs flat.',
  provider: 'Your account is with',
  invite: 'Invite code',
  inviteHint: 'Ask the operator of this service for it.',
  inviteUnknown: 'This invite code is not known. Please check it.',
  inviteUsed:
    'This invitation has expired or was used already. Please ask the person who sent it to you for a new one.',
  number: 'Mobile number (optional)',
  numberHint: (defaultCountry: string) => `Without a country code: ${defaultCountry}.`,
  numberMissing: 'Please enter the number for your texts, or untick the box below.',
  agree: (service: string) =>
    `I agree to receive recurring automated texts from ${service} at this number: low-battery and connection alerts about my device, and sign-up codes.`,
  /** What the field of that box is called in a list of errors. */
  agreeShort: 'Agreement to texts',
  terms: (privacy: (label: string) => Html) =>
    html`Message frequency varies, usually 2 to 10 a month. Message and data rates may apply. Reply STOP to
    end, HELP for help. Consent is not a condition of using this service. ${privacy('Privacy and text terms')}`,
  noTexts: 'Texts are not set up here yet. Connect now, and add your number later on your personal page.',
  reads:
    'We read your devices, battery levels, time zone and account id, to keep the connection and to write to you.',
  usedOnly: 'It is used for nothing else, and never sold or shared.',
  shared: (who: Html) =>
    html`Your access is shared with ${who}: they can do what you allow on the next page. You can end that at
    any time.`,
  sharedNoFurther: 'It is never sold, and shared with nobody else.',
  more: 'More about what you allow',
  further:
    'If the next page asks for further permissions, the operator has added them; you can refuse them there.',
  stored: 'It is stored in the Microsoft Azure account of the operator of this service.',
  end: (providers: string, privacy: (label: string) => Html) =>
    html`You can end it at any time, on your personal page or at ${providers}. ${privacy('All about privacy')}`,
  otherLanguage: 'Another language',
  go: 'Continue',
  goTo: (provider: string) => `Continue to ${provider}`,
  embedded: {
    title: 'Please open this page in Safari or Chrome',
    why: 'Google refuses to sign people in inside the built-in browser of an app. This is the address to copy:',
  },
  notConfigured: {
    title: 'Not set up yet',
    why: 'Nobody can sign up yet. The operator of this service still has to do this:',
  },
};
