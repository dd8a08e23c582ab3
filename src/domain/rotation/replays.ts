/**
 * Before a single-use refresh token is spent: three jobs that ask for the same refresh again, inside the provider's
 * repeat window. They make up for a worker that dies after the request, even for three in a row. The record names the batch
 * once all three are in the queue; a replay of any other batch drops itself, because fewer than three may be behind it.
 */
import type { Connection, Position, Settings } from '../../model';
import type { Ports } from '../../ports';
import type { HeldLease } from './lease';
import { samePosition } from '../connection/position';

export interface Replays {
  /** Removes the queued replays. Call it once nothing is at risk any more. */
  remove(): Promise<void>;
  /**
   * Removes the queued replays because no request was sent. They stay if an earlier refresh of this token may be
   * unfinished, and if the lease has passed to somebody who may rely on them.
   */
  cancel(): Promise<void>;
}

export const noReplays: Replays = { remove: () => Promise.resolve(), cancel: () => Promise.resolve() };

/**
 * @param round number of batches that came before this one without an answer
 * @returns 'lease lost' if the lease passed to somebody else meanwhile; then the refresh must not be begun
 * @throws AppError `QUEUE_UNAVAILABLE`, `TABLE_UNAVAILABLE`; then the refresh must not be begun
 */
export async function enqueueReplays(
  ports: Pick<Ports, 'clock' | 'queues' | 'random'> & Pick<Settings, 'policy'>,
  lease: Pick<HeldLease, 'record' | 'changeWhileMine'>,
  { consent, generation }: Position,
  round: number,
): Promise<Replays | 'lease lost'> {
  const runStartedAt = ports.clock.now();
  const batch = ports.random.id();
  const { id, replaysFor } = lease.record.value;
  const isUnfinished = samePosition(replaysFor, { consent, generation });
  const { replayMs } = ports.policy.times;
  const enqueued = await Promise.allSettled(
    replayMs.map((delayMs, index) =>
      ports.queues.enqueue(
        {
          kind: 'rotate-token',
          connection: id,
          batch,
          runStartedAt,
          attempt: 0,
          replayOf: { consent, generation },
          isLast: index === replayMs.length - 1,
          round,
        },
        delayMs,
      ),
    ),
  );
  const remove = async (): Promise<void> => {
    await Promise.all(enqueued.filter((each) => each.status === 'fulfilled').map(({ value }) => value()));
  };
  const failed = enqueued.find((each) => each.status === 'rejected');
  if (failed) {
    await remove();
    throw failed.reason;
  }
  // If this write fails, it may have been applied all the same, and then these three are the ones that count.
  const noted = await lease.changeWhileMine((before): Connection | undefined =>
    before.replaysFor?.batch === batch
      ? undefined
      : { ...before, replaysFor: { consent, generation, batch } },
  );
  if (!noted) {
    // The record may name the batch all the same: the answer to the write was lost. Then its replays are needed.
    if (lease.record.value.replaysFor?.batch !== batch) await remove();
    return 'lease lost';
  }
  return {
    remove,
    async cancel() {
      if (isUnfinished) return;
      // The record first: a replay that is delivered meanwhile then stops, because its successors are about to be removed.
      const forgotten = await lease.changeWhileMine((before): Connection | undefined =>
        before.replaysFor?.batch === batch ? { ...before, replaysFor: undefined } : undefined,
      );
      if (forgotten) await remove();
    },
  };
}
