/** Reads a connection's devices and decides who should be told. Order: message row, then device state, then send. */
import { hasCode } from '../errors';
import type { Connection, ConnectionId, Reading } from '../model';
import type { Ports } from '../ports';
import { judgeReading } from './battery-policy';
import { openAccess, readFromApi, type Access, type CallResult } from './call-provider';
import { readConnection } from './change';
import { deviceKey } from './keys';
import type { Failure } from './oauth';
import { recordMessage, sendWaiting, type SentWaiting } from './outbox';

export type CheckResult =
  ({ readonly ok: true; readonly devices: number; readonly alerts: number } & SentWaiting) | Failure;

/** @throws what the stores throw */
export async function checkBattery(ports: Ports, id: ConnectionId): Promise<CheckResult> {
  const result = await readAndAlert(ports, id);
  if (result.ok) ports.log.info('battery.checked', { connection: id, count: result.devices });
  else ports.log.warn('battery.check_failed', { connection: id, code: result.code });
  return result;
}

async function readAndAlert(ports: Ports, id: ConnectionId): Promise<CheckResult> {
  const access = await openAccess(ports, id);
  if (!access.ok) return access;
  const devices = await readDevices(access.value);
  if (!devices.ok) return devices;
  const connection = await readConnection(ports, id);
  if (!connection || connection.closedAt !== undefined) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  let alerts = 0;
  for (const reading of devices.value) {
    if (await judgeAndRecord(ports, connection, reading)) alerts += 1;
  }
  return { ok: true, devices: devices.value.length, alerts, ...(await sendWaiting(ports, connection)) };
}

const mostPages = 50;

async function readDevices({ provider, call }: Access): Promise<CallResult<Reading[]>> {
  const readings: Reading[] = [];
  let pageToken: string | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await readFromApi(call, provider.devices, pageToken);
    if (!answer.ok) return answer;
    readings.push(...answer.value.readings);
    pageToken = answer.value.nextPageToken;
    if (pageToken === undefined) break;
  }
  return { ok: true, value: readings };
}

async function judgeAndRecord(ports: Ports, connection: Connection, reading: Reading): Promise<boolean> {
  const key = deviceKey(connection.id, reading.device);
  const known = await ports.tables.devices.get(key);
  const { device, alert } = judgeReading(
    known?.value,
    connection.id,
    reading,
    ports.policy,
    ports.clock.now(),
  );
  // Without a way to tell anyone the alert stays armed: it is decided when there is one.
  const reachable = connection.phone !== undefined && ports.sms.missing.length === 0;
  if (alert && reachable) {
    const { cycle } = device;
    await recordMessage(ports, connection.id, 'low', [reading.device, String(cycle)], {
      device: reading.device,
      cycle,
      facts: { model: reading.model, percent: reading.percent, word: reading.word },
    });
  }
  const state = alert && !reachable ? { ...device, armed: true } : device;
  try {
    await (known ? ports.tables.devices.replace(known, state) : ports.tables.devices.insert(key, state));
  } catch (error) {
    // Another check of the same connection was faster; the message's id makes both decide the same alert.
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
  return alert && reachable;
}
