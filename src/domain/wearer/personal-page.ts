/** What a wearer sees and changes on the page that their personal link leads to. */
import type { Connection, ConnectionId, Device, Message, Preferences, StoredReading } from '../../model';
import type { exported } from '../../model/answers/export';
import type { AnswerOf } from '../../model/answers/shape';
import { AppError, describeFailure } from '../../errors';
import type { Ports } from '../../ports';
import { change } from '../store/compare-and-swap';
import { forecast, type Forecast } from '../battery/forecast';
import { connectionKey, deviceRowKey, readingRows } from '../store/row-keys';
import { linkVersionOf } from '../contact/personal-link';
import { addressOf } from '../contact/address-of';
import { isStopped } from '../contact/addresses';
import { textConsentsOf } from '../contact/text-consents';
import { longestName, plainName } from '../messages/message-text';
import type { TextNeeds } from '../messages/record-message';
import { withdrawAccess } from '../rotation/published-secret';
import { sendAskedFor, type AskedFor } from './send-asked-for';

/** Two weeks show more than one charge of any tracker, and still every day. */
export const historyDays = 14;
const dayMs = 24 * 3_600_000;

export interface ShownDevice {
  /** Names the device on the page; not the provider's id. */
  readonly row: string;
  readonly device: Device;
  readonly history: readonly StoredReading[];
  readonly hoursLeft?: Forecast | undefined;
}

/** Devices with what is known of them, the emptiest first. */
export async function listDevices(
  ports: Pick<Ports, 'clock' | 'tables'>,
  id: ConnectionId,
): Promise<ShownDevice[]> {
  const now = ports.clock.now();
  const found: ShownDevice[] = [];
  for await (const { key, value } of ports.tables.devices.list(id)) {
    const history = await readHistory(ports, id, key.row, now - historyDays * dayMs);
    found.push({ row: key.row, device: value, history, hoursLeft: forecast(history, now) });
  }
  return found.sort(byUrgency);
}

/** The emptiest first; what does not say, by name. */
function byUrgency({ device: { reading: a } }: ShownDevice, { device: { reading: b } }: ShownDevice): number {
  return (a.percent ?? 101) - (b.percent ?? 101) || (a.model < b.model ? -1 : 1);
}

async function readHistory(
  ports: Pick<Ports, 'clock' | 'tables'>,
  id: ConnectionId,
  row: string,
  fromMs: number,
): Promise<StoredReading[]> {
  const readings: StoredReading[] = [];
  const rows = readingRows(row, fromMs, ports.clock.now() + dayMs);
  for await (const { value } of ports.tables.readings.list(id, rows)) readings.push(value);
  return readings;
}

/** A field that is `undefined` goes back to the service's default. */
export async function savePreferences(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  decide: (before: Preferences) => Preferences,
): Promise<void> {
  await change(ports.tables.connections, connectionKey(id), (record): Connection | undefined =>
    record.closedAt === undefined ? { ...record, preferences: decide(record.preferences ?? {}) } : undefined,
  );
}

/**
 * Only what the page itself names: a list that strangers could make longer would fill the record.
 *
 * @returns false when there is no such device
 */
export async function muteDevice(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  row: string,
  muted: boolean,
): Promise<boolean> {
  const key = deviceRowKey(id, row);
  if (!key || !(await ports.tables.devices.get(key))) return false;
  await savePreferences(ports, id, (before) => {
    const others = (before.mutedDevices ?? []).filter((each) => each !== row);
    return { ...before, mutedDevices: muted ? [...others, row] : others };
  });
  return true;
}

/** Letters and digits that a text can hold must be in it, or a text could not say which device it is about. */
export function readDeviceName(typed: string): string | undefined {
  const plain = typed.normalize('NFC').replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ').trim();
  const name = [...plain].slice(0, longestName).join('').trim();
  return /[\p{L}\p{N}]/u.test(plainName(name)) ? name : undefined;
}

/**
 * @param name as `readDeviceName` gives it; `undefined` goes back to the name of the model
 * @returns false when there is no such device
 */
export async function nameDevice(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  row: string,
  name: string | undefined,
): Promise<boolean> {
  const key = deviceRowKey(id, row);
  if (!key || !(await ports.tables.devices.get(key))) return false;
  await savePreferences(ports, id, (before) => {
    const { [row]: _, ...others } = before.deviceNames ?? {};
    return { ...before, deviceNames: name === undefined ? others : { ...others, [row]: name } };
  });
  return true;
}

export function sendTest(
  ports: TextNeeds,
  connection: Connection,
  client: string | undefined,
): Promise<AskedFor> {
  return sendAskedFor(ports, connection, { kind: 'test', cause: [String(ports.clock.now())], client });
}

/**
 * From now on nobody else gets access; what they hold of it ends by itself within hours. A published token is removed at once, or
 * by the next look when the vault does not answer.
 */
