/** Stores the token set of a consent, beside rotations of the grant before it. */
import { hasCode, type Result } from '../../errors';
import type { Connection, ConnectionId, TokenSet } from '../../model';
import type { Ports } from '../../ports';
import { hold, type Held } from '../store/compare-and-swap';
import { revokeAndDelete, revokeUnused, type RevokeNeeds } from './disconnect';
import { connectionKey } from '../store/row-keys';
import { withLease, withoutLeaseOf, type LeaseNeeds } from './lease';
import { settleCurrent } from './current-token-set';
import { samePosition } from '../connection/position';
import { storeTokenSet, type HowToStore, type StoreNeeds } from './store-token-set';
import { reserveConsent } from './new-token-set';

/** What a consent changes on the record besides the pointer. */
interface Changes {
  /** Written when the consent number is reserved, so that a crash after that leaves nothing unsaid. */
  readonly withItsNumber: (before: Connection) => Connection;
  /** Written when the set becomes current. */
  readonly withItsSet: (before: Connection) => Connection;
}

/** A person waits for the page, so the consent is asked for again rather than saved for minutes. */
const consentSaveMs = 15_000;

/**
 * Stores the set of a consent under the next consent number. If the vault refuses, it is sealed in the journal under the
 * current set; a first consent has no such set and fails.
 *
 * @returns whether the consent is safe
 */
export async function keepConsent(
  ports: RevokeNeeds,
  record: Held<Connection>,
  set: Omit<TokenSet, 'consent'>,
  { withItsNumber, withItsSet }: Changes,
): Promise<boolean> {
  const previous = await readSealingSet(ports, record);
  const at = record.value;
  for (;;) {
    const consented: TokenSet = { ...set, consent: await reserveConsent(record, withItsNumber) };
    const stored = await storeConsent(ports, record, consented, { previous, patch: withItsSet });
    switch (stored) {
      case 'committed':
        return true;
      case 'superseded':
        // A rotation can have opened a later number for the old grant; a later consent stays.
        if (record.value.pointer?.consent !== record.value.rollover?.consent) return true;
        break;
      case 'closed':
        await revokeAndDelete(ports, consented, at);
        return false;
      case 'journalled':
        return isSealedByCurrent(record, previous, withItsSet);
      case 'not saved':
        ports.log.error('consent.not_saved', { connection: set.connection, consent: consented.consent });
        // Only a first consent is revoked: revoking a later one could end the grant that the connection lives on.
        if (record.value.pointer === undefined) await revokeUnused(ports, consented);
        return false;
    }
  }
}

async function storeConsent(
  ports: StoreNeeds,
  record: Held<Connection>,
  consented: TokenSet,
  how: Pick<HowToStore, 'previous' | 'patch'>,
) {
  try {
    return await storeTokenSet(ports, record, consented, { ...how, saveMs: consentSaveMs });
  } catch (error) {
    if (!hasCode(error, 'TOKEN_NOT_SAVED')) throw error;
    return 'not saved';
  }
}

/** The set that can seal another one in the journal: it has to be in the vault itself. */
async function readSealingSet(
  ports: Pick<Ports, 'journal' | 'log' | 'providers' | 'vault'>,
  record: Held<Connection>,
): Promise<TokenSet | undefined> {
  if (record.value.pointer === undefined) return undefined;
  const current = await settleCurrent(ports, record).catch(() => undefined);
  return current?.onlyInJournal ? undefined : current?.set;
}

/** A journal row is readable only while its sealing set is current. Once a rotation has moved on, the person has to consent again. */
async function isSealedByCurrent(
  record: Held<Connection>,
  previous: TokenSet | undefined,
  withItsSet: Changes['withItsSet'],
): Promise<boolean> {
  let sealed = false;
  await record.reread();
  await record.change((before) => {
    sealed = before.closedAt === undefined && samePosition(before.pointer, previous);
    return sealed ? withItsSet(before) : undefined;
  });
  return sealed;
}

const leasePauseMs = 1_000;

/**
 * Waits up to one lease, so that a running rotation of the old grant is not refused by the new consent; then goes ahead
 * without the lease. `withoutLease` gives the lease back in a write of the work's own.
 */
export async function whileNobodyRotates<T>(
  ports: LeaseNeeds,
  id: ConnectionId,
  work: (record: Held<Connection>, withoutLease: (connection: Connection) => Connection) => Promise<T>,
): Promise<T | undefined> {
  for (let waitedMs = 0; waitedMs < ports.policy.times.leaseMs; waitedMs += leasePauseMs) {
    const done = await withLease(ports, id, async ({ owner, record }): Promise<Result<T>> => {
      return { ok: true, value: await work(record, (connection) => withoutLeaseOf(owner, connection)) };
    });
    if (done.ok) return done.value;
    if (done.code === 'CONNECTION_UNKNOWN') break;
    await ports.clock.sleep(leasePauseMs);
  }
  const record = await hold(ports.tables.connections, connectionKey(id));
  return record && work(record, (connection) => connection);
}
