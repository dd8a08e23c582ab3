/**
 * Looks for the absence of success: a run that did not happen says nothing by itself. Whatever it finds is an alarm;
 * what it does not find any more is over. Alarms are judged first; jobs then bring the texts.
 */
import { describeFailure } from '../../errors';
import type { AlarmName, Connection, Run, RunKind, Settings } from '../../model';
import type { Ports } from '../../ports';
import { alarmOf, endAlarm, raiseAlarm } from '../messages/alarms';
import { insertOnce } from '../store/compare-and-swap';
import { alarmKey, runKey } from '../store/row-keys';
import { isToBeTold } from '../messages/reconnect';
import { areReportsMissing } from '../messages/report-watch';
import { areMostFailing, wearerHelpFor } from '../connection/failing-check';
import { createSilentCounter, isOutage, isOutageOver } from '../battery/silence';
import { isGrantedForTesting, isPastTestingAge, isTestingAge } from '../rotation/new-token-set';
import { spreadJobs } from './pacing';
import { isPublicationLate } from './publication';
import { beginTurn, endTurn, walk, type Turn, type Walked } from '../store/walk';
import { queueEvents } from '../connection/connection-events';
import { isRetired, needsConsent, needsReconnect } from '../connection/state';
import { recheckOf, type AlarmNeeds } from '../messages/record-message';
import { repeatAlarms } from './tell-operator';

const dayMs = 24 * 3_600_000;
const expirySoonMs = 3 * dayMs;
const idleSoonMs = 30 * dayMs;
/** Later it says nothing about what is set now. */
const testingRecentMs = 30 * dayMs;
/** One wearer can take the access back on any day. */
const fewestDied = 2;

export async function watch(
  ports: AlarmNeeds & Pick<Ports, 'providers' | 'webhooks'>,
  turn: Turn = beginTurn(ports),
): Promise<void> {
  const { rotationOverdueMs, batteryOverdueMs } = ports.policy.times;
  if (ports.webhooks.addresses.length > 0) await prepareWebhooks(ports);
  const rotation = await readRun(ports, 'rotate-token');
  const battery = await readRun(ports, 'check-battery');
  await setAlarm(ports, 'rotation run overdue', isOverdue(ports, rotation, rotationOverdueMs));
  await setAlarm(ports, 'battery run overdue', isOverdue(ports, battery, batteryOverdueMs));
  await setAlarm(ports, 'nobody readable', foundNobody(rotation) || foundNobody(battery));
  await setAlarm(ports, 'no delivery reports', await areReportsMissing(ports));
  const connections = await watchConnections(ports, turn);
  const devices = await watchDevices(ports, turn);
  await endWhatIsNotSeenAnyMore(ports);
  await repeatAlarms(ports);
  const texts = await tellToReconnect(ports, turn);
  await endTurn(ports, 'watchdog', [connections, devices, texts]);
}

/** So that the operator finds the secret before the first event. The watch goes on without it. */
async function prepareWebhooks({ log, webhooks }: Pick<Ports, 'log' | 'webhooks'>): Promise<void> {
  await webhooks.prepare().catch((error: unknown) => {
    log.warn('webhook.no_secret', describeFailure(error));
  });
}

