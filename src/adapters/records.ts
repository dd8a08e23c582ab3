/** Records to and from JSON text with a version. An older version is read here when there is one. */
import * as z from 'zod';
import { AppError } from '../errors';
import type * as model from '../model';
import * as shapes from './record-shapes';

/** Which version of a key in the vault counts, for every instance. */
export interface KeyChoice {
  readonly secretVersion: string;
}

/** A journal row: a token set that only the previous one can open. */
export interface SealedTokenSet extends model.Position {
  readonly sealed: string;
}

/** To and from JSON text. */
export interface RecordFormat<T> {
  /** What a person would call such a record. */
  readonly name: string;
  encode(value: T): string;
  /** @throws AppError `RECORD_UNREADABLE`, naming the record and never its content */
  decode(text: string): T;
}

const version = 1;
const envelope = z.looseObject({ version: z.literal(version) });

function format<T>(name: string, schema: z.ZodType<T>): RecordFormat<T> {
  // It would take the place of the record's own version.
  if (schema instanceof z.ZodObject && 'version' in schema.shape) {
    throw new Error(`A ${name} may not have a field named version.`);
  }
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
      const parsed = envelope.safeParse(stored);
      const { version: _, ...fields } = parsed.data ?? {};
      const decoded = parsed.success ? z.safeDecode(schema, fields as never) : undefined;
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

export const tokenSetFormat: RecordFormat<model.TokenSet> = format('token set', shapes.tokenSetSchema);
export const connectionFormat: RecordFormat<model.Connection> = format('connection', shapes.connectionSchema);
export const identityFormat: RecordFormat<model.Identity> = format('identity', shapes.identitySchema);
export const loginFormat: RecordFormat<model.PendingLogin> = format('pending login', shapes.loginSchema);
export const confirmationFormat: RecordFormat<model.Confirmation> = format(
  'confirmation',
  shapes.confirmationSchema,
);
export const linkFormat: RecordFormat<model.PersonalLink> = format('personal link', shapes.linkSchema);
export const numberFormat: RecordFormat<model.NumberUse> = format('number', shapes.numberSchema);
export const optOutFormat: RecordFormat<model.OptOut> = format('opt-out', shapes.optOutSchema);
export const consentFormat: RecordFormat<model.TextConsentProof> = format(
  'consent to texts',
  shapes.consentSchema,
);
export const counterFormat: RecordFormat<model.Counter> = format('counter', shapes.counterSchema);
export const campaignFormat: RecordFormat<model.Campaign> = format('campaign', shapes.campaignSchema);
export const inviteFormat: RecordFormat<model.Invite> = format('invite', shapes.inviteSchema);
export const readingFormat: RecordFormat<model.StoredReading> = format('reading', shapes.readingSchema);
export const keyFormat: RecordFormat<KeyChoice> = format('key', shapes.keySchema);
export const deviceFormat: RecordFormat<model.Device> = format('device', shapes.deviceSchema);
export const messageFormat: RecordFormat<model.Message> = format('message', shapes.messageSchema);
export const runFormat: RecordFormat<model.Run> = format('run', shapes.runSchema);
export const passFormat: RecordFormat<model.Pass> = format('pass', shapes.passSchema);
export const alarmFormat: RecordFormat<model.Alarm> = format('alarm', shapes.alarmSchema);
export const sealedFormat: RecordFormat<SealedTokenSet> = format('journal row', shapes.sealedSchema);
