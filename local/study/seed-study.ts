/**
 * Puts the participants of the local study into the stores as the service would have done in two weeks: their consents at the simulator, token
 * sets, records, devices, readings, texts and the board. Two hundred sign-ups would take minutes. The simulator knows the tokens, so checks and
 * rotations go on with them.
 */
import * as formats from '../../src/adapters/records';
import { connectTable } from '../../src/adapters/tables';
import {
  connectionFacts,
  deviceFacts,
  lastTextOf,
  levelMeasuredAt,
  thinLevels,
} from '../../src/domain/board/board-facts';
import { countNames, countsRow, entryKey, listRows } from '../../src/domain/board/board-rows';
import { judgeEntry } from '../../src/domain/board/judge-entry';
import { forecast } from '../../src/domain/battery/forecast';
import {
  labelRow,
  connectionKey,
  deviceKey,
  identityKey,
  identityKeyOf,
  messageId,
  messageKey,
  numberKey,
  readingKey,
} from '../../src/domain/store/row-keys';
import { macOfAddress } from '../../src/domain/contact/keyed-values';
import { setStopped } from '../../src/domain/contact/addresses';
import type {
  BoardEntry,
  BoardRow,
  Connection,
  Device,
  Message,
  StoredReading,
  TokenSet,
} from '../../src/model';
import type { GroupTable, Key } from '../../src/ports';
import { Secret } from '../../src/secret';
import type { Service } from '../service';
import { localClient } from '../simulators/clients';
import type { Wearer } from '../simulators/wearers';
import type { World } from '../world';
import { participantsAt, type Participant } from './participants';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const provider = 'google-health';
const historyDays = 14;
/** So many participants have every reading; more would only take time, and the board draws the rest from what it keeps. */
const withReadings = 300;
const sideBySide = 16;

interface Written {
  readonly key: Key;
}

/**
 * @param complete only so many have records, tokens and a wearer at the simulator; the others stand on the board alone
 * @returns them in the order of their numbers
 */
export async function seedStudy(
  { wearers, simulators, azurite }: Pick<World, 'wearers' | 'simulators' | 'azurite'>,
  { services }: Pick<Service, 'services'>,
  count: number,
  complete = count,
): Promise<Participant[]> {
  const now = services.clock.now();
  const participants = participantsAt(now, count);
  const scopes = [services.providers.get(provider)!.scopes.device];
  const made = await inTurns(participants.slice(0, complete), async (participant) => {
    const wearer = wearers.add(participant.spec);
    const answer = simulators[provider].giveConsent!(participant.id, localClient.clientId, scopes);
    const about = { now, scopes, journalKey: new Secret(services.random.secret()) };
    const set = tokenSetOf(participant, wearer, JSON.parse(answer) as TokenAnswer, about);
    const secretVersion = await services.vault.saveTokenSet(set);
    if (participant.story === 'revoked') simulators[provider].revokeGrant(participant.id);
    return recordsOf(participant, wearer, { set, secretVersion, now });
  });
  const storage = { kind: 'local', connectionString: azurite.connectionString, attemptMs: 30_000 } as const;
  const open = <T>(name: string, format: formats.RecordFormat<T>): GroupTable<T> =>
    connectTable(storage, name, format, (kind) => {
      throw new Error(`A ${kind} that was written here cannot be read.`);
    });
  const { connections, devices, messages, readings, identities } = {
    connections: made.map(({ connection }) => ({ key: connectionKey(connection.id), value: connection })),
    devices: made.map(({ device, deviceRow }) => ({ key: deviceRow, value: device })),
    messages: made.flatMap(({ texts }) =>
      texts.map((text) => ({ key: messageKey(text.connection, text.id), value: text })),
    ),
    readings: made
      .slice(0, withReadings)
      .flatMap(({ connection: { id }, levels, deviceRow }) =>
        levels.map((level) => ({ key: readingKey(id, deviceRow.row, level.at), value: level })),
      ),
    identities: made.flatMap(({ connection: { id }, identityRows }) =>
      identityRows.map((row) => ({ key: identityKeyOf(row), value: { connection: id } })),
    ),
  };
  await insertAll(open('connections', formats.connectionFormat), connections);
  await insertAll(open('identities', formats.identityFormat), identities);
  await insertAll(open('devices', formats.deviceFormat), devices);
  await insertAll(open('messages', formats.messageFormat), messages);
  await insertAll(open('readings', formats.readingFormat), readings);
  if (complete <= withReadings) await noteNumbers(services, made);
  const others = participants.slice(complete).map((participant) => {
    const wearer = { healthUserId: participant.outsideId };
    const set = tokenSetOf(participant, wearer, noTokens, { now, scopes, journalKey: new Secret('') });
    return recordsOf(participant, wearer, { set, secretVersion: '', now });
  });
  const entries = [...made, ...others].map((each) => entryOf(services, each, now));
  await writeBoard(open('board', formats.boardFormat), entries);
  return participants;
}

