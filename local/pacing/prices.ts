/** What a month of days like one costs: list prices in US dollars, pay as you go, West US or alike, each with where it was read and when. */
import type { PlayedDay } from './played-day';

interface Price {
  readonly dollars: number;
  readonly per: number;
  /** Free every month. */
  readonly free: number;
  readonly unit: string;
  readonly from: string;
}

/** Read in November 2026. Microsoft's own pages show prices to a browser only, so most come from whoever quotes them. */
export const prices = {
  memory: {
    ...{ dollars: 0.000026, per: 1, free: 100_000, unit: 'GB-s' },
    from: 'https://modal.com/blog/azure-function-pricing-guide (May 2025)',
  },
  executions: {
    ...{ dollars: 0.4, per: 1_000_000, free: 250_000, unit: 'executions' },
    from: 'https://modal.com/blog/azure-function-pricing-guide (May 2025)',
  },
  vault: {
    ...{ dollars: 0.03, per: 10_000, free: 0, unit: 'operations of Key Vault' },
    from: 'https://learn.microsoft.com/answers/questions/5608202',
  },
  tables: {
    ...{ dollars: 0.00036, per: 10_000, free: 0, unit: 'operations of Tables' },
    from: 'not confirmed: https://azure.microsoft.com/pricing/details/storage/tables/',
  },
  queues: {
    ...{ dollars: 0.004, per: 10_000, free: 0, unit: 'operations of queues' },
    from: 'not confirmed: https://azure.microsoft.com/pricing/details/storage/queues/',
  },
  logs: {
    ...{ dollars: 2.3, per: 1, free: 5, unit: 'GB of logs' },
    from: 'https://monitoringcost.com/azure-monitor-cost (2026)',
  },
} satisfies Readonly<Record<string, Price>>;

const days = 30;
/** What a job leaves in the log at the level `info`, and an operation of Key Vault in its audit log. The second is a guess. */
const jobLogKb = 2.6;
const auditKb = 1.5;
const memoryGb = 2;

export interface Bill {
  readonly lines: readonly { readonly what: string; readonly amount: number; readonly dollars: number }[];
  readonly dollars: number;
}

/** Without texts, the number, alert rules and the space that records take: docs/deploying.md has those. */
export function billOf({ totals, activeSeconds, checks, rotations }: PlayedDay): Bill {
  const logKb = (checks + rotations) * jobLogKb + totals.vaultCalls * auditKb;
  const amounts = {
    memory: activeSeconds * memoryGb,
    executions: totals.executions,
    vault: totals.vaultCalls,
    tables: totals.tableReads + totals.tableWrites,
    queues: totals.queueCalls,
    logs: logKb / 1_000_000,
  };
  const lines = (Object.keys(prices) as (keyof typeof prices)[]).map((name) => {
    const { dollars, per, free, unit } = prices[name];
    const amount = amounts[name] * days;
    return { what: unit, amount, dollars: (Math.max(0, amount - free) / per) * dollars };
  });
  return { lines, dollars: lines.reduce((sum, line) => sum + line.dollars, 0) };
}
