/** Sends what somebody asks for at a page to the address of a connection: a test for its wearer, or the link that staff send. */
import { AppError } from '../../errors';
import type { Connection, MessageState } from '../../model';
import type { Ports } from '../../ports';
import { addressOf } from '../contact/address-of';
import { readTextState } from '../contact/addresses';
import { linkVersionOf } from '../contact/personal-link';
import { mayTextWearer } from '../messages/limits';
import { pageLeftMs } from '../messages/decide-message';
import { sendWaiting, tellNow, type SentWaiting } from '../messages/outbox';
import { recheckOf, type TextNeeds } from '../messages/record-message';

/** `nothing goes`: there is no address, or it takes nothing. `not sent`: Communication Services did not take it. */
export type AskedFor = 'sent' | 'limited' | 'not sent' | 'nothing goes';

interface Wanted {
  readonly kind: 'link' | 'test';
  readonly cause: readonly string[];
  /** Stands for who asks, unless it is staff. */
  readonly client?: string | undefined;
}

export async function sendAskedFor(
  ports: TextNeeds,
  connection: Connection,
  { kind, cause, client }: Wanted,
): Promise<AskedFor> {
  const address = addressOf(connection);
  // A pause is for texts about batteries.
  const state = await readTextState(ports, { ...connection, preferences: undefined });
  if (!address || state !== 'on') return 'nothing goes';
  if (!(await mayTextWearer(ports, kind, address, client))) return 'limited';
  const facts = { linkVersion: linkVersionOf(connection) };
  return outcomeOf(ports, connection, kind, () => tellNow(ports, connection, { kind, cause, facts }));
}

async function outcomeOf(
  { log }: Pick<Ports, 'log'>,
  { id }: Connection,
  kind: Wanted['kind'],
  send: () => Promise<SentWaiting>,
): Promise<'sent' | 'not sent'> {
  try {
    const { sent, unsettled } = await send();
    return sent + unsettled > 0 ? 'sent' : 'not sent';
  } catch (error) {
    // Recorded or not, the page says what is so now.
    if (!(error instanceof AppError)) throw error;
    log.warn('text.not_sent', { connection: id, kind, code: error.code });
    return 'not sent';
  }
}

const minuteMs = 60_000;

/**
 * The link to the wearer's own page, where they connect again. A second press within a minute sends no second one; one that was not taken yet is
 * the one that is sent.
 */
export async function sendStaffLink(
  ports: TextNeeds,
  connection: Connection,
): Promise<AskedFor | 'just sent'> {
  const now = ports.clock.now();
  const known = await findLink(ports, connection);
  if (known === 'just sent') return known;
  if (known === 'waits') {
    return outcomeOf(ports, connection, 'link', () =>
      sendWaiting(ports, connection, recheckOf(connection.id)),
    );
  }
  // Two presses at once are one cause, so they make one message.
  const cause = ['staff', String(Math.floor(now / minuteMs))];
  return sendAskedFor(ports, connection, { kind: 'link', cause });
}

const left: readonly MessageState[] = ['claimed', 'sent', 'delivered', 'unknown'];

async function findLink(
  { clock, tables }: Pick<Ports, 'clock' | 'tables'>,
  { id }: Connection,
): Promise<'just sent' | 'waits' | undefined> {
  const now = clock.now();
  for await (const { value } of tables.messages.list(id)) {
    const { kind, state, createdAt, firstSentAt = 0 } = value;
    if (kind !== 'link') continue;
    if (state === 'pending' && now - createdAt < pageLeftMs) return 'waits';
    if (left.includes(state) && now - firstSentAt < minuteMs) return 'just sent';
  }
  return undefined;
}
