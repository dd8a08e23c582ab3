/** What each kind of text is like. A new kind has to say it here. */
import type { MessageKind } from '../../model';

export interface KindRules {
  /** Nobody stands at a page and waits for it: in a dry run it is written to the log instead. */
  readonly unasked: boolean;
  /** Nobody is woken by it. */
  readonly waitsForMorning: boolean;
  /** About a battery: not sent while the wearer has paused those. */
  readonly pausable: boolean;
  /** The level of one battery: while it is not so, the text waits, also for a START after STOP. */
  readonly level: boolean;
  /** Its record stays for as long as the connection: without it the same cause would text again. */
  readonly lasting: boolean;
  /** Not sent any more to somebody who has long gone from the page that asked for it. */
  readonly askedFor: boolean;
  /** Who can make it be sent by what they do at a page, and takes from their part of the budgets. */
  readonly pool?: 'strangers' | 'wearers';
  /** It follows from something else that strangers do: only when it is sent it counts against their limits, and it is left out beyond them. */
  readonly countedLate?: boolean;
}

const plain: KindRules = {
  unasked: false,
  waitsForMorning: false,
  pausable: false,
  level: false,
  lasting: false,
  askedFor: false,
};
const battery: KindRules = { ...plain, unasked: true, waitsForMorning: true, pausable: true };
const level: KindRules = { ...battery, level: true };
const aboutConnection: KindRules = { ...plain, unasked: true, waitsForMorning: true };
const askedFor: KindRules = { ...plain, askedFor: true, pool: 'wearers' };
const provoked: KindRules = { ...plain, pool: 'strangers' };

export const kindRules: Readonly<Record<MessageKind, KindRules>> = {
  low: level,
  critical: level,
  reminder: level,
  recovered: level,
  silent: battery,
  unseen: battery,
  // They have time for months.
  reconnect: { ...aboutConnection, lasting: true },
  'check failing': { ...aboutConnection, lasting: true },
  'works again': aboutConnection,
  move: { ...aboutConnection, lasting: true },
  code: provoked,
  welcome: { ...provoked, countedLate: true },
  link: askedFor,
  test: askedFor,
  help: askedFor,
  goodbye: { ...provoked, countedLate: true },
  // They go to whoever runs the service.
  alarm: plain,
  'alarm over': plain,
};
