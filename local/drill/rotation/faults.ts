/** The words of the rotation drill: where a fault strikes and what it does. */
import { providerServer, queueServer, tableServer, vaultServer, type Phase } from '../servers';

/** What a call of the service is for, read off its method and path. */
export type Step =
  | 'record read'
  | 'record write'
  | 'journal'
  | 'other table'
  | 'vault read'
  | 'vault list'
  | 'vault save'
  | 'vault delete'
  | 'client secret'
  | 'enqueue'
  | 'message kept or deleted'
  | 'token request'
  | 'other provider call'
  | 'other';

export type Effect =
  /** A waypoint: the next fault of the plan counts from here. */
  | { readonly do: 'nothing' }
  | { readonly do: 'kill' }
  /** Stops the process; what it has sent is held until it goes on. */
  | { readonly do: 'freeze'; readonly ms: number }
  /** Goes on only when a whole further run is over. */
  | { readonly do: 'freeze past the next run' }
  /** Before: refused and nothing done. After: done, and answered as if it had failed. */
  | { readonly do: 'refuse' }
  /** The connection is cut. Before: the request never arrives. After: its answer is lost. */
  | { readonly do: 'cut' }
  /** Before: the request is applied late, when nobody waits any more. After: the answer comes late. */
  | { readonly do: 'delay'; readonly ms: number }
  /** The answer comes as broken JSON. */
  | { readonly do: 'garble' }
  /** This store refuses everything of this connection for a while. */
  | { readonly do: 'outage'; readonly store: 'vault' | 'tables' | 'queue'; readonly ms: number }
  /** Its job is delivered once more. */
  | { readonly do: 'double the job' }
  /** The wearer consents again, disconnects, or takes the consent away at the provider. */
  | { readonly do: 'consent again' }
  | { readonly do: 'disconnect' }
  | { readonly do: 'withdraw' };

/** Strikes at the n-th call (or the n-th call of a step) of a connection, counted from the fault before it. */
export interface PlannedFault {
  readonly nth: number;
  readonly step?: Step;
  readonly phase: Phase;
  readonly effect: Effect;
}

/** What happens to one connection in one batch. */
export interface Plan {
  readonly name: string;
  readonly faults: readonly PlannedFault[];
}

export function describeFault({ effect, phase }: Pick<PlannedFault, 'effect' | 'phase'>): string {
  switch (effect.do) {
    case 'nothing':
      return 'nothing';
    case 'kill':
      return `killed ${phase} a call was applied`;
    case 'freeze':
      return `frozen ${phase} a call was applied`;
    case 'freeze past the next run':
      return `frozen ${phase} a call was applied, past the next run`;
    case 'refuse':
      return phase === 'before' ? 'refused' : 'failed but done';
    case 'cut':
      return phase === 'before' ? 'request lost' : 'answer lost';
    case 'delay':
      return phase === 'before' ? 'request late' : 'answer late';
    case 'garble':
      return 'answer garbled';
    case 'outage':
      return `outage of ${effect.store}`;
    case 'double the job':
      return 'job doubled';
    case 'consent again':
      return 'consented again';
    case 'disconnect':
      return 'disconnected';
    case 'withdraw':
      return 'consent withdrawn';
  }
}

export function describePlan({ name, faults }: Plan): string {
  const each = faults.map((fault) => {
    const { nth, step = 'call' } = fault;
    return `${describeFault(fault)} (${step} ${nth})`;
  });
  return `${name}: ${each.join(', then ') || 'nothing'}`;
}

export function stepOf(server: string, method: string, path: string): Step {
  if (server === vaultServer) {
    if (!path.startsWith('/secrets/token-set-')) return 'client secret';
    if (method === 'PUT') return 'vault save';
    if (method === 'DELETE') return 'vault delete';
    return path.endsWith('/versions') ? 'vault list' : 'vault read';
  }
  if (server === providerServer) return path === '/oauth2/token' ? 'token request' : 'other provider call';
  if (server === tableServer) {
    if (path.includes('/journal')) return 'journal';
    if (!path.includes('/connections(')) return 'other table';
    return method === 'GET' ? 'record read' : 'record write';
  }
  if (server === queueServer && path.includes('/messages')) {
    return method === 'POST' ? 'enqueue' : 'message kept or deleted';
  }
  return 'other';
}
