/**
 * How records look at rest: JSON with ISO times and a version. This is where secrets are revealed to be stored
 * (Key Vault) and phone numbers to be kept (Tables). An older version is read here when there is one.
 */
import { z } from 'zod';
import { AppError } from '../errors';
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

const tokenSetSchema = z.object({
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

const connectionSchema = z.object({
  id: z.string(),
  provider,
  createdAt: time,
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
  failedAttempt: z
    .object({
      at: time,
      code: z.string() as z.ZodType<model.FailedAttempt['code']>,
      retryAt: time.optional(),
    })
    .optional(),
  missingScopes: z.array(z.string()),
  phone: secret.optional(),
  timeZone: z.string().optional(),
  failingSince: time.optional(),
  closedAt: time.optional(),
});

const identitySchema = z.object({ connection: z.string() });

const loginSchema = z.object({
  provider,
  codeChallenge: z.string(),
  phone: secret.optional(),
  expiresAt: time,
  consumedBy: z.string().optional(),
});

const deviceSchema = z.object({
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
  firstSeenAt: time,
  checkedAt: time,
  cycle: z.int().positive(),
  armed: z.boolean(),
});

const messageSchema = z.object({
  id: z.string(),
  connection: z.string(),
  kind: z.enum(model.messageKinds),
  device: z.string().optional(),
  cycle: z.int().positive().optional(),
  createdAt: time,
  state: z.enum(model.messageStates),
  body: z.string().optional(),
  facts: z.object({
    model: z.string().optional(),
    percent: z.number().optional(),
    word: z.enum(model.batteryWords).optional(),
    provider: z.string().optional(),
    alarm: z.string().optional(),
  }),
  firstSentAt: time.optional(),
  claimedUntil: time.optional(),
  claimedBy: z.string().optional(),
  smsId: z.string().optional(),
  failure: z.string().optional(),
});

const runSchema = z.object({
  kind: z.enum(['rotate-token', 'check-battery']),
  id: z.string(),
  startedAt: time,
  completedAt: time.optional(),
  count: z.int().nonnegative(),
});

const alarmSchema = z.object({
  name: z.enum(model.alarmNames),
  since: time,
  lastSeenAt: time,
  endedAt: time.optional(),
});

/** A journal row: a token set that only the previous one can open. */
export interface SealedTokenSet extends model.Position {
  readonly sealed: string;
}
const sealedSchema = z.object({ ...position, sealed: z.string() });

/** To and from JSON text. */
export interface RecordFormat<T> {
  /** What a person would call such a record. */
  readonly name: string;
  encode(value: T): string;
  /** @throws AppError `RECORD_UNREADABLE`, naming the record and never its content */
  decode(text: string): T;
}

const version = 1;

function format<T>(name: string, schema: z.ZodType<T>): RecordFormat<T> {
  return {
    name,
    encode: (value) => JSON.stringify({ version, ...(z.encode(schema, value) as object) }),
    decode: (text) => {
      let stored: unknown;
      try {
        stored = JSON.parse(text);
      } catch {
        stored = undefined;
      }
      const parsed = z.object({ version: z.literal(version) }).safeParse(stored);
      const decoded = parsed.success ? z.safeDecode(schema, stored as never) : undefined;
      if (!decoded?.success) {
        throw new AppError(
          'RECORD_UNREADABLE',
          `A stored ${name} has a shape that this version cannot read.`,
        );
      }
      return decoded.data;
    },
  };
}

export const tokenSetFormat: RecordFormat<model.TokenSet> = format('token set', tokenSetSchema);
export const connectionFormat: RecordFormat<model.Connection> = format('connection', connectionSchema);
export const identityFormat: RecordFormat<model.Identity> = format('identity', identitySchema);
export const loginFormat: RecordFormat<model.PendingLogin> = format('pending login', loginSchema);
export const deviceFormat: RecordFormat<model.Device> = format('device', deviceSchema);
export const messageFormat: RecordFormat<model.Message> = format('message', messageSchema);
export const runFormat: RecordFormat<model.Run> = format('run', runSchema);
export const alarmFormat: RecordFormat<model.Alarm> = format('alarm', alarmSchema);
export const sealedFormat: RecordFormat<SealedTokenSet> = format('journal row', sealedSchema);
