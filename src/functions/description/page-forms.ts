/** The fields of forms and the parameters of addresses, for the description of the HTTP API. Pages read them one by one. */
import * as z from 'zod';
import { choices, languages, providerIds } from '../../model/index';

const language = z.enum(languages).optional().describe('The language of the page.');
const yes = z.literal('yes').optional();
const phone = z.string().optional().describe('A mobile number as people write it.');
const invite = z.string().optional().describe('The invite code, or the code of an invite.');
const shared = z
  .string()
  .optional()
  .describe('With whom the access is shared, as the page said; nobody if it is absent.');
const address = {
  way: z
    .enum(['sms', 'email'])
    .optional()
    .describe('Which of the two fields counts, where both are filled in.'),
  phone,
  email: z.string().optional().describe('An e-mail address.'),
};
const addressAndConsent = {
  ...address,
  agree: yes.describe('The wearer agrees to texts.'),
  agreeToMails: yes.describe('The wearer agrees to e-mails.'),
};

export const pageQuery = z.object({ language });
export const signUpQuery = pageQuery.extend({ invite });

export const signUpForm = z.object({
  ...addressAndConsent,
  provider: z.enum(providerIds).optional(),
  language: z.enum(languages).or(z.literal('')).optional(),
  invite,
  shared,
});

export const callbackQuery = z.object({
  state: z.string().optional().describe('What the service gave the browser along; it works once.'),
  code: z.string().optional().describe('What the provider exchanges for tokens.'),
  error: z.string().optional().describe('Why the wearer or the provider refused.'),
  iss: z.string().optional().describe('The issuer, where the provider names it.'),
});

export const confirmForm = z.object({
  action: z.enum(['confirm', 'resend', 'skip']),
  code: z.string().optional().describe('The six digits that were texted.'),
});

export const unsubscribeQuery = pageQuery.extend({
  again: yes.describe('The e-mails begin again.'),
});
export const unsubscribeForm = z.object({
  'List-Unsubscribe': z.literal('One-Click').optional().describe('As mail providers send it.'),
});

export const linkForm = z.object(address);

const { threshold, criticalAt } = choices;
const percent = ({ least, most }: { readonly least: number; readonly most: number }) =>
  z.string().optional().describe(`Percent, from ${least} to ${most}.`);
const minute = z.string().optional().describe('A time such as `22:00`.');

export const personalForm = z.object({
  action: z.enum([
    'settings',
    'pause',
    'resume',
    'mute',
    'unmute',
    'name',
    'test',
    'number',
    'no-texts',
    'begin-again',
    'reconnect',
    'end-sharing',
    'new-link',
    'disconnect',
  ]),
  device: z.string().optional().describe('Which device to mute or to name.'),
  name: z.string().optional().describe('What the wearer calls the device.'),
  ...addressAndConsent,
  provider: z.enum(providerIds).optional(),
  shared,
  sure: yes.describe('The wearer wants to disconnect.'),
  mark: z
    .string()
    .optional()
    .describe(
      'Comes with the page. By it the service recognises a form that is sent twice, where the first time has ended the link.',
    ),
  threshold: percent(threshold),
  criticalAt: percent(criticalAt),
  remindEveryHours: z.enum(choices.remindEveryHours.map(String)).optional(),
  tellRecovered: yes,
  quiet: yes,
  quietFrom: minute,
  quietTo: minute,
  timeZone: z.string().optional().describe('An IANA name; empty for that of the provider.'),
  language: z.enum(languages).or(z.literal('')).optional(),
});

export const boardForm = z.object({
  action: z.enum(['note', 'contacted', 'check', 'rotate', 'link', 'pause', 'resume', 'site', 'end']),
  note: z.string().optional().describe('Up to 500 characters; without any the note goes.'),
  site: z.string().optional().describe('Where the wearer takes part; nowhere if it is empty.'),
  sure: yes.describe('The connection is to be ended.'),
});
