/** `npm run drill -- --only messages`: what it says before and after. */
import { describeFaults } from '../batches';
import type { MessageDrillResult } from './message-drill';
import { messageTimesAt } from './message-times';

export function describeMessageTimes(factor: number, seed: number): string {
  const { service, memoryMs, messageLeaseMs } = messageTimesAt(factor);
  return [
    `seed ${seed}; all times times ${factor}: send timeout ${service.smsSendMs} ms, claim ${service.smsClaimMs} ms,`,
    `no resend after ${service.smsResendMs} ms, the carrier's memory ${memoryMs} ms,`,
    `a dead worker's job ${messageLeaseMs} ms`,
  ].join(' ');
}

export function describeMessageResult(result: MessageDrillResult, ms: number): string {
  const { alerts, texts, requests, states } = result;
  const { duplicates, lost, contradictions, unasked, givenUp, outside, stuck } = result;
  return [
    ...describeFaults(result, ms),
    `alerts                  ${alerts}`,
    `texts received          ${texts}, of ${requests} requests to send`,
    `received twice          ${duplicates}`,
    `lost                    ${lost}`,
    `row against phone       ${contradictions}`,
    `nobody asked for        ${unasked}`,
    `charge not seen         ${stuck}`,
    `given up                ${sumOf(givenUp)}${reasonsOf(givenUp)}`,
    `outside the model       ${sumOf(outside)}${reasonsOf(outside)}`,
    `rows of texts received ${reasonsOf(states)}`,
  ].join('\n');
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function reasonsOf(counts: ReadonlyMap<string, number>): string {
  return counts.size === 0 ? '' : `  (${[...counts].map(([why, count]) => `${count} ${why}`).join(', ')})`;
}
