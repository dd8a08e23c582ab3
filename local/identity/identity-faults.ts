/** What an identity meets in Azure when something is wrong with it, and which of that is switched on. */
export const tokenFaults = {
  'no token': 'answers 500 and gives no token',
  'no answer': 'accepts connections and never answers',
} as const;
export type TokenFault = keyof typeof tokenFaults;

export const services = ['tables', 'queues', 'texts'] as const;
export type ServiceName = (typeof services)[number];

/** Codes and messages as users of Azure report them; `identity.test.ts` shows what the service makes of them. */
export const refusals = {
  'role missing': {
    status: 403,
    code: 'AuthorizationPermissionMismatch',
    message: 'This request is not authorized to perform this operation using this permission.',
  },
  'token refused': {
    status: 401,
    code: 'InvalidAuthenticationInfo',
    message:
      'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
  },
} as const;
export type Refusal = keyof typeof refusals;

/** Key Vault has switches of its own (local/key-vault/vault-faults.ts). */
export interface IdentityFaults {
  tokens: TokenFault | undefined;
  readonly refused: Map<ServiceName, Refusal>;
}

export function createIdentityFaults(): IdentityFaults {
  return { tokens: undefined, refused: new Map() };
}
