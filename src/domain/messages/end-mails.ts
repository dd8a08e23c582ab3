/** The end of the e-mails to an address by the link that stands in every alert and notice, which is the STOP of e-mails; and their START. */
import type { Language } from '../../model';
import type { Ports } from '../../ports';
import { connectionsOf } from '../contact/addresses';
import { readUnsubscribe } from '../contact/keyed-values';
import { hearWish } from './hear-wish';

/**
 * @param secret the last part of the link
 * @returns who it is about: a hash that stands for the address, and the language of its wearer if there is one; `undefined` for a link
 *   that is none of ours
 */
export async function findUnsubscribe(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  secret: string,
): Promise<{ readonly hash: string; readonly language: Language | undefined } | undefined> {
  const hash = await readUnsubscribe(ports, secret);
  if (hash === undefined) return undefined;
  const [connection] = await connectionsOf(ports, hash);
  return { hash, language: connection?.preferences?.language };
}

/** Comes to the same however often it is asked for, also for an address that nobody has any more. */
export async function obeyUnsubscribe(
  ports: Pick<Ports, 'clock' | 'email' | 'keyedHash' | 'log' | 'sms' | 'tables'>,
  hash: string,
  stopped: boolean,
): Promise<void> {
  const connections = await hearWish(ports, hash, { at: ports.clock.now(), stopped });
  ports.log.info('email.reply', { kind: stopped ? 'stop' : 'start', count: connections.length });
}
