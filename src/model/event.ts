/** What happens to a connection and its batteries, as the platform that it is shared with is told by webhook. */
import * as z from 'zod';
import type { BatteryWord } from './device';
import { count, time, type RecordOf } from './stored-fields';
import { connectionId } from './ids';

export const eventTypes = [
  'connection.created',
  'connection.reconnect_required',
  'connection.restored',
  'connection.closed',
  'connection.sharing_ended',
  'battery.low',
  'battery.silent',
] as const;

export type EventType = (typeof eventTypes)[number];

const eventData = z.object({
  connection: connectionId,
  label: z.string().nullable(),
  outsideId: z.string().nullable(),
  provider: z.string(),
  /** What became of the connection; absent where the event is about a battery. */
  state: z.string().optional(),
  /** The device that the event is about. */
  device: z
    .object({
      model: z.string(),
      percent: z.number().nullable(),
      word: z.string().nullable() as z.ZodType<BatteryWord | null>,
      syncedAt: z.string().nullable(),
    })
    .optional(),
});

/** What a platform gets to know: never a number, a token, or a name that a wearer gave a device. */
export type EventData = Readonly<z.output<typeof eventData>>;

export const connectionEvent = z.object({
  /** The header `webhook-id`: the same however often, and to however many addresses, it is sent. */
  id: z.string().regex(/^[\w-]{1,64}$/),
  type: z.enum(eventTypes),
  at: z.number(),
  data: eventData,
});

export type ConnectionEvent = Readonly<z.output<typeof connectionEvent>>;

/** An event that an address did not take for as long as it was tried: nobody sends it again. It says nothing about a person. */
export interface UndeliveredEvent extends RecordOf<typeof undeliveredEventShape> {}
export const undeliveredEventShape = z.object({
  event: z.string(),
  type: z.enum(eventTypes),
  at: time,
  connection: z.string(),
  /** Scheme, host and port. */
  address: z.string(),
  attempts: count,
  /** What the last attempt came to, and the status of an answer. */
  outcome: z.string(),
  status: count.optional(),
  givenUpAt: time,
});
