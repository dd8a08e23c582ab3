/**
 * Looks for the absence of success: a run that did not happen says nothing by itself. Whatever it finds is an alarm;
 * what it does not find any more is over.
 */
import type { AlarmName, Connection, Device, RunKind } from '../../model';
import type { Ports } from '../../ports';
import { endAlarm, raiseAlarm, repeatAlarms } from './alarms';
import { isRetired, needsConsent, needsReconnect } from '../rotation/decide-refresh';
import { forEachGoingOn, insertOnce } from '../change';
import { alarmKey, runKey } from '../keys';
import { tellToReconnect } from '../messages/reconnect';
import { countSilent, isOutage } from '../battery/silence';

const dayMs = 24 * 3_600_000;
const expirySoonMs = 3 * dayMs;
const idleSoonMs = 30 * dayMs;
/** A grant that dies this close to the age at which unpublished clients lose theirs. */
const testingSlackMs = dayMs / 2;

export async function watch(ports: Ports): Promise<void> {
  const { rotationOverdueMs, batteryOverdueMs } = ports.policy.times;
  await setAlarm(ports, 'rotation run overdue', await isOverdue(ports, 'rotate-token', rotationOverdueMs));
  await setAlarm(ports, 'battery run overdue', await isOverdue(ports, 'check-battery', batteryOverdueMs));

  const counts = new Map<AlarmName, number>([
    ['connections overdue', 0],
    ['grants about to expire', 0],
    ['publishing status Testing suspected', 0],
  ]);
  const failed = await forEachGoingOn(ports.tables.connections.list(), async ({ value: connection }) => {
    if (connection.closedAt !== undefined || !connection.pointer) return;
    for (const name of judge(ports, connection)) counts.set(name, (counts.get(name) ?? 0) + 1);
    if (needsConsent(connection)) await tellToReconnect(ports, connection.id);
  });
  for (const [name, count] of counts) await setAlarm(ports, name, count > 0, count);
  await watchDevices(ports);
  await endWhatIsNotSeenAnyMore(ports);
  await repeatAlarms(ports);
  if (failed) throw failed.error;
}

/** Many silent at once is an outage and nobody's flat battery: while the alarm is on, no wearer is told so. */
async function watchDevices(ports: Ports): Promise<void> {
  const now = ports.clock.now();
  const devices: Device[] = [];
  for await (const { value } of ports.tables.devices.list()) {
    // What nobody reads any more, such as the devices of those who have to reconnect, says nothing about an outage.
    if (now - value.checkedAt <= ports.policy.times.batteryOverdueMs) devices.push(value);
  }
  const { silent, active } = countSilent(devices, now);
  await setAlarm(ports, 'many devices silent', isOutage(silent, active), silent);
}

async function setAlarm(ports: Ports, name: AlarmName, on: boolean, count?: number): Promise<void> {
  await (on ? raiseAlarm(ports, name, count === undefined ? {} : { count }) : endAlarm(ports, name));
}

/** The first look begins the count: a service that was deployed a minute ago is not overdue. */
async function isOverdue(ports: Ports, kind: RunKind, overdueMs: number): Promise<boolean> {
  const now = ports.clock.now();
  const last = (await ports.tables.runs.get(runKey(kind)))?.value;
  if (last) return now - (last.completedAt ?? last.startedAt) > overdueMs;
  const none = { kind, id: 'none yet', startedAt: now, completedAt: now, count: 0 };
  await insertOnce(ports.tables.runs, runKey(kind), none);
  return false;
}

function judge(ports: Ports, connection: Connection): AlarmName[] {
  const now = ports.clock.now();
  const { rotatedAt, consentedAt, refreshExpiresAt } = connection.pointer!;
  const { grantLife } = ports.providers.get(connection.provider)!;
  if (needsReconnect(connection)) {
    const age = (connection.refusal?.firstAt ?? now) - (consentedAt ?? 0);
    const atTestingAge = grantLife !== undefined && Math.abs(age - grantLife.testingMs) <= testingSlackMs;
    return atTestingAge ? ['publishing status Testing suspected'] : [];
  }
  if (isRetired(connection)) return [];
  const expiresSoon = refreshExpiresAt !== undefined && refreshExpiresAt - now < expirySoonMs;
  const idleSoon = grantLife !== undefined && now - rotatedAt > grantLife.idleMs - idleSoonMs;
  return [
    ...(now - rotatedAt > ports.policy.times.rotationOverdueMs ? (['connections overdue'] as const) : []),
    ...(expiresSoon || idleSoon ? (['grants about to expire'] as const) : []),
  ];
}

/** Alarms that others raise when they meet the trouble; nobody else could say that it is over. */
const raisedByOthers: readonly AlarmName[] = [
  'client refused',
  'project refused',
  'project not admitted to the API',
  'scopes refused',
  'vault behind the records',
  'jobs poisoned',
  'sms budget used up',
  'limit on texts nearly reached',
];

async function endWhatIsNotSeenAnyMore(ports: Ports): Promise<void> {
  for (const name of raisedByOthers) {
    const alarm = (await ports.tables.alarms.get(alarmKey(name)))?.value;
    if (!alarm || alarm.endedAt !== undefined) continue;
    if (ports.clock.now() - alarm.lastSeenAt > ports.policy.times.rotationOverdueMs)
      await endAlarm(ports, name);
  }
}
