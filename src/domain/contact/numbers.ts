/**
 * Mobile numbers: which connections one belongs to, and whether it has said STOP. A number never becomes a key in
 * clear; what stands for it is a hash with a key from the vault.
 */
import type { Connection, ConnectionId, TextConsent, TextState } from '../../model';
import type { Ports } from '../../ports';
import type { Secret } from '../../secret';
import { hasCode } from '../../errors';
import { change, insertOnce } from '../store/compare-and-swap';
import { endConsent, noteConsent } from './consents';
import { macOfNumber } from './keyed-values';
import { connectionKey, numberKey, optOutKey } from '../store/row-keys';
import { readConnection, readOpenConnection } from '../connection/read';

const noNumber = { phone: undefined, textConsent: undefined, numberDeadSince: undefined };

function isWithoutNumber({ phone, textConsent, numberDeadSince, confirmBy }: Connection): boolean {
  return [phone, textConsent, numberDeadSince, confirmBy].every((each) => each === undefined);
}

/** There is a number, and the carriers do not say that it does not exist. */
export function hasLivingNumber({ phone, numberDeadSince }: Connection): boolean {
  return phone !== undefined && numberDeadSince === undefined;
}

/**
 * Gives a connection a number that has been confirmed, or takes it away. Can be repeated.
 *
 * @throws AppError `LINK_REPLACED` by ports of somebody whose link does not count any more; then the number stays as it is
 */
export async function setNumber(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  id: ConnectionId,
  next: { readonly phone: Secret; readonly textConsent: TextConsent } | undefined,
): Promise<void> {
  const before = await readConnection(ports, id);
  if (!before) return;
  // The index first: a row too many leads to a connection that says otherwise, one too few would lead nowhere.
  if (next) {
    await noteUse(ports, next.phone, id);
    await noteConsent(ports, { id, ...next });
  }
  // Delete the index row first: after a crash, only the record still knows the number.
  if (!next && before.phone) await forgetUse(ports, before.phone, id);
  let after: Connection | undefined;
  try {
    after = await change(ports.tables.connections, connectionKey(id), (record): Connection | undefined => {
      if (next === undefined ? isWithoutNumber(record) : record.closedAt !== undefined) return undefined;
      return { ...record, ...noNumber, ...next, confirmBy: undefined };
    });
  } catch (error) {
    if (!hasCode(error, 'LINK_REPLACED')) throw error;
    if (next) {
      await forgetUse(ports, next.phone, id);
      await endConsent(ports, { id, ...next });
    }
    const { phone } = (await readOpenConnection(ports, id)) ?? {};
    if (phone) await noteUse(ports, phone, id);
    throw error;
  }
  if (next && before.phone && !next.phone.equals(before.phone)) await forgetUse(ports, before.phone, id);
  const isKept =
    next?.textConsent.at === before.textConsent?.at && before.phone && next?.phone.equals(before.phone);
  if (!isKept) await endConsent(ports, before);
  if (next && after?.closedAt !== undefined) {
    await forgetUse(ports, next.phone, id);
    await endConsent(ports, { id, ...next });
  }
}

async function noteUse(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  phone: Secret,
  id: ConnectionId,
): Promise<void> {
  const key = numberKey(await macOfNumber(ports, phone), id);
  await insertOnce(ports.tables.numbers, key, { connection: id });
}

async function forgetUse(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  phone: Secret,
  id: ConnectionId,
): Promise<void> {
  const row = await ports.tables.numbers.get(numberKey(await macOfNumber(ports, phone), id));
  if (row) await ports.tables.numbers.remove(row);
}

/** The open connections whose texts go to this number. */
export async function connectionsOf(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  number: string,
): Promise<Connection[]> {
  const found: Connection[] = [];
  for await (const { value } of ports.tables.numbers.list(number)) {
    const connection = await readOpenConnection(ports, value.connection);
    if (!connection?.phone) continue;
    if ((await macOfNumber(ports, connection.phone)) === number) found.push(connection);
  }
  return found;
}

export async function isStopped(ports: Pick<Ports, 'keyedHash' | 'tables'>, phone: Secret): Promise<boolean> {
  const row = await ports.tables.optOuts.get(optOutKey(await macOfNumber(ports, phone)));
  return row?.value.stopped ?? false;
}

/** Clocks differ by seconds. */
const aheadMs = 60_000;

/**
 * STOP or START, whichever was said later; STOP if both were said at once. What comes from the future is said now: it
 * would hold against everything that is said until then.
 */
export async function setStopped(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  phone: Secret,
  said: { readonly at: number; readonly stopped: boolean },
): Promise<void> {
  const key = optOutKey(await macOfNumber(ports, phone));
  const now = ports.clock.now();
  const notAhead = (at: number): number => (at > now + aheadMs ? now : at);
  const heard = { ...said, at: notAhead(said.at) };
  if (await insertOnce(ports.tables.optOuts, key, heard)) return;
  await change(ports.tables.optOuts, key, (before) => {
    const since = notAhead(before.at);
    return heard.at > since || (heard.at === since && heard.stopped) ? heard : undefined;
  });
}

/** Whether texts reach the wearer, and if not, why. */
export async function readTextState(
  ports: Pick<Ports, 'keyedHash' | 'sms' | 'tables'>,
  { phone, numberDeadSince, preferences }: Pick<Connection, 'phone' | 'numberDeadSince' | 'preferences'>,
): Promise<TextState> {
  if (ports.sms.missing.length > 0) return 'not set up';
  if (!phone) return 'none';
  if (numberDeadSince !== undefined) return 'dead';
  if (await isStopped(ports, phone)) return 'stopped';
  return preferences?.paused ? 'paused' : 'on';
}
