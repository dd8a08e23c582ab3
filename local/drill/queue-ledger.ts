/**
 * What is in the queues, read off the calls that pass: which message belongs to which connection, when it becomes
 * visible, and who is handling it. That is how the drill knows that everything is quiet.
 */
import type { Call } from '../serve';
import { readTag } from './orders';

interface Message {
  readonly connection: string;
  visibleAt: number;
  /** The worker that took it, and when. */
  holder?: string | undefined;
  takenAt: number;
  /** Its worker died: it comes back long after. */
  abandoned: boolean;
}

/** Pick-ups that are remembered of one connection: more than one batch has. */
const longestHistory = 500;

export interface PickUp {
  readonly worker: string;
  readonly connection: string;
  /** By how much it came later than it could have. */
  readonly lateMs: number;
}

export interface QueueLedger {
  /** @returns the messages that a worker takes with this call */
  note(call: Call, response: Response): Promise<readonly PickUp[]>;
  /** Whose messages a worker has taken and not settled yet: of some it does not say yet that it is at work for them. */
  heldBy(worker: string): readonly string[];
  connectionOf(messageId: string): string | undefined;
  /** The worker's messages come back by themselves, long after. */
  abandon(worker: string): void;
  /** Messages that are being handled, or will be before `until`. */
  due(until: number, isHandling: (worker: string, connection: string, takenAt: number) => boolean): number;
  /** Messages whose worker died and that have not come back yet. */
  abandoned(): number;
  /** By how much the pick-up of a message of the connection that was due then was late, at the most. */
  latenessOf(connection: string, since: number, until: number): number;
  /** How often a job of the connection was put back then, because the work on it had failed. */
  putBacksOf(connection: string, since: number, until: number): number;
  /** A second copy of the newest job of a connection; undefined when there has been none. */
  lastJobOf(connection: string): string | undefined;
}

/** @param isPolled whether anybody takes what is in a queue: nobody waits for the others */
export function createQueueLedger(
  messageLeaseMs: number,
  isPolled: (queue: string) => boolean = () => true,
): QueueLedger {
  const messages = new Map<string, Message>();
  const pickUps = new Map<string, { at: number; lateMs: number }[]>();
  const putBacks = new Map<string, number[]>();
  const jobs = new Map<string, string>();

  const take = (xml: string, worker: string): PickUp => {
    const [, id = ''] = /<MessageId>([^<]+)/.exec(xml) ?? [];
    const visibleAt = Date.parse(/<TimeNextVisible>([^<]+)/.exec(xml)?.[1] ?? '');
    const text = unescape(/<MessageText>([\s\S]*?)<\/MessageText>/.exec(xml)?.[1] ?? '');
    const connection = connectionIn(text) ?? '';
    const before = messages.get(id);
    const lateMs = before?.takenAt === 0 ? Date.now() - before.visibleAt : 0;
    const list = pickUps.get(connection) ?? [];
    list.push({ at: Date.now(), lateMs });
    pickUps.set(connection, list.slice(-longestHistory));
    if (text.startsWith('{') && !text.includes('"replayOf"')) jobs.set(connection, text);
    messages.set(id, { connection, visibleAt, holder: worker, takenAt: Date.now(), abandoned: false });
    return { worker, connection, lateMs };
  };

  return {
    async note(call, response) {
      const [, queue, id] = /\/([a-z-]+)\/messages(?:\/([^/]+))?$/.exec(call.path) ?? [];
      if (queue === undefined || !isPolled(queue) || !response.ok) return [];
      if (call.method === 'GET') {
        const text = await response.clone().text();
        const worker = readTag(call.request.headers.get('x-drill'))?.worker ?? '';
        return [...text.matchAll(/<QueueMessage>[\s\S]*?<\/QueueMessage>/g)].map(([xml]) =>
          take(xml, worker),
        );
      }
      if (call.method === 'POST') {
        const text = await response.clone().text();
        const [, newId = ''] = /<MessageId>([^<]+)/.exec(text) ?? [];
        const visibleAt = Date.parse(/<TimeNextVisible>([^<]+)/.exec(text)?.[1] ?? '');
        const body = unescape(await call.request.text());
        const connection = connectionIn(/<MessageText>([\s\S]*?)<\/MessageText>/.exec(body)?.[1] ?? '') ?? '';
        messages.set(newId, { connection, visibleAt, takenAt: 0, abandoned: false });
      } else if (call.method === 'DELETE' && id !== undefined) {
        messages.delete(id);
      } else if (call.method === 'PUT' && id !== undefined) {
        const message = messages.get(id);
        const visibleAt = Date.parse(response.headers.get('x-ms-time-next-visible') ?? '');
        if (!message) return [];
        // A renewal hides it for the whole lease; a message that is put back comes sooner.
        if (visibleAt - Date.now() < messageLeaseMs / 2) {
          message.holder = undefined;
          const { connection } = message;
          putBacks.set(connection, [...(putBacks.get(connection) ?? []), Date.now()].slice(-longestHistory));
        }
        message.visibleAt = visibleAt;
      }
      return [];
    },
    heldBy: (worker) =>
      [...messages.values()].filter(({ holder }) => holder === worker).map(({ connection }) => connection),
    connectionOf: (id) => messages.get(id)?.connection,
    abandon(worker) {
      for (const message of messages.values()) {
        if (message.holder === worker) Object.assign(message, { holder: undefined, abandoned: true });
      }
    },
    due(until, isHandling) {
      const counted = [...messages.values()].filter(
        ({ holder, connection, visibleAt, takenAt, abandoned }) =>
          holder === undefined ? !abandoned && visibleAt <= until : isHandling(holder, connection, takenAt),
      );
      return counted.length;
    },
    abandoned: () => [...messages.values()].filter((message) => message.abandoned).length,
    latenessOf: (connection, since, until) =>
      Math.max(
        0,
        ...(pickUps.get(connection) ?? [])
          .filter(({ at, lateMs }) => at - lateMs >= since && at - lateMs <= until)
          .map(({ lateMs }) => lateMs),
      ),
    putBacksOf: (connection, since, until) =>
      (putBacks.get(connection) ?? []).filter((at) => at >= since && at <= until).length,
    lastJobOf: (connection) => jobs.get(connection),
  };
}

/** Whose job it is, or whose text a delivery report is about: that is in base64. */
export function connectionIn(message: string): string | undefined {
  const text = message.startsWith('{') ? message : Buffer.from(message, 'base64').toString();
  return /"connection":"([0-9a-f]+)"/.exec(text)?.[1] ?? /"tag":"([0-9a-f]+)\./.exec(text)?.[1];
}

function unescape(xml: string): string {
  return xml
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