const noTokens: TokenAnswer = { access_token: '', refresh_token: '', expires_in: 3_599 };

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

function tokenSetOf(
  { id, nth }: Participant,
  { healthUserId }: Pick<Wearer, 'healthUserId'>,
  answer: TokenAnswer,
  {
    now,
    scopes,
    journalKey,
  }: { readonly now: number; readonly scopes: readonly string[]; readonly journalKey: Secret },
): TokenSet {
  return {
    connection: id,
    provider,
    consent: 1,
    generation: 57,
    accessToken: new Secret(answer.access_token),
    refreshToken: new Secret(answer.refresh_token),
    issuedAt: now,
    expiresAt: now + answer.expires_in * 1_000,
    scopes,
    providerUserId: healthUserId,
    consentedAt: now - historyDays * dayMs - (nth % 24) * hourMs,
    journalKey,
  };
}

interface Made {
  readonly story: Participant['story'];
  readonly connection: Connection;
  readonly device: Device;
  readonly deviceRow: Key;
  readonly levels: readonly StoredReading[];
  readonly texts: readonly Message[];
  readonly identityRows: readonly string[];
}

function recordsOf(
  participant: Participant,
  { healthUserId }: Pick<Wearer, 'healthUserId'>,
  {
    set,
    secretVersion,
    now,
  }: { readonly set: TokenSet; readonly secretVersion: string; readonly now: number },
): Made {
  const { id, nth, label, outsideId, site, story, phone, spec, lastSyncAt } = participant;
  const consentedAt = set.consentedAt!;
  const deviceId = `users/${healthUserId}/pairedDevices/${spec.devices[0]!.id}`;
  const deviceRow = deviceKey(id, deviceId);
  const identityRows = [identityKey(provider, healthUserId).row, labelRow(label)];
  const position = { consent: 1, generation: set.generation };
  const levels: StoredReading[] = [];
  for (let at = lastSyncAt - historyDays * dayMs; at <= lastSyncAt; at += 4 * hourMs) {
    levels.push({ at, percent: participant.levelAt(at) });
  }
  const percent = participant.levelAt(lastSyncAt);
  const isLow = story === 'low';
  const refusedAt = now - participant.refusedForMs;
  return {
    story,
    deviceRow,
    levels,
    identityRows,
    connection: {
      id,
      provider,
      createdAt: consentedAt,
      label,
      outsideId,
      site,
      consentReserved: 1,
      pointer: {
        ...position,
        secretVersion,
        expiresAt: set.expiresAt,
        rotatedAt: story === 'revoked' ? refusedAt - 5 * hourMs : now - (nth % 360) * 60_000,
        consentedAt,
      },
      missingScopes: [],
      ...(phone !== undefined && {
        phone: new Secret(phone),
        textConsent: { at: consentedAt, wording: '2026-11' },
      }),
      ...(story === 'number dead' && { numberDeadSince: now - (nth % 5) * dayMs - hourMs }),
      ...(story === 'revoked' && {
        refusal: {
          ...position,
          firstAt: refusedAt,
          confirmedAt: refusedAt + hourMs / 4,
        },
      }),
      timeZone: spec.timeZone,
      identities: identityRows,
    },
    device: {
      connection: id,
      reading: {
        device: deviceId,
        kind: 'tracker',
        model: spec.devices[0]!.model,
        percent,
        word: percent >= 60 ? 'high' : percent >= 21 ? 'medium' : 'low',
        syncMark: new Date(lastSyncAt).toISOString().replace('.000Z', 'Z'),
        syncedAt: lastSyncAt,
      },
      firstSeenAt: lastSyncAt,
      checkedAt: now - participant.refusedForMs - (nth % 15) * 60_000,
      cycle: 3,
      armed: !isLow,
      ...(isLow && { toldAt: lastSyncAt, toldLevel: 20 }),
      ...(story === 'silent' && { silentAt: lastSyncAt + 2 * dayMs }),
      heard: true,
    },
    texts: phone === undefined ? [] : textsOf(participant, deviceId, percent),
  };
}

