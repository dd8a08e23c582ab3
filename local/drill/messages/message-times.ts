/** The times of the message drill: all scaled by one factor, and in the order that sending depends on. */
import sample from '../../../local.settings.sample.json';
import { readConfig } from '../../../src/config';
import type { Times } from '../../../src/model';
import { platformLeaseMs } from '../../runner/run-queues';
import { inQueue, requireOrder } from '../scaled-time';

/** Documented for the service's e-mail, not stated for SMS. */
const carrierMemoryMs = 300_000;

export interface MessageTimes {
  readonly factor: number;
  readonly service: Times;
  /** How long the carrier recognises a repeat. */
  readonly memoryMs: number;
  /** How long the job of a dead worker stays hidden. */
  readonly messageLeaseMs: number;
}

/** @throws Error when the order no longer holds at this factor */
export function messageTimesAt(factor: number): MessageTimes {
  const service = readConfig({ ...sample.Values, TIME_FACTOR: String(factor) }).policy.times;
  const { smsSendMs, smsClaimMs, smsResendMs } = service;
  const times = {
    factor,
    service,
    memoryMs: carrierMemoryMs * factor,
    messageLeaseMs: inQueue(platformLeaseMs * factor),
  };
  requireOrder(factor, [
    ['send timeout < claim', smsSendMs < smsClaimMs],
    ['recheck, as the queue counts, < no resend', inQueue(smsClaimMs) < smsResendMs],
    ['no resend + claim <= memory of the carrier', smsResendMs + smsClaimMs <= times.memoryMs + 1],
    ['memory of the carrier < dead job', times.memoryMs < times.messageLeaseMs],
  ]);
  return times;
}
