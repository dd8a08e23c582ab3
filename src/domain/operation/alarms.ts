/**
 * Alarms for whoever runs the service: an error log with a stable event name, and one text per episode and one when
 * it is over. Fifty connections with the same trouble are one alarm.
 */
import type { ErrorCode } from '../../errors';
import { operatorId, type Alarm, type AlarmName } from '../../model';
import type { LogFields, Ports } from '../../ports';
import { change, insertOnce } from '../change';
import { alarmKey } from '../keys';
import { recheckOf, recordMessage, sendWaiting, type SentWaiting } from '../messages/outbox';

/** Seen again and again, an alarm is not written again and again. */
const writeEveryMs = 10 * 60_000;

export async function raiseAlarm(ports: Ports, name: AlarmName, fields: LogFields = {}): Promise<void> {
  const now = ports.clock.now();
  const fresh: Alarm = { name, since: now, lastSeenAt: now, raisedBy: ports.random.id() };
  const began = (await insertAlarm(ports, fresh)) || (await reopenAlarm(ports, fresh));
  if (!began) return;
  ports.log.error('alarm.raised', { alarm: name, ...fields });
  await tellOperator(ports, 'alarm', fresh);
}

/** What only the operator can mend, for all connections at once. */
export function alarmOf(code: ErrorCode): AlarmName | undefined {
  switch (code) {
    case 'CLIENT_REFUSED':
    case 'REQUEST_REFUSED':
    case 'API_DISABLED':
    case 'NOT_CONFIGURED':
      return 'client refused';
    case 'PROJECT_REFUSED':
      return 'project refused';
    case 'PROJECT_NOT_ADMITTED':
      return 'project not admitted to the API';
    case 'SCOPES_REFUSED':
      return 'scopes refused';
    default:
      return undefined;
  }
}

/** Nothing happens when the alarm is not on. */
export async function endAlarm(ports: Ports, name: AlarmName): Promise<void> {
  const endedAt = ports.clock.now();
  let ended = false;
  const alarm = await change(ports.tables.alarms, alarmKey(name), (before) => {
    ended = before.endedAt === undefined;
    return ended ? { ...before, endedAt } : undefined;
  });
  if (!ended || !alarm) return;
  ports.log.info('alarm.over', { alarm: name });
  await tellOperator(ports, 'alarm over', alarm);
}

/** Whoever dies between writing an alarm and telling it leaves it to the watchdog: nobody is told twice. */
export async function repeatAlarms(ports: Ports): Promise<void> {
  for await (const { value: alarm } of ports.tables.alarms.list()) {
    if (alarm.endedAt === undefined) await tellOperator(ports, 'alarm', alarm);
  }
  await sendToOperator(ports);
}

export async function sendToOperator(ports: Ports): Promise<SentWaiting> {
  const recipient = { id: operatorId, phone: ports.operatorPhone };
  return sendWaiting(ports, recipient, recheckOf(operatorId));
}

/** A write whose answer was lost is found to be our own. */
async function insertAlarm(ports: Ports, alarm: Alarm): Promise<boolean> {
  const key = alarmKey(alarm.name);
  if (await ports.tables.alarms.get(key)) return false;
  if (await insertOnce(ports.tables.alarms, key, alarm)) return true;
  const stored = (await ports.tables.alarms.get(key))?.value;
  return stored?.raisedBy === alarm.raisedBy;
}

async function reopenAlarm(ports: Ports, fresh: Alarm): Promise<boolean> {
  let began = false;
  await change(ports.tables.alarms, alarmKey(fresh.name), (before) => {
    // Our own write, whose answer was lost, is an episode that began just now.
    began = before.endedAt !== undefined || before.raisedBy === fresh.raisedBy;
    if (before.endedAt !== undefined) return fresh;
    const due = fresh.lastSeenAt - before.lastSeenAt >= writeEveryMs;
    return due ? { ...before, lastSeenAt: fresh.lastSeenAt } : undefined;
  });
  return began;
}

async function tellOperator(
  ports: Ports,
  kind: 'alarm' | 'alarm over',
  { name, since }: Alarm,
): Promise<void> {
  if (!ports.operatorPhone) return;
  await recordMessage(ports, operatorId, kind, [name, String(since)], { facts: { alarm: name } });
  await sendToOperator(ports);
}
