/**
 * A wearer says goodbye: the grant is revoked and the tokens deleted (disconnect.ts), one last text is sent, and then
 * everything personal is erased. Every step can be repeated; what cannot be done now, a job brings to its end.
 */
import { describeFailure, hasCode } from '../../errors';
import type { CloseJob, Connection, ConnectionId } from '../../model';
import type { Ports, Table } from '../../ports';
import { change } from '../store/compare-and-swap';
import { disconnect, type Closed, type RevokeNeeds } from '../rotation/disconnect';
import { connectionKey, messageId, messageKey } from '../store/row-keys';
import { forgetConfirmations } from './forget-confirmations';
import { freeInvite } from './invites';
import { forgetIdentities } from '../connection/identities';
import { forgetLink } from '../contact/personal-link';
import { addressOf } from '../contact/address-of';
import { setAddress } from '../contact/addresses';
import { sendWaiting } from '../messages/outbox';
import { readConnection } from '../connection/read';
import { dropMessage, recordMessage, type TextNeeds } from '../messages/record-message';

export interface CloseResult extends Closed {
  /** Nothing personal is left in the tables. Otherwise the tombstone stands, and a job does the rest. */
  readonly erased: boolean;
}

/**
 * Tries at once, so that the page can say what became of it, and leaves the rest to a job.
 *
 * @throws AppError `LINK_REPLACED` by ports of somebody whose link does not count any more; then nothing is closed
 */
export async function closeConnection(
  ports: RevokeNeeds & TextNeeds,
  id: ConnectionId,
): Promise<CloseResult> {
  const cancel = await ports.queues.enqueue(
    { kind: 'close-connection', connection: id, attempt: 0 },
    ports.policy.times.smsClaimMs,
  );
  try {
    const closed = await disconnect(ports, id, { insist: true });
    if (closed.ok) {
      const { revoked, left } = closed.value;
      const erased = await sayGoodbyeAndErase(ports, id, { lastAttempt: false });
      if (erased && left !== 'being deleted') await cancel();
      return { revoked, left, erased };
    }
  } catch (error) {
    if (hasCode(error, 'LINK_REPLACED')) {
      await cancel();
      throw error;
    }
    const { name } = error as Error;
    ports.log.warn('connection.closing', { connection: id, error: name, ...describeFailure(error) });
  }
  return { revoked: await wasRevoked(ports, id), left: 'being deleted', erased: false };
}

/** For the page. A store that does not answer must not hide that the job is at it. */
async function wasRevoked(ports: Pick<Ports, 'tables'>, id: ConnectionId): Promise<boolean> {
  const record = await readConnection(ports, id).catch(() => undefined);
  return record?.revocation?.revoked ?? false;
}

export function isNeverConfirmed({ closedAt, confirmBy }: Connection, now: number): boolean {
  return closedAt === undefined && confirmBy !== undefined && confirmBy <= now;
}

/** Closes it unless the wearer has confirmed an address, or chosen none, since the list was read. */
export async function closeUnconfirmed(ports: RevokeNeeds & TextNeeds, id: ConnectionId): Promise<void> {
  const closedAt = ports.clock.now();
  const record = await change(
    ports.tables.connections,
    connectionKey(id),
    (before): Connection | undefined =>
      isNeverConfirmed(before, closedAt) ? { ...before, closedAt } : undefined,
  );
  if (record?.closedAt === undefined) return;
  ports.log.info('connection.never_confirmed', { connection: id });
  await freeInvite(ports, record.invite, record.identities);
  await closeConnection(ports, id);
}

const hourMs = 3_600_000;
/** After half a day a provider that does not answer is no reason to keep anything; a last text waits less long. */
const insistMs = 12 * hourMs;
const sayGoodbyeMs = 3 * hourMs;

/** @throws what the stores throw; the queue then delivers the job again */
export async function runCloseJob(ports: RevokeNeeds & TextNeeds, job: CloseJob): Promise<void> {
  if (await goOnClosing(ports, job.connection)) return;
  const { leaseMs, retryMs } = ports.policy.times;
  const delayMs = retryMs[job.attempt] ?? Math.max(leaseMs, ...retryMs);
  await ports.queues.enqueue({ ...job, attempt: job.attempt + 1 }, delayMs);
}

