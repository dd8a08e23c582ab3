/**
 * Sends strange requests to the whole service in the local world. Whatever comes: an answer below 500, without a stack
 * trace or a secret, and nothing stored but sign-ups that were begun and counters.
 */
import { request as send } from 'node:http';
import { codeOnPhone, signUpAs } from '../connect-wearer';
import { ada } from '../people';
import { setLabel } from '../../src/domain/connection/labels';
import { createChance } from '../random';
import type { LogEntry } from '../runner/run-invocation';
import { startService, type Service } from '../service';
import { startWorld, type World } from '../world';
import { isGuarded, type FuzzedCallers } from './callers';
import { strangeRequest, type StrangeRequest } from './requests';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly callers?: FuzzedCallers;
}

export interface FuzzResult {
  readonly statuses: ReadonlyMap<number, number>;
  /** What should not be, each with the request that led there. */
  readonly findings: readonly string[];
}

const sideBySide = 8;
const mostFindings = 20;

export async function fuzz({ requests, seed, callers = 'local' }: FuzzOptions): Promise<FuzzResult> {
  const chance = createChance(seed);
  const statuses = new Map<number, number>();
  const findings: string[] = [];
  const logs: LogEntry[] = [];
  const world = await startWorld();
  try {
    const service = await startService({
      world,
      port: 0,
      unattended: false,
      onLog: (entry) => logs.push(entry),
      settings: {
        SHARED_WITH: 'somebody else',
        ...(callers === 'entra' && { ENTRA_CLIENT_ID: '11111111-2222-3333-4444-555555555555' }),
      },
    });
    try {
      const known = { ...(await connectAda(world, service)), callers };
      await service.drainQueues();
      const before = await stateOf(world, service);
      const secrets = [known.link, known.code, ...secretsOf(world)];
      let left = requests;
      const work = async (): Promise<void> => {
        while (left > 0 && findings.length < mostFindings) {
          left -= 1;
          const request = strangeRequest(chance, known);
          const answer = await exchange(service.url, request);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          const fault = letIn(callers, request, answer) ?? judge(request, answer, secrets);
          if (fault) findings.push(`${fault}\n  ${describe(request)}\n  ${answer.text.slice(0, 300)}`);
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, work));
      await service.drainQueues();
      findings.push(...differences(before, await stateOf(world, service)));
      const written = JSON.stringify(logs);
      if (secrets.some((secret) => written.includes(secret))) findings.push('A secret is in the log.');
      const failed = logs
        .filter(({ level, message }) => level === 'error' && !message.includes('Request body too large'))
        .map(({ message }) => `An error was logged: ${message}`);
      findings.push(...failed.slice(0, mostFindings));
    } finally {
      await service.close();
    }
  } finally {
    await world.close();
  }
  return { statuses, findings };
}

async function connectAda(world: World, service: Service) {
  const { url: serviceUrl, services } = service;
  await signUpAs({ serviceUrl, provider: 'fitbit', number: ada.phone, phone: world.phone, wearer: ada.id });
  await service.invokeTimer('checkBatteries');
  await service.drainQueues();
  const [, link = ''] = /\/m\/([\w-]{22})/.exec(world.phone.texts().at(-1)?.body ?? '') ?? [];
  for await (const { value } of services.tables.connections.list()) {
    const label = 'participant-17';
    await setLabel(services, value.id, label);
    return { link, connection: value.id, label, code: codeOnPhone(world.phone, ada.phone) };
  }
  throw new Error('Ada is not connected.');
}

function secretsOf({ simulators }: World): string[] {
  const issued = Object.values(simulators).flatMap((simulator) => simulator.issuedSecrets());
  return [...issued, ada.phone, ada.phone.slice(1)];
}

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

