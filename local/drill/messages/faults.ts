/** The words of the message drill: where a fault strikes and what it does. */
import { phoneServer, providerServer, queueServer, tableServer, vaultServer, type Phase } from '../servers';

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

export type Store = 'tables' | 'queue' | 'provider' | 'phone';

export type Effect =
  /** A waypoint: the next fault of the plan counts from here. */
  | { readonly do: 'nothing' }
  | { readonly do: 'kill' }
  /** Stops the process; what it has sent is held until it goes on. */
  | { readonly do: 'freeze'; readonly ms: number; readonly past: FreezePast }
  /** Goes on only when the battery has been charged and that was seen. */
  | { readonly do: 'freeze past the charge' }
  /** Before: refused and nothing done. After: done, and answered as if it had failed. */
  | { readonly do: 'refuse' }
  /** 429: certainly nothing done. Before only. */
  | { readonly do: 'turn away' }
  /** The connection is cut. Before: the request never arrives. After: its answer is lost. */
  | { readonly do: 'cut' }
  /** Before: the request is applied late, when nobody waits any more. After: the answer comes late. */
  | { readonly do: 'delay'; readonly ms: number }
  /** This store refuses everything of this connection for a while. */
  | { readonly do: 'outage'; readonly store: Store; readonly ms: number }
  /** The job is delivered once more, at once or later. */
  | { readonly do: 'double the job'; readonly delayMs: number };

export type FreezePast = 'a moment' | 'the claim' | "the carrier's memory";

/** Strikes at the n-th call (or the n-th call of a step) of a connection, counted from the fault before it. */
export interface PlannedFault {
  readonly nth: number;
  readonly step?: Step;
  readonly phase: Phase;
  readonly effect: Effect;
}

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
    case 'nothing':
      return 'nothing';
    case 'kill':
      return `killed ${phase} a call was applied`;
    case 'freeze':
      return `frozen ${phase} a call was applied, past ${effect.past}`;
    case 'freeze past the charge':
      return `frozen ${phase} a call was applied, past the charge`;
    case 'refuse':
      return phase === 'before' ? 'refused (5xx)' : 'failed (5xx) but done';
    case 'turn away':
      return 'turned away (429)';
    case 'cut':
      return phase === 'before' ? 'request lost' : 'answer lost';
    case 'delay':
      return phase === 'before' ? 'request late' : 'answer late';
    case 'outage':
      return `outage of ${effect.store}`;
    case 'double the job':
      return effect.delayMs === 0 ? 'job doubled' : 'job doubled, late';
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

export function stepOf(server: string, method: string, path: string): Step {
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

export const storeOf: Readonly<Record<string, Store>> = {
  [tableServer]: 'tables',
  [queueServer]: 'queue',
  [phoneServer]: 'phone',
  [providerServer]: 'provider',
};
