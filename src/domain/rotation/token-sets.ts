/**
 * Which token set is current. Key Vault cannot compare and swap, so being saved is not being current: the
 * connection's pointer decides, and it only moves forward in (consent, generation), by ETag. A late or doubled
 * writer can save what it likes and harms nothing.
 */
import { AppError, describeFailure } from '../../errors';
import type { Connection, ConnectionId, Pointer, Position, TokenSet } from '../../model';
import type { Ports, SavedTokenSet, TokenGrant } from '../../ports';
import { Secret } from '../../secret';
import { change, readConnection } from '../change';
import { connectionKey } from '../keys';
import { comparePositions, samePosition } from './position';

/** The set that follows from a consent; its number is reserved when it is saved. */
export function firstTokenSet(
  ports: Pick<Ports, 'random'>,
  grant: TokenGrant & Pick<TokenSet, 'refreshToken'>,
  about: Pick<TokenSet, 'connection' | 'provider' | 'scopes' | 'providerUserId'>,
  requestedAt: number,
): Omit<TokenSet, 'consent'> {
  return {
    ...about,
    generation: 1,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken,
    consentedAt: requestedAt,
    ...lifeOf(grant, requestedAt),
    journalKey: new Secret(ports.random.token()),
  };
}

/** From when it was asked for: the answer can have been late. */
function lifeOf(
  { expiresInMs, refreshExpiresInMs }: TokenGrant,
  requestedAt: number,
): Pick<TokenSet, 'issuedAt' | 'expiresAt' | 'refreshExpiresAt'> {
  return {
    issuedAt: requestedAt,
    expiresAt: requestedAt + expiresInMs,
    refreshExpiresAt: refreshExpiresInMs === undefined ? undefined : requestedAt + refreshExpiresInMs,
  };
}

/** The set that follows from a refresh; the old refresh token stays when the answer brings none. */
export function nextTokenSet(
  ports: Pick<Ports, 'random'>,
  current: TokenSet,
  grant: TokenGrant,
  position: Position,
  requestedAt: number,
): TokenSet {
  const life = lifeOf(grant, requestedAt);
  return {
    ...current,
    ...position,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken ?? current.refreshToken,
    ...life,
    refreshExpiresAt: life.refreshExpiresAt ?? current.refreshExpiresAt,
    scopes: grant.scopes?.length ? grant.scopes : current.scopes,
    journalKey: new Secret(ports.random.token()),
  };
}

/** A vault cannot back up a secret of more than 500 versions; repeats can make a few more than there are generations. */
const mostGenerations = 400;
const mostWhileFailing = 450;

/**
 * Where the successor of a set goes: the next generation, or a fresh name when the secret has enough versions. A
 * connection that is failing does not use up a name with every attempt.
 */
export async function reserveNextPosition(
  ports: Ports,
  { failedAttempt }: Pick<Connection, 'failedAttempt'>,
  current: TokenSet,
): Promise<Position> {
  const { connection, consent, generation } = current;
  return generation < (failedAttempt ? mostWhileFailing : mostGenerations)
    ? { consent, generation: generation + 1 }
    : { consent: await reserveConsent(ports, connection), generation: 1 };
}

/** Consent numbers are given out once; one that is never used is a gap and nothing else. */
export async function reserveConsent(ports: Ports, id: ConnectionId): Promise<number> {
  const record = await change(ports.tables.connections, connectionKey(id), (before) => ({
    ...before,
    consentReserved: before.consentReserved + 1,
  }));
  if (!record) throw new AppError('CONNECTION_UNKNOWN', 'The connection is gone.');
  return record.consentReserved;
}

/**
 * The current token set. One that was saved, or written to the journal, and never committed is committed on the
 * way: what a worker began before it died is finished by the next one.
 *
 * @returns `undefined` when the wearer's consent never got as far as a saved token set
 * @throws AppError `VAULT_BEHIND` when the vault holds less than the record points at (a restored backup, say), and the
 *   refresh token has been spent since
 */
export async function readCurrent(ports: Ports, connection: Connection): Promise<TokenSet | undefined> {
  const greatest = await readGreatest(ports, connection);
  const { pointer } = connection;
  if (!greatest && !pointer) return undefined;
  if (!greatest || (pointer && comparePositions(greatest.set, pointer) < 0)) {
    // A reconnect deletes the secret of the old consent: then the record in hand is too old, not the vault.
    const fresh = await readConnection(ports, connection.id);
    if (fresh?.pointer && !samePosition(fresh.pointer, pointer)) return readCurrent(ports, fresh);
    const restored = greatest && pointer && acceptRestored(ports, greatest.set, pointer);
    if (restored) return restored;
    throw new AppError('VAULT_BEHIND', 'Key Vault holds an older token set than the connection points at.');
  }
  if (!samePosition(greatest.set, pointer)) await commitTokenSet(ports, greatest.set, greatest.version);
  return finishJournal(ports, greatest.set);
}

/** A refresh token that does not rotate is as good from a restored backup: the next set follows the pointer. */
function acceptRestored(ports: Ports, set: TokenSet, { consent, generation }: Pointer): TokenSet | undefined {
  if (set.consent !== consent || ports.providers.get(set.provider)!.rotatesRefreshToken) return undefined;
  ports.log.warn('vault.restored', { connection: set.connection, generation: set.generation });
  return { ...set, generation };
}