async function watchConnections(ports: AlarmNeeds & Pick<Ports, 'providers'>, turn: Turn): Promise<Walked> {
  const walked = await walk(ports, turn, {
    name: 'watchdog',
    table: ports.tables.connections,
    async visit({ value: connection }, { count }) {
      // Their job has died with its worker, or could not be queued.
      if (connection.events) await queueEvents(ports, connection.id);
      if (connection.closedAt !== undefined || !connection.pointer) return;
      for (const finding of findProblems(ports, connection)) count(finding);
    },
  });
  if (!walked.isDone) return walked;
  const of = (finding: Finding): number => walked.counts[finding] ?? 0;
  for (const name of [
    'connections overdue',
    'grants about to expire',
    'access tokens not published',
  ] as const) {
    await setAlarm(ports, name, of(name) > 0, of(name));
  }
  const [died, granted] = [of('died at the age of Testing'), of('granted for Testing')];
  const isTesting = granted > 0 || (died >= fewestDied && died > of('older than that'));
  await setAlarm(ports, 'publishing status Testing suspected', isTesting, died + granted);
  const [active, failing, ofWearers] = [
    of('active'),
    of('check failing'),
    of('check failing for the wearer'),
  ];
  await setAlarm(ports, 'most checks fail', areMostFailing({ active, failing, ofWearers }), failing);
  // When everybody has moved on, nothing says any more that the provider is off, and it still is.
  const [retired, served] = [of('provider switched off'), of('served by a predecessor')];
  if (retired + served > 0) {
    await setAlarm(ports, 'provider switched off', retired > 0 && served === 0, retired);
  }
  // The worker that meets the trouble raises these alarms; only the watchdog knows how many connections it concerns.
  for (const name of raisedByOthers) {
    if (of(name) > 0) await setAlarm(ports, name, true, of(name));
  }
  return walked;
}

/** Many silent at once is an outage and nobody's flat battery: while the alarm is on, no wearer is told so. */
async function watchDevices(ports: AlarmNeeds, turn: Turn): Promise<Walked> {
  const now = ports.clock.now();
  const change = createSilentCounter(now);
  const walked = await walk(ports, turn, {
    name: 'silent devices',
    table: ports.tables.devices,
    visit: ({ value: device }, { count }) => {
      // A device that no check can see now, because its wearer has to reconnect or the API fails, is not silent.
      if (now - device.checkedAt > ports.policy.times.batteryOverdueMs) return;
      const { silent, active } = change(device);
      count('silent', silent);
      count('active', active);
    },
  });
  const { silent = 0, active = 0 } = walked.counts;
  const isOn = isOutage({ silent, active });
  if (walked.isDone && (isOn || isOutageOver({ silent, active }))) {
    await setAlarm(ports, 'many devices silent', isOn, silent);
  }
  return walked;
}

/** Enqueues a job for every wearer who has to reconnect and was not told yet. */
async function tellToReconnect(
  ports: Pick<Ports, 'clock' | 'queues' | 'random' | 'tables'> & Pick<Settings, 'policy'>,
  turn: Turn,
): Promise<Walked> {
  const delayAt = spreadJobs(ports, ports.policy.times.checkSpreadMs);
  return walk(ports, turn, {
    name: 'texts to reconnect',
    table: ports.tables.connections,
    async visit({ value: connection }, { count }) {
      if (!needsConsent(connection) || !(await isToBeTold(ports, connection))) return;
      await ports.queues.enqueue(recheckOf(connection.id), delayAt(count('jobs')));
    },
  });
}

async function setAlarm(ports: AlarmNeeds, name: AlarmName, on: boolean, count?: number): Promise<void> {
  const fields = count === undefined ? {} : { count };
  await (on ? raiseAlarm(ports, name, fields) : endAlarm(ports, name));
}

/** The first look begins the count: a service that was deployed a minute ago is not overdue. */
async function readRun(ports: Pick<Ports, 'clock' | 'tables'>, kind: RunKind): Promise<Run> {
  const now = ports.clock.now();
  const last = (await ports.tables.runs.get(runKey(kind)))?.value;
  if (last) return last;
  const none = { kind, id: 'none yet', startedAt: now, completedAt: now, count: 0 };
  await insertOnce(ports.tables.runs, runKey(kind), none);
  return none;
}

function isOverdue({ clock }: Pick<Ports, 'clock'>, run: Run, overdueMs: number): boolean {
  return clock.now() - (run.completedAt ?? run.startedAt) > overdueMs;
}

