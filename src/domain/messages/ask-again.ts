/** A wearer who was asked to reconnect or to move is asked once more after a week: the first request may have been overlooked. */
import type { Message } from '../../model';

const askAgainAfterMs = 7 * 24 * 3_600_000;

export function isTimeToAskAgain(
  { firstSentAt = Infinity }: Pick<Message, 'firstSentAt'>,
  now: number,
): boolean {
  return now - firstSentAt >= askAgainAfterMs;
}
