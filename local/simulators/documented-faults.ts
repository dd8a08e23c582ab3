/** The documented faults of all providers. */
import { providerIds, type ProviderId } from '../../src/model';
import { simulatedProviders } from '.';
import { asSwitch, faultsIn, type DocumentedFault } from './fault-table';
import type { Endpoint, Fault } from './faults';

type Tables = { [Id in ProviderId]: (typeof simulatedProviders)[Id]['faults'] };

/** `fitbit.token.invalid_grant`. */
export type FaultName = { [Id in ProviderId]: `${Id}.${keyof Tables[Id] & string}` }[ProviderId];

export const documentedFaults: readonly DocumentedFault[] = providerIds.flatMap((id) =>
  faultsIn(id, simulatedProviders[id].faults),
);

export function documentedFault(name: FaultName, times = 1, endpoint?: Endpoint | 'any'): Fault {
  return asSwitch(
    documentedFaults.find((fault) => fault.name === name)!,
    times,
    endpoint,
  );
}

/** The first documented answer of a provider's API that means this. */
export function faultThatMeans(provider: ProviderId, means: DocumentedFault['means'], times = 1): Fault {
  return asSwitch(
    documentedFaults.find(
      (fault) => fault.provider === provider && fault.endpoint === 'devices' && fault.means === means,
    )!,
    times,
  );
}
