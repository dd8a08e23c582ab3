/**
 * A message that certainly did not arrive is still due: another one with an id of its own takes its place, twice at the most.
 * The next check sends it, if it is true then. The id is made from the first one's, so the same report makes it only once.
 */
import { messageRules, type Message, type Settings } from '../../model';
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

/** @returns the last message that has taken its place, or itself; `undefined` when there is none */
export async function readLast(
  { tables }: Pick<Ports, 'tables'>,
  { connection, kind, id }: Pick<Message, 'connection' | 'kind' | 'id'>,
): Promise<Message | undefined> {
  const read = async (row: string): Promise<Message | undefined> =>
    (await tables.messages.get(messageKey(connection, row)))?.value;
  let last = await read(id);
  for (let nth = 1; last?.state === 'failed' && nth <= mostRepeats; nth += 1) {
    const repeat = await read(messageId(connection, kind, ...causeOf({ id, nth })));
    if (!repeat) break;
    last = repeat;
  }
  return last;
}

function causeOf({ id, nth }: NonNullable<Message['repeats']>): readonly string[] {
  return [id, 'again', String(nth)];
}