/** The record as it is once `readCurrent` has finished what it found begun: that clears what earlier failures left. */
export async function recordFor(
  ports: Ports,
  connection: Connection,
  current: TokenSet,
): Promise<Connection> {
  if (samePosition(connection.pointer, current)) return connection;
  return (await readConnection(ports, connection.id)) ?? connection;
}

async function readGreatest(
  ports: Ports,
  { id, pointer, consentReserved }: Connection,
): Promise<SavedTokenSet | undefined> {
  const saved: SavedTokenSet[] = [];
  if (pointer) {
    const latest = await ports.vault.readTokenSet(id, pointer.consent);
    if (latest?.version === pointer.secretVersion) saved.push(latest);
    else saved.push(...(await ports.vault.readTokenSetsSince(id, pointer.consent, pointer.secretVersion)));
  }
  for (let consent = (pointer?.consent ?? 0) + 1; consent <= consentReserved; consent += 1) {
    const begun = await ports.vault.readTokenSet(id, consent);
    if (begun) saved.push(begun);
  }
  // Two workers can have saved one position, with keys of their own: the one that the pointer names opens the journal.
  const isNamed = ({ version }: SavedTokenSet): number => Number(version === pointer?.secretVersion);
  return saved.sort((a, b) => comparePositions(b.set, a.set) || isNamed(b) - isNamed(a))[0];
}

/** A journal row that follows the vault's greatest set: save it, commit it, delete exactly that row. */
async function finishJournal(ports: Ports, current: TokenSet): Promise<TokenSet> {
  if (!ports.providers.get(current.provider)!.rotatesRefreshToken) return current;
  const entries = (await ports.journal.read(current)).filter(({ set }) => comparePositions(set, current) > 0);
  const [entry] = entries.sort((a, b) => comparePositions(b.set, a.set));
  if (!entry) return current;
  await commitTokenSet(ports, entry.set, await ports.vault.saveTokenSet(entry.set));
  await entry.remove();
  return entry.set;
}

/**
 * Moves the pointer to a saved set, unless that would move it back, and clears what earlier failures left. A
 * consent that was reserved and not saved yet does not stand in the way: it may have been abandoned, and if not,
 * its set is greater and follows.
 *
 * @returns 'closed' when the wearer has disconnected meanwhile: then the set has to be given back
 */
export async function commitTokenSet(
  ports: Ports,
  set: TokenSet,
  secretVersion: string,
): Promise<'committed' | 'superseded' | 'closed'> {
  const pointer: Pointer = {
    consent: set.consent,
    generation: set.generation,
    secretVersion,
    expiresAt: set.expiresAt,
    rotatedAt: set.issuedAt,
    consentedAt: set.consentedAt,
    refreshExpiresAt: set.refreshExpiresAt,
  };
  let previous: Pointer | undefined;
  const connection = await change(ports.tables.connections, connectionKey(set.connection), (record) => {
    if (record.closedAt !== undefined) return undefined;
    if (record.pointer && comparePositions(set, record.pointer) <= 0) return undefined;
    previous = record.pointer;
    return {
      ...record,
      provider: set.provider,
      pointer,
      failedAttempt: undefined,
      failingSince: undefined,
      refusal: undefined,
    };
  });
  if (!connection || connection.closedAt !== undefined) return 'closed';
  if (connection.pointer?.secretVersion !== secretVersion) return 'superseded';
  if (previous && previous.consent < set.consent)
    await forgetConsent(ports, set.connection, previous.consent);
  return 'committed';
}

/** Nothing points at the old secret any more. If it stays, it is deleted with the connection. */
async function forgetConsent(ports: Ports, id: ConnectionId, consent: number): Promise<void> {
  await ports.vault.deleteTokenSets(id, consent).catch(() => {
    ports.log.warn('token.old_consent_kept', { connection: id, consent });
  });
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/**
 * Keeps a new set, whose refresh token may exist nowhere else: in the vault, and as long as that refuses, in the
 * journal, which only the previous set can open. Nothing, not even a log line, stands between the provider's
 * answer and the first attempt.
 *
 * @returns the secret's version, or 'journalled' when the next worker has to finish it
 * @throws AppError `TOKEN_NOT_SAVED` when neither took it for `saveMs`
 */
export async function keepTokenSet(
  ports: Ports,
  set: TokenSet,
  { previous, saveMs }: { readonly previous?: TokenSet; readonly saveMs: number },
): Promise<{ readonly version: string } | 'journalled'> {
  const { leaseMs } = ports.policy.times;
  const startedMs = ports.clock.monotonicMs();
  let inJournal = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { version: await ports.vault.saveTokenSet(set) };
    } catch (cause) {
      if (previous?.journalKey && !inJournal) inJournal = await writeJournal(ports, previous, set);
      logRefusal(ports, set, attempt, cause);
      const spentMs = ports.clock.monotonicMs() - startedMs;
      if (inJournal && spentMs >= leaseMs) return 'journalled';
      if (spentMs >= saveMs) {
        throw new AppError('TOKEN_NOT_SAVED', 'Neither Key Vault nor the journal took the new token set.', {
          cause,
        });
      }
      await ports.clock.sleep(Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs));
    }
  }
}

async function writeJournal(ports: Ports, previous: TokenSet, set: TokenSet): Promise<boolean> {
  try {
    await ports.journal.write(previous, set);
    return true;
  } catch {
    return false;
  }
}

function logRefusal(
  ports: Ports,
  { connection, consent, generation }: TokenSet,
  attempt: number,
  cause: unknown,
) {
  ports.log.warn('token.save_failed', {
    connection,
    consent,
    generation,
    attempt,
    ...describeFailure(cause),
  });
}
