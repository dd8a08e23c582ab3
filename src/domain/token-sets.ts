/**
 * Which token set is current. Key Vault cannot compare and swap, so being saved is not being current: the
 * connection's pointer decides, and it only moves forward in (consent, generation), by ETag. A late or doubled
 * writer can save what it likes and harms nothing.
 */
import { AppError } from '../errors';
import type { Connection, Pointer, TokenSet } from '../model';
import type { Ports, SavedTokenSet, TokenGrant } from '../ports';
import { change } from './change';
import { connectionKey } from './keys';
import { comparePositions, samePosition } from './position';

/** The set that follows from a refresh; the old refresh token stays when the answer brings none. */
export function nextTokenSet(current: TokenSet, grant: TokenGrant, requestedAt: number): TokenSet {
  return {
    ...current,
    generation: current.generation + 1,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken ?? current.refreshToken,
    issuedAt: requestedAt,
    expiresAt: requestedAt + grant.expiresInMs,
    refreshExpiresAt:
      grant.refreshExpiresInMs === undefined
        ? current.refreshExpiresAt
        : requestedAt + grant.refreshExpiresInMs,
    scopes: grant.scopes ?? current.scopes,
  };
}

/**
 * The current token set; a later one that was saved and never committed is committed on the way.
 *
 * @returns `undefined` when the wearer's consent never got as far as a saved token set
 * @throws AppError `VAULT_BEHIND` when the vault holds less than the record points at: a restored backup, say
 */
export async function readCurrent(ports: Ports, connection: Connection): Promise<TokenSet | undefined> {
  const { id, pointer, consentReserved } = connection;
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
  const [greatest] = saved.sort((a, b) => comparePositions(b.set, a.set));
  if (!pointer && !greatest) return undefined;
  if (!greatest || (pointer && comparePositions(greatest.set, pointer) < 0)) {
    throw new AppError('VAULT_BEHIND', 'Key Vault holds an older token set than the connection points at.');
  }
  if (!samePosition(greatest.set, pointer)) await commitTokenSet(ports, greatest.set, greatest.version);
  return greatest.set;
}

/**
 * Moves the pointer to a saved set, unless that would move it back. Clears what earlier failures left, and the
 * given owner's lease, in the same write. A consent that was reserved and not saved yet does not stand in the way:
 * it may have been abandoned, and if not, its set is greater and follows.
 */
export async function commitTokenSet(
  ports: Ports,
  set: TokenSet,
  secretVersion: string,
  leaseOwner?: string,
): Promise<'committed' | 'superseded'> {
  const pointer: Pointer = {
    consent: set.consent,
    generation: set.generation,
    secretVersion,
    expiresAt: set.expiresAt,
    rotatedAt: set.issuedAt,
  };
  const connection = await change(ports.tables.connections, connectionKey(set.connection), (record) => {
    if (record.pointer && comparePositions(set, record.pointer) <= 0) return undefined;
    return {
      ...record,
      provider: set.provider,
      pointer,
      failedAttempt: undefined,
      refusal: undefined,
      lease: record.lease?.owner === leaseOwner ? undefined : record.lease,
    };
  });
  return connection?.pointer?.secretVersion === secretVersion ? 'committed' : 'superseded';
}

const saveAttempts = 6;
const firstSaveDelayMs = 500;

/**
 * Saves a set, again and again: its refresh token may exist nowhere else. Nothing, not even a log line, stands
 * between the provider's answer and the first attempt.
 *
 * @throws AppError `TOKEN_NOT_SAVED`
 */
export async function saveTokenSet(ports: Ports, set: TokenSet): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ports.vault.saveTokenSet(set);
    } catch (cause) {
      if (attempt === saveAttempts) {
        throw new AppError('TOKEN_NOT_SAVED', 'Key Vault did not take the new token set.', { cause });
      }
      ports.log.warn('token.save_failed', {
        connection: set.connection,
        consent: set.consent,
        generation: set.generation,
        attempt,
        ...(cause instanceof AppError ? { code: cause.code } : {}),
      });
      await ports.clock.sleep(firstSaveDelayMs * 2 ** (attempt - 1));
    }
  }
}
