/**
 * Records to and from JSON text with a version. The model has the shape of each; what differs at rest for the sake of an older
 * release is here, and an older version is read here when there is one.
 */
import * as z from 'zod';
import { AppError } from '../errors';
import * as model from '../model';
import type { RecordOf } from '../model/stored-fields';

/** Which version of a key in the vault counts, for every instance. */
export interface KeyChoice extends RecordOf<typeof keyShape> {}
const keyShape = z.object({ secretVersion: z.string() });

/** A journal row: a token set that only the previous one can open. */
export interface SealedTokenSet extends RecordOf<typeof sealedShape> {}
const sealedShape = model.positionShape.extend({ sealed: z.string() });

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

/** At rest the batch is called `set`: an older release that runs beside this one reads and writes it so. */
const replaysFor = z.codec(model.positionShape.extend({ set: z.string() }), model.replaysForShape, {
  decode: ({ set: batch, ...at }) => ({ ...at, batch }),
  encode: ({ batch: set, ...at }) => ({ ...at, set }),
});

const loosePreferences = model.preferencesShape.loose();

/**
 * An older release did not store Never and No. It saved all settings at once, always with a threshold. So if there is a threshold, a
 * missing field means that the wearer chose Never or No; without one, the wearer never saved settings.
 */
const preferences = z.codec(loosePreferences, loosePreferences, {
  decode: (stored) =>
    stored.threshold === undefined ? stored : { remindEveryHours: 0, tellRecovered: false, ...stored },
  encode: (value) => value,
});

/** At rest the time of the critical alert has the name that an older release gives it. */
const storedDevice = model.deviceShape
  .omit({ toldCriticalAt: true })
  .extend({ criticalAt: model.deviceShape.shape.toldCriticalAt });
const device = z.codec(storedDevice, z.custom<z.output<typeof model.deviceShape>>(), {
  decode: ({ criticalAt, ...others }) =>
    criticalAt === undefined ? others : { ...others, toldCriticalAt: criticalAt },
  encode: ({ toldCriticalAt, ...others }) =>
    toldCriticalAt === undefined ? others : { ...others, criticalAt: toldCriticalAt },
});

/** Two releases write it side by side while one replaces the other: what the older one does not know is kept. */
const connection = model.connectionShape
  .extend({ replaysFor: replaysFor.optional(), preferences: preferences.optional() })
  .loose();

export const tokenSetFormat: RecordFormat<model.TokenSet> = format('token set', model.tokenSetShape);
export const connectionFormat: RecordFormat<model.Connection> = format('connection', connection);
export const identityFormat: RecordFormat<model.Identity> = format('identity', model.identityShape);
export const loginFormat: RecordFormat<model.PendingLogin> = format('pending login', model.pendingLoginShape);
export const confirmationFormat: RecordFormat<model.Confirmation> = format(
  'confirmation',
  model.confirmationShape,
);
export const linkFormat: RecordFormat<model.PersonalLink> = format('personal link', model.personalLinkShape);
export const numberFormat: RecordFormat<model.NumberUse> = format('number', model.numberUseShape);
export const optOutFormat: RecordFormat<model.OptOut> = format('opt-out', model.optOutShape);
export const consentFormat: RecordFormat<model.TextConsentProof> = format(
  'consent to texts',
  model.textConsentProofShape,
);
export const counterFormat: RecordFormat<model.Counter> = format('counter', model.counterShape);
export const campaignFormat: RecordFormat<model.Campaign> = format('campaign', model.campaignShape);
export const inviteFormat: RecordFormat<model.Invite> = format('invite', model.inviteShape);
export const readingFormat: RecordFormat<model.StoredReading> = format('reading', model.storedReadingShape);
export const keyFormat: RecordFormat<KeyChoice> = format('key', keyShape);
export const deviceFormat: RecordFormat<model.Device> = format('device', device);
export const messageFormat: RecordFormat<model.Message> = format('message', model.messageShape);
export const runFormat: RecordFormat<model.Run> = format('run', model.runShape);
export const passFormat: RecordFormat<model.Pass> = format('pass', model.passShape);
export const alarmFormat: RecordFormat<model.Alarm> = format('alarm', model.alarmShape);
export const undeliveredFormat: RecordFormat<model.UndeliveredEvent> = format(
  'undelivered event',
  model.undeliveredEventShape,
);
export const digestFormat: RecordFormat<model.DigestMark> = format('mark of a digest', model.digestMarkShape);
export const boardFormat: RecordFormat<model.BoardRow> = format('row of the board', model.boardRowShape);
export const sealedFormat: RecordFormat<SealedTokenSet> = format('journal row', sealedShape);
