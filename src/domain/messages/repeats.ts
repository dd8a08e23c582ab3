/**
 * A message that certainly did not arrive is still due: another one with an id of its own takes its place, twice at the most.
 * The next check sends it, if it is true then. The id is made from the first one's, so the same report makes it only once.
 */
import { messageRules, type Message, type MessageState, type Settings } from '../../model';
import type { Ports } from '../../ports';
import { messageId, messageKey } from '../store/row-keys';
import { recordMessage } from './record-message';

const mostRepeats = 2;

/** @returns whether another one takes its place */
export async function recordAgain(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  message: Message,
): Promise<boolean> {
  const { id, connection, kind, device, cycle, facts, repeats } = message;
  if (!messageRules[kind].repeated) return false;
  const next = { id: repeats?.id ?? id, nth: (repeats?.nth ?? 0) + 1 };
  if (next.nth > mostRepeats) return false;
  await recordMessage(ports, connection, { kind, cause: causeOf(next), device, cycle, facts, repeats: next });
  return true;
}

/** @returns the state of the last message that has taken its place, or its own; `undefined` when there is none */
export async function readLastState(
  { tables }: Pick<Ports, 'tables'>,
  { connection, kind, id }: Pick<Message, 'connection' | 'kind' | 'id'>,
): Promise<MessageState | undefined> {
  let last = (await tables.messages.get(messageKey(connection, id)))?.value.state;
  for (let nth = 1; last === 'failed' && nth <= mostRepeats; nth += 1) {
    const repeat = messageId(connection, kind, ...causeOf({ id, nth }));
    const found = await tables.messages.get(messageKey(connection, repeat));
    if (!found) break;
    last = found.value.state;
  }
  return last;
}

function causeOf({ id, nth }: NonNullable<Message['repeats']>): readonly string[] {
  return [id, 'again', String(nth)];
}
