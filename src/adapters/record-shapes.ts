/**
 * How the fields of records look at rest: JSON with ISO times. This is where secrets are revealed to be stored (Key Vault) and
 * phone numbers to be kept (Tables).
 */
import * as z from 'zod';
import * as model from '../model';
import { Secret } from '../secret';

const time = z.codec(z.iso.datetime(), z.number(), {
  decode: (text) => Date.parse(text),
  encode: (ms) => new Date(ms).toISOString(),
});
const secret = z.codec(z.string(), z.instanceof(Secret), {
  decode: (text) => new Secret(text),
  encode: (value) => value.reveal(),
});
const provider = z.enum(model.providerIds);
const position = { consent: z.int().positive(), generation: z.int().positive() };

/** At rest the batch is called `set`: an older release that runs beside this one reads and writes it so. */
const replaysFor = z.codec(
  z.object({ ...position, set: z.string() }),
  z.object({ ...position, batch: z.string() }),
  {
    decode: ({ set: batch, ...at }) => ({ ...at, batch }),
    encode: ({ batch: set, ...at }) => ({ ...at, set }),
  },
);

const textConsent = z.object({ at: time, wording: z.string() });
const language = z.enum(model.languages);

export const tokenSetSchema = z.object({
  connection: z.string(),
  provider,
  ...position,
  accessToken: secret,
  refreshToken: secret,
  issuedAt: time,
  expiresAt: time,
  refreshExpiresAt: time.optional(),
  scopes: z.array(z.string()),
  providerUserId: z.string(),
  consentedAt: time.optional(),
  journalKey: secret.optional(),
});

export const preferencesSchema = z.looseObject({
  paused: z.boolean().optional(),
  threshold: z.number().optional(),
  criticalAt: z.number().optional(),
  remindEveryHours: z.number().optional(),
  tellRecovered: z.boolean().optional(),
  quietHours: z.object({ from: z.int(), to: z.int() }).optional(),
  timeZone: z.string().optional(),
  language: language.optional(),
  mutedDevices: z.array(z.string()).optional(),
  deviceNames: z.record(z.string(), z.string()).optional(),
});

/**
 * An older release did not store Never and No. It saved all settings at once, always with a threshold. So if there is a threshold, a
 * missing field means that the wearer chose Never or No; without one, the wearer never saved settings.
 */
const preferences = z.codec(preferencesSchema, preferencesSchema, {
  decode: (stored) =>
    stored.threshold === undefined ? stored : { remindEveryHours: 0, tellRecovered: false, ...stored },
  encode: (value) => value,
});

/** Two releases write it side by side while one replaces the other: what the older one does not know is kept. */
export const connectionSchema = z.looseObject({
  id: z.string(),
  provider,
  createdAt: time,
  label: z.string().optional(),
  outsideId: z.string().optional(),
  invite: z.string().optional(),
  returnTo: z.string().optional(),
  consentReserved: z.int().nonnegative(),
  pointer: z
    .object({
      ...position,
      secretVersion: z.string(),
      expiresAt: time,
      rotatedAt: time,
      consentedAt: time.optional(),
      refreshExpiresAt: time.optional(),
    })
    .optional(),
  lease: z.object({ owner: z.string(), until: time }).optional(),
  refusal: z.object({ ...position, firstAt: time, confirmedAt: time.optional() }).optional(),
  replaysFor: replaysFor.optional(),
  failedAttempt: z
    .object({
      at: time,
      code: z.string() as z.ZodType<model.FailedAttempt['code']>,
      retryAt: time.optional(),
    })
    .optional(),
  failingCheck: z
    .object({
      since: time,
      code: z.string() as z.ZodType<model.FailingCheck['code']>,
      codeSince: time,
      count: z.int().positive(),
      lastAt: time,
    })
    .optional(),
  retirement: z.object({ firstAt: time, confirmedAt: time.optional() }).optional(),
  rollover: z.object({ consent: z.int().positive(), follows: z.object(position) }).optional(),
  access: z.object({ ...position, issuedAt: time, expiresAt: time, sealed: z.string() }).optional(),
  refusedAccess: z.object({ ...position, issuedAt: time }).optional(),
  missingScopes: z.array(z.string()),
  sharedWith: z.string().optional(),
  phone: secret.optional(),
  numberDeadSince: time.optional(),
  textConsent: textConsent.optional(),
  confirmBy: time.optional(),
  timeZone: z.string().optional(),
  preferences: preferences.optional(),
  linkVersion: z.int().positive().optional(),
  failingSince: time.optional(),
  identities: z.array(z.string()).optional(),
  events: z
    .array(
      // A type that a later release knows must not make the record unreadable.
      model.connectionEvent.extend({ at: time, type: z.string() as z.ZodType<model.EventType> }),
    )
    .optional(),
  closedAt: time.optional(),
  revocation: z.object({ ...position, revoked: z.boolean() }).optional(),
  erasedAt: time.optional(),
});

export const identitySchema = z.object({ connection: z.string() });

