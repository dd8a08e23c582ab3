/** Sends what somebody asks for at a page to the address of a connection: a test for its wearer, or the link that staff send. */
import { AppError } from '../../errors';
import type { Connection, MessageState } from '../../model';
import type { Ports } from '../../ports';
import { addressOf } from '../contact/address-of';
import { readTextState } from '../contact/addresses';
import { linkVersionOf } from '../contact/personal-link';
import { mayTextWearer } from '../messages/limits';
import { tellNow } from '../messages/outbox';
import type { TextNeeds } from '../messages/record-message';

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
  try {
    const { sent, unsettled } = await tellNow(ports, connection, { kind, cause, facts });
    return sent + unsettled > 0 ? 'sent' : 'not sent';
  } catch (error) {
    // Recorded or not, the page says what is so now.
    if (!(error instanceof AppError)) throw error;
    ports.log.warn('text.not_sent', { connection: connection.id, kind, code: error.code });
    return 'not sent';
  }
}

const minuteMs = 60_000;

/** The link to the wearer's own page, where they connect again. A second press within a minute sends no second one. */
export async function sendStaffLink(
  ports: TextNeeds,
  connection: Connection,
): Promise<AskedFor | 'just sent'> {
  const now = ports.clock.now();
  if (await hasLinkSince(ports, connection, now - minuteMs)) return 'just sent';
  // Two presses at once are one cause, so they make one message.
  const cause = ['staff', String(Math.floor(now / minuteMs))];
  return sendAskedFor(ports, connection, { kind: 'link', cause });
}

const left: readonly MessageState[] = ['claimed', 'sent', 'delivered', 'unknown'];

async function hasLinkSince(
  { tables }: Pick<Ports, 'tables'>,
  { id }: Connection,
  since: number,
): Promise<boolean> {
  for await (const { value } of tables.messages.list(id)) {
    const { kind, state, firstSentAt = 0 } = value;
    if (kind === 'link' && left.includes(state) && firstSentAt > since) return true;
  }
  return false;
}
