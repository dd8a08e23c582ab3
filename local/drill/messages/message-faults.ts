/** The words of the message drill: where a fault strikes and what it does. */
import type { Call } from '../../serve';
import type * as targets from '../strike-targets';
import { phoneServer, providerServer, queueServer, tableServer, vaultServer } from '../servers';
import { describeStrike, type Freeze, type Strike } from '../strike-targets';

/** What a call of the service is for, read off its method and path. */
export type Step =
  | 'provider'
  | 'vault'
  | 'connection'
  | 'device write'
  | 'message insert'
  | 'message write'
  | 'message read'
  | 'other table'
  | 'send'
  | 'enqueue'
  | 'job kept or deleted'
  | 'other';

export type Effect =
  | Exclude<Strike, Freeze>
  | (Freeze & { readonly past: FreezePast })
  /** 429: certainly nothing done. Before a send only. */
  | { readonly do: 'turn away' }
  /** The job is delivered once more, at once or later. */
  | { readonly do: 'double the job'; readonly delayMs: number };

export type FreezePast = 'a moment' | 'the claim' | "the carrier's memory";

export type PlannedFault = targets.PlannedFault<Effect, Step>;

/** What the way of a delivery report does to it. */
export interface ReportFault {
  readonly copies: 1 | 2;
  readonly delayMs: number;
}

/** What happens to one connection in one batch. */
export interface Plan {
  readonly name: string;
  readonly faults: readonly PlannedFault[];
  /** Of the first delivery report, the second, and so on. */
  readonly reports: readonly ReportFault[];
  /** How long the carrier takes for a report anyway. */
  readonly reportMs: number;
}

export function describeFault({ effect, phase }: Pick<PlannedFault, 'effect' | 'phase'>): string {
  switch (effect.do) {
    case 'freeze':
      return `${describeStrike(effect, phase, '')}, past ${effect.past}`;
    case 'turn away':
      return 'turned away (429)';
    case 'double the job':
      return effect.delayMs === 0 ? 'job doubled' : 'job doubled, late';
    default:
      return describeStrike(effect, phase, 'the charge');
  }
}

export function describeReportFault({ copies, delayMs }: ReportFault): string {
  return ['report', copies > 1 ? 'doubled' : '', delayMs > 0 ? 'late' : ''].filter(Boolean).join(' ');
}

export function describePlan({ name, faults, reports }: Plan): string {
  const each = faults.map((fault) => {
    const { nth, step = 'call' } = fault;
    return `${describeFault(fault)} (${step} ${nth})`;
  });
  return `${name}: ${[...each, ...reports.map(describeReportFault)].join(', then ') || 'nothing'}`;
}

export function stepOf({ server, method, path }: Call): Step {
  switch (server) {
    case vaultServer:
      return 'vault';
    case providerServer:
      return 'provider';
    case phoneServer:
      return 'send';
    case queueServer:
      if (!path.includes('/messages')) return 'other';
      return method === 'POST' ? 'enqueue' : 'job kept or deleted';
    case tableServer:
      return tableStep(method, path);
    default:
      return 'other';
  }
}

function tableStep(method: string, path: string): Step {
  const [, table] = /\/devstoreaccount1\/([a-z]+)/.exec(path) ?? [];
  const reads = method === 'GET';
  switch (table) {
    case 'connections':
      return 'connection';
    case 'devices':
      return reads ? 'other table' : 'device write';
    case 'messages':
      if (method === 'POST') return 'message insert';
      return reads ? 'message read' : 'message write';
    default:
      return 'other table';
  }
}
