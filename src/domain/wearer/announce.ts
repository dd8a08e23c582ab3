/**
 * What changes who can act on a connection is told to who could act before, so that nobody takes it over unseen: an address that is
 * replaced or removed, a new personal link, a new consent. Such a text has limits of its own: whoever provokes many floods nobody.
 */
import { AppError } from '../../errors';
import type { Confirmation, Connection, ConnectionId, MessageKind } from '../../model';
import type { Key, Ports } from '../../ports';
import { insertOnce } from '../store/compare-and-swap';
import { confirmationKey } from '../store/row-keys';
import { sendWaiting, tellNow } from '../messages/outbox';
import { linkVersionOf, replaceLink, type LinkHolder } from '../contact/personal-link';
import { forgetConfirmations } from './forget-confirmations';
import { addressOf, contactOf, hasLivingAddress } from '../contact/address-of';
import { setAddress } from '../contact/addresses';
import { deriveTicket } from '../contact/keyed-values';
import { readConnection, readOpenConnection } from '../connection/read';
import { recordMessage, type Recipient, type TextNeeds } from '../messages/record-message';

/** Nor does an address that was entered, and not confirmed, take its place any more. @throws AppError `LINK_REPLACED` */
export async function removeAddress(ports: TextNeeds, id: ConnectionId): Promise<void> {
  const before = await readConnection(ports, id);
  const notice = ports.random.id();
  await forgetConfirmations(ports, id);
  if (before) await noteFormerAddress(ports, before, notice);
  await setAddress(ports, id, undefined);
  if (before) await tellFormerAddress(ports, before, notice);
}

/**
 * One last message to an address that gets no more of this connection's. It is kept like one that is being confirmed, for as
 * long: nothing of the connection may lead to it any more. Nothing is kept of an address that does not exist.
 *
 * @param before the connection with the address
 * @param id the same id makes one notice, however often it is noted
 */
export async function noteFormerAddress(ports: TextNeeds, before: Connection, id: string): Promise<void> {
  const { id: connection, preferences } = before;
  const address = addressOf(before);
  if (!address || !hasLivingAddress(before) || before.closedAt !== undefined) return;
  const now = ports.clock.now();
  await insertOnce(ports.tables.confirmations, await keyOfNotice(ports, id), {
    id,
    connection,
    ...contactOf(address),
    textConsent: before.textConsent ?? { at: before.createdAt, wording: 'unknown' },
    language: preferences?.language,
    expiresAt: now + ports.policy.times.confirmMs,
    codeNumber: 0,
    codeExpiresAt: now,
    triesLeft: 0,
    isFormer: true,
  });
}

/** Call it when the connection has the address no more. Does nothing where nothing was noted. */
export async function tellFormerAddress(
  ports: TextNeeds,
  { id: connection, provider }: Pick<Connection, 'id' | 'provider'>,
  id: string,
): Promise<void> {
  const notice = (await ports.tables.confirmations.get(await keyOfNotice(ports, id)))?.value;
  if (!notice) return;
  const facts = { provider: ports.providers.get(provider)!.name };
  await recordMessage(ports, notice.id, { kind: 'number removed', cause: [], facts });
  await sendToFormer(ports, notice).catch(noteUnsent(ports, connection, 'number removed'));
}

async function keyOfNotice(ports: Pick<Ports, 'keyedHash'>, id: string): Promise<Key> {
  return confirmationKey(await deriveTicket(ports, id));
}

/** Sends it again if it was not sent at once. */
export async function sendToFormer(ports: TextNeeds, former: Confirmation): Promise<void> {
  await sendWaiting(ports, recipientOf(former));
}

/** The address alone, as long as nobody has confirmed it: nothing of the connection goes there. */
export function recipientOf({ id, phone, email, language }: Confirmation): Recipient {
  return { id, phone, email, preferences: { language } };
}

/** The same form tells it once, however often it is sent. @returns the secret part of the new link @throws AppError `LINK_REPLACED` */
export async function renewLink(ports: TextNeeds, holder: LinkHolder, mark?: string): Promise<string> {
  const link = await replaceLink(ports, holder, mark);
  await announce(ports, holder.id, 'new link', ({ linkVersion }) => String(linkVersion));
  return link;
}

/** The same person has consented again. */
export function announceConsent(ports: TextNeeds, id: ConnectionId): Promise<void> {
  return announce(ports, id, 'connected again', ({ pointer }) => String(pointer?.consent));
}

async function announce(
  ports: TextNeeds,
  id: ConnectionId,
  kind: MessageKind,
  causeOf: (record: Connection) => string,
): Promise<void> {
  const record = await readOpenConnection(ports, id);
  if (!record || !addressOf(record)) return;
  const facts = {
    provider: ports.providers.get(record.provider)!.name,
    linkVersion: linkVersionOf(record),
  };
  await tellNow(ports, record, { kind, cause: [causeOf(record)], facts }).catch(noteUnsent(ports, id, kind));
}

/** The change itself is done. Once the text is recorded, the next check sends it. */
function noteUnsent(
  ports: Pick<Ports, 'log'>,
  connection: ConnectionId,
  kind: MessageKind,
): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof AppError)) throw error;
    ports.log.warn('text.not_sent', { connection, kind, code: error.code });
  };
}