/** One for the last charge, and for some one that is still true. */
function textsOf(
  { id, nth, story, lastSyncAt, spec }: Participant,
  device: string,
  percent: number,
): Message[] {
  const { model } = spec.devices[0]!;
  const text = (kind: Message['kind'], at: number, state: Message['state'], level: number): Message => ({
    id: messageId(id, kind, device, String(at)),
    connection: id,
    kind,
    device,
    cycle: 2,
    createdAt: at,
    firstSentAt: at,
    state,
    facts: { model, percent: level },
    ...(state === 'failed' && { failure: 'UNREACHABLE' }),
    ...(state === 'delivered' && { reportedAt: at + 4_000 }),
  });
  const earlier = text('low', lastSyncAt - 6 * dayMs - (nth % 20) * hourMs, 'delivered', 18);
  if (story === 'low')
    return [earlier, text('low', lastSyncAt, nth % 5 === 0 ? 'sent' : 'delivered', percent)];
  if (story === 'not delivered' || story === 'number dead') {
    return [earlier, text('low', lastSyncAt - dayMs, 'failed', 19)];
  }
  return [earlier];
}

async function noteNumbers(services: Service['services'], made: readonly Made[]): Promise<void> {
  await inTurns(made, async ({ story, connection: { id, phone } }) => {
    if (!phone) return;
    const key = numberKey(await macOfAddress(services, { way: 'sms', to: phone }), id);
    await services.tables.numbers.insert(key, { connection: id });
    if (story === 'stopped')
      await setStopped(
        services,
        { way: 'sms', to: phone },
        { at: services.clock.now() - dayMs, stopped: true },
      );
  });
}

const textsOfStory: Readonly<Partial<Record<Participant['story'], BoardEntry['texts']>>> = {
  'no number': 'none',
  'number dead': 'dead',
  stopped: 'stopped',
};

function entryOf({ policy }: Service['services'], made: Made, now: number): BoardEntry {
  const { connection, device, deviceRow, levels, texts } = made;
  const { emptiest, isLow, ...found } = deviceFacts(
    policy,
    connection,
    new Map([[deviceRow.row, device]]),
    now,
  );
  const left = forecast(levels, now);
  const { percent, word } = device.reading;
  return judgeEntry(
    {
      ...connectionFacts(connection)!,
      ...found,
      texts: textsOfStory[made.story] ?? 'on',
      lastText: lastTextOf(texts),
      lowSince: isLow ? levelMeasuredAt(device) : undefined,
      battery: emptiest && {
        row: emptiest.row,
        name: emptiest.name,
        percent,
        word,
        at: levelMeasuredAt(device),
        ...thinLevels(levels, now),
        flatAt: left && Math.round(now + left.hours * hourMs),
      },
    },
    undefined,
    now,
  );
}

/** Others may be on the board already, so their counts stay. */
async function writeBoard(board: GroupTable<BoardRow>, entries: readonly BoardEntry[]): Promise<void> {
  const rows = entries.flatMap((entry) => {
    const key = entryKey(entry.connection);
    return [key.row, ...listRows(entry)].map((row) => ({ key: { ...key, row }, value: { entry } }));
  });
  await insertAll(board, rows);
  const byPartition = Map.groupBy(entries, ({ connection }) => entryKey(connection).partition);
  await inTurns([...byPartition], async ([partition, all]) => {
    const key = { partition, row: countsRow };
    const before = await board.get(key);
    const counts: Record<string, number> = { ...before?.value.counts };
    for (const name of all.flatMap(countNames)) counts[name] = (counts[name] ?? 0) + 1;
    await (before ? board.replace(before, { counts }) : board.insert(key, { counts }));
  });
}

/** In transactions of a hundred rows. */
async function insertAll<T>(
  table: GroupTable<T>,
  rows: readonly (Written & { readonly value: T })[],
): Promise<void> {
  const groups = [...Map.groupBy(rows, ({ key }) => key.partition).values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / 100) }, (_, i) => all.slice(i * 100, (i + 1) * 100)),
  );
  await inTurns(groups, (group) =>
    table.writeTogether(group.map(({ key, value }) => ({ kind: 'insert', key, value }))),
  );
}

/** @returns the results in the order of the items */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  return results;
}
