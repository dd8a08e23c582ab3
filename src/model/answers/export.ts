/** Everything that the service stores about a wearer, as it gives it to the wearer. */
import * as z from 'zod';
import { batteryWords, deviceKinds } from '../device';
import { messageStates } from '../message';
import { messageKinds } from '../message-kinds';
import { languages } from '../wearer';
import { connection, provider } from './connection-answers';
import { count, time } from './shape';

const device = z.object({
  name: z.string().describe('The model.'),
  yourName: z.string().optional().describe('What you call it.'),
  kind: z.enum(deviceKinds),
  providerId: z.string().describe('The id of the device at the provider.'),
  percent: z.number().optional(),
  word: z.enum(batteryWords).optional(),
  syncedAt: time.optional(),
  checkedAt: time,
  readings: z.array(z.object({ at: time, percent: z.number() })),
});

const message = z.object({
  kind: z.enum(messageKinds),
  state: z.enum(messageStates),
  createdAt: time,
  sentAt: time.optional(),
  text: z.string().optional().describe('Where a link or a code stood, the text has a placeholder.'),
});

const minute = z.int().min(0).max(1439).describe('Minutes since midnight.');

const preferences = z.object({
  paused: z.boolean().optional(),
  threshold: z.number().optional(),
  criticalAt: z.number().optional(),
  remindEveryHours: z.number().optional(),
  tellRecovered: z.boolean().optional(),
  quietHours: z.object({ from: minute, to: minute }).optional(),
  timeZone: z.string().optional(),
  language: z.enum(languages).optional(),
  mutedDevices: z.array(z.string()).optional(),
  deviceNames: z.record(z.string(), z.string()).optional(),
});

const account = z.union([
  z.object({ id: z.string().describe('Your id at the provider.'), scopes: z.array(z.string()) }),
  z.object({ unknown: z.string().describe('Why the account could not be read.') }),
]);

export const exported = z.object({
  exportedAt: time,
  connection: z.object({
    id: connection,
    provider,
    createdAt: time,
    lastRotatedAt: time.optional(),
    consentedAt: time.optional(),
    accessEndsAt: time.optional(),
    permissionsNotGiven: z.array(z.string()),
    sharedWith: z.string().optional(),
    operatorsLabel: z.string().optional(),
    operatorsId: z.string().optional(),
    site: z.string().optional(),
    staffNote: z.object({ text: z.string(), at: time, by: z.string() }).optional(),
    contactedByStaff: z.object({ at: time, by: z.string() }).optional(),
    cameFrom: z.string().optional(),
    failingSince: time.optional(),
    batteriesUnreadableSince: time.optional(),
    hashesOfYourAccount: z.array(z.string()).optional(),
    linkVersion: count,
    linkReplacedAt: time.optional(),
  }),
  account: account.optional(),
  number: z.string().optional(),
  numberDoesNotExistSince: time.optional(),
  email: z.string().optional(),
  emailDoesNotExistSince: time.optional(),
  saidStop: z.boolean().optional(),
  consentToTexts: z.object({ at: time, wording: z.string() }).optional(),
  proofsOfConsent: z.array(z.object({ at: time, wording: z.string(), endedAt: time.optional() })),
  numbersEntered: z
    .array(
      z.object({
        number: z.string().optional(),
        email: z.string().optional(),
        confirmedAt: time.optional(),
        forgottenAt: time,
        isFormer: z.boolean().optional(),
      }),
    )
    .describe('In the last day, confirmed or not.'),
  timeZone: z.string().optional(),
  preferences: preferences.optional(),
  devices: z.array(device),
  messages: z.array(message),
});
