/**
 * Puts the participants of the local study into the stores as the service would have done in two weeks: their consents at the simulator, token
 * sets, records, devices, readings, texts and the board. Two hundred sign-ups would take minutes. The simulator knows the tokens, so checks and
 * rotations go on with them.
 */
import * as formats from '../../src/adapters/records';
import { connectTable } from '../../src/adapters/tables';
import { setStopped } from '../../src/domain/contact/addresses';
import { macOfAddress } from '../../src/domain/contact/keyed-values';
import {
  connectionKey,
  identityKeyOf,
  messageKey,
  numberKey,
  readingKey,
} from '../../src/domain/store/row-keys';
import type { GroupTable } from '../../src/ports';
import { Secret } from '../../src/secret';
import type { Service } from '../service';
import { localClient } from '../simulators/clients';
import type { World } from '../world';
import { inTurns, insertAll } from './insert-rows';
import { participantsAt, type Participant } from './participants';
import { entryOf, writeBoard } from './study-board';
import { dayMs, provider, recordsOf, tokenSetOf, type Made, type TokenAnswer } from './study-records';

/** So many participants have every reading; more would only take time, and the board draws the rest from what it keeps. */
const withReadings = 300;

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
