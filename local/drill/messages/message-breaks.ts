/**
 * The shortcuts in the sending of messages that the drill must notice (`--only messages --break`). Each undoes one rule
 * by wrapping the ports of a worker, never by a switch in the service.
 */
import { randomUUID } from 'node:crypto';
import type { Message, Settings } from '../../../src/model';
import type { Ports, Row } from '../../../src/ports';
import type { MessageBreakName } from '../orders';

export function breakSending(ports: Ports & Settings, broken: MessageBreakName): Partial<Ports> {
  switch (broken) {
    case 'send-before-claim':
      return claimAfterwards(ports);
    case 'new-id-on-repeat':
      return renameRepeats(ports);
    case 'state-before-row':
      return writeStateFirst(ports);
    case 'no-recheck':
      return { queues: forgetRechecks(ports) };
  }
}

/** Nobody comes back to a text whose outcome is unknown but the dead worker's own job, long after. */
function forgetRechecks({ queues }: Pick<Ports, 'queues'>): Ports['queues'] {
  return {
    ...queues,
    enqueue: (job, delayMs = 0) =>
      job.kind === 'check-battery' && delayMs > 0
        ? Promise.resolve(() => Promise.resolve())
        : queues.enqueue(job, delayMs),
  };
}

/** The claim is only imagined: what is written is what became of the send. */
function claimAfterwards({ tables }: Pick<Ports, 'tables'>): Pick<Ports, 'tables'> {
  const imagined = new Map<string, Row<Message>>();
  const { messages } = tables;
  return {
    tables: {
      ...tables,
      messages: {
        ...messages,
        async get(key) {
          const row = await messages.get(key);
          const mine = imagined.get(key.row);
          return row && mine?.etag === row.etag ? mine : row;
        },
        async replace(row, value) {
          if (value.state === 'claimed') {
            const claimed = { ...row, value };
            imagined.set(row.key.row, claimed);
            return claimed;
          }
          imagined.delete(row.key.row);
          return messages.replace(row, value);
        },
      },
    },
  };
}

/** A repeat looks like another message to Communication Services. */
function renameRepeats({
  sms,
  email,
  clock,
  policy,
}: Pick<Ports, 'clock' | 'email' | 'sms'> & Pick<Settings, 'policy'>): Pick<Ports, 'email' | 'sms'> {
  const rename = <M extends { readonly id: string; readonly firstSentAt: number }>(message: M): M => {
    const isRepeat = clock.now() - message.firstSentAt > policy.times.smsSendMs;
    return isRepeat ? { ...message, id: randomUUID() } : message;
  };
  return {
    sms: { ...sms, send: (text) => sms.send(rename(text)) },
    email: { ...email, send: (mail) => email.send(rename(mail)) },
  };
}

/** What the device is remembered to have been told is written first, and the message after it. */
function writeStateFirst({ tables }: Pick<Ports, 'tables'>): Pick<Ports, 'tables'> {
  const waiting = new Map<string, (() => Promise<unknown>)[]>();
  const { messages, devices } = tables;
  const thenMessages = async <T>(connection: string, write: Promise<T>): Promise<T> => {
    const written = await write;
    for (const insert of waiting.get(connection) ?? []) await insert();
    waiting.delete(connection);
    return written;
  };
  return {
    tables: {
      ...tables,
      messages: {
        ...messages,
        insert(key, value) {
          const before = waiting.get(key.partition) ?? [];
          waiting.set(key.partition, [...before, () => insertQuietly(messages.insert(key, value))]);
          return Promise.resolve({ key, etag: '', value });
        },
      },
      devices: {
        ...devices,
        insert: (key, value) => thenMessages(key.partition, devices.insert(key, value)),
        replace: (row, value) => thenMessages(row.key.partition, devices.replace(row, value)),
      },
    },
  };
}

/** As the service takes it: a message that is there already is fine. */
async function insertQuietly(insert: Promise<unknown>): Promise<void> {
  await insert.catch(() => undefined);
}
