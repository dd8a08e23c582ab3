/**
 * Says whether a check is superfluous, because the next run has queued another one, or because the devices were read after the consent
 * that asked for this one.
 */
import type { CheckJob } from '../../model';
import type { Ports } from '../../ports';
import { runKey } from '../store/row-keys';

/** A check that comes at once needs no look at the runs. */
const atOnceMs = 60_000;

export async function isOvertaken(
  ports: Pick<Ports, 'clock' | 'log' | 'tables'>,
  job: CheckJob,
): Promise<boolean> {
  const reason = (await isNextRunThere(ports, job))
    ? 'the next run has begun'
    : (await isCheckedSinceConsent(ports, job))
      ? 'checked since the consent'
      : undefined;
  if (reason === undefined) return false;
  ports.log.info('battery.check_dropped', { run: job.run, connection: job.connection, reason });
  return true;
}

/** The newer run has queued a check of its own, so a late one can be dropped. */
async function isNextRunThere(
  { clock, tables }: Pick<Ports, 'clock' | 'tables'>,
  { runStartedAt }: CheckJob,
): Promise<boolean> {
  if (runStartedAt === undefined || clock.now() - runStartedAt < atOnceMs) return false;
  const latest = (await tables.runs.get(runKey('check-battery')))?.value;
  return latest !== undefined && latest.startedAt > runStartedAt;
}

async function isCheckedSinceConsent(
  { tables }: Pick<Ports, 'tables'>,
  { connection, consentedAt }: CheckJob,
): Promise<boolean> {
  if (consentedAt === undefined) return false;
  for await (const { value } of tables.devices.list(connection)) {
    if (value.checkedAt >= consentedAt) return true;
  }
  return false;
}
