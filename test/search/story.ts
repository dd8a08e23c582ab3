/** What a call says in a story: who reads it knows the service, and not this search. */
import type { Connection, Job, Message, TokenSet } from '../../src/model';
import type { HttpRequest, Row } from '../../src/ports';
import { Secret } from '../../src/secret';
import { lineOf } from './fingerprint';

export function describeCall(port: string, method: string, args: readonly unknown[]): string {
  switch (port) {
    case 'http':
      return describeRequest(args[0] as HttpRequest);
    case 'sms':
      return 'sends the text';
    case 'queue':
      return describeJob(method, args[0] as Job, (args[1] ?? 0) as number);
    case 'vault':
      return describeVault(method, args);
    default:
      return describeTable(port, method, args);
  }
}

function describeRequest({ method, url, form, authorization }: HttpRequest): string {
  const path = new URL(url).pathname;
  const about = ['refresh_token', 'code', 'token'].map((name) => form?.[name]).find(Boolean);
  const token = about ?? (authorization && 'bearer' in authorization ? authorization.bearer : '');
  return `asks the provider: ${method} ${path} ${token instanceof Secret ? token.reveal() : token}`.trim();
}

function describeJob(method: string, job: Job, delayMs: number): string {
  return method === 'enqueue'
    ? `enqueues ${nameOfJob(job)}${delayMs > 0 ? `, due in ${Math.ceil(delayMs / 1000)} s` : ''}`
    : `takes back ${nameOfJob(job)}`;
}

export function nameOfJob(job: Job): string {
  if (job.kind !== 'rotate-token') return `the job ${job.kind}`;
  if (job.replayOf) {
    const { consent, generation } = job.replayOf;
    return `a replay of (${consent}, ${generation}) from set ${job.run}${job.isLast ? ', the last one' : ''}`;
  }
  return `the job of the run${job.held || job.attempt ? ', again' : ''}`;
}

function describeVault(method: string, [first, consent]: readonly unknown[]): string {
  switch (method) {
    case 'saveTokenSet': {
      const set = first as TokenSet;
      return `saves the set (${set.consent}, ${set.generation}) with ${set.refreshToken.reveal()}`;
    }
    case 'readTokenSet':
      return `reads the latest set of consent ${String(consent)} in the vault`;
    case 'readTokenSetsSince':
      return `reads the later versions of consent ${String(consent)} in the vault`;
    case 'readSecret':
      return `reads the secret ${String(first)}`;
    default:
      return `${method} of consent ${String(consent)} in the vault`;
  }
}

function describeTable(table: string, method: string, [first, second]: readonly unknown[]): string {
  if (method !== 'replace') return `${verbs[method] ?? method} ${table}`;
  const { value: before } = first as Row<Record<string, unknown>>;
  const after = second as Record<string, unknown>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => lineOf(before[name]) !== lineOf(after[name]));
  return `writes ${table} (${changed.map((name) => describeField(name, after)).join(', ')})`;
}

const verbs: Record<string, string> = {
  get: 'reads',
  list: 'lists',
  insert: 'adds to',
  remove: 'removes from',
};

function describeField(name: string, after: Partial<Connection & Message>): string {
  if (name === 'pointer' && after.pointer) {
    return `pointer to (${after.pointer.consent}, ${after.pointer.generation})`;
  }
  if (name === 'lease') return after.lease ? 'lease taken or renewed' : 'lease released';
  if (name === 'replaysFor')
    return after.replaysFor ? `replays ${after.replaysFor.batch}` : 'replays forgotten';
  if (name === 'state') return `state ${after.state}`;
  return name;
}
