/**
 * Confirms that an address belongs to the person who entered it. To a number six digits are texted, which are typed into the same
 * browser: ten minutes, five tries. To an e-mail address goes a link that can be opened anywhere, for as long as the confirmation
 * lasts. Both are derived with a key from the vault and kept nowhere, and are sent only within the limits on texts. Until then no
 * text about anything goes to the address.
 */
import type {
  Confirmation,
  ConnectionId,
  Contact,
  Language,
  TextConsent,
  DeliveryFailure,
} from '../../model';
import type { Ports } from '../../ports';
import { Secret } from '../../secret';
import { change, insertOnce } from '../store/compare-and-swap';
import { AppError, hasCode } from '../../errors';
import { confirmationIn, deriveCode, deriveConfirmLink, deriveTicket } from '../contact/keyed-values';
import { confirmationKey, messageId, messageKey } from '../store/row-keys';
import { mayConfirmStopped, mayTextCode } from '../messages/limits';
import { heldByLink, linkVersionOf } from '../contact/personal-link';
import { addressOf, isSameAddress } from '../contact/address-of';
import { isBegunByReply, isStopped, setAddress } from '../contact/addresses';
import { beginAgain } from '../messages/hear-wish';
import { sendWaiting, tellNow } from '../messages/outbox';
import { noteFormerAddress, recipientOf, tellFormerAddress } from './announce';
import { forgetConfirmations, isSkipped } from './forget-confirmations';
import { readConnection, readOpenConnection } from '../connection/read';
import { dropMessage, recordMessage, type TextNeeds } from '../messages/record-message';

const triesPerCode = 5;

export interface AddressToConfirm extends Contact {
  readonly connection: ConnectionId;
  readonly textConsent: TextConsent;
  /** The language of the text with the code, or of the e-mail with the link. */
  readonly language?: Language | undefined;
  /** The version of the link that the wearer came by; absent at a sign-up. */
  readonly linkVersion?: number | undefined;
}

export type CodeSent = 'sent' | 'limited' | 'not sent' | 'unknown';

/**
 * Ends what is left of another address that was entered before, because that one may be mistyped, and somebody else's. A form that is sent
 * twice leaves the code or the link of the first time as good as that of the second.
 *
 * @returns the ticket that the browser keeps in a cookie: whoever has it may type in the code, or have another one sent
 */
export async function beginConfirmation(
  ports: TextNeeds & Pick<Ports, 'vault'>,
  entered: AddressToConfirm,
  client: string | undefined,
): Promise<{ readonly ticket: string; readonly sent: CodeSent }> {
  const id = ports.random.id();
  const ticket = await deriveTicket(ports, id);
  const now = ports.clock.now();
  const address = addressOf(entered);
  await forgetConfirmations(ports, entered.connection, {
    spared: (each) => each.confirmedAt !== undefined || isSameAddress(addressOf(each), address),
  });
  await insertOnce(ports.tables.confirmations, confirmationKey(ticket), {
    id,
    ...entered,
    linkVersion: entered.linkVersion ?? linkVersionOf(await readConnection(ports, entered.connection)),
    expiresAt: now + ports.policy.times.confirmMs,
    codeNumber: 0,
    codeExpiresAt: now,
    triesLeft: 0,
  });
  return { ticket, sent: await sendCode(ports, ticket, client) };
}

/** Makes the code before it worthless, unless no new one can be texted. A link stays good. */
export async function sendCode(
  ports: TextNeeds & Pick<Ports, 'vault'>,
  ticket: string,
  client: string | undefined,
): Promise<CodeSent> {
  const known = await readConfirmation(ports, ticket);
  if (!known || known.confirmedAt !== undefined) return 'unknown';
  const address = addressOf(known);
  const { missing } = address?.way === 'email' ? ports.email : ports.sms;
  if (!address || missing.length > 0) return 'not sent';
  if (!(await mayTextCode(ports, known, client))) return 'limited';
  const codeNumber = known.codeNumber + 1;
  const codeExpiresAt =
    address.way === 'email' ? known.expiresAt : ports.clock.now() + ports.policy.times.codeMs;
  const after = await change(ports.tables.confirmations, confirmationKey(ticket), (before) =>
    before.codeNumber < codeNumber && !isSkipped(before)
      ? { ...before, codeNumber, codeExpiresAt, triesLeft: triesPerCode }
      : undefined,
  );
  if (after?.codeNumber !== codeNumber) return 'unknown';
  const cause = [String(codeNumber)];
  await recordMessage(ports, known.id, { kind: 'code', cause, facts: { codeNumber } });
  const hasStopped = await isStopped(ports, address);
  if (hasStopped && !isBegunByReply(ports, address) && !(await mayConfirmStopped(ports, address))) {
    await dropMessage(ports, messageKey(known.id, messageId(known.id, 'code', ...cause)));
  }
  const { sent, unsettled } = await sendWaiting(ports, recipientOf(known));
  // Whether an address has said STOP is nothing for whoever enters it: it is said to be on its way all the same.
  return sent + unsettled > 0 || hasStopped ? 'sent' : 'not sent';
}

/** @returns `undefined` when there is none any more, or the wearer has replaced the personal link since */
export async function readConfirmation(
  ports: Pick<Ports, 'clock' | 'tables'>,
  ticket: string,
): Promise<Confirmation | undefined> {
  const known = (await ports.tables.confirmations.get(confirmationKey(ticket)))?.value;
  if (!known || known.isFormer || known.expiresAt <= ports.clock.now()) return undefined;
  const connection = await readConnection(ports, known.connection);
  return linkVersionOf(connection) === linkVersionOf(known) ? known : undefined;
}

