/** Publishes access tokens: a timer looks at every connection, and a job brings each secret up to date. */
import { describeFailure } from '../../errors';
import type { Connection, ConnectionId, Settings } from '../../model';
import type { Ports } from '../../ports';
import { raiseAlarm } from '../messages/alarms';
import type { AlarmNeeds } from '../messages/record-message';
import { needsConsent } from '../connection/state';
import { publishAccess } from '../rotation/publish-access';
import type { RotationNeeds } from '../rotation/rotate-token';
import { isPublished } from '../rotation/published-secret';
import { beginTurn } from '../store/turn';
import { walk } from '../store/walk';
import { lineOf, spreadJobs } from './pacing';

/** One job for every connection whose secret is to be looked at. What there is no time for, the next timer goes on with. */
export async function dispatchPublication(
  ports: Pick<Ports, 'clock' | 'providers' | 'queues' | 'random' | 'tables'> & Pick<Settings, 'policy'>,
): Promise<void> {
  if (ports.policy.publishesTokens !== true) return;
  const delayAt = spreadJobs(ports, {
    kind: 'publication',
    spreadMs: ports.policy.times.publishSpreadMs,
  });
  const { failure } = await walk(ports, beginTurn(ports), {
    name: 'publications',
    table: ports.tables.connections,
    async visit({ value: connection }, { count }) {
      if (!isToBeLookedAt(ports, connection)) return;
      const { id } = connection;
      const job = { kind: 'rotate-token', connection: id, run: 'publication', attempt: 0 } as const;
      const provider = ports.providers.get(connection.provider)!;
      const delayMs = delayAt(count(lineOf(provider)), provider.callsPerMinute);
      // A worker of an older release, which does not know `publishes`, finds the set newer than this and keeps it.
      await ports.queues.enqueue({ ...job, runStartedAt: 0, publishes: true }, delayMs);
    },
  });
  if (failure) throw failure.error;
}

const pauseAfterFailureMs = 30 * 60_000;

/** A token that only a consent can renew ends by itself. */
function isToBeLookedAt(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
): boolean {
  if (isPublished(connection, policy)) {
    const { failedAttempt } = connection;
    // A refresh failed a moment ago, and the rotation repeats it: looks would only add to the provider's trouble.
    const isFailing = failedAttempt !== undefined && clock.now() - failedAttempt.at < pauseAfterFailureMs;
    return !needsConsent(connection) && !isFailing;
  }
  return connection.closedAt === undefined && connection.published !== undefined;
}

/** The tokens themselves are safe, so a failure here is an alarm and never fails the job: the next look comes in minutes. */
export async function runPublication(ports: RotationNeeds & AlarmNeeds, id: ConnectionId): Promise<void> {
  if (ports.policy.publishesTokens !== true) return;
  try {
    const result = await publishAccess(ports, id);
    if (!result.ok) ports.log.warn('access_token.not_published', { connection: id, code: result.code });
  } catch (error) {
    const failed = describeFailure(error);
    ports.log.warn('access_token.not_published', { connection: id, ...failed });
    await raiseAlarm(ports, 'access tokens not published', { code: failed.code });
  }
}

/** A new connection has a quarter of an hour. */
const firstWithinMs = 15 * 60_000;

/** What stands in the secret is not good for as long as it should be. */
export function isPublicationLate(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
): boolean {
  if (!isPublished(connection, policy)) return false;
  const now = clock.now();
  const { published, pointer, createdAt } = connection;
  if (now - (pointer?.consentedAt ?? createdAt) < firstWithinMs) return false;
  return published === undefined || published.expiresAt - now < policy.times.publishedGoodMs;
}
