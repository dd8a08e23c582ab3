/**
 * Whether a connection still has what it needs: the refresh token that the pointer names in the vault has to be the
 * one the provider accepts. If it is not, whether that lies inside the promise.
 */
import { connectionKey } from '../../../src/domain/store/row-keys';
import { samePosition } from '../../../src/domain/connection/position';
import type { DrillWorld } from '../drill-world';
import type { QueueLedger } from '../queue-ledger';
import type { Subject } from './rotation-saboteur';
import type { RotationTimes } from './rotation-times';

export type Verdict =
  | { readonly is: 'kept'; readonly generation: number }
  /** The grant is gone for a reason that is not ours, and the record says so. */
  | { readonly is: 'ended' }
  /**
   * `mayHeal`: not for good yet, as a later replay or run may still put it right. `excusable`: the kind of loss that can
   * lie outside the promise.
   */
  | { readonly is: 'lost'; readonly why: string; readonly mayHeal: boolean; readonly excusable: boolean };

export async function judge({ services, fitbit, keyVault }: DrillWorld, subject: Subject): Promise<Verdict> {
  const { connection, wearer, deeds } = subject;
  const record = (await services.tables.connections.get(connectionKey(connection)))?.value;
  if (!record) return lost('the record is gone');
  if (record.closedAt !== undefined) {
    if (!deeds.has('disconnect')) return lost('closed without anybody asking');
    const left = keyVault.secretNames().filter((name) => name.includes(connection));
    return left.length === 0 ? { is: 'ended' } : lost(`closed, and ${left.join(', ')} is left`, true);
  }
  if (subject.movedBack !== undefined) {
    return lost(`the pointer was moved back from ${subject.movedBack}`);
  }
  const { pointer, refusal } = record;
  if (!pointer) return lost('no pointer', true);
  const named = await services.vault.readTokenSet({ id: connection }, pointer.consent, pointer.secretVersion);
  const accepted = fitbit.currentRefreshToken(wearer);
  if (accepted === undefined && deeds.has('withdraw')) {
    return samePosition(refusal, pointer)
      ? { is: 'ended' }
      : lost('withdrawn, and the refusal was not noticed', true);
  }
  if (!named) return lost('the pointer names nothing in the vault', true);
  if (named.set.refreshToken.reveal() !== accepted) {
    // Nobody can know which of two consents at once the provider saw last: an honest reconnect.
    if (sideBySide(subject) && samePosition(refusal, pointer)) return { is: 'ended' };
    const state = accepted === undefined ? 'the provider accepts none' : 'the provider accepts another';
    const why = `${state} than (${pointer.consent}, ${pointer.generation})`;
    return { ...lost(why, accepted !== undefined), excusable: true };
  }
  if (samePosition(refusal, pointer)) return lost('told to reconnect without having to', true);
  return { is: 'kept', generation: pointer.generation };
}

function sideBySide({ consents }: Subject): boolean {
  return consents.some((one) =>
    consents.some((other) => other !== one && other.begunAt < one.endedAt && one.begunAt < other.endedAt),
  );
}

function lost(why: string, mayHeal = false) {
  return { is: 'lost', why, mayHeal, excusable: false } as const;
}

const mostStops = 3;

/** Why a loss lies outside the promise; undefined when it lies inside. */
export function excuseFor(
  { connection, lastSpend, stops, slow, endedByReuse, movedBack }: Subject,
  times: RotationTimes,
  ledger: QueueLedger,
): string | undefined {
  // The process had sent it in time. What then holds it up on its way, nobody can call back.
  if (endedByReuse?.heldUp) return 'a refresh that was long on its way was taken for theft';
  if (!lastSpend || movedBack !== undefined) return undefined;
  const until = lastSpend.at + times.repeatWindowMs;
  const since = Math.min(lastSpend.begunAt, lastSpend.at);
  const isWithin = ({ at }: { readonly at: number }): boolean => at >= since && at <= until;
  const hits = stops.filter(isWithin).length;
  if (hits > mostStops) return `stopped ${hits} times in one rotation`;
  const busyMs = slow
    .filter(isWithin)
    .reduce((sum, { ms }) => sum + ms, ledger.latenessOf(connection, since, until));
  return busyMs > times.slackMs ? `this machine was too slow by ${Math.round(busyMs)} ms` : undefined;
}
