/**
 * Sends strange requests to the whole service in the local world. Whatever comes: an answer below 500, without a stack
 * trace or a secret, and nothing stored but sign-ups that were begun and counters. fast-check makes the requests, and
 * shrinks one that did harm to the least that still does.
 */
import fc from 'fast-check';
import { asAda, codeOnPhone, signUpAs } from '../connect-wearer';
import { ada } from '../people';
import { setLabel } from '../../src/domain/connection/labels';
import { sendRaw } from '../raw-request';
import type { LogEntry } from '../runner/run-invocation';
import { startService, type Service } from '../service';
import { startWorld, type World } from '../world';
import { isGuarded, type FuzzedCallers } from './callers';
import { strangeRequests, type Known, type StrangeRequest } from './requests';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly callers?: FuzzedCallers;
}

export interface FuzzResult {
  readonly statuses: ReadonlyMap<number, number>;
  /** What should not be, each with the smallest request that was found to lead there. */
  readonly findings: readonly string[];
}

interface Place {
  readonly world: World;
  readonly service: Service;
  readonly known: Known;
  readonly secrets: readonly string[];
  readonly logs: LogEntry[];
}

type State = ReadonlyMap<string, string>;

const sideBySide = 8;

export async function fuzz({ requests, seed, callers = 'local' }: FuzzOptions): Promise<FuzzResult> {
  const statuses = new Map<number, number>();
  const lanes = Array.from({ length: sideBySide }, (_, lane) => ({
    seed: seed * sideBySide + lane,
    numRuns: Math.ceil((requests - lane) / sideBySide),
  })).filter(({ numRuns }) => numRuns > 0);
  const { findings, harm } = await inService(callers, async (place) => {
    const before = await stateOf(place);
    const found = await Promise.all(
      lanes.map((lane) =>
        search(place, lane, async (request) => {
          const answer = await exchange(place.service.url, request);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          const fault = faultOf(place, request, answer);
          return fault && `${fault}\n  ${describe(request)}\n  ${answer.text.slice(0, 300)}`;
        }),
      ),
    );
    return { findings: found.flat(), harm: await harmOf(place, before) };
  });
  if (harm.length === 0 || findings.length > 0) return { statuses, findings: [...findings, ...harm] };
  return {
    statuses,
    findings: [...harm, ...(await inService(callers, (place) => findCulprit(place, lanes)))],
  };
}

type Lane = Readonly<Required<Pick<fc.Parameters<unknown>, 'seed' | 'numRuns'>>>;

/** @returns what `look` says of the smallest request that it still complains of, if it does of any */
async function search(
  { known }: Place,
  lane: Lane,
  look: (request: StrangeRequest) => Promise<string | undefined>,
): Promise<string[]> {
  const property = fc.asyncProperty(strangeRequests(known), async (request) => {
    const complaint = await look(request);
    if (complaint !== undefined) throw new Error(complaint);
  });
  const { failed, errorInstance, numShrinks } = await fc.check(property, lane);
  return failed ? [`${(errorInstance as Error).message}\n  shrunk ${numShrinks} times`] : [];
}

/** Harm that no answer shows: the same requests once more, one after the other, with a look after each. */
async function findCulprit(place: Place, lanes: readonly Lane[]): Promise<string[]> {
  for (const lane of lanes) {
    const found = await search(place, lane, async (request) => {
      const before = await stateOf(place);
      await exchange(place.service.url, request);
      const harm = await harmOf(place, before);
      return harm.length === 0 ? undefined : `${harm.join('\n')}\n  ${describe(request)}`;
    });
    if (found.length > 0) return found;
  }
  return [];
}

async function inService<T>(callers: FuzzedCallers, work: (place: Place) => Promise<T>): Promise<T> {
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
      const { code, ...ada } = await connectAda(world, service);
      await service.drainQueues();
      const secrets = [ada.link, code, ...secretsOf(world)];
      return await work({ world, service, known: { ...ada, callers }, secrets, logs });
    } finally {
      await service.close();
    }
  } finally {
    await world.close();
  }
}

async function connectAda(world: World, service: Service) {
  const { services } = service;
  await signUpAs(asAda(service, world, 'fitbit'));
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

/** Status 0: the connection was closed without an answer. */
async function exchange(serviceUrl: string, request: StrangeRequest): Promise<Answer> {
  try {
    const { status, headers, body } = await sendRaw(serviceUrl, request);
    return { status, headers: JSON.stringify(headers), text: body };
  } catch (error) {
    return { status: 0, headers: '', text: (error as Error).message };
  }
}

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

function faultOf({ known, secrets }: Place, request: StrangeRequest, answer: Answer): string | undefined {
  return (known.callers === 'entra' ? letIn(request, answer) : undefined) ?? judge(request, answer, secrets);
}

function letIn({ path }: StrangeRequest, { status }: Answer): string | undefined {
  if (status === 0 || status >= 400) return undefined;
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
async function stateOf({ world, service: { services } }: Place): Promise<State> {
  // An operator's order makes invites, and without a key there are callers who give orders.
  const { logins: _, counters: __, invites: ___, ...guarded } = services.tables;
  const state = new Map<string, string>();
  for (const [name, table] of Object.entries(guarded)) {
    const rows: string[] = [];
    for await (const { key, etag } of table.list()) rows.push(`${key.partition}/${key.row} ${etag}`);
    state.set(`table ${name}`, rows.sort().join('\n'));
  }
  // The doctor writes a secret that nothing reads, to see whether it can.
  const secrets = world.keyVault.snapshot().secrets.filter(({ name }) => name !== 'doctor');
  state.set('vault', JSON.stringify(secrets));
  state.set('phone', String(world.phone.texts().length));
  return state;
}

/** What has changed, and what was logged and should not be, since the last time. */
async function harmOf(place: Place, before: State): Promise<string[]> {
  await place.service.drainQueues();
  const after = await stateOf(place);
  const logs = place.logs.splice(0);
  const written = JSON.stringify(logs);
  return [
    ...[...before.keys()]
      .filter((name) => before.get(name) !== after.get(name))
      .map((name) => `The ${name} has changed.`),
    ...(place.secrets.some((secret) => written.includes(secret)) ? ['A secret is in the log.'] : []),
    ...logs
      .filter(({ level, message }) => level === 'error' && !message.includes('Request body too large'))
      .slice(0, 20)
      .map(({ message }) => `An error was logged: ${message}`),
  ];
}
