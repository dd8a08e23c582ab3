/** Messages to wearers and to the operator. */
import type { WearerHelp } from './connection';
import type { BatteryWord } from './device';
import type { ConnectionId, ProviderId } from './ids';

/** Wearers at a provider that goes away are asked to reconnect at its successor. */
export interface Campaign {
  readonly provider: ProviderId;
  readonly startedAt: number;
  /** As the last pass over all connections found it. */
  readonly progress?: CampaignProgress | undefined;
}

/** Counts the wearers who are still at the provider. */
export interface CampaignProgress {
  readonly at: number;
  readonly told: number;
  readonly reminded: number;
  /** No text reaches them: no number, or STOP. */
  readonly unreachable: number;
  /** Not told yet: it is night there, or the budget is used up. */
  readonly waiting: number;
}

export const messageKinds = [
  'low',
  'critical',
  'reminder',
  'recovered',
  'silent',
  'unseen',
  'reconnect',
  'check failing',
  'works again',
  'move',
  'code',
  'welcome',
  'link',
  'test',
  'help',
  'goodbye',
  'number removed',
  'new link',
  'connected again',
  'alarm',
  'alarm over',
] as const;

export type MessageKind = (typeof messageKinds)[number];

/** Stands for a connection in the messages to the operator. */
export const operatorId = 'operator';

/**
 * `pending`: waits to be sent. `claimed`: a worker is sending it. `refused`: Communication Services did not take it. `sent`: accepted by Communication Services, as far as we know. `delivered` and `failed`: what became of it, by the
 * carrier's report. `unknown`: perhaps received, never sent again. `dropped`: no longer true before it could
 * be sent, or after STOP, or beyond a limit.
 * `logged`: written to the log instead, in a dry run.
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

export interface MessageFacts {
  /** What the device is called. */
  readonly model?: string | undefined;
  /** The wearer gave it that name. */
  readonly isNamed?: boolean | undefined;
  /** Tells it from another device of the same name. */
  readonly number?: number | undefined;
  readonly percent?: number | undefined;
  readonly word?: BatteryWord | undefined;
  /** By the forecast: about as many hours are left. */
  readonly hoursLeft?: number | undefined;
  /** For how many days a device has not been heard of. */
  readonly silentDays?: number | undefined;
  /** A text about failing checks says since when, which names the episode, and what helps. */
  readonly since?: number | undefined;
  readonly help?: WearerHelp | undefined;
  /** A provider's name. */
  readonly provider?: string | undefined;
  /** The provider that follows it. */
  readonly successor?: string | undefined;
  readonly alarm?: string | undefined;
  /** How many connections an alarm concerns. */
  readonly count?: number | undefined;
  /** Names a code. The code itself is derived when the text is sent. */
  readonly codeNumber?: number | undefined;
  /** Names a personal link, which is derived in the same way. */
  readonly linkVersion?: number | undefined;
}

/** One SMS and its life. Its id is made from its cause, so the same cause can never make two. */
export interface Message {
  readonly id: string;
  readonly connection: ConnectionId;
  readonly kind: MessageKind;
  /** The device that a text about a battery or about silence is for. */
  readonly device?: string | undefined;
  readonly cycle?: number | undefined;
  readonly createdAt: number;
  /** It takes the place of a message that certainly did not arrive: of which one, and for which time. */
  readonly repeats?: { readonly id: string; readonly nth: number } | undefined;
  readonly state: MessageState;
  /** Fixed at the first claim: a repeat with another body would be another message. */
  readonly body?: string | undefined;
  /** The facts that the text is made of. */
  readonly facts: MessageFacts;
  readonly firstSentAt?: number | undefined;
  readonly claimedUntil?: number | undefined;
  readonly claimedBy?: string | undefined;
  /** The id that Communication Services gave it. */
  readonly smsId?: string | undefined;
  readonly failure?: string | undefined;
  /** When the carrier's report that decided the state was made. */
  readonly reportedAt?: number | undefined;
  /** A carrier's own words about a failure: plain, short, and without anything that could be a number. */
  readonly carrierSaid?: string | undefined;
}

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
