/**
 * How many texts a person at a page can provoke, each limit per day (UTC). Counted in Tables, so that the limits hold
 * across instances and restarts. Keys are hashes. Strangers and wearers have pools of their own: whoever uses up one
 * keeps nobody from the other.
 */
import { AppError } from '../../errors';
import type { Address, Confirmation, ConnectionId, Limits, Settings } from '../../model';
import type { Ports } from '../../ports';
import { takeOne, type Window } from '../store/counters';
import { identityKey } from '../store/row-keys';
import { raiseAlarm } from './alarms';
import { addressOf } from '../contact/address-of';
import { macOfMailbox, macOfRange } from '../contact/keyed-values';
import { readConnection } from '../connection/read';
import type { AlarmNeeds } from './record-message';

/** One counter that a text is taken from. */
export interface Limit {
  readonly scope: string;
  readonly subject: string;
  readonly most: number;
  /** The operator is told before it is used up: it is everybody's. */
  readonly shared?: true;
}

/** From here on the operator is told, before a pool is used up. */
const nearlyAll = 0.8;

/** @returns false, and the text may not be sent, when one of the limits is used up */
async function takeAll(ports: AlarmNeeds, limits: readonly Limit[]): Promise<boolean> {
  for (const limit of limits) if (!(await takeFrom(ports, limit))) return false;
  return true;
}

export async function takeFrom(
  ports: AlarmNeeds,
  { scope, subject, most, shared }: Limit,
  window: Window = 'day',
): Promise<boolean> {
  const taken = await takeOne(ports, { scope, subject, window }, most);
  if (shared && (taken === 0 || taken >= most * nearlyAll)) {
    await raiseAlarm(ports, 'limit on texts nearly reached', { kind: scope });
  }
  return taken > 0;
}

function ofClient(scope: string, client: string | undefined, { perClient }: Limits): Limit[] {
  return client === undefined ? [] : [{ scope, subject: client, most: perClient }];
}

/** Many have their mailbox at one domain, and nobody earns by mails to it; but somebody may want to flood it from here. */
const partOfDomain = 0.5;

/** The limits that every text counts against that a stranger can provoke. E-mails have counters of their own. */
export async function limitsOfStrangers(
  ports: Pick<Ports, 'keyedHash'> & Pick<Settings, 'policy'>,
  address: Address,
): Promise<Limit[]> {
  const { perPrefix, perNumber, perDay } = ports.policy.limits;
  const number: Limit = { scope: 'number', subject: await macOfMailbox(ports, address), most: perNumber };
  const range = await macOfRange(ports, address);
  return address.way === 'email'
    ? [
        number,
        { scope: 'mail domain', subject: range, most: Math.ceil(perDay * partOfDomain), shared: true },
        { scope: 'mail strangers', subject: 'all', most: perDay, shared: true },
      ]
    : [
        number,
        { scope: 'prefix', subject: range, most: perPrefix },
        { scope: 'strangers', subject: 'all', most: perDay, shared: true },
      ];
}

/** A code to an address that somebody has entered for a connection. */
export async function mayTextCode(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash' | 'vault'>,
  { connection, ...contact }: Pick<Confirmation, 'connection' | 'phone' | 'email'>,
  client: string | undefined,
): Promise<boolean> {
  const { limits } = ports.policy;
  const address = addressOf(contact);
  if (!address) return false;
  const own: Limit[] = [{ scope: 'connection', subject: connection, most: limits.perNumber }];
  if (!(await takeAll(ports, [...ofClient('client', client, limits), ...own]))) return false;
  // Read only now: so many times a day at the most for each connection.
  const account = await accountOf(ports, connection);
  return takeAll(ports, [
    ...(account === undefined ? [] : [{ scope: 'account', subject: account, most: limits.perNumber }]),
    ...(await limitsOfStrangers(ports, address)),
  ]);
}

/** Somebody who has stopped the messages may want them back, and is not to be written to by others as often as anybody else. */
export async function mayConfirmStopped(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash'>,
  address: Address,
): Promise<boolean> {
  return takeFrom(ports, { scope: 'mail stopped', subject: await macOfMailbox(ports, address), most: 1 });
}

/**
 * The same for every connection that an account at the provider has had. Without an answer of the vault only the limit of
 * the connection holds.
 */
async function accountOf(
  ports: Pick<Ports, 'tables' | 'vault'>,
  id: ConnectionId,
): Promise<string | undefined> {
  const connection = await readConnection(ports, id);
  const pointer = connection?.pointer;
  if (!pointer) return undefined;
  try {
    const saved = await ports.vault.readTokenSet(connection, pointer.consent, pointer.secretVersion);
    return saved && identityKey(saved.set.provider, saved.set.providerUserId).row;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

/** A text that a wearer asks for, to the address that is confirmed. Each purpose has counters of its own. */
export async function mayTextWearer(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash'>,
  purpose: 'link' | 'test',
  address: Address,
  client?: string,
): Promise<boolean> {
  const { limits } = ports.policy;
  const subject = await macOfMailbox(ports, address);
  return takeAll(ports, [
    ...ofClient(`${purpose} client`, client, limits),
    { scope: `${purpose} number`, subject, most: limits.perNumber },
    {
      scope: address.way === 'email' ? 'mail wearers' : 'wearers',
      subject: 'all',
      most: limits.perDay,
      shared: true,
    },
  ]);
}

/** Asking for a link, before anybody knows whether the address has one: counted apart from the texts, which nobody may tell from it. */
export function mayAskForLink(ports: AlarmNeeds, client: string | undefined): Promise<boolean> {
  return takeAll(ports, ofClient('link request', client, ports.policy.limits));
}

/** Forms cost a row each, texts cost money. */
const requestsPerText = 20;

/** For what makes no text by itself, such as beginning a sign-up. */
export async function mayAsk(
  ports: Pick<Ports, 'clock' | 'log' | 'tables'> & Pick<Settings, 'policy'>,
  client: string | undefined,
): Promise<boolean> {
  if (client === undefined) return true;
  return (
    (await takeOne(
      ports,
      { scope: 'request', subject: client, window: 'day' },
      ports.policy.limits.perClient * requestsPerText,
    )) > 0
  );
}