/** Where the code is that counts, as far as we know. Only `undeliverable` can be because of the number, and not because of a STOP. */
export async function whereIsCode(
  ports: Pick<Ports, 'tables'>,
  { id, codeNumber }: Confirmation,
): Promise<'on its way' | 'not sent' | 'undeliverable'> {
  const key = messageKey(id, messageId(id, 'code', String(codeNumber)));
  const { state, failure } = (await ports.tables.messages.get(key))?.value ?? {};
  const optedOut: DeliveryFailure = 'OPTED_OUT';
  if (failure === optedOut) return 'on its way';
  switch (state) {
    case 'dropped':
    case 'claimed':
    case 'sent':
    case 'delivered':
    case 'unknown':
      return 'on its way';
    case 'refused':
    case 'failed':
      return 'undeliverable';
    default:
      return 'not sent';
  }
}

export type Confirmed = 'confirmed' | 'wrong' | 'code expired' | 'no tries left' | 'unknown';

/** Every try is written down before it is judged, so that guessing side by side gains nothing. */
export async function confirmAddress(ports: TextNeeds, ticket: string, typed: Secret): Promise<Confirmed> {
  const key = confirmationKey(ticket);
  const known = await readConfirmation(ports, ticket);
  if (!known || known.email) return 'unknown';
  if (known.confirmedAt !== undefined) return 'confirmed';
  if (known.triesLeft === 0) return known.codeNumber === 0 ? 'code expired' : 'no tries left';
  if (known.codeExpiresAt <= ports.clock.now()) return 'code expired';
  // Decrements atomically, so that parallel guesses each cost a try.
  let triesLeft = -1;
  const tried = await change(ports.tables.confirmations, key, (before) => {
    triesLeft = before.codeNumber === known.codeNumber ? before.triesLeft - 1 : -1;
    return triesLeft >= 0 ? { ...before, triesLeft } : undefined;
  });
  if (!tried) return 'unknown';
  // A newer code was texted meanwhile, or the last try is somebody else's.
  if (triesLeft < 0) return tried.codeNumber === known.codeNumber ? 'no tries left' : 'wrong';
  const code = await deriveCode(ports, known.id, known.codeNumber);
  if (!typed.equals(code)) {
    return triesLeft === 0 ? 'no tries left' : 'wrong';
  }
  return takeUnlessReplaced(ports, ticket, known);
}

/** @returns `undefined` for a link that is not ours, or whose confirmation is over */
export async function readConfirmationByLink(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  link: string,
): Promise<{ readonly ticket: string; readonly known: Confirmation } | undefined> {
  const id = confirmationIn(link);
  if (!(await deriveConfirmLink(ports, id)).equals(new Secret(link))) return undefined;
  const ticket = await deriveTicket(ports, id);
  const known = await readConfirmation(ports, ticket);
  return known?.email && { ticket, known };
}

/** The owner of a mailbox has opened the link. */
export async function confirmByLink(
  ports: TextNeeds,
  link: string,
): Promise<Extract<Confirmed, 'confirmed' | 'unknown'>> {
  const found = await readConfirmationByLink(ports, link);
  if (!found) return 'unknown';
  if (found.known.confirmedAt !== undefined) return 'confirmed';
  return takeUnlessReplaced(ports, found.ticket, found.known);
}

async function takeUnlessReplaced(
  ports: TextNeeds,
  ticket: string,
  known: Confirmation,
): Promise<'confirmed' | 'unknown'> {
  try {
    await takeAddress(ports, ticket, known);
  } catch (error) {
    if (!hasCode(error, 'LINK_REPLACED')) throw error;
    return 'unknown';
  }
  return 'confirmed';
}

/** @throws AppError `LINK_REPLACED` */
async function takeAddress(ports: TextNeeds, ticket: string, known: Confirmation): Promise<void> {
  const { id, connection, linkVersion, phone, email, textConsent } = known;
  const before = await readConnection(ports, connection);
  const address = addressOf(known);
  const holder = heldByLink(ports, { id: connection, linkVersion });
  const notice = `former-${id}`;
  // Before the change, because nothing knows the former address after it: a worker that dies leaves the notice to whoever presses again.
  if (before && !isSameAddress(addressOf(before), address)) await noteFormerAddress(ports, before, notice);
  await setAddress(holder, connection, { phone, email, textConsent });
  // What was entered before and is still open may be mistyped: its owner must not take the connection over.
  await forgetConfirmations(ports, connection, { spared: (each) => each.id === id });
  if (before) await tellFormerAddress(ports, before, notice);
  // Only now, because the link of somebody whose personal link was replaced says nothing; and the welcome heeds a STOP.
  if (address && !isBegunByReply(ports, address)) await beginAgain(ports, address);
  const confirmedAt = ports.clock.now();
  await change(ports.tables.confirmations, confirmationKey(ticket), (before) =>
    before.confirmedAt === undefined ? { ...before, confirmedAt } : undefined,
  );
  ports.log.info(known.email ? 'email.confirmed' : 'number.confirmed', { connection });
  const record = await readOpenConnection(ports, connection);
  if (!record) return;
  try {
    await tellNow(ports, record, {
      kind: 'welcome',
      cause: [id],
      facts: {
        provider: ports.providers.get(record.provider)!.name,
        linkVersion: linkVersionOf(record),
      },
    });
  } catch (error) {
    // The address is confirmed. Once the text is recorded, the next check sends it.
    if (!(error instanceof AppError)) throw error;
    ports.log.warn('text.not_sent', { connection, kind: 'welcome', code: error.code });
  }
}
