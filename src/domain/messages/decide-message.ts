/**
 * What becomes of a text that waits, judged by what is so now and not by what was so when it was recorded: it is dropped,
 * held, written to the log, or sent with the figures of now. Pure, like the decision of the rotation.
 */
import {
  messageRules,
  waitsForStart,
  type Device,
  type FailingCheck,
  type Message,
  type MessageState,
  type Policy,
} from '../../model';
import { levelNow, rulesFor, stillHolds, type AlertPolicy } from '../battery/battery-policy';
import { wearerHelpFor } from '../connection/failing-check';
import { nameFacts } from '../battery/device-name';
import { ageOf, isGapRecent, isMissing } from '../battery/silence';
import { deadSinceOf } from '../contact/address-of';
import { isQuietNow } from './quiet-hours';
import type { Recipient } from './record-message';

export type Decision =
  /** Not true any more, and never again. */
  | { readonly act: 'drop' }
  /** Perhaps later: judged again at every check. */
  | { readonly act: 'hold' }
  | { readonly act: 'log' | 'send'; readonly facts: Message['facts'] };

export interface Situation {
  readonly now: number;
  readonly policy: AlertPolicy & Pick<Policy, 'dryRun' | 'times'>;
  readonly recipient: Recipient;
  /** The number has answered STOP, or somebody has unsubscribed the address. */
  readonly isStopped: boolean;
  /** All that is recorded for the recipient. */
  readonly messages: readonly Message[];
  /** What is known of the device that the text is about, and its row. */
  readonly about?: { readonly device: Device | undefined; readonly row: string } | undefined;
  /** Whether a new consent is still needed, for a text that asks for one. */
  readonly isNeeded: boolean;
  /**
   * For a text about failing checks: the episode of now, and whether the operator is told of most connections, or the wearer
   * of something that comes first.
   */
  readonly checks?:
    { readonly failing: FailingCheck | undefined; readonly isOtherwiseTold: boolean } | undefined;
  /** Texts about silence wait, because many devices are silent. */
  readonly isOutage: boolean;
  /** Whether the alarm that a message tells goes on. */
  readonly isAlarmOn: boolean;
}

export function decideMessage(message: Message, situation: Situation): Decision {
  const { now, policy, recipient, isStopped } = situation;
  const { pausable, waitsForMorning, nobodyWaits } = messageRules[message.kind];
  if (isOver(message, situation)) return { act: 'drop' };
  // A text that nobody waits for stays due until an address is confirmed, or this one is heard of again.
  if (deadSinceOf(recipient) !== undefined) return { act: nobodyWaits ? 'hold' : 'drop' };
  const facts = factsNow(message, situation);
  const isHeld =
    (pausable && recipient.preferences?.paused === true) ||
    (waitsForMorning && isQuietNow(recipient, now)) ||
    // START, or another address, lets it go out if it is still true. Any other text is dropped by whoever sends it.
    (isStopped && waitsForStart(message.kind));
  if (!facts || isHeld) return { act: 'hold' };
  return { act: policy.dryRun && nobodyWaits ? 'log' : 'send', facts };
}

/** The person who asked for a text at a page has left the page by then. */
export const pageLeftMs = 3_600_000;

/** A digest that could not leave for so long is no news any more, and another one follows. */
const morningMs = 12 * 3_600_000;

/** Until a service has a number, or the role to text, alarms come and go for weeks: the operator is told of those that are on then. */
const alarmMs = 3_600_000;

function isOver(message: Message, situation: Situation): boolean {
  const { now, policy, recipient, messages, about, isNeeded, isAlarmOn, checks } = situation;
  const { kind, createdAt, cycle = 0, facts } = message;
  if (messageRules[kind].expiresWithPage && now - createdAt >= pageLeftMs) return true;
  if (about && recipient.preferences?.mutedDevices?.includes(about.row)) return true;
  if (about && !stillHolds(message, about.device, now)) return true;
  switch (kind) {
    case 'reconnect':
    case 'move':
      return !isNeeded;
    case 'check failing':
      return checks?.failing?.since !== facts.since;
    case 'works again':
      return !isLastSaid(messages, facts.since);
    case 'code': {
      const isOvertaken = messages.some(
        (other) => isWaiting(other) && (other.facts.codeNumber ?? 0) > (facts.codeNumber ?? 0),
      );
      return isOvertaken || now - createdAt >= policy.times.codeMs;
    }
    case 'digest':
      return now - createdAt >= morningMs;
    case 'alarm':
      // A repeat can be recorded after the end.
      return !isAlarmOn && (message.repeats !== undefined || now - createdAt >= alarmMs);
    case 'alarm over': {
      const { state, createdAt: raisedAt = now } = raisingOf(messages, message) ?? {};
      return state === 'dropped' || (state === 'pending' && now - raisedAt >= alarmMs);
    }
    case 'low':
      return wasTold(messages, message, cycle);
    case 'reminder':
      // It says "still": only to somebody who was told before, and not beside the text that it would repeat.
      return !wasTold(messages, message, cycle) || firstAlerts(messages, message, cycle).some(isWaiting);
    case 'recovered':
      return !wasTold(messages, message, cycle - 1);
    default:
      return false;
  }
}

