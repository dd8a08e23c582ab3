/**
 * Reads a connection's devices and decides who should be told. Order: message row, event for the platform, device state, level for the
 * history, then send.
 */
import { AppError, failure, type Result } from '../../errors';
import type {
  CheckJob,
  Connection,
  ConnectionId,
  Device,
  Reading,
  StoredReading,
  Settings,
} from '../../model';
import type { Key, Ports, Row } from '../../ports';
import {
  judgeReading,
  markGone,
  rulesFor,
  type BatteryAlert,
  type BatteryRules,
  type Judgement,
} from '../battery/battery-policy';
import { beginAnew } from '../battery/cycle';
import { nameFacts, nameOf, numberAlike } from '../battery/device-name';
import { noteChecked } from '../board/keep-board';
import { noteFailedCheck, noteSuccess } from '../connection/failing-check';
import { openAccess } from '../rotation/usable-access';
import { insertOnce, replaceOnce } from '../store/compare-and-swap';
import { forecast, forecastFromMs } from '../battery/forecast';
import { recognise, type Recognised } from '../battery/identity';
import { deviceKey, readingKey, readingRows } from '../store/row-keys';
import { eraseTraces } from '../wearer/close-connection';
import { readTextState } from '../contact/addresses';
import { recordCheckFailing, recordWorksAgain } from '../messages/failing-check-messages';
import { isSilenceHeld, sendWaiting, type SentWaiting } from '../messages/outbox';
import { noteBatteryEvent } from './note-battery-event';
import { learnTimeZone, fetchReadings } from './fetch-readings';
import { ageOf } from '../battery/silence';
import { readOpenConnection } from '../connection/read';
import { recheckOf, recordMessage, type TextNeeds } from '../messages/record-message';
import type { RotationNeeds } from '../rotation/rotate-token';

export interface Checked extends Pick<SentWaiting, 'sent' | 'unsettled'> {
  readonly devices: number;
  readonly alerts: number;
}

const dayMs = 24 * 3_600_000;

/** @throws what the stores throw */
export async function checkBattery(
  ports: RotationNeeds & TextNeeds & Pick<Ports, 'webhooks'>,
  id: ConnectionId,
  job: CheckJob = recheckOf(id),
): Promise<Result<Checked>> {
  const result = await readAndAlert(ports, id, job).catch(async (error: unknown) => {
    const code = error instanceof AppError ? error.code : 'UNEXPECTED';
    await noteFailedCheck(ports, id, code).catch(() => undefined);
    throw error;
  });
  if (!result.ok) {
    const failing = await noteFailedCheck(ports, id, result.code);
    if (failing) await recordCheckFailing(ports, failing);
  }
  if (result.ok) ports.log.info('battery.checked', { connection: id, count: result.value.devices });
  else ports.log.warn('battery.check_failed', { connection: id, code: result.code });
  return result;
}

async function readAndAlert(
  ports: RotationNeeds & TextNeeds & Pick<Ports, 'webhooks'>,
  id: ConnectionId,
  job: CheckJob,
): Promise<Result<Checked>> {
  const access = await openAccess(ports, id);
  if (!access.ok) return access;
  // Before the readings: a worker that was held up must not judge an old one by a charge that was seen meanwhile.
  const known = await readKnown(ports, id);
  const devices = await fetchReadings(access.value);
  if (!devices.ok) return devices;
  // This record was read before the call to the provider. It is read again before any text is sent, in case the wearer has changed something.
  const { connection } = access.value;
  await learnTimeZone(ports, access.value, id, { known, listed: devices.value });
  if (connection.failingCheck) {
    await recordWorksAgain(ports, connection);
    await noteSuccess(ports, id);
  }
  // Without a way to tell anyone an alert stays due: it is decided when there is one.
  const texts = await readTextState(ports, connection);
  const reachable = ['on', 'paused'].includes(texts);
  let alerts = 0;
  const seen = new Map<string, Device>();
  const { readings } = devices.value;
  const subjects = findSubjects(ports, connection, readings, known);
  for (const subject of subjects) {
    const judged = await judgeAndRecord(ports, connection, reachable, subject);
    alerts += judged.alerts;
    seen.set(subject.key.row, judged.device);
  }
  for (const row of known.values()) {
    if (!seen.has(row.key.row)) seen.set(row.key.row, await recordGone(ports, row));
  }
  // The wearer may have left meanwhile.
  const recipient = await readOpenConnection(ports, id);
  if (!recipient) {
    await eraseTraces(ports, id);
    return failure('CONNECTION_UNKNOWN');
  }
  const count = readings.filter(({ kind }) => kind !== 'phone').length;
  const { lastText, ...sent } = await sendWaiting(ports, recipient, job);
  await noteChecked(ports, recipient, { devices: seen, texts, lastText });
  return { ok: true, value: { devices: count, alerts, ...sent } };
}

