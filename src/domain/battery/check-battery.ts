/**
 * Reads a connection's devices and decides who should be told. Order: message row, then device state, then the level
 * for the history, then send.
 */
import { AppError, hasCode } from '../../errors';
import type { CheckJob, Connection, ConnectionId, Device, Reading, StoredReading } from '../../model';
import type { Key, Ports, Row } from '../../ports';
import {
  judgeReading,
  markGone,
  rulesFor,
  type BatteryAlert,
  type BatteryRules,
  type Judgement,
} from './battery-policy';
import { nameOf } from './device-name';
import { noteFailure, noteSuccess } from './failing-check';
import { openAccess, readFromApi, type Access, type CallResult } from '../rotation/call-provider';
import { change, insertOnce, readConnection, readOpenConnection } from '../change';
import { forecast, forecastFromMs } from './forecast';
import { alarmKey, connectionKey, deviceKey } from '../keys';
import { eraseTraces } from '../wearer/close-connection';
import { readTextState } from '../wearer/numbers';
import type { Failure } from '../rotation/oauth';
import { recordFailing, recordWorking } from '../messages/check-texts';
import { recheckOf, recordMessage, sendWaiting, type SentWaiting } from '../messages/outbox';
import { isTimeZone } from '../messages/quiet-hours';
import { readingKey, readingRows } from './readings';
import { ageOf, holdsSilence } from './silence';

export type CheckResult =
  ({ readonly ok: true; readonly devices: number; readonly alerts: number } & SentWaiting) | Failure;

const dayMs = 24 * 3_600_000;

/** @throws what the stores throw */
export async function checkBattery(
  ports: Ports,
  id: ConnectionId,
  job: CheckJob = recheckOf(id),
): Promise<CheckResult> {
  const result = await readAndAlert(ports, id, job).catch(async (error: unknown) => {
    const code = error instanceof AppError ? error.code : 'UNEXPECTED';
    await noteFailure(ports, id, code).catch(() => undefined);
    throw error;
  });
  if (!result.ok) {
    const failing = await noteFailure(ports, id, result.code);
    if (failing) await recordFailing(ports, failing);
  }
  if (result.ok) ports.log.info('battery.checked', { connection: id, count: result.devices });
  else ports.log.warn('battery.check_failed', { connection: id, code: result.code });
  return result;
}

async function readAndAlert(ports: Ports, id: ConnectionId, job: CheckJob): Promise<CheckResult> {
  const access = await openAccess(ports, id);
  if (!access.ok) return access;
  // Before the readings: a worker that was held up must not judge an old one by a charge that was seen meanwhile.
  const known = await readKnown(ports, id);
  const devices = await readDevices(access.value);
  if (!devices.ok) return devices;
  await learnTimeZone(ports, access.value, id, known);
  const connection = await readOpenConnection(ports, id);
  if (!connection) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  if (connection.failingCheck) {
    await recordWorking(ports, connection);
    await noteSuccess(ports, id);
  }
  // Without a way to tell anyone an alert stays due: it is decided when there is one.
  const reachable = ['on', 'paused'].includes(await readTextState(ports, connection));
  let alerts = 0;
  const listed = new Set<string>();
  for (const reading of newestOfEach(devices.value)) {
    const key = deviceKey(id, reading.device);
    listed.add(key.row);
    alerts += await judgeAndRecord(ports, connection, reachable, reading, key, known.get(key.row));
  }
  for (const row of known.values()) {
    if (!listed.has(row.key.row)) await recordGone(ports, row);
  }
  // The wearer may have left meanwhile.
  const recipient = await readOpenConnection(ports, id);
  if (!recipient) {
    await eraseTraces(ports, id);
    return { ok: false, code: 'CONNECTION_UNKNOWN' };
  }
  const count = devices.value.filter(({ kind }) => kind !== 'phone').length;
  return { ok: true, devices: count, alerts, ...(await sendWaiting(ports, recipient, job)) };
}

const mostPages = 50;
/** Each costs several writes. Nobody wears so many. */
const mostDevices = 200;

async function readDevices({ provider, call }: Access): Promise<CallResult<Reading[]>> {
  const readings: Reading[] = [];
  let pageToken: string | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await readFromApi(call, provider.devices, pageToken);
    if (!answer.ok) return answer;
    readings.push(...answer.value.readings);
    pageToken = answer.value.nextPageToken;
    if (pageToken === undefined || readings.length >= mostDevices) break;
  }
  return { ok: true, value: readings.slice(0, mostDevices) };
}

/** An answer can hold the same device twice: the entry that was synced last says what is so. */
function newestOfEach(readings: readonly Reading[]): Reading[] {
  const newest = new Map<string, Reading>();
  const syncOf = ({ syncedAt, syncedBefore }: Reading): number => syncedAt ?? syncedBefore ?? -Infinity;
  for (const reading of readings) {
    const other = newest.get(reading.device);
    if (!other || syncOf(reading) > syncOf(other)) newest.set(reading.device, reading);
  }
  return [...newest.values()];
}

/** By row. */
async function readKnown(ports: Ports, id: ConnectionId): Promise<Map<string, Row<Device>>> {
  const known = new Map<string, Row<Device>>();
  for await (const row of ports.tables.devices.list(id)) known.set(row.key.row, row);
  return known;
}

