/**
 * Alarms for the operator: an error log with a stable event name, and one text and one e-mail per episode and when it is over. Fifty
 * connections with the same trouble are one alarm, which says how many they are; ten times as many are a new message.
 */
import { describeFailure, type ErrorCode } from '../../errors';
import { operatorId, type Alarm, type AlarmName, type Settings } from '../../model';
import type { LogFields, Ports } from '../../ports';
import { change, insertOnce } from '../store/compare-and-swap';
import { alarmKey } from '../store/row-keys';
import { recheckOf, recordMessage, type AlarmNeeds, type OperatorAddresses } from './record-message';

/** Seen again and again, an alarm is not written again and again. */
const writeEveryMs = 10 * 60_000;

/** Told again when it concerns so many times as many as when it was last told. */
const muchMore = 10;

/**
 * Records what the operator is told and enqueues the job that sends it (operation/tell-operator.ts).
 *
 * @param about what the alarm is about, when it begins, for its record alone
 */
export async function raiseAlarm(
  ports: AlarmNeeds,
  name: AlarmName,
  fields: LogFields = {},
  about?: string,
): Promise<void> {
  const now = ports.clock.now();
  const { count } = fields;
  const fresh: Alarm = { name, since: now, lastSeenAt: now, raisedBy: ports.random.id(), count, about };
  const told = (await insertAlarm(ports, fresh)) ? fresh : await reopenAlarm(ports, fresh);
  if (!told) return;
  ports.log.error('alarm.raised', { alarm: name, ...fields });
  await tellOperator(ports, 'alarm', told);
}

/** The alarm for trouble that only the operator can mend, for all connections at once. */
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

/**
 * Nothing happens when the alarm is not on.
 *
 * @param knownAt of when the knowledge is that there is no trouble: trouble that was seen later goes on
 */
export async function endAlarm(ports: AlarmNeeds, name: AlarmName, knownAt = Infinity): Promise<void> {
  const endedAt = ports.clock.now();
  let ended = false;
  const alarm = await change(ports.tables.alarms, alarmKey(name), (before) => {
    ended = before.endedAt === undefined && before.lastSeenAt <= knownAt;
    return ended ? { ...before, endedAt } : undefined;
  });
  if (!ended || !alarm) return;
  ports.log.info('alarm.over', { alarm: name });
  await tellOperator(ports, 'alarm over', alarm);
}

/** @returns the alarm, as long as it is on */
export async function readAlarmOn(
  { tables }: Pick<Ports, 'tables'>,
  name: AlarmName,
): Promise<Alarm | undefined> {
  const alarm = (await tables.alarms.get(alarmKey(name)))?.value;
  return alarm?.endedAt === undefined ? alarm : undefined;
}

/** A write whose answer was lost is found to be our own. */
async function insertAlarm(ports: Pick<Ports, 'tables'>, alarm: Alarm): Promise<boolean> {
  const key = alarmKey(alarm.name);
  if (await ports.tables.alarms.get(key)) return false;
  if (await insertOnce(ports.tables.alarms, key, alarm)) return true;
  const stored = (await ports.tables.alarms.get(key))?.value;
  return stored?.raisedBy === alarm.raisedBy;
}

/** @returns the alarm when there is something new to tell about it */
async function reopenAlarm(ports: Pick<Ports, 'tables'>, fresh: Alarm): Promise<Alarm | undefined> {
  const { raisedBy, count, lastSeenAt } = fresh;
  let isNews = false;
  const alarm = await change(ports.tables.alarms, alarmKey(fresh.name), (before) => {
    isNews = true;
    if (before.endedAt !== undefined) return fresh;
    // Our own write, whose answer was lost.
    if (before.raisedBy === raisedBy) return undefined;
    const known = before.count;
    if (count !== undefined && known !== undefined && count >= muchMore * Math.max(1, known)) {
      return { ...before, raisedBy, count, lastSeenAt, toldAt: lastSeenAt };
    }
    isNews = false;
    // The alarm had no count yet, or concerns so few now that many would be news again.
    const isFirstCount = count !== undefined && known === undefined;
    const isMuchLess = count !== undefined && count * muchMore <= (known ?? 0);
    if (isFirstCount || isMuchLess) return { ...before, count, lastSeenAt };
    const isDue = lastSeenAt - before.lastSeenAt >= writeEveryMs;
    return isDue ? { ...before, lastSeenAt } : undefined;
  });
  return isNews ? alarm : undefined;
}

async function tellOperator(ports: AlarmNeeds, kind: 'alarm' | 'alarm over', alarm: Alarm): Promise<void> {
  if (!ports.operatorPhone && !ports.operatorEmail) return;
  await recordAlarm(ports, kind, alarm);
  try {
    await ports.queues.enqueue(recheckOf(operatorId));
  } catch (error) {
    // The alarm is noted, and the watchdog sees to its text and e-mail. Whoever raised it goes on with their own work.
    ports.log.warn('text.not_sent', { connection: operatorId, kind, ...describeFailure(error) });
  }
}

export async function recordAlarm(
  ports: Pick<Ports, 'clock' | 'tables'> & OperatorAddresses & Pick<Settings, 'policy'>,
  kind: 'alarm' | 'alarm over',
  { name, since, count, toldAt }: Alarm,
): Promise<void> {
  const isGrown = kind === 'alarm' && toldAt !== undefined;
  const cause = [name, String(since), ...(isGrown ? [String(toldAt)] : [])];
  const facts = { alarm: name, ...(kind === 'alarm' && count !== undefined && { count }) };
  if (ports.operatorPhone) await recordMessage(ports, operatorId, { kind, cause, facts });
  if (ports.operatorEmail) {
    await recordMessage(ports, operatorId, { kind, way: 'email', cause: [...cause, 'email'], facts });
  }
}