/**
 * One attempt at what a wearer has begun. A job for a connection that nobody has closed closes nothing: whoever can write to
 * a queue must not be able to end connections.
 *
 * @returns whether it has come to its end
 */
export async function goOnClosing(ports: RevokeNeeds & TextNeeds, id: ConnectionId): Promise<boolean> {
  const now = ports.clock.now();
  const record = await readConnection(ports, id);
  if (record?.closedAt === undefined) {
    if (record) ports.log.warn('connection.not_closed', { connection: id });
    return true;
  }
  const closingMs = now - record.closedAt;
  const closed = await disconnect(ports, id, { insist: closingMs < insistMs });
  if (!closed.ok && closed.code !== 'CONNECTION_UNKNOWN') return false;
  const erased = await sayGoodbyeAndErase(ports, id, { lastAttempt: closingMs >= sayGoodbyeMs });
  return erased && !(closed.ok && closed.value.left === 'being deleted');
}

/** Something personal, or a grant that may be alive, is still there. */
export function isClosing({ closedAt, erasedAt }: Connection): boolean {
  return closedAt !== undefined && erasedAt === undefined;
}

/** @returns false when the last text is still on its way */
async function sayGoodbyeAndErase(
  ports: TextNeeds,
  id: ConnectionId,
  { lastAttempt }: { readonly lastAttempt: boolean },
): Promise<boolean> {
  const record = await readConnection(ports, id);
  if (!record || !isClosing(record)) return true;
  const isSettled = addressOf(record) === undefined || (await sayGoodbye(ports, record));
  if (!isSettled && !lastAttempt) return false;
  await erase(ports, record);
  return true;
}

/** The tombstone's time is the cause: a job that is delivered twice texts once. */
async function sayGoodbye(ports: TextNeeds, record: Connection): Promise<boolean> {
  const cause = [String(record.closedAt)];
  const provider = ports.providers.get(record.provider)!.name;
  await dropOthers(ports, record.id);
  await recordMessage(ports, record.id, { kind: 'goodbye', cause, facts: { provider } });
  await sendWaiting(ports, record);
  const key = messageKey(record.id, messageId(record.id, 'goodbye', ...cause));
  const state = (await ports.tables.messages.get(key))?.value.state;
  return state !== 'pending' && state !== 'claimed';
}

/** No alert about a battery after the wearer has left. */
async function dropOthers(ports: Pick<Ports, 'tables'>, id: ConnectionId): Promise<void> {
  for await (const { key, value } of ports.tables.messages.list(id)) {
    if (value.state !== 'pending' || value.kind === 'goodbye') continue;
    await dropMessage(ports, key);
  }
}

/** The address goes first: without it no repeat of this can text anybody. What remains says nothing about a person. */
async function erase(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'log' | 'tables'>,
  record: Connection,
): Promise<void> {
  const { id } = record;
  await setAddress(ports, id, undefined);
  await eraseTraces(ports, id);
  await forgetConfirmations(ports, id, { erase: true });
  await forgetLink(ports, record);
  await forgetIdentities(ports, record);
  await change(ports.tables.connections, connectionKey(id), (before): Connection | undefined => {
    const { provider, createdAt, consentReserved, closedAt, linkVersion, lease, revocation } = before;
    const erasedAt = before.erasedAt ?? ports.clock.now();
    const about = { id, provider, createdAt, consentReserved, linkVersion, lease, missingScopes: [] };
    // The platform is still to be told that the wearer has left. A worker that is late can save a token set or write the published
    // secret once more, and housekeeping looks for both for a week, in their vault.
    const { events, published, vault } = before;
    return { ...about, closedAt, revocation, erasedAt, events, published, vault };
  });
  ports.log.info('connection.erased', { connection: id });
}

/**
 * Erases also what a running check may have written after the wearer left. The last text stays, which says nothing about
 * anybody: whoever comes late must see that it was sent.
 */
export async function eraseTraces(ports: Pick<Ports, 'tables'>, id: ConnectionId): Promise<void> {
  for (const table of [ports.tables.devices, ports.tables.readings]) await empty<unknown>(table, id);
  await empty(ports.tables.messages, id, ({ kind }) => kind !== 'goodbye');
}

async function empty<T>(
  table: Table<T>,
  partition: string,
  isMeant: (value: T) => boolean = () => true,
): Promise<void> {
  for await (const row of table.list(partition)) if (isMeant(row.value)) await table.remove(row);
}
