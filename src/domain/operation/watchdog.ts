/**
 * Looks for the absence of success: a run that did not happen says nothing by itself. Whatever it finds is an alarm; what it does not find any
 * more is over. It reads no connection and no device: runs have counted what is wrong with connections (findings.ts), checks have counted on the
 * board whose devices are heard of.
 */
import { describeFailure } from '../../errors';
import type { AlarmName, Run, RunKind, Settings } from '../../model';
import type { Ports } from '../../ports';
import { isOutage, isOutageOver } from '../battery/silence';
import { readHearingCount } from '../board/read-board';
import { areMostFailing } from '../connection/failing-check';
import { endAlarm, raiseAlarm } from '../messages/alarms';
import type { AlarmNeeds } from '../messages/record-message';
import { areReportsMissing } from '../messages/report-watch';
import { forgetFormerAddresses } from '../messages/staff-reach';
import { insertOnce } from '../store/compare-and-swap';
import { alarmKey, runKey } from '../store/row-keys';
import { alarmsOfConnections, raisedByOthers, type Finding } from './findings';
import { repeatAlarms } from './tell-operator';

/** One wearer can take the access back on any day. */
const fewestDied = 2;

export async function watch(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash' | 'webhooks'> & Pick<Settings, 'digestTo'>,
): Promise<void> {
  const { rotationOverdueMs, batteryOverdueMs } = ports.policy.times;
  if (ports.webhooks.addresses.length > 0) await prepareWebhooks(ports);
  const rotation = await readRun(ports, 'rotate-token', rotationOverdueMs);
  const battery = await readRun(ports, 'check-battery', batteryOverdueMs);
  await setAlarm(ports, 'rotation run overdue', rotation.isOverdue);
  await setAlarm(ports, 'battery run overdue', battery.isOverdue);
  await setAlarm(ports, 'nobody readable', foundNobody(rotation.run) || foundNobody(battery.run));
  await setAlarm(ports, 'no delivery reports', await areReportsMissing(ports));
  await judgeConnections(ports, foundAt(rotation.run) > foundAt(battery.run) ? rotation : battery);
  if (!battery.isOverdue) await judgeSilence(ports);
  await endWhatIsNotSeenAnyMore(ports);
  await repeatAlarms(ports);
  // Last, because it needs Key Vault, and an alarm may just be about that.
  await forgetFormerAddresses(ports);
}

/** So that the operator finds the secret before the first event. The watch goes on without it. */
async function prepareWebhooks({ log, webhooks }: Pick<Ports, 'log' | 'webhooks'>): Promise<void> {
  await webhooks.prepare().catch((error: unknown) => {
    log.warn('webhook.no_secret', describeFailure(error));
  });
}

async function judgeConnections(ports: AlarmNeeds, { run, isOverdue }: LastRun): Promise<void> {
  const { id, kind, findings } = run;
  if (!findings) return;
  if (isOverdue) {
    // The alarm about the run says that nobody looks at the connections. What is said of these stays as it is.
    ports.log.warn('watchdog.findings_too_old', { run: id, job: kind });
    return;
  }
  const { at, counts } = findings;
  const of = (finding: Finding): number => counts[finding] ?? 0;
  for (const name of alarmsOfConnections) await setAlarm(ports, name, of(name) > 0, { count: of(name), at });
  const [died, granted] = [of('died at the age of Testing'), of('granted for Testing')];
  const isTesting = granted > 0 || (died >= fewestDied && died > of('older than that'));
  await setAlarm(ports, 'publishing status Testing suspected', isTesting, { count: died + granted, at });
  const active = of('should be readable');
  const [failing, ofWearers] = [of('check failing'), of('check failing for the wearer')];
  const areMost = areMostFailing({ active, failing, ofWearers });
  await setAlarm(ports, 'most checks fail', areMost, { count: failing, at });
  // When everybody has moved on, nothing says any more that the provider is off, and it still is.
  const [retired, served] = [of('provider switched off'), of('served by a predecessor')];
  if (retired + served > 0) {
    await setAlarm(ports, 'provider switched off', retired > 0 && served === 0, { count: retired, at });
  }
  // The worker that meets the trouble raises these alarms; only a run knows how many connections it concerns.
  for (const name of raisedByOthers) {
    if (of(name) > 0) await setAlarm(ports, name, true, { count: of(name), at });
  }
}

/** Many silent at once is an outage and nobody's flat battery: while the alarm is on, no wearer is told so. */
async function judgeSilence(ports: AlarmNeeds): Promise<void> {
  const count = await readHearingCount(ports);
  const isOn = isOutage(count);
  if (isOn || isOutageOver(count)) await setAlarm(ports, 'many devices silent', isOn, { count: count.quiet });
}

async function setAlarm(
  ports: AlarmNeeds,
  name: AlarmName,
  on: boolean,
  { count, at }: { readonly count?: number; readonly at?: number } = {},
): Promise<void> {
  await (on ? raiseAlarm(ports, name, count === undefined ? {} : { count }) : endAlarm(ports, name, at));
}

interface LastRun {
  readonly run: Run;
  readonly isOverdue: boolean;
}

async function readRun(
  ports: Pick<Ports, 'clock' | 'tables'>,
  kind: RunKind,
  overdueMs: number,
): Promise<LastRun> {
  const now = ports.clock.now();
  const last = (await ports.tables.runs.get(runKey(kind)))?.value;
  if (last) return { run: last, isOverdue: now - (last.completedAt ?? last.startedAt) > overdueMs };
  // The first look begins the count: a service that was deployed a minute ago is not overdue.
  const none = { kind, id: 'none yet', startedAt: now, completedAt: now, count: 0 };
  await insertOnce(ports.tables.runs, runKey(kind), none);
  return { run: none, isOverdue: false };
}

function foundAt({ findings }: Run): number {
  return findings?.at ?? 0;
}

/** Runs come to their end and find nobody, though there was somebody: records are gone, or cannot be read. */
function foundNobody({ startedAt, completedAt = 0, count, somebodyAt }: Run): boolean {
  return completedAt >= startedAt && count === 0 && somebodyAt !== undefined;
}

async function endWhatIsNotSeenAnyMore(ports: AlarmNeeds): Promise<void> {
  for (const name of raisedByOthers) {
    const alarm = (await ports.tables.alarms.get(alarmKey(name)))?.value;
    if (!alarm || alarm.endedAt !== undefined) continue;
    if (ports.clock.now() - alarm.lastSeenAt > ports.policy.times.rotationOverdueMs)
      await endAlarm(ports, name);
  }
}
