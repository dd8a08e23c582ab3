/** `npm run drill`: what it says before and after. */
import { describeFaults } from '../batches';
import type { RotationDrillResult } from './rotation-drill';
import { rotationTimesAt } from './rotation-stage';

export function describeRotationTimes(factor: number, seed: number): string {
  const { service, repeatWindowMs, messageLeaseMs } = rotationTimesAt(factor);
  const ms = (values: readonly number[]): string =>
    values.map((value) => `${Math.round(value)} ms`).join(', ');
  return [
    `seed ${seed}; all times times ${factor}: lease ${ms([service.leaseMs])}, replays ${ms(service.replayMs)}`,
    `(the queue rounds up to whole seconds), provider timeout ${ms([service.providerTimeoutMs])}, repeat window`,
    `${ms([repeatWindowMs])}, a dead worker's message ${ms([messageLeaseMs])}`,
  ].join(' ');
}

export function describeRotationResult(result: RotationDrillResult, ms: number): string {
  const { judged, ended, lost, outside, refreshes, rotations, unswept } = result;
  return [
    ...describeFaults(result, ms),
    `connections judged      ${judged}`,
    `lost                    ${lost}`,
    `outside the promise     ${outside}`,
    `ended by the wearer     ${ended}, with ${unswept} token sets that came late, for housekeeping`,
    `refreshes per rotation  ${(refreshes / Math.max(rotations, 1)).toFixed(3)}  (${refreshes} / ${rotations})`,
  ].join('\n');
}