/** The figures of now; `undefined` while what the text says is not so. */
function factsNow(message: Message, situation: Situation): Message['facts'] | undefined {
  const { kind, facts, cycle } = message;
  const { about, now, policy, recipient, messages, checks } = situation;
  if (kind === 'check failing') {
    const help = checks?.failing && wearerHelpFor(checks.failing.code);
    return help === undefined || checks?.isOtherwiseTold ? undefined : { ...facts, help };
  }
  if (kind === 'works again') return checks?.failing ? undefined : facts;
  const device = about?.device;
  // A device that does not know of the alert yet: its check died, or is about to write it down.
  if (!device || device.cycle !== cycle) return facts;
  if (isMissing(device, now)) return undefined;
  const name = nameFacts(recipient.preferences, about.row, device);
  switch (kind) {
    case 'low':
    case 'critical':
    case 'reminder': {
      const isUnwritten = kind === 'critical' ? device.toldCriticalAt === undefined : device.armed;
      if (isUnwritten) return facts;
      const rules = rulesFor(policy, recipient.preferences, device.reading, about.row);
      const level = levelNow(device, rules, now);
      if (level === undefined) return undefined;
      const isThere = (other: 'low' | 'critical') =>
        firstAlerts(messages, message, cycle).some((each) => each.kind === other && isWaiting(each));
      // Of the low and the critical text, the one that is true goes out.
      if (kind === 'low' && level === 'critical' && isThere('critical')) return undefined;
      const isLowKnown = isThere('low') || wasTold(messages, message, cycle);
      if (kind === 'critical' && level === 'low' && isLowKnown) return undefined;
      return { ...levelFacts(facts, device), ...name };
    }
    case 'recovered':
      return { ...levelFacts(facts, device), ...name };
    case 'silent':
    case 'unseen':
      if (situation.isOutage || isGapRecent(device, now)) return undefined;
      return { ...facts, ...name, silentDays: Math.floor(ageOf(device, now) / dayMs) };
    default:
      return facts;
  }
}

const dayMs = 24 * 3_600_000;

function levelFacts(facts: Message['facts'], { reading }: Device): Message['facts'] {
  const { percent, word } = reading;
  // The forecast began at the level of then.
  const hoursLeft = percent === facts.percent ? facts.hoursLeft : undefined;
  return { ...facts, percent, word, hoursLeft };
}

/** The last message that tells of the same alarm, by the same way, before the one that says that it is over. */
function raisingOf(messages: readonly Message[], over: Message): Message | undefined {
  return messages
    .filter(
      ({ kind, way, facts, createdAt }) =>
        kind === 'alarm' &&
        way === over.way &&
        facts.alarm === over.facts.alarm &&
        createdAt <= over.createdAt,
    )
    .sort((a, b) => b.createdAt - a.createdAt)[0];
}

/** The texts that a cycle of one battery begins with. */
function firstAlerts(messages: readonly Message[], { device }: Message, cycle: number): Message[] {
  return messages.filter(
    (other) =>
      (other.kind === 'low' || other.kind === 'critical') && other.device === device && other.cycle === cycle,
  );
}

/** The wearer has the text, or may have it. */
const told: readonly MessageState[] = ['claimed', 'sent', 'delivered', 'unknown', 'logged'];

function isWaiting({ state }: Message): boolean {
  return state === 'pending';
}

/** The wearer was told that the checks of this episode fail, and of no later one. */
function isLastSaid(messages: readonly Message[], since: number | undefined): boolean {
  const said = messages
    .filter(({ kind, state }) => kind === 'check failing' && told.includes(state))
    .map(({ facts }) => facts.since ?? 0);
  return since !== undefined && said.includes(since) && since === Math.max(...said);
}

function wasTold(messages: readonly Message[], message: Message, cycle: number): boolean {
  return firstAlerts(messages, message, cycle).some(({ state }) => told.includes(state));
}
