/** What a check asks the provider for: the list of devices, and once a day the wearer's time zone. */
import { failure, type Result } from '../../errors';
import type { ConnectionId, Device, Reading } from '../../model';
import type { Ports, Row } from '../../ports';
import { change } from '../store/compare-and-swap';
import { connectionKey } from '../store/row-keys';
import { readFromApi, type Access } from '../rotation/api-call';
import { readConnection } from '../connection/read';
import { isTimeZone } from '../contact/time-zone';

const dayMs = 24 * 3_600_000;
const mostPages = 50;
/** Each costs several writes. Nobody wears so many. */
const mostDevices = 200;

interface Listed {
  readonly readings: readonly Reading[];
  /** Where the list says it. */
  readonly timeZone: string | undefined;
}

/** All pages of the list, each device once. */
export async function fetchReadings({ provider, call }: Access): Promise<Result<Listed>> {
  const readings: Reading[] = [];
  let timeZone: string | undefined;
  let pageToken: string | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await readFromApi(call, provider.devices, pageToken);
    if (!answer.ok) return answer;
    readings.push(...answer.value.readings);
    timeZone ??= answer.value.timeZone;
    pageToken = answer.value.nextPageToken;
    if (pageToken === undefined || readings.length >= mostDevices) break;
  }
  return { ok: true, value: { readings: newestOfEach(readings.slice(0, mostDevices)), timeZone } };
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

/**
 * Quiet hours follow the wearer's clock, also on a journey. The first check of a UTC day reads the time zone of a wearer who has not chosen
 * one, by a call of its own unless the list of devices has said it. Some wearers do not grant that call. An error waits until the next day,
 * because batteries are more important.
 */
export async function learnTimeZone(
  ports: Pick<Ports, 'clock' | 'tables'>,
  access: Access,
  id: ConnectionId,
  { known, listed }: { readonly known: ReadonlyMap<string, Row<Device>>; readonly listed: Listed },
): Promise<void> {
  const dayOf = (ms: number): number => Math.floor(ms / dayMs);
  const checkedAt = Math.max(0, ...[...known.values()].map(({ value }) => value.checkedAt));
  if (dayOf(checkedAt) === dayOf(ports.clock.now())) return;
  try {
    const record = await readConnection(ports, id);
    if (record?.preferences?.timeZone !== undefined) return;
    // Without a device nothing says which check is the first of a day.
    if (record?.timeZone !== undefined && known.size === 0) return;
    const answer = await readTimeZone(access, listed);
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

async function readTimeZone({ provider, call }: Access, { timeZone }: Listed): Promise<Result<string>> {
  if (provider.timeZone) return readFromApi(call, provider.timeZone);
  return timeZone === undefined ? failure('NOT_FOUND') : { ok: true, value: timeZone };
}
