/**
 * What changes who can act on a connection is told to who could act before, so that nobody takes it over unseen: an address that is
 * replaced or removed, a new personal link, a new consent. Such a text has limits of its own: whoever provokes many floods nobody.
 */
import { AppError } from '../../errors';
import type { Confirmation, Connection, ConnectionId, MessageKind } from '../../model';
import type { Ports } from '../../ports';
import { insertOnce } from '../store/compare-and-swap';
import { confirmationKey } from '../store/row-keys';
import { sendWaiting, tellNow } from '../messages/outbox';
import { linkVersionOf, replaceLink, type LinkHolder } from '../contact/personal-link';
import { addressOf, contactOf } from '../contact/address-of';
import { setAddress } from '../contact/addresses';
import { readConnection, readOpenConnection } from '../connection/read';
import { recordMessage, type Recipient, type TextNeeds } from '../messages/record-message';

/** @throws AppError `LINK_REPLACED` */
export async function removeAddress(ports: TextNeeds, id: ConnectionId): Promise<void> {
  const before = await readConnection(ports, id);
  await setAddress(ports, id, undefined);
  if (before) await tellFormerAddress(ports, before);
}

/**
 * One last text to an address that gets no more of this connection's. It is kept like one that is being confirmed, for as
 * long: nothing of the connection may lead to it any more.
 */
export async function tellFormerAddress(ports: TextNeeds, before: Connection): Promise<void> {
  const { id: connection, preferences, provider } = before;
  const address = addressOf(before);
  if (!address || before.closedAt !== undefined) return;
  const now = ports.clock.now();
  const notice: Confirmation = {
    id: ports.random.id(),
    connection,
    ...contactOf(address),
    textConsent: before.textConsent ?? { at: before.createdAt, wording: 'unknown' },
    language: preferences?.language,
    expiresAt: now + ports.policy.times.confirmMs,
    codeNumber: 0,
    codeExpiresAt: now,
    triesLeft: 0,
    isFormer: true,
  };
  await insertOnce(ports.tables.confirmations, confirmationKey(ports.random.secret()), notice);
  const facts = { provider: ports.providers.get(provider)!.name };
  await recordMessage(ports, notice.id, { kind: 'number removed', cause: [], facts });
  await sendToFormer(ports, notice).catch(noteUnsent(ports, connection, 'number removed'));
}

/** Sends it again if it was not sent at once. */
export async function sendToFormer(ports: TextNeeds, former: Confirmation): Promise<void> {
  await sendWaiting(ports, recipientOf(former));
}

/** The address alone, as long as nobody has confirmed it: nothing of the connection goes there. */
export function recipientOf({ id, phone, email, language }: Confirmation): Recipient {
  return { id, phone, email, preferences: { language } };
}

/** @returns the secret part of the new link @throws AppError `LINK_REPLACED` */
export async function renewLink(ports: TextNeeds, holder: LinkHolder): Promise<string> {
  const link = await replaceLink(ports, holder);
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
