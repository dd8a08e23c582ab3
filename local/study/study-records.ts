/** What is stored of a participant: the token set, the records, the readings and the texts. */
import { deviceKey, identityKey, labelRow, messageId } from '../../src/domain/store/row-keys';
import type { Connection, Device, Message, StoredReading, TokenSet } from '../../src/model';
import type { Key } from '../../src/ports';
import { Secret } from '../../src/secret';
import type { Wearer } from '../simulators/wearers';
import type { Participant } from './participants';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const provider = 'google-health';
const historyDays = 14;

export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

export function tokenSetOf(
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

export interface Made {
  readonly story: Participant['story'];
  readonly connection: Connection;
  readonly device: Device;
  readonly deviceRow: Key;
  readonly levels: readonly StoredReading[];
  readonly texts: readonly Message[];
  readonly identityRows: readonly string[];
}

export function recordsOf(
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
