/** What each kind of text is like. A new kind has to say it here. */
import type { MessageKind } from '../../model';

export interface KindRules {
  /** Nobody waits for it at a page: in a dry run it is written to the log, and it stays due while the number does not exist. */
  readonly nobodyWaits: boolean;
  /** Nobody is woken by it. */
  readonly waitsForMorning: boolean;
  /** About a battery: not sent while the wearer has paused those. */
  readonly pausable: boolean;
  /** It names the level of a battery. The text waits while the level is another, and after STOP it waits for START. */
  readonly level: boolean;
  /** It is still due after a report that says for certain that it did not arrive. */
  readonly repeated: boolean;
  /** Its record stays for as long as the connection: without it the same cause would text again. */
  readonly lasting: boolean;
  /** It is dropped after an hour, because whoever asked for it has left the page by then. */
  readonly expiresWithPage: boolean;
  /** The part of the budgets that it is taken from: what strangers cause, what wearers ask for, or notices of a change. */
  readonly pool?: 'strangers' | 'wearers' | 'notices';
  /** It follows from something that strangers do. It counts against their limits when it is sent; beyond the limits it is dropped. */
  readonly countedLate?: boolean;
}

const plain: KindRules = {
  nobodyWaits: false,
  waitsForMorning: false,
  pausable: false,
  level: false,
  repeated: false,
  lasting: false,
  expiresWithPage: false,
};
const battery: KindRules = { ...plain, nobodyWaits: true, waitsForMorning: true, pausable: true };
const level: KindRules = { ...battery, level: true };
const aboutConnection: KindRules = { ...plain, nobodyWaits: true, waitsForMorning: true };
const repeated = { repeated: true } as const;
const askedFor: KindRules = { ...plain, expiresWithPage: true, pool: 'wearers' };
/** Somebody may just be taking a connection over: it is told at once. */
const notice: KindRules = { ...plain, nobodyWaits: true, pool: 'notices' };
const provoked: KindRules = { ...plain, pool: 'strangers' };

export const kindRules: Readonly<Record<MessageKind, KindRules>> = {
  low: { ...level, ...repeated },
  critical: { ...level, ...repeated },
  reminder: level,
  recovered: level,
  silent: { ...battery, ...repeated },
  unseen: { ...battery, ...repeated },
  // They have time for months.
  reconnect: { ...aboutConnection, ...repeated, lasting: true },
  'check failing': { ...aboutConnection, ...repeated, lasting: true },
  'works again': aboutConnection,
  move: { ...aboutConnection, lasting: true },
  code: provoked,
  welcome: { ...provoked, countedLate: true },
  link: askedFor,
  test: askedFor,
  help: askedFor,
  goodbye: { ...provoked, countedLate: true },
  'number removed': notice,
  'new link': notice,
  'connected again': notice,
  // They go to the operator.
  alarm: plain,
  'alarm over': plain,
  // It goes to coordinators.
  digest: plain,
};
