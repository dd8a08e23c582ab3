/** The words of the rotation drill: where a fault strikes and what it does. */
import type { Call } from '../../serve';
import type * as targets from '../strike-targets';
import { providerServer, queueServer, tableServer, vaultServer } from '../servers';
import { describeStrike, type Strike } from '../strike-targets';

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
  | Strike
  /** The answer comes as broken JSON. */
  | { readonly do: 'garble' }
  /** 503 with a Retry-After: certainly nothing done. Before a request to the provider only. */
  | { readonly do: 'ask to wait'; readonly seconds: number }
  /** Its job is delivered once more. */
  | { readonly do: 'double the job' }
  /** The wearer consents again, disconnects, or takes the consent away at the provider. */
  | { readonly do: Deed };

export type Deed = 'consent again' | 'disconnect' | 'withdraw';

export type PlannedFault = targets.PlannedFault<Effect, Step>;

/** What happens to one connection in one batch. */
export interface Plan {
  readonly name: string;
  readonly faults: readonly PlannedFault[];
}

export function describeFault({ effect, phase }: Pick<PlannedFault, 'effect' | 'phase'>): string {
  switch (effect.do) {
    case 'garble':
      return 'answer garbled';
    case 'ask to wait':
      return 'asked to wait';
    case 'double the job':
      return 'job doubled';
    case 'consent again':
      return 'consented again';
    case 'disconnect':
      return 'disconnected';
    case 'withdraw':
      return 'consent withdrawn';
    default:
      return describeStrike(effect, phase, 'the next run');
  }
}

export function describePlan({ name, faults }: Plan): string {
  const each = faults.map((fault) => {
    const { nth, step = 'call' } = fault;
    return `${describeFault(fault)} (${step} ${nth})`;
  });
  return `${name}: ${each.join(', then ') || 'nothing'}`;
}

export function stepOf({ server, method, path }: Call): Step {
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