/** By row. */
async function readKnown(ports: Pick<Ports, 'tables'>, id: ConnectionId): Promise<Map<string, Row<Device>>> {
  const known = new Map<string, Row<Device>>();
  for await (const row of ports.tables.devices.list(id)) known.set(row.key.row, row);
  return known;
}

/** One device of an answer, and what is known about it. */
interface Subject extends Recognised {
  readonly key: Key;
  readonly known: Row<Device> | undefined;
  /** Which one it is of several with the same name. */
  readonly number: number | undefined;
}

function findSubjects(
  { clock }: Pick<Ports, 'clock'>,
  { id, preferences }: Connection,
  readings: readonly Reading[],
  known: ReadonlyMap<string, Row<Device>>,
): Subject[] {
  const rows = [...known.values()];
  const found = recognise(
    rows.map(({ value }) => value),
    readings,
    clock.now(),
  ).map((each) => {
    const key = deviceKey(id, each.reading.device);
    return { ...each, key, known: known.get(key.row), name: nameOf(preferences, key.row, each.reading) };
  });
  const numbers = numberAlike(
    found.map(({ key, name, known: row }) => ({ row: key.row, name, number: row?.value.number })),
  );
  return found.map((each) => ({ ...each, number: numbers.get(each.key.row) }));
}

/** @returns the device as it is now, and how many alerts there are */
async function judgeAndRecord(
  ports: Pick<Ports, 'clock' | 'log' | 'queues' | 'tables' | 'webhooks'> & Pick<Settings, 'policy'>,
  connection: Connection,
  reachable: boolean,
  { key, known, ...subject }: Subject,
): Promise<{ readonly device: Device; readonly alerts: number }> {
  const rules = rulesFor(ports.policy, connection.preferences, subject.reading, key.row);
  const before = known && subject.isCharged ? beginAnew(known.value) : known?.value;
  const judged = await judgeDevice(ports, subject.reading, before, {
    connection: connection.id,
    ...rules,
    watched: rules.watched && reachable,
  });
  const device = { ...judged.device, knownAs: subject.knownAs, number: subject.number };
  const { percent, word, device: id } = device.reading;
  const level = levelOf(device);
  for (const { kind, cycle, number } of judged.alerts) {
    const cause = [id, String(cycle), ...(number === undefined ? [] : [String(number)])];
    await recordMessage(ports, connection.id, {
      kind,
      cause,
      device: id,
      cycle,
      facts: {
        ...nameFacts(connection.preferences, key.row, device),
        percent,
        word,
        ...(await describe(ports, kind, device, key.row)),
      },
    });
  }
  const noted = await noteBatteryEvent(ports, connection, key.row, device);
  await save(ports, key, known, noted);
  if (judged.isNew && level) {
    await insertOnce(ports.tables.readings, readingKey(connection.id, key.row, level.at), level);
  }
  return { device: noted, alerts: judged.alerts.length };
}

async function judgeDevice(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  reading: Reading,
  known: Device | undefined,
  { connection, ...rules }: BatteryRules & { readonly connection: ConnectionId },
): Promise<Judgement> {
  const now = ports.clock.now();
  const look = { connection, now, overdueMs: ports.policy.times.batteryOverdueMs };
  const judged = judgeReading(known, reading, rules, look);
  if (!judged.alerts.some(({ kind }) => kind === 'silent' || kind === 'unseen')) return judged;
  if (!(await isSilenceHeld(ports))) return judged;
  return judgeReading(known, reading, { ...rules, holdSilence: true }, look);
}

/** The level at the time for which it is known to have held. */
function levelOf(device: Device): StoredReading | undefined {
  const { percent, syncedAt } = device.reading;
  if (percent === undefined) return undefined;
  return { at: Math.min(syncedAt ?? device.firstSeenAt, device.firstSeenAt), percent };
}

async function describe(
  ports: Pick<Ports, 'clock' | 'tables'>,
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
async function forecastHours(
  ports: Pick<Ports, 'clock' | 'tables'>,
  device: Device,
  row: string,
): Promise<number | undefined> {
  const level = levelOf(device);
  if (!level) return undefined;
  const readings: StoredReading[] = [];
  const rows = readingRows(row, level.at - forecastFromMs, level.at);
  for await (const { value } of ports.tables.readings.list(device.connection, rows)) readings.push(value);
  const left = forecast([...readings, level], ports.clock.now());
  return left && Math.max(1, Math.round(left.hours));
}

/** @returns the device as it is now */
async function recordGone(ports: Pick<Ports, 'clock' | 'tables'>, row: Row<Device>): Promise<Device> {
  const gone = markGone(row.value, ports.clock.now());
  if (gone) await save(ports, row.key, row, gone);
  return gone ?? row.value;
}

async function save(
  ports: Pick<Ports, 'tables'>,
  key: Key,
  known: Row<Device> | undefined,
  device: Device,
): Promise<void> {
  const { devices } = ports.tables;
  // Should another check of the same connection be faster, the message's id makes both decide the same alert.
  await (known ? replaceOnce(devices, known, device) : insertOnce(devices, key, device));
}
