/** Messages to wearers, to coordinators and to the operator. */
import * as z from 'zod';
import { wearerHelps } from './connection';
import { batteryWords } from './device';
import { count, time, type RecordOf } from './stored-fields';
import { providerId } from './ids';
import { messageKinds } from './message-kinds';

/** Counts the wearers who are still at the provider. */
export interface CampaignProgress extends RecordOf<typeof campaignProgressShape> {}
export const campaignProgressShape = z.object({
  at: time,
  told: count,
  reminded: count,
  /** No text reaches them: no address, or STOP. */
  unreachable: count,
  /** Not told yet: it is night there, or the budget is used up. */
  waiting: count,
});

/** Wearers at a provider that goes away are asked to reconnect at its successor. */
export interface Campaign extends RecordOf<typeof campaignShape> {}
export const campaignShape = z.object({
  provider: providerId,
  startedAt: time,
  /** As the last pass over all connections found it. */
  progress: campaignProgressShape.optional(),
});

/** Stands for a connection in the messages to the operator. */
export const operatorId = 'operator';

/**
 * In the order of a message's life:
 *
 * - `pending`: it waits to be sent.
 * - `claimed`: a worker is sending it.
 * - `sent`: Communication Services accepted it, as far as we know.
 * - `delivered`, `failed`: what became of it, by the carrier's report.
 * - `refused`: Communication Services did not take it.
 * - `unknown`: it was perhaps received, and is never sent again.
 * - `dropped`: it was no longer true before it could be sent, came after STOP, or was beyond a limit.
 * - `logged`: it was written to the log instead, in a dry run.
 */
export const messageStates = [
  'pending',
  'claimed',
  'sent',
  'delivered',
  'failed',
  'refused',
  'unknown',
  'dropped',
  'logged',
] as const;

export type MessageState = (typeof messageStates)[number];

export interface MessageFacts extends RecordOf<typeof messageFactsShape> {}
export const messageFactsShape = z.object({
  /** What the device is called. */
  model: z.string().optional(),
  /** The wearer gave it that name. */
  isNamed: z.boolean().optional(),
  /** Tells it from another device of the same name. */
  number: z.int().positive().optional(),
  percent: z.number().optional(),
  word: z.enum(batteryWords).optional(),
  /** By the forecast: about as many hours are left. */
  hoursLeft: z.number().optional(),
  /** For how many days a device has not been heard of. */
  silentDays: z.number().optional(),
  /** A text about failing checks says since when, which names the episode, and what helps. */
  since: time.optional(),
  help: z.enum(wearerHelps).optional(),
  /** A provider's name. */
  provider: z.string().optional(),
  /** The provider that follows it. */
  successor: z.string().optional(),
  alarm: z.string().optional(),
  /** How many connections an alarm concerns. */
  count: count.optional(),
  /** All of a digest, written when it was recorded: the board is another one by the time it leaves. */
  letter: z.object({ subject: z.string(), body: z.string() }).optional(),
  /** Names a code. The code itself is derived when the text is sent. */
  codeNumber: z.int().optional(),
  /** Names a personal link, which is derived in the same way. */
  linkVersion: z.int().optional(),
});

/** How a message is sent where it is not a text. */
const messageWays = ['email'] as const;

/** One SMS or e-mail and its life. Its id is made from its cause, so the same cause can never make two. */
export interface Message extends RecordOf<typeof messageShape> {}
export const messageShape = z.object({
  id: z.string(),
  connection: z.string(),
  kind: z.enum(messageKinds),
  /** Absent: as an SMS. That of a message to a wearer is fixed at the first claim. */
  way: z.enum(messageWays).optional(),
  /** The device that a text about a battery or about silence is for. */
  device: z.string().optional(),
  cycle: z.int().positive().optional(),
  createdAt: time,
  /** It takes the place of a message that certainly did not arrive: of which one, and for which time. */
  repeats: z.object({ id: z.string(), nth: z.int().positive() }).optional(),
  state: z.enum(messageStates),
  /** Fixed at the first claim: a repeat with another body would be another message. */
  body: z.string().optional(),
  /** The subject of an e-mail, fixed in the same way. */
  subject: z.string().optional(),
  /** The facts that the text is made of. */
  facts: messageFactsShape,
  firstSentAt: time.optional(),
  claimedUntil: time.optional(),
  claimedBy: z.string().optional(),
  /** A keyed hash of the address that the claim is for: a repeat to another one would be another message. */
  claimedFor: z.string().optional(),
  /** Since when Communication Services answer that there are too many. */
  turnedAwayAt: time.optional(),
  /** The id that Communication Services gave it. */
  smsId: z.string().optional(),
  failure: z.string().optional(),
  /** When the carrier's report that decided the state was made. */
  reportedAt: time.optional(),
  /** A carrier's own words about a failure: plain, short, and without anything that could be a number. */
  carrierSaid: z.string().optional(),
});

/** Why a text did not arrive, in words of ours: a carrier's own may hold anything. */
export type DeliveryFailure =
  | 'OPTED_OUT'
  | 'SENDER_NOT_VERIFIED'
  | 'NO_SUCH_NUMBER'
  | 'UNREACHABLE'
  | 'TOO_MANY'
  | 'REFUSED_BY_CARRIER'
  | 'TRY_LATER'
  | 'OTHER';

/** The same for an e-mail. */
export type MailFailure = 'BOUNCED' | 'SUPPRESSED' | 'TAKEN_FOR_SPAM' | 'OTHER';
