/**
 * The times of a drill. One factor scales them all; queues count in whole seconds, so the order that the rotation
 * depends on (docs/architecture.md, "Times") is checked again after rounding.
 */
import type { Times } from '../../../src/model';
import { platformLeaseMs } from '../../runner/run-queues';
import { inQueue, requireOrder } from '../scaled-time';

/** Fitbit's older text says two minutes. */
const repeatWindowMs = 120_000;

export interface RotationTimes {
  readonly factor: number;
  readonly service: Times;
  readonly repeatWindowMs: number;
  /** How long the message of a dead worker stays hidden. */
  readonly messageLeaseMs: number;
  readonly pollMs: number;
  /** When the last replay of a rotation comes, as the queue counts. */
  readonly lastReplayMs: number;
  /** By how much the last replay may be late and still come inside the repeat window. */
  readonly slackMs: number;
}

/** @throws Error when the order no longer holds at this factor */
export function rotationTimes(service: Times, factor: number): RotationTimes {
  const { providerTimeoutMs, leaseMs, leaseRenewMs, replayMs, leaseRetryMs } = service;
  const replays = replayMs.map(inQueue);
  const times: RotationTimes = {
    factor,
    service,
    repeatWindowMs: repeatWindowMs * factor,
    messageLeaseMs: inQueue(platformLeaseMs * factor),
    pollMs: 5_000 * factor,
    lastReplayMs: Math.max(...replays),
    slackMs: repeatWindowMs * factor - Math.max(...replays) - inQueue(leaseRetryMs) - leaseMs,
  };
  requireOrder(factor, [
    ['renewal < lease', leaseRenewMs < leaseMs],
    ['provider timeout < lease', providerTimeoutMs < leaseMs],
    ['lease <= first replay', leaseMs <= replays[0]!],
    ['replays come one after the other', replays.every((at, index) => at > (replays[index - 1] ?? 0))],
    [
      'last replay + a held lease + pick-up + timeout < repeat window',
      times.lastReplayMs + inQueue(leaseRetryMs) + times.pollMs + providerTimeoutMs < times.repeatWindowMs,
    ],
    ['repeat window < dead message', times.repeatWindowMs < times.messageLeaseMs],
    ['dead message < recheck of a refusal', times.messageLeaseMs < service.refusalRecheckMs],
  ]);
  return times;
}
