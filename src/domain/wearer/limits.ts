/**
 * How many texts a stranger can provoke: per number, per client, per range of numbers and overall, each per day (UTC).
 * Counted in Tables, so that the limits hold across instances and restarts. Keys are keyed hashes.
 */
import type { Ports } from '../../ports';
import type { Secret } from '../../secret';
import { takeOne } from '../counters';
import { macOfNumber, macOfPrefix } from './derived';

/**
 * Takes one text from every limit that it falls under.
 *
 * @returns false, and the text may not be sent, when one of them is used up
 */
export async function mayText(ports: Ports, phone: Secret, client: string | undefined): Promise<boolean> {
  const { perClient, perPrefix, perNumber, perDay } = ports.policy.limits;
  return (
    (client === undefined || (await takeOne(ports, 'client', client, perClient, 'day'))) &&
    (await takeOne(ports, 'number', await macOfNumber(ports, phone), perNumber, 'day')) &&
    (await takeOne(ports, 'prefix', await macOfPrefix(ports, phone), perPrefix, 'day')) &&
    (await takeOne(ports, 'day', 'all', perDay, 'day'))
  );
}

/** Forms cost a row each, texts cost money. */
const requestsPerText = 20;

/** For what makes no text by itself: beginning a sign-up, asking for a link. */
export function mayAsk(ports: Ports, client: string | undefined): Promise<boolean> {
  if (client === undefined) return Promise.resolve(true);
  return takeOne(ports, 'request', client, ports.policy.limits.perClient * requestsPerText, 'day');
}