export const loginSchema = z.object({
  provider,
  codeChallenge: z.string(),
  phone: secret.optional(),
  textConsent: textConsent.optional(),
  language: language.optional(),
  reconnects: z.string().optional(),
  sharedWith: z.string().optional(),
  linkVersion: z.int().positive().optional(),
  expiresAt: time,
  invite: z.string().optional(),
  consumedBy: z.string().optional(),
});

export const confirmationSchema = z.object({
  id: z.string(),
  connection: z.string(),
  linkVersion: z.int().positive().optional(),
  phone: secret,
  textConsent,
  language: language.optional(),
  expiresAt: time,
  codeNumber: z.int().nonnegative(),
  codeExpiresAt: time,
  triesLeft: z.int().nonnegative(),
  confirmedAt: time.optional(),
  isFormer: z.boolean().optional(),
});

export const linkSchema = z.object({
  connection: z.string(),
  linkVersion: z.int().positive(),
  usedAt: time.optional(),
});
export const numberSchema = z.object({ connection: z.string() });
export const optOutSchema = z.object({ at: time, stopped: z.boolean() });
export const consentSchema = z.object({
  connection: z.string(),
  at: time,
  wording: z.string(),
  endedAt: time.optional(),
});
export const counterSchema = z.object({ count: z.int().nonnegative(), window: z.string() });
const count = z.int().nonnegative();
export const campaignSchema = z.object({
  provider,
  startedAt: time,
  progress: z
    .object({ at: time, told: count, reminded: count, unreachable: count, waiting: count })
    .optional(),
});
export const inviteSchema = z.object({
  createdAt: time,
  expiresAt: time,
  label: z.string().optional(),
  outsideId: z.string().optional(),
  returnTo: z.string().optional(),
  uses: z.int().positive(),
  usedBy: z.array(z.string()),
});
export const readingSchema = z.object({ at: time, percent: z.number() });

export const keySchema = z.object({ secretVersion: z.string() });

export const deviceSchema = z.object({
  connection: z.string(),
  reading: z.object({
    device: z.string(),
    kind: z.enum(model.deviceKinds),
    model: z.string(),
    percent: z.number().optional(),
    word: z.enum(model.batteryWords).optional(),
    syncMark: z.string().optional(),
    syncedAt: time.optional(),
    syncedBefore: time.optional(),
  }),
  knownAs: z.string().optional(),
  number: z.int().positive().optional(),
  firstSeenAt: time,
  checkedAt: time,
  checkedSince: time.optional(),
  cycle: z.int().positive(),
  armed: z.boolean(),
  toldAt: time.optional(),
  criticalAt: time.optional(),
  reminders: z.int().positive().optional(),
  toldLevel: z.number().optional(),
  lowest: z.number().optional(),
  risenAt: time.optional(),
  doubted: z.boolean().optional(),
  silentAt: time.optional(),
  unseenAt: time.optional(),
  lowEventAt: time.optional(),
  silentEventAt: time.optional(),
  heard: z.boolean().optional(),
  goneAt: time.optional(),
});

export const messageSchema = z.object({
  id: z.string(),
  connection: z.string(),
  kind: z.enum(model.messageKinds),
  device: z.string().optional(),
  cycle: z.int().positive().optional(),
  createdAt: time,
  repeats: z.object({ id: z.string(), nth: z.int().positive() }).optional(),
  state: z.enum(model.messageStates),
  body: z.string().optional(),
  facts: z.object({
    model: z.string().optional(),
    isNamed: z.boolean().optional(),
    number: z.int().positive().optional(),
    percent: z.number().optional(),
    word: z.enum(model.batteryWords).optional(),
    hoursLeft: z.number().optional(),
    silentDays: z.number().optional(),
    since: time.optional(),
    help: z.enum(model.wearerHelps).optional(),
    provider: z.string().optional(),
    successor: z.string().optional(),
    alarm: z.string().optional(),
    count: count.optional(),
    codeNumber: z.int().optional(),
    linkVersion: z.int().optional(),
  }),
  firstSentAt: time.optional(),
  claimedUntil: time.optional(),
  claimedBy: z.string().optional(),
  smsId: z.string().optional(),
  failure: z.string().optional(),
  reportedAt: time.optional(),
  carrierSaid: z.string().optional(),
});

export const runSchema = z.object({
  kind: z.enum(model.runKinds),
  id: z.string(),
  startedAt: time,
  completedAt: time.optional(),
  count,
  previousCount: count.optional(),
  somebodyAt: time.optional(),
});

export const passSchema = z.object({
  name: z.string(),
  id: z.string(),
  startedAt: time,
  completedAt: time.optional(),
  positions: z.record(
    z.string(),
    z.union([z.literal('done'), z.object({ partition: z.string(), row: z.string() })]),
  ),
  counts: z.record(z.string(), count),
});

export const alarmSchema = z.object({
  name: z.enum(model.alarmNames),
  since: time,
  raisedBy: z.string().optional(),
  lastSeenAt: time,
  count: count.optional(),
  toldAt: time.optional(),
  endedAt: time.optional(),
});

export const sealedSchema = z.object({ ...position, sealed: z.string() });
