/**
 * Addresses, be it a mobile number or an e-mail address: which connections one belongs to, and whether it has said STOP. None ever becomes
 * a key in clear; what stands for it is a hash with a key from the vault.
 */
import type { Address, Connection, ConnectionId, Contact, TextConsent, TextState, Way } from '../../model';
import type { Ports } from '../../ports';
import { hasCode } from '../../errors';
import { change, insertOnce } from '../store/compare-and-swap';
import { addressOf, deadSinceOf, hasLivingAddress, isSameAddress } from './address-of';
import { endTextConsent, noteTextConsent } from './text-consents';
import { macOfAddress } from './keyed-values';
import { connectionKey, numberKey, optOutKey } from '../store/row-keys';
import { readConnection, readOpenConnection } from '../connection/read';

const noAddress = {
  phone: undefined,
  email: undefined,
  textConsent: undefined,
  numberDeadSince: undefined,
  emailDeadSince: undefined,
};

function isWithoutAddress({ confirmBy, ...record }: Connection): boolean {
  const fields = Object.keys(noAddress) as (keyof typeof noAddress)[];
  return confirmBy === undefined && fields.every((field) => record[field] === undefined);
}

/**
 * Gives a connection an address that has been confirmed, or takes it away. Can be repeated.
 *
 * @throws AppError `LINK_REPLACED` by ports of somebody whose link does not count any more; then the address stays as it is
 */
export async function setAddress(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  id: ConnectionId,
  next: (Contact & { readonly textConsent: TextConsent }) | undefined,
): Promise<void> {
  const before = await readConnection(ports, id);
  if (!before) return;
  const [old, fresh] = [addressOf(before), next && addressOf(next)];
  // The index first: a row too many leads to a connection that says otherwise, one too few would lead nowhere.
  if (next) {
    await noteUse(ports, fresh, id);
    await noteTextConsent(ports, { id, ...next });
  }
  // Delete the index row first: after a crash, only the record still knows the address.
  if (!next) await forgetUse(ports, old, id);
  let after: Connection | undefined;
  try {
    after = await change(ports.tables.connections, connectionKey(id), (record): Connection | undefined => {
      if (next === undefined ? isWithoutAddress(record) : record.closedAt !== undefined) return undefined;
      return { ...record, ...noAddress, ...next, confirmBy: undefined };
    });
  } catch (error) {
    if (!hasCode(error, 'LINK_REPLACED')) throw error;
    if (next) {
      await forgetUse(ports, fresh, id);
      await endTextConsent(ports, { id, ...next });
    }
    await noteUse(ports, addressOf((await readOpenConnection(ports, id)) ?? {}), id);
    throw error;
  }
  if (next && !isSameAddress(old, fresh)) await forgetUse(ports, old, id);
  const isKept = next?.textConsent.at === before.textConsent?.at && isSameAddress(old, fresh);
  if (!isKept) await endTextConsent(ports, before);
  if (next && after?.closedAt !== undefined) {
    await forgetUse(ports, fresh, id);
    await endTextConsent(ports, { id, ...next });
  }
}

async function noteUse(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  address: Address | undefined,
  id: ConnectionId,
): Promise<void> {
  if (!address) return;
  const key = numberKey(await macOfAddress(ports, address), id);
  await insertOnce(ports.tables.numbers, key, { connection: id });
}

async function forgetUse(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  address: Address | undefined,
  id: ConnectionId,
): Promise<void> {
  if (!address) return;
  const row = await ports.tables.numbers.get(numberKey(await macOfAddress(ports, address), id));
  if (row) await ports.tables.numbers.remove(row);
}

/** The open connections whose texts go to this address. @param hash as `macOfAddress` gives it */
export async function connectionsOf(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  hash: string,
): Promise<Connection[]> {
  const found: Connection[] = [];
  for await (const { value } of ports.tables.numbers.list(hash)) {
    const connection = await readOpenConnection(ports, value.connection);
    const address = connection && addressOf(connection);
    if (address && (await macOfAddress(ports, address)) === hash) found.push(connection);
  }
  return found;
}

export async function isStopped(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  address: Address,
): Promise<boolean> {
  return isStoppedOf(ports, await macOfAddress(ports, address));
}

/** The same for an address that only its hash stands for. @param hash as `macOfAddress` gives it */
export async function isStoppedOf(ports: Pick<Ports, 'tables'>, hash: string): Promise<boolean> {
  const row = await ports.tables.optOuts.get(optOutKey(hash));
  return row?.value.stopped ?? false;
}

/** Whether a connection has the address, so that entering it again needs no confirmation. Whoever has unsubscribed wants e-mails again. */
export async function isInUse(
  ports: Pick<Ports, 'keyedHash' | 'sms' | 'tables'>,
  connection: Connection,
  address: Address,
): Promise<boolean> {
  if (!isSameAddress(addressOf(connection), address) || !hasLivingAddress(connection)) return false;
  return isBegunByReply(ports, address) || !(await isStopped(ports, address));
}

/**
 * Whether messages that were stopped begin again only by the reply START: a number says it itself, because its carrier has to hear it too.
 * E-mails begin again by a link or on the personal page, and so do texts from a name, which nobody can answer.
 */
export function isBegunByReply({ sms }: Pick<Ports, 'sms'>, { way }: Address): boolean {
  return way === 'sms' && sms.canBeAnswered;
}

/** Clocks differ by seconds. */
const aheadMs = 60_000;

/**
 * STOP or START, whichever was said later; STOP if both were said at once. What comes from the future is said now: it
 * would hold against everything that is said until then.
 */
export async function setStopped(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  address: Address,
  said: { readonly at: number; readonly stopped: boolean },
): Promise<void> {
  await setStoppedOf(ports, await macOfAddress(ports, address), said);
}

/** The same for an address that only its hash stands for. @param hash as `macOfAddress` gives it */
export async function setStoppedOf(
  ports: Pick<Ports, 'clock' | 'tables'>,
  hash: string,
  said: { readonly at: number; readonly stopped: boolean },
): Promise<void> {
  const key = optOutKey(hash);
  const now = ports.clock.now();
  const notAhead = (at: number): number => (at > now + aheadMs ? now : at);
  const heard = { ...said, at: notAhead(said.at) };
  if (await insertOnce(ports.tables.optOuts, key, heard)) return;
  await change(ports.tables.optOuts, key, (before) => {
    const since = notAhead(before.at);
    return heard.at > since || (heard.at === since && heard.stopped) ? heard : undefined;
  });
}

/** How wearers can be reached: what is set up, texts first. */
export function waysOf({ sms, email }: Pick<Ports, 'email' | 'sms'>): Way[] {
  return [
    ...(sms.missing.length === 0 ? (['sms'] as const) : []),
    ...(email.missing.length === 0 ? (['email'] as const) : []),
  ];
}

/** Whether texts reach the wearer, and if not, why. */
export async function readTextState(
  ports: Pick<Ports, 'email' | 'keyedHash' | 'sms' | 'tables'>,
  connection: Partial<
    Pick<Connection, 'phone' | 'email' | 'numberDeadSince' | 'emailDeadSince' | 'preferences'>
  >,
): Promise<TextState> {
  const address = addressOf(connection);
  const ways = waysOf(ports);
  if (!address) return ways.length === 0 ? 'not set up' : 'none';
  if (!ways.includes(address.way)) return 'not set up';
  if (deadSinceOf(connection) !== undefined) return 'dead';
  if (await isStopped(ports, address)) return 'stopped';
  return connection.preferences?.paused ? 'paused' : 'on';
}
