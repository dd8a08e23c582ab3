/**
 * Which token set is current. Key Vault cannot compare and swap, so being saved is not being current: the
 * connection's pointer decides, and it only moves forward in (consent, generation), by ETag. A late or doubled
 * writer can save what it likes and harms nothing.
 */
import { AppError } from '../../errors';
import type { Connection, Pointer, Position, TokenSet } from '../../model';
import type { Ports, SavedTokenSet } from '../../ports';
import type { Held } from '../store/compare-and-swap';
import { comparePositions, samePosition } from '../connection/position';
import { clearJournal, commitTokenSet, logRefusal } from './store-token-set';

export interface CurrentSet {
  readonly set: TokenSet;
  /** The vault still refuses this set. Its access token can be used, but nothing may be refreshed from it. */
  readonly onlyInJournal: boolean;
}

/**
 * The current token set. One that was saved, or written to the journal, and never committed is committed on the
 * way: what a worker began before it died is finished by the next one. The record in hand is up to date afterwards.
 *
 * @returns `undefined` if the wearer's consent never got as far as a saved token set
 * @throws AppError `VAULT_BEHIND` if the vault holds less than the record points at (a restored backup, say), and the
 *   refresh token has been spent since
 */
export async function settleCurrent(
  ports: Pick<Ports, 'journal' | 'log' | 'providers' | 'vault'>,
  record: Held<Connection>,
): Promise<CurrentSet | undefined> {
  const { pointer } = record.value;
  const greatest = await readGreatest(ports, record.value);
  if (!greatest && !pointer) return undefined;
  if (!greatest || (pointer && comparePositions(greatest.set, pointer) < 0)) {
    // A reconnect deletes the secret of the old consent: then the record in hand is too old, not the vault.
    const fresh = await record.reread();
    if (!fresh?.pointer) return undefined;
    if (!samePosition(fresh.pointer, pointer)) return settleCurrent(ports, record);
    const restored = await readRestored(ports, fresh, fresh.pointer, greatest?.set);
    if (restored) return { set: restored, onlyInJournal: false };
    throw new AppError('VAULT_BEHIND', 'Key Vault holds an older token set than the connection points at.');
  }
  if (!samePosition(greatest.set, pointer)) {
    const outcome = await commitTokenSet(ports, record, { set: greatest.set, version: greatest.version });
    // Its worker may have written it to the journal too, because the vault's answer was lost.
    if (outcome === 'committed') await clearJournal(ports, greatest.set);
    if (outcome === 'superseded') return settleCurrent(ports, record);
  }
  return finishJournal(ports, record, greatest.set);
}

/**
 * A refresh token that does not rotate still works when it comes from a restored backup, so the next set follows the pointer. If the backup is
 * from before a rollover, it holds the set that the rollover followed.
 */
async function readRestored(
  ports: Pick<Ports, 'log' | 'providers' | 'vault'>,
  { id, vault, rollover }: Connection,
  { consent, generation }: Pointer,
  found: TokenSet | undefined,
): Promise<TokenSet | undefined> {
  const before = rollover?.consent === consent ? rollover.follows.consent : undefined;
  const set = found ?? (before && (await ports.vault.readTokenSet({ id, vault }, before))?.set);
  if (!set || ports.providers.get(set.provider)!.rotatesRefreshToken) return undefined;
  ports.log.warn('vault.restored', { connection: id, consent: set.consent, generation: set.generation });
  return { ...set, consent, generation };
}

async function readGreatest(
  ports: Pick<Ports, 'vault'>,
  connection: Connection,
): Promise<SavedTokenSet | undefined> {
  const { pointer, consentReserved } = connection;
  const saved: SavedTokenSet[] = [];
  if (pointer) {
    const latest = await ports.vault.readTokenSet(connection, pointer.consent);
    if (latest?.version === pointer.secretVersion) saved.push(latest);
    else
      saved.push(
        ...(await ports.vault.readTokenSetsSince(connection, pointer.consent, pointer.secretVersion)),
      );
  }
  for (let consent = (pointer?.consent ?? 0) + 1; consent <= consentReserved; consent += 1) {
    const begun = await ports.vault.readTokenSet(connection, consent);
    if (begun) saved.push(begun);
  }
  // Two workers can have saved the same position, each with a journal key of its own. Only the one that the pointer names opens the journal.
  const isNamed = ({ version }: SavedTokenSet): number => Number(version === pointer?.secretVersion);
  return saved.sort((a, b) => comparePositions(b.set, a.set) || isNamed(b) - isNamed(a))[0];
}

/** Saves and commits a journal row that follows the vault's greatest set. */
async function finishJournal(
  ports: Pick<Ports, 'journal' | 'log' | 'providers' | 'vault'>,
  record: Held<Connection>,
  current: TokenSet,
): Promise<CurrentSet | undefined> {
  if (!mayBeJournalled(record.value, current)) return { set: current, onlyInJournal: false };
  const later = (await ports.journal.read(current)).filter((set) => comparePositions(set, current) > 0);
  const [next] = later.sort((a, b) => comparePositions(b, a));
  if (!next) return { set: current, onlyInJournal: false };
  let version: string;
  try {
    version = await ports.vault.saveTokenSet(next, record.value);
  } catch (cause) {
    logRefusal(ports, next, 1, cause);
    return { set: next, onlyInJournal: true };
  }
  const outcome = await commitTokenSet(ports, record, { set: next, version });
  await clearJournal(ports, next);
  // The pointer can name another worker's set at the same position, and the tokens of this one can be dead.
  return outcome === 'superseded' ? settleCurrent(ports, record) : { set: next, onlyInJournal: false };
}

/** The record says so before a set can get there: a refresh was begun, or a consent was reserved. */
function mayBeJournalled({ replaysFor, consentReserved }: Connection, current: Position): boolean {
  return samePosition(replaysFor, current) || consentReserved > current.consent;
}
