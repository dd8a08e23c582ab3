/** A job that works on all connections: what the operator has begun, and what an invocation had no time for. */
import type { OperateJob, Settings } from '../../model';
import type { Ports } from '../../ports';
import { runCampaignsAlone } from '../messages/campaign';
import { keepHouse } from './housekeeping';
import { dispatchBatteryCheck, dispatchRotation, goOnDispatching } from './dispatch';
import { beginTurn } from '../store/turn';
import { watch } from './watchdog';
import type { RevokeNeeds } from '../rotation/disconnect';
import type { TextNeeds } from '../messages/record-message';

/** @throws the first failure; the queue then delivers the job again */
export async function runOperateJob(
  ports: RevokeNeeds & TextNeeds & Pick<Ports, 'webhooks'> & Pick<Settings, 'digestTo'>,
  { work, goesOn, shard }: OperateJob,
): Promise<void> {
  const turn = beginTurn(ports, { goesOn });
  switch (work) {
    case 'rotate-tokens':
      await (goesOn ? goOnDispatching(ports, 'rotate-token', shard) : dispatchRotation(ports));
      return;
    case 'check-batteries':
      await (goesOn ? goOnDispatching(ports, 'check-battery', shard) : dispatchBatteryCheck(ports));
      return;
    // An older release has queued it: the watchdog needs no more than one invocation.
    case 'watchdog':
      return watch(ports);
    case 'housekeeping':
      return keepHouse(ports, turn);
    case 'campaigns':
      return runCampaignsAlone(ports, turn);
  }
}