export async function endSharing(
  ports: Pick<Ports, 'log' | 'publishedTokens' | 'tables'>,
  id: ConnectionId,
): Promise<void> {
  const connection = await change(ports.tables.connections, connectionKey(id), (before) =>
    before.sharedWith === undefined ? undefined : { ...before, sharedWith: undefined },
  );
  ports.log.info('sharing.ended', { connection: id });
  if (!connection) return;
  await withdrawAccess(ports, connection).catch((error: unknown) =>
    ports.log.warn('access_token.not_withdrawn', { connection: id, ...describeFailure(error) }),
  );
}

type Exported = AnswerOf<typeof exported>;

/** Everything that is stored about the wearer, but the tokens, which are the key to the account and not data about it. */
export async function exportEverything(
  ports: Pick<Ports, 'clock' | 'emailAddresses' | 'keyedHash' | 'phoneNumbers' | 'tables' | 'vault'>,
  connection: Connection,
): Promise<Exported> {
  const { id, phone, email, preferences, pointer, textConsent } = connection;
  const address = addressOf(connection);
  const devices = [];
  for await (const { key, value } of ports.tables.devices.list(id)) {
    const readings = await readHistory(ports, id, key.row, 0);
    devices.push({
      name: value.reading.model,
      yourName: preferences?.deviceNames?.[key.row],
      kind: value.reading.kind,
      providerId: value.knownAs ?? value.reading.device,
      percent: value.reading.percent,
      word: value.reading.word,
      syncedAt: iso(value.reading.syncedAt),
      checkedAt: iso(value.checkedAt),
      readings: readings.map(({ at, percent }) => ({ at: iso(at), percent })),
    });
  }
  const messages: Message[] = [];
  for await (const { value } of ports.tables.messages.list(id)) messages.push(value);
  // Their rows have no order that means anything.
  messages.sort((one, other) => one.createdAt - other.createdAt);
  return {
    exportedAt: iso(ports.clock.now()),
    connection: {
      id,
      provider: connection.provider,
      createdAt: iso(connection.createdAt),
      lastRotatedAt: iso(pointer?.rotatedAt),
      consentedAt: iso(pointer?.consentedAt),
      accessEndsAt: iso(pointer?.refreshExpiresAt),
      permissionsNotGiven: connection.missingScopes,
      sharedWith: connection.sharedWith,
      operatorsLabel: connection.label,
      operatorsId: connection.outsideId,
      site: connection.site,
      staffNote: connection.note && { ...connection.note, at: iso(connection.note.at) },
      contactedByStaff: connection.contacted && { ...connection.contacted, at: iso(connection.contacted.at) },
      cameFrom: connection.returnTo,
      failingSince: iso(connection.failingSince),
      batteriesUnreadableSince: iso(connection.failingCheck?.since),
      hashesOfYourAccount: connection.identities,
      linkVersion: linkVersionOf(connection),
      linkReplacedAt: iso(connection.linkReplaced?.at),
    },
    account: await readAccount(ports, connection),
    number: phone && (await ports.phoneNumbers.show(phone)),
    numberDoesNotExistSince: iso(connection.numberDeadSince),
    email: email && ports.emailAddresses.show(email),
    emailDoesNotExistSince: iso(connection.emailDeadSince),
    saidStop: address && (await isStopped(ports, address)),
    consentToTexts: textConsent && { at: iso(textConsent.at), wording: textConsent.wording },
    proofsOfConsent: (await textConsentsOf(ports, connection)).map(({ at, wording, endedAt }) => {
      return { at: iso(at), wording, endedAt: iso(endedAt) };
    }),
    numbersEntered: await readEntered(ports, id),
    timeZone: connection.timeZone,
    preferences,
    devices,
    messages: messages.map(describe),
  };
}

function iso(ms: number): string;
function iso(ms: number | undefined): string | undefined;
function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** What the vault holds beside the tokens. */
async function readAccount(
  ports: Pick<Ports, 'vault'>,
  connection: Connection,
): Promise<Exported['account']> {
  const { pointer } = connection;
  if (!pointer) return undefined;
  try {
    const saved = await ports.vault.readTokenSet(connection, pointer.consent, pointer.secretVersion);
    return saved && { id: saved.set.providerUserId, scopes: saved.set.scopes };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { unknown: 'The vault that holds it did not answer. Please export once more later.' };
  }
}

/** In the last day, confirmed or not. */
async function readEntered(
  ports: Pick<Ports, 'emailAddresses' | 'phoneNumbers' | 'tables'>,
  id: ConnectionId,
): Promise<Exported['numbersEntered']> {
  const entered = [];
  for await (const { value } of ports.tables.confirmations.list()) {
    if (value.connection !== id) continue;
    const { phone, email, confirmedAt, expiresAt, isFormer } = value;
    const number = phone && (await ports.phoneNumbers.show(phone));
    const address = email && ports.emailAddresses.show(email);
    entered.push({
      number,
      email: address,
      confirmedAt: iso(confirmedAt),
      forgottenAt: iso(expiresAt),
      isFormer,
    });
  }
  return entered;
}

function describe({ kind, state, createdAt, firstSentAt, body }: Message) {
  return { kind, state, createdAt: iso(createdAt), sentAt: iso(firstSentAt), text: body };
}