/** `fetch` would mend much of what is to be sent. A connection that is closed without an answer is status 0. */
function exchange(serviceUrl: string, { method, path, headers, body }: StrangeRequest): Promise<Answer> {
  const { hostname, port } = new URL(serviceUrl);
  return new Promise((resolve) => {
    const none = (error: Error): void => resolve({ status: 0, headers: '', text: error.message });
    try {
      const request = send({ hostname, port, method, path, agent: false, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', none);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: JSON.stringify(response.headers),
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.on('error', none);
      request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
      for (const [name, value] of headers) request.setHeader(name, value);
      request.end(body);
    } catch (error) {
      none(error as Error);
    }
  });
}

function letIn(callers: FuzzedCallers, { path }: StrangeRequest, { status }: Answer): string | undefined {
  if (callers === 'local' || status === 0 || status >= 400) return undefined;
  // As a server reads it, `..` included.
  return isGuarded(new URL(`http://service.invalid${path}`).pathname)
    ? 'Let in without a sign-in'
    : undefined;
}

const stackTrace = /\n\s+at .+:\d+:\d+|node_modules/;

function judge(
  request: StrangeRequest,
  { status, headers, text }: Answer,
  secrets: readonly string[],
): string | undefined {
  if (status === 0) return isTooLarge(request) ? undefined : `No answer: ${text}`;
  if (status >= 500 && !isAboveLimitOfHost(request)) return `Status ${status}`;
  if (stackTrace.test(text)) return 'A stack trace';
  if (text.includes('<script')) return 'A script on a page';
  if (leadsAway(headers)) return 'A foreign address in a header';
  // What the request itself carried is no secret to whoever sent it.
  const sent = request.path + request.headers.join() + (request.body?.toString() ?? '');
  // What these two functions are for; without their key nobody gets there.
  const answered =
    headers + (isHandingOut(request) ? text.replace(/"(access_token|link)":"[^"]+"/, '') : text);
  return secrets.some((secret) => answered.includes(secret) && !sent.includes(secret))
    ? 'A secret in an answer'
    : undefined;
}

/** FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, above which the host itself answers 500. */
function isAboveLimitOfHost({ body }: StrangeRequest): boolean {
  return (body?.length ?? 0) > 2_097_152;
}

/** The query of a page that has moved goes along to where it is now. */
function leadsAway(headers: string): boolean {
  const { location, ...others } = JSON.parse(headers || '{}') as { readonly location?: string };
  const host = location === undefined ? '' : new URL(location, 'http://service.invalid').host;
  return host.includes('evil.example') || JSON.stringify(others).includes('evil.example');
}

function isHandingOut({ path }: StrangeRequest): boolean {
  return /^\/api\/connections\/[^/]+\/(access-token|reconnect-link)/i.test(path);
}

/** A server may hang up on whoever sends it more than it wants to read: the service reads forms of 16 KB. */
function isTooLarge({ path, headers, body }: StrangeRequest): boolean {
  return (body?.length ?? 0) > 16 * 1024 || path.length + headers.join().length > 8_000;
}

function describe({ method, path, headers, body }: StrangeRequest): string {
  return [
    method,
    path.slice(0, 300),
    JSON.stringify(headers).slice(0, 500),
    JSON.stringify(body?.toString().slice(0, 300)),
    `(body of ${body?.length ?? 0} bytes)`,
  ].join(' ');
}

/** Everything that no request of a stranger may change. */
async function stateOf(world: World, { services: { tables } }: Service): Promise<Map<string, string>> {
  // An operator's order makes invites, and without a key there are callers who give orders.
  const { logins: _, counters: __, invites: ___, ...guarded } = tables;
  const state = new Map<string, string>();
  for (const [name, table] of Object.entries(guarded)) {
    const rows: string[] = [];
    for await (const { key, etag } of table.list()) rows.push(`${key.partition}/${key.row} ${etag}`);
    state.set(`table ${name}`, rows.sort().join('\n'));
  }
  state.set('vault', JSON.stringify(world.keyVault.snapshot()));
  state.set('phone', String(world.phone.texts().length));
  return state;
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before.keys()]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `The ${name} has changed.`);
}
