/** The documented limits that a day is held against, each with where it stands. */

import type { ProviderId } from '../../src/model';

export interface Limit {
  readonly what: string;
  readonly most: number;
  readonly perSeconds: number;
  readonly from: string;
  /** Whose calls it counts, if not those of Azure. */
  readonly of?: ProviderId;
}

const keyVault = 'https://learn.microsoft.com/azure/key-vault/general/service-limits';
const tables = 'https://learn.microsoft.com/azure/storage/tables/scalability-targets';
const queues = 'https://learn.microsoft.com/azure/storage/queues/scalability-targets';
const google = 'https://developers.google.com/health/rate-limits';

const table = {
  newSecrets: { what: 'new secrets of the busiest vault', most: 300, perSeconds: 10, from: keyVault },
  vaultReads: { what: 'other calls of the busiest vault', most: 4_000, perSeconds: 10, from: keyVault },
  allNewSecrets: {
    what: 'new secrets of all vaults of a subscription',
    most: 1_500,
    perSeconds: 10,
    from: keyVault,
  },
  allVaultReads: {
    what: 'other calls of all vaults of a subscription',
    most: 20_000,
    perSeconds: 10,
    from: keyVault,
  },
  storage: { what: 'requests to the storage account', most: 20_000, perSeconds: 1, from: tables },
  partition: {
    what: 'requests to the busiest partition of a table',
    most: 2_000,
    perSeconds: 1,
    from: tables,
  },
  checkQueue: { what: 'messages of the queue of checks', most: 2_000, perSeconds: 1, from: queues },
  rotateQueue: { what: 'messages of the queue of rotations', most: 2_000, perSeconds: 1, from: queues },
  googlePerMinute: {
    what: 'calls of the Google Health API',
    most: 120_000,
    perSeconds: 60,
    from: google,
    of: 'google-health',
  },
  googlePerDay: {
    what: 'calls of the Google Health API',
    most: 86_400_000,
    perSeconds: 86_400,
    from: google,
    of: 'google-health',
  },
  withingsPerMinute: {
    what: 'calls of Withings by one client',
    most: 120,
    perSeconds: 60,
    from: 'https://developer.withings.com/developer-guide/v3/integration-guide/advanced-research-api/best-practices/rate-limits/',
    of: 'withings',
  },
} satisfies Readonly<Record<string, Limit>>;
export type LimitName = keyof typeof table;
export const limits: Readonly<Record<LimitName, Limit>> = table;

/** The busiest stretch of `perSeconds`, of counts that come second by second. */
export function createMeter({ perSeconds }: Limit): {
  add(count: number): void;
  next(): void;
  most(): number;
} {
  const recent = new Float64Array(perSeconds);
  let at = 0;
  let sum = 0;
  let most = 0;
  return {
    add(count) {
      recent[at]! += count;
      sum += count;
      if (sum > most) most = sum;
    },
    next() {
      at = (at + 1) % perSeconds;
      sum -= recent[at]!;
      recent[at] = 0;
    },
    most: () => Math.round(most),
  };
}
