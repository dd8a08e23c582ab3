/** Reads a connection's devices and decides who should be told. Order: message row, then device state, then send. */
import { hasCode } from '../errors';
import type { Connection, ConnectionId, Message, Reading } from '../model';
import type { Ports } from '../ports';
import { judgeReading } from './battery-policy';
import { openAccess, readFromApi, type Access, type CallResult } from './call-provider';
import { connectionKey, deviceKey, messageId, messageKey } from './keys';
import type { Failure } from './oauth';
import { sendMessage } from './send-message';

export type CheckResult =
  { readonly ok: true; readonly devices: number; readonly alerts: number; readonly sent: number } | Failure;

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
  const connection = (await ports.tables.connections.get(connectionKey(id)))?.value;
  if (!connection) return { ok: false, code: 'CONNECTION_UNKNOWN' };
  let alerts = 0;
  for (const reading of devices.value) {
    if (await judgeAndRecord(ports, connection, reading)) alerts += 1;
  }
  return { ok: true, devices: devices.value.length, alerts, sent: await sendWaiting(ports, connection) };
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
  if (alert && reachable) await recordMessage(ports, connection, reading, device.cycle);
  const state = alert && !reachable ? { ...device, armed: true } : device;
  try {
    await (known ? ports.tables.devices.replace(known, state) : ports.tables.devices.insert(key, state));
  } catch (error) {
    // Another check of the same connection was faster; the message's id makes both decide the same alert.
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
  return alert && reachable;
}

async function recordMessage(
  ports: Ports,
  connection: Connection,
  reading: Reading,
  cycle: number,
): Promise<void> {
  const message: Message = {
    id: messageId(connection.id, reading.device, 'low', String(cycle)),
    connection: connection.id,
    kind: 'low',
    device: reading.device,
    cycle,
    createdAt: ports.clock.now(),
    state: 'pending',
    facts: { model: reading.model, percent: reading.percent },
  };
  try {
    await ports.tables.messages.insert(messageKey(connection.id, message.id), message);
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
}

/** Whatever is not sent yet, this check's messages and those that an earlier check had to leave. */
async function sendWaiting(ports: Ports, connection: Connection): Promise<number> {
  let sent = 0;
  for await (const { value } of ports.tables.messages.list(connection.id)) {
    if (value.state !== 'pending' && value.state !== 'claimed') continue;
    if ((await sendMessage(ports, connection, value.id)) === 'sent') sent += 1;
  }
  return sent;
}
