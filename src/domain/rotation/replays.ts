/**
 * Before a single-use refresh token is spent: three jobs that ask for the same refresh again, inside the provider's
 * repeat window. A worker that dies after the request, even three in a row, is thereby made up for. The record names the set
 * once all three are in the queue; a replay of any other set drops itself, because fewer than three may be behind it.
 */
import type { Connection, ConnectionId, Position } from '../../model';
import type { Ports } from '../../ports';
import { change } from '../change';
import { connectionKey } from '../keys';
import { samePosition } from './position';

export interface Replays {
  /** Once nothing is at risk any more. */
  takeBack(): Promise<void>;
  /** Nothing was spent: they are taken back, unless an earlier refresh may be unfinished, which they then replay too. */
  callOff(): Promise<void>;
}

export const noReplays: Replays = { takeBack: () => Promise.resolve(), callOff: () => Promise.resolve() };

/**
 * @param round how many sets have come before this one without an answer
 * @throws AppError `QUEUE_UNAVAILABLE`, `TABLE_UNAVAILABLE`; then the refresh must not be begun
 */
export async function enqueueReplays(
  ports: Ports,
  { id, replaysFor }: Pick<Connection, 'id' | 'replaysFor'>,
  { consent, generation }: Position,
  round: number,
): Promise<Replays> {
  const runStartedAt = ports.clock.now();
  const set = ports.random.id();
  const { replayMs } = ports.policy.times;
  const enqueued = await Promise.allSettled(
    replayMs.map((delayMs, index) =>
      ports.queues.enqueue(
        {
          kind: 'rotate-token',
          connection: id,
          run: set,
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
  const takeBack = async (): Promise<void> => {
    await Promise.all(enqueued.filter((each) => each.status === 'fulfilled').map(({ value }) => value()));
  };
  const failed = enqueued.find((each) => each.status === 'rejected');
  if (failed) {
    await takeBack();
    throw failed.reason;
  }
  // Where this fails it may have been written all the same, and then these three are the ones that count.
  await noteReplays(ports, id, { consent, generation, set });
  const isUnfinished = samePosition(replaysFor, { consent, generation });
  return {
    takeBack,
    async callOff() {
      if (isUnfinished) return;
      // The note first: a replay that cannot be taken back any more must not count on the others.
      await forgetReplays(ports, id, set);
      await takeBack();
    },
  };
}

async function noteReplays(
  ports: Ports,
  id: ConnectionId,
  replaysFor: NonNullable<Connection['replaysFor']>,
): Promise<void> {
  await change(ports.tables.connections, connectionKey(id), (before): Connection | undefined =>
    before.replaysFor?.set === replaysFor.set ? undefined : { ...before, replaysFor },
  );
}

async function forgetReplays(ports: Ports, id: ConnectionId, set: string): Promise<void> {
  await change(ports.tables.connections, connectionKey(id), (before): Connection | undefined =>
    before.replaysFor?.set === set ? { ...before, replaysFor: undefined } : undefined,
  );
}
