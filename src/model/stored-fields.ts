/**
 * What the shapes of records are made of. A shape says how a record is stored: as JSON, in which a time is an ISO text and a secret is
 * plain text. The type of the record is taken from its shape. adapters/records.ts writes and reads records.
 */
import * as z from 'zod';
import { Secret } from '../secret';

/** A record of this shape. Nothing changes one in place. */
export type RecordOf<Shape extends z.ZodType> = DeepReadonly<z.output<Shape>>;

export type DeepReadonly<T> = T extends Secret ? T : { readonly [Field in keyof T]: DeepReadonly<T[Field]> };

/** Milliseconds since 1970 (UTC). */
export const time = z.codec(z.iso.datetime(), z.number(), {
  decode: (text) => Date.parse(text),
  encode: (ms) => new Date(ms).toISOString(),
});
/** Token sets are stored in Key Vault, and phone numbers and e-mail addresses in Tables. */
export const secret = z.codec(z.string(), z.instanceof(Secret), {
  decode: (text) => new Secret(text),
  encode: (value) => value.reveal(),
});
export const count = z.int().nonnegative();