/** Runs come to their end and find nobody, though there was somebody: records are gone, or cannot be read. */
function foundNobody({ startedAt, completedAt = 0, count, somebodyAt }: Run): boolean {
  return completedAt >= startedAt && count === 0 && somebodyAt !== undefined;
}

type Finding =
  | AlarmName
  | 'active'
  | 'check failing'
  | 'check failing for the wearer'
  | 'died at the age of Testing'
  | 'granted for Testing'
  | 'older than that'
  | 'served by a predecessor';

function findProblems(
  ports: Pick<Ports, 'clock' | 'providers'> & Pick<Settings, 'policy'>,
  connection: Connection,
): Finding[] {
  const now = ports.clock.now();
  const { rotatedAt, consentedAt, refreshExpiresAt } = connection.pointer!;
  const provider = ports.providers.get(connection.provider)!;
  const { grantLife } = provider;
  const age = (at: number): number => at - (consentedAt ?? at);
  if (needsReconnect(connection)) {
    const { firstAt = now } = connection.refusal ?? {};
    const isRecent = now - firstAt < testingRecentMs;
    return isRecent && isTestingAge(provider, age(firstAt)) ? ['died at the age of Testing'] : [];
  }
  if (isRetired(connection)) return ['provider switched off'];
  const expiresSoon = refreshExpiresAt !== undefined && refreshExpiresAt - now < expirySoonMs;
  const idleSoon = grantLife !== undefined && now - rotatedAt > grantLife.idleMs - idleSoonMs;
  const isLate = now - rotatedAt > ports.policy.times.rotationOverdueMs;
  const isServed = provider.successor !== undefined && !isLate;
  return [
    ...(isLate ? (['connections overdue'] as const) : []),
    ...(isServed ? (['served by a predecessor'] as const) : []),
    ...(expiresSoon || idleSoon ? (['grants about to expire'] as const) : []),
    ...(isPastTestingAge(provider, age(rotatedAt)) ? (['older than that'] as const) : []),
    ...(isGrantedForTesting(provider, connection.pointer!) ? (['granted for Testing'] as const) : []),
    'active',
    ...(isPublicationLate(ports, connection) ? (['access tokens not published'] as const) : []),
    ...failingFor(ports, connection),
    ...troubleOf(connection),
  ];
}

function failingFor(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  { failingCheck }: Connection,
): Finding[] {
  if (!failingCheck || clock.now() - failingCheck.since <= policy.times.batteryOverdueMs) return [];
  const isWearers = wearerHelpFor(failingCheck.code) !== undefined;
  return ['check failing', ...(isWearers ? (['check failing for the wearer'] as const) : [])];
}

/** The alarms that the last refresh and the last check of a connection amount to. */
function troubleOf({ failedAttempt, failingCheck }: Connection): AlarmName[] {
  if (failedAttempt?.code === 'JOB_POISONED') return ['jobs poisoned'];
  const alarms = [failedAttempt, failingCheck].map((trouble) => trouble && alarmOf(trouble.code));
  return [...new Set(alarms.filter((alarm) => alarm !== undefined))];
}

/** Alarms that others raise when they meet the trouble; nobody else could say that it is over. */
const raisedByOthers: readonly AlarmName[] = [
  'client refused',
  'project refused',
  'project not admitted to the API',
  'scopes refused',
  'vault behind the records',
  'vault not in the settings',
  'jobs poisoned',
  'sms budget used up',
  'limit on texts nearly reached',
  'reply in doubt',
  'webhooks not delivered',
];

async function endWhatIsNotSeenAnyMore(ports: AlarmNeeds): Promise<void> {
  for (const name of raisedByOthers) {
    const alarm = (await ports.tables.alarms.get(alarmKey(name)))?.value;
    if (!alarm || alarm.endedAt !== undefined) continue;
    if (ports.clock.now() - alarm.lastSeenAt > ports.policy.times.rotationOverdueMs)
      await endAlarm(ports, name);
  }
}
