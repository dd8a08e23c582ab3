/**
 * Refusals of the vault that can be switched on: what a missing role, a firewall rule, too many calls or a token that is not
 * taken any more look like to the service. Codes and messages are those that users of Azure report; no recording of an SDK
 * has one of them.
 */
export const vaultFaults = {
  ForbiddenByRbac: {
    status: 403,
    code: 'Forbidden',
    message:
      'Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    innerCode: 'ForbiddenByRbac',
  },
  ForbiddenByFirewall: {
    status: 403,
    code: 'Forbidden',
    message: 'Client address is not authorized and caller is not a trusted service.',
    innerCode: 'ForbiddenByFirewall',
  },
  Throttled: {
    status: 429,
    code: 'Throttled',
    message:
      'Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached',
    innerCode: undefined,
    headers: { 'retry-after': '10' },
  },
  Unauthorized: {
    status: 401,
    code: 'Unauthorized',
    message: '[BearerReadAccessTokenFailed] Error validating token.',
    innerCode: undefined,
  },
  ServiceUnavailable: {
    status: 503,
    code: 'ServiceUnavailable',
    message: 'The service is temporarily unavailable.',
    innerCode: undefined,
  },
} as const satisfies Record<
  string,
  {
    readonly status: 401 | 403 | 429 | 503;
    readonly code: string;
    readonly message: string;
    readonly innerCode: string | undefined;
    readonly headers?: Readonly<Record<string, string>>;
  }
>;
export type VaultFault = keyof typeof vaultFaults;

/** Which calls are refused: reading, setting, deleting (and purging), or all of them. */
export const faultyCalls = {
  all: /^/,
  read: /^GET$/,
  set: /^(PUT|PATCH|POST)$/,
  delete: /^DELETE$/,
} as const;
export type FaultyCalls = keyof typeof faultyCalls;

export interface SwitchedOn {
  readonly fault: VaultFault;
  readonly calls: FaultyCalls;
  /** How many calls it lasts; Infinity until it is cleared. */
  readonly times: number;
}

export interface VaultFaults {
  switchOn(fault: VaultFault, calls: FaultyCalls, times?: number): void;
  clear(): void;
  /** The faults that are still to happen, oldest first. */
  pending(): readonly SwitchedOn[];
  /** The fault for a call with this method, which is used up by asking. */
  take(method: string): (typeof vaultFaults)[VaultFault] | undefined;
}

export function createVaultFaults(): VaultFaults {
  let on: SwitchedOn[] = [];
  return {
    switchOn(fault, calls, times = Infinity) {
      if (!(times > 0)) throw new Error('A fault happens at least once');
      on.push({ fault, calls, times });
    },
    clear() {
      on = [];
    },
    pending: () => [...on],
    take(method) {
      const found = on.find(({ calls }) => faultyCalls[calls].test(method));
      if (!found) return undefined;
      on = on.flatMap((each) => {
        if (each !== found) return [each];
        return each.times > 1 ? [{ ...each, times: each.times - 1 }] : [];
      });
      return vaultFaults[found.fault];
    },
  };
}