/**
 * Quiet hours follow the wearer's clock, also on a journey: asked for with the first check of a day (UTC) of everybody who has
 * not chosen a zone. Not every wearer grants it. Whatever goes wrong is left to the next day; batteries are more important.
 */
async function learnTimeZone(
  ports: Ports,
  { provider, call }: Access,
  id: ConnectionId,
  known: ReadonlyMap<string, Row<Device>>,
): Promise<void> {
  const dayOf = (ms: number): number => Math.floor(ms / dayMs);
  const checkedAt = Math.max(0, ...[...known.values()].map(({ value }) => value.checkedAt));
  if (dayOf(checkedAt) === dayOf(ports.clock.now())) return;
  try {
    const record = await readConnection(ports, id);
    if (record?.preferences?.timeZone !== undefined) return;
    // Without a device nothing says which check is the first of a day.
    if (record?.timeZone !== undefined && known.size === 0) return;
    const answer = await readFromApi(call, provider.timeZone);
    if (!answer.ok || !isTimeZone(answer.value)) return;
    const timeZone = answer.value;
    await change(ports.tables.connections, connectionKey(id), (connection) =>
      connection.closedAt === undefined &&
      connection.timeZone === record?.timeZone &&
      connection.timeZone !== timeZone
        ? { ...connection, timeZone }
        : undefined,
    );
  } catch {
    return;
  }
}

/** @returns how many alerts there are */
async function judgeAndRecord(
  ports: Ports,
  connection: Connection,
  reachable: boolean,
  reading: Reading,
  key: Key,
  known: Row<Device> | undefined,
): Promise<number> {
  const rules = rulesFor(ports.policy, connection.preferences, reading, key.row);
  const { device, alerts, isNew } = await judge(ports, connection, reading, known?.value, {
    ...rules,
    watched: rules.watched && reachable,
  });
  const level = levelOf(device);
  for (const { kind, cycle, number } of alerts) {
    const cause = [reading.device, String(cycle), ...(number === undefined ? [] : [String(number)])];
    await recordMessage(ports, connection.id, kind, cause, {
      device: reading.device,
      cycle,
      facts: {
        model: nameOf(connection.preferences, key.row, reading),
        percent: reading.percent,
        word: reading.word,
        ...(await describe(ports, kind, device, key.row)),
      },
    });
  }
  await save(ports, key, known, device);
  if (isNew && level) {
    await insertOnce(ports.tables.readings, readingKey(connection.id, key.row, level.at), level);
  }
  return alerts.length;
}

async function judge(
  ports: Ports,
  { id }: Connection,
  reading: Reading,
  known: Device | undefined,
  rules: BatteryRules,
): Promise<Judgement> {
  const now = ports.clock.now();
  const look = { connection: id, now, overdueMs: ports.policy.times.batteryOverdueMs };
  const judged = judgeReading(known, reading, rules, look);
  if (!judged.alerts.some(({ kind }) => kind === 'silent' || kind === 'unseen')) return judged;
  const outage = await ports.tables.alarms.get(alarmKey('many devices silent'));
  if (!holdsSilence(outage?.value, now)) return judged;
  return judgeReading(known, reading, { ...rules, holdSilence: true }, look);
}

/** The level at the time for which it is known to have held. */
function levelOf(device: Device): StoredReading | undefined {
  const { percent, syncedAt } = device.reading;
  if (percent === undefined) return undefined;
  return { at: Math.min(syncedAt ?? device.firstSeenAt, device.firstSeenAt), percent };
}

async function describe(
  ports: Ports,
  kind: BatteryAlert['kind'],
  device: Device,
  row: string,
): Promise<{ hoursLeft?: number; silentDays?: number }> {
  switch (kind) {
    case 'low':
    case 'critical':
    case 'reminder': {
      const hours = await forecastHours(ports, device, row);
      return hours === undefined ? {} : { hoursLeft: hours };
    }
    case 'silent':
    case 'unseen':
      return { silentDays: Math.floor(ageOf(device, ports.clock.now()) / dayMs) };
    case 'recovered':
      return {};
  }
}

/** Only for a text: a check that has nothing to say reads no history. */
async function forecastHours(ports: Ports, device: Device, row: string): Promise<number | undefined> {
  const level = levelOf(device);
  if (!level) return undefined;
  const readings: StoredReading[] = [];
  const rows = readingRows(row, level.at - forecastFromMs, level.at);
  for await (const { value } of ports.tables.readings.list(device.connection, rows)) readings.push(value);
  const left = forecast([...readings, level], ports.clock.now());
  return left && Math.max(1, Math.round(left.hours));
}

async function recordGone(ports: Ports, row: Row<Device>): Promise<void> {
  const gone = markGone(row.value, ports.clock.now());
  if (gone) await save(ports, row.key, row, gone);
}

async function save(ports: Ports, key: Key, known: Row<Device> | undefined, device: Device): Promise<void> {
  try {
    await (known ? ports.tables.devices.replace(known, device) : ports.tables.devices.insert(key, device));
  } catch (error) {
    // Another check of the same connection was faster; the message's id makes both decide the same alert.
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
}
