/**
 * A new token set on its way to being current: saved in the vault, or sealed in the journal while the vault refuses, and
 * then named by the pointer.
 */
import { AppError, describeFailure } from '../../errors';
import type { Connection, Pointer, Settings, TokenSet } from '../../model';
import type { Ports, SavedTokenSet } from '../../ports';
import type { Held } from '../store/compare-and-swap';
import { comparePositions } from '../connection/position';

/** A row that stays is swept by housekeeping. */
export async function clearJournal(
  ports: Pick<Ports, 'journal' | 'log'>,
  { connection, consent, generation }: TokenSet,
): Promise<void> {
  await ports.journal.remove(connection, { consent, generation }).catch(() => {
    ports.log.warn('journal.row_kept', { connection, consent, generation });
  });
}

/**
 * Moves the pointer to a saved set, unless that would move it back, and clears what earlier failures left. A
 * consent that was reserved and not saved yet does not stand in the way: it may have been abandoned, and if not,
 * its set is greater and follows.
 *
 * @param patch changes the record further, in the same write
 * @returns 'closed' if the wearer has disconnected meanwhile: then the grant has to be revoked and the set deleted
 */
export async function commitTokenSet(
  ports: Pick<Ports, 'log' | 'vault'>,
  record: Held<Connection>,
  { set, version: secretVersion }: SavedTokenSet,
  patch: (connection: Connection) => Connection = (connection) => connection,
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
  const connection = await record.change((before) => {
    if (before.closedAt !== undefined) return undefined;
    if (before.pointer && comparePositions(set, before.pointer) <= 0) return undefined;
    previous = before.pointer;
    return patch({
      ...before,
      provider: set.provider,
      pointer,
      failedAttempt: undefined,
      failingSince: undefined,
      refusal: undefined,
      retirement: undefined,
      access: undefined,
      refusedAccess: undefined,
    });
  });
  if (!connection || connection.closedAt !== undefined) return 'closed';
  if (connection.pointer?.secretVersion !== secretVersion) return 'superseded';
  if (previous && previous.consent < set.consent) await forgetConsent(ports, connection, previous.consent);
  return 'committed';
}

/** Nothing points at the old secret any more. If it stays, it is deleted with the connection. */
async function forgetConsent(
  ports: Pick<Ports, 'log' | 'vault'>,
  connection: Connection,
  consent: number,
): Promise<void> {
  await ports.vault.deleteTokenSets(connection, consent).catch(() => {
    ports.log.warn('token.old_consent_kept', { connection: connection.id, consent });
  });
}

/** What storing a new token set needs. */
export type StoreNeeds = Pick<Ports, 'clock' | 'journal' | 'log' | 'vault'> & Pick<Settings, 'policy'>;

export interface HowToStore {
  /** The set that seals the new one in the journal; without it there is no journal for it. */
  readonly previous?: TokenSet | undefined;
  /** How long the set is offered to the vault and the journal. */
  readonly saveMs: number;
  /** Changes the record further when the pointer moves. */
  readonly patch?: (connection: Connection) => Connection;
}

/**
 * Saves a new set and makes it current. Nothing, not even a log line, stands between the provider's answer and the
 * first attempt.
 *
 * @returns 'journalled' if the vault refuses: the set is safe in the journal, and the next worker finishes it
 * @throws AppError `TOKEN_NOT_SAVED` if neither the vault nor the journal took it for `saveMs`
 */
export async function storeTokenSet(
  ports: StoreNeeds,
  record: Held<Connection>,
  set: TokenSet,
  { previous, saveMs, patch }: HowToStore,
): Promise<'committed' | 'superseded' | 'closed' | 'journalled'> {
  const kept = await saveOrJournal(ports, record.value, set, { previous, saveMs });
  if (kept === 'journalled') return kept;
  const outcome = await commitTokenSet(ports, record, { set, version: kept.version }, patch);
  if (kept.attempts > 1 && outcome !== 'closed') await clearJournal(ports, set);
  return outcome;
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/** Offers the set to the vault, and as long as that refuses, to the journal, which only the previous set can open. */
async function saveOrJournal(
  ports: StoreNeeds,
  at: Connection,
  set: TokenSet,
  { previous, saveMs }: Omit<HowToStore, 'patch'>,
): Promise<{ readonly version: string; readonly attempts: number } | 'journalled'> {
  const enoughMs = Math.min(ports.policy.times.leaseMs, saveMs);
  const startedMs = ports.clock.monotonicMs();
  let inJournal = false;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return { version: await ports.vault.saveTokenSet(set, at), attempts };
    } catch (cause) {
      if (previous?.journalKey && !inJournal) inJournal = await writeJournal(ports, previous, set);
      logRefusal(ports, set, attempts, cause);
      const spentMs = ports.clock.monotonicMs() - startedMs;
      if (inJournal && spentMs >= enoughMs) return 'journalled';
      if (spentMs >= saveMs) {
        throw new AppError('TOKEN_NOT_SAVED', 'Neither Key Vault nor the journal took the new token set.', {
          cause,
        });
      }
      await ports.clock.sleep(Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs));
    }
  }
}

async function writeJournal(
  ports: Pick<Ports, 'journal'>,
  previous: TokenSet,
  set: TokenSet,
): Promise<boolean> {
  try {
    await ports.journal.write(previous, set);
    return true;
  } catch {
    return false;
  }
}

export function logRefusal(
  ports: Pick<Ports, 'log'>,
  { connection, consent, generation }: TokenSet,
  attempt: number,
  cause: unknown,
) {
  const failure = describeFailure(cause);
  ports.log.warn('token.save_failed', { connection, consent, generation, attempt, ...failure });
}
