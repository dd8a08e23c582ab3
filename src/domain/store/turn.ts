/** The share that one invocation has in a walk: how it begins, what comes of it, and how it ends. */
import type { Settings, Work } from '../../model';
import type { Ports } from '../../ports';

/** The share of one invocation. */
export interface Turn {
  /** By the monotonic clock. */
  readonly endsAt: number;
  /** Goes on with what is unfinished and begins nothing. */
  readonly goesOn: boolean;
  /** Which range it works on; absent if it works on all. */
  readonly shard?: number | undefined;
}

export function beginTurn(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  {
    goesOn = false,
    workMs = policy.times.workMs,
    shard,
  }: {
    readonly goesOn?: boolean;
    readonly workMs?: number | undefined;
    readonly shard?: number | undefined;
  } = {},
): Turn {
  return { endsAt: clock.monotonicMs() + workMs, goesOn, shard };
}

export type Counts = Readonly<Record<string, number>>;

export interface Walked {
  /** Every row has been visited. Otherwise there was a failure, the time was up, or somebody else goes on. */
  readonly isDone: boolean;
  /** The time was up, and nobody else goes on. */
  readonly isUnfinished: boolean;
  /** Each is left to a job of its own, which begins after this time. */
  readonly shards?: { readonly left: readonly number[]; readonly afterMs: number } | undefined;
  /** What was counted so far; when the walk is done, of each row once. */
  readonly counts: Counts;
  /** The first one. It has kept no other row from its visit. */
  readonly failure?: { readonly error: unknown } | undefined;
}

/** Enqueues jobs for what is left when the time is up, or is left to shards. @throws the first failure, when everything else is done */
export async function endTurn(
  ports: Pick<Ports, 'queues'>,
  work: Work,
  walked: readonly Walked[],
): Promise<void> {
  const goOn = { kind: 'operate', work, goesOn: true } as const;
  if (walked.some(({ isUnfinished }) => isUnfinished)) await ports.queues.enqueue(goOn);
  for (const { shards } of walked) {
    for (const shard of shards?.left ?? []) await ports.queues.enqueue({ ...goOn, shard }, shards!.afterMs);
  }
  const failed = walked.find(({ failure }) => failure);
  if (failed?.failure) throw failed.failure.error;
}
