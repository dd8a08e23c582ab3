/**
 * Alarms for whoever runs the service: an error log with a stable event name, and one text per episode and one when
 * it is over. Fifty connections with the same trouble are one alarm.
 */
import { operatorId, type Alarm, type AlarmName } from '../../model';
import type { LogFields, Ports } from '../../ports';
import { change, insertOnce } from '../change';
import { alarmKey } from '../keys';
import { recordMessage, sendWaiting } from '../messages/outbox';

/** Seen again and again, an alarm is not written again and again. */
const writeEveryMs = 10 * 60_000;

export async function raiseAlarm(ports: Ports, name: AlarmName, fields: LogFields = {}): Promise<void> {
  const now = ports.clock.now();
  const fresh: Alarm = { name, since: now, lastSeenAt: now };
  const began = (await insertAlarm(ports, fresh)) || (await reopenAlarm(ports, fresh));
  if (!began) return;
  ports.log.error('alarm.raised', { alarm: name, ...fields });
  await tellOperator(ports, 'alarm', fresh);
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

async function insertAlarm(ports: Ports, alarm: Alarm): Promise<boolean> {
  const known = await ports.tables.alarms.get(alarmKey(alarm.name));
  return !known && insertOnce(ports.tables.alarms, alarmKey(alarm.name), alarm);
}

async function reopenAlarm(ports: Ports, fresh: Alarm): Promise<boolean> {
  let began = false;
  await change(ports.tables.alarms, alarmKey(fresh.name), (before) => {
    began = before.endedAt !== undefined;
    if (began) return fresh;
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
  await sendWaiting(ports, { id: operatorId, phone: ports.operatorPhone });
}
