/** What each kind of message is like. A new kind is a row here; the compiler then asks for its words in every language. */

/** Where the link of a message leads. At the sign-up page people take back what others took over. */
export type LinkTarget = 'none' | 'personal page' | 'sign-up' | 'confirmation';

/** What a kind has unless its row says otherwise: nothing. */
export interface MessageRules {
  /** Nobody asked for it at a page. In a dry run it is only logged; while the address is dead it waits. */
  readonly nobodyWaits?: boolean;
  /** Nobody is woken by it. */
  readonly waitsForMorning?: boolean;
  /** About a battery: not sent while the wearer has paused those. */
  readonly pausable?: boolean;
  /** It names the level of a battery. The message waits while the level is another, and after STOP it waits for START. */
  readonly level?: boolean;
  /** It is still due after a report that says for certain that it did not arrive. */
  readonly repeated?: boolean;
  /**
   * Its record stays for as long as the connection: without it the same cause would bring another message. So after STOP it waits for START,
   * because nobody would record it again.
   */
  readonly lasting?: boolean;
  /** It is dropped after an hour, because whoever asked for it has left the page by then. */
  readonly expiresWithPage?: boolean;
  /** The part of the budgets that it is taken from: what strangers cause, what wearers ask for, or notices of a change. */
  readonly pool?: 'strangers' | 'wearers' | 'notices';
  /** It follows from something that strangers do. It counts against their limits when it is sent; beyond the limits it is dropped. */
  readonly countedLate?: boolean;
}

export interface WearerMessageRules extends MessageRules {
  readonly link: LinkTarget;
  /** Of an e-mail, where it is another one. */
  readonly mailLink?: LinkTarget;
  /** It says how to end messages: it was not asked for at a page, and is not the last one. */
  readonly canBeEnded?: boolean;
}

const endable = { link: 'personal page', canBeEnded: true } as const;
const aboutConnection = { ...endable, nobodyWaits: true, waitsForMorning: true } as const;
const battery = { ...aboutConnection, pausable: true } as const;
const level = { ...battery, level: true } as const;
const repeated = { repeated: true } as const;
const askedFor = { link: 'personal page', expiresWithPage: true, pool: 'wearers' } as const;
/** Somebody may just be taking a connection over: it is told at once. */
const notice = { ...repeated, nobodyWaits: true, pool: 'notices' } as const;
const provoked = { pool: 'strangers' } as const;

const toWearers = {
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
  code: { ...provoked, link: 'none', mailLink: 'confirmation' },
  welcome: { ...provoked, ...endable, countedLate: true },
  link: askedFor,
  test: askedFor,
  help: { ...askedFor, canBeEnded: true },
  goodbye: { ...provoked, link: 'none', countedLate: true },
  'number removed': { ...notice, link: 'sign-up' },
  'new link': { ...notice, ...endable },
  'connected again': { ...notice, ...endable },
} as const satisfies Readonly<Record<string, WearerMessageRules>>;

/** For the operator, and in English only. */
const toOperator = { alarm: { repeated: true }, 'alarm over': {} } as const satisfies Readonly<
  Record<string, MessageRules>
>;
const toCoordinators = { digest: {} } as const satisfies Readonly<Record<string, MessageRules>>;

export type WearerKind = keyof typeof toWearers;
export type AlarmKind = keyof typeof toOperator;
export type MessageKind = WearerKind | AlarmKind | keyof typeof toCoordinators;

export const wearerMessageRules: Readonly<Record<WearerKind, WearerMessageRules>> = toWearers;
export const messageRules: Readonly<Record<MessageKind, MessageRules>> = {
  ...toWearers,
  ...toOperator,
  ...toCoordinators,
};
export const messageKinds = Object.keys(messageRules) as readonly MessageKind[];

/** After STOP it waits for START, because it is true for long, or nobody would record it again. */
export function waitsForStart(kind: MessageKind): boolean {
  const { level, lasting } = messageRules[kind];
  return level === true || lasting === true;
}

export function isWearerKind(kind: MessageKind): kind is WearerKind {
  return Object.hasOwn(toWearers, kind);
}
