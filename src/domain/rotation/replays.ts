/**
 * Before a single-use refresh token is spent: three jobs that ask for the same refresh again, inside the provider's
 * repeat window. A worker that dies after the request, even three in a row, is thereby made up for.
 */
import type { ConnectionId, Position } from '../../model';
import type { Ports } from '../../ports';

/**
 * @returns what takes the replays back once nothing is at risk any more
 * @throws AppError `QUEUE_UNAVAILABLE`; then the refresh must not be begun
 */
export async function enqueueReplays(
  ports: Ports,
  connection: ConnectionId,
  { consent, generation }: Position,
): Promise<() => Promise<void>> {
  const runStartedAt = ports.clock.now();
  const run = ports.random.id();
  const enqueued = await Promise.allSettled(
    ports.policy.times.replayMs.map((delayMs) =>
      ports.queues.enqueue(
        {
          kind: 'rotate-token',
          connection,
          run,
          runStartedAt,
          attempt: 0,
          replayOf: { consent, generation },
        },
        delayMs,
      ),
    ),
  );
  const takeBack = async (): Promise<void> => {
    await Promise.all(enqueued.filter((each) => each.status === 'fulfilled').map(({ value }) => value()));
  };
  const failed = enqueued.find((each) => each.status === 'rejected');
  if (failed) {
    await takeBack();
    throw failed.reason;
  }
  return takeBack;
}
