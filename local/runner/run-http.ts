/**
 * Serves the HTTP functions as the Functions host does: what of a request reaches a handler, what of its answer reaches the
 * client, and how a cookie is written. Keys (`authLevel`) are not checked, as under `func start`.
 */
import {
  HttpRequest,
  HttpResponse,
  type Cookie,
  type HttpRequestParams,
  type HttpResponseInit,
} from '@azure/functions';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { announceAnswer, answers } from './announced-answers';
import type { Settings } from './host-settings';
import { invoke, type OnLog } from './run-invocation';
import type { RecordedHttp } from './recording-app';
import { createRouter } from './route-templates';

export interface HttpRunner {
  readonly app: Pick<Hono, 'fetch'>;
  /** Resolves when no handler is running. */
  settle(): Promise<void>;
}

export interface RunHttpOptions {
  readonly functions: readonly RecordedHttp[];
  readonly routePrefix: string;
  readonly settings: Settings;
  readonly onLog: OnLog;
}

/** @throws Error that names the function whose route the host would refuse */
export function runHttp({ functions, routePrefix, settings, onLog }: RunHttpOptions): HttpRunner {
  const app = new Hono({ strict: false });
  const running = new Set<Promise<Response>>();
  const findFunction = createRouter(functions, routePrefix);
  const largestBody = Number(settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? usualLargestBody);

  app.all('*', async (c) => {
    const { pathname } = new URL(c.req.url);
    const found = findFunction(c.req.method, pathname);
    if (!found) return pathname === '/' ? homepage(settings) : new Response(null, { status: 404 });
    const { name, options } = found.recorded;
    const { remoteAddress, remotePort } = (c.env as HttpBindings).incoming.socket;
    const { authLevel = 'anonymous', methods } = options;
    const trigger = { type: 'httpTrigger', authLevel, ...(methods ? { methods } : {}) };
    const response = invoke({ functionName: name, trigger, onLog }, async (context) => {
      const peer = `${remoteAddress}:${remotePort}`;
      const request = await toHttpRequest(c.req.raw, found.params, peer, largestBody);
      const sent = answers.hasSubscribers ? await request.clone().text() : '';
      const answer = await toResponse(await options.handler(request, context));
      await announce(name, request, sent, answer);
      return answer;
    }).catch(() => new Response(null, { status: 500 }));
    running.add(response);
    return response.finally(() => running.delete(response));
  });
  return {
    app,
    settle: async () => {
      await Promise.all(running);
    },
  };
}

async function announce(name: string, request: HttpRequest, body: string, answer: Response): Promise<void> {
  if (!answers.hasSubscribers) return;
  announceAnswer({
    name,
    method: request.method.toUpperCase(),
    sent: { type: request.headers.get('content-type'), body },
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.clone().text(),
  });
}

/** Kestrel's limit in the Functions host: 100 MB. */
const usualLargestBody = 104_857_600;

/** What the host answers at `/` when no function does, whatever the method. */
function homepage({ AzureWebJobsDisableHomepage: disabled }: Settings): Response {
  if (disabled?.toLowerCase() === 'true') return new Response(null, { status: 204 });
  const page = '<!doctype html><title>Your Azure Function App is up and running</title>';
  return new Response(page, { headers: { 'content-type': 'text/html' } });
}

async function toHttpRequest(
  request: Request,
  params: HttpRequestParams,
  peer: string,
  largestBody: number,
): Promise<HttpRequest> {
  const headers = Object.fromEntries(request.headers);
  // App Service appends what it saw to what the client claimed.
  headers['x-forwarded-for'] = [headers['x-forwarded-for'], peer].filter(Boolean).join(', ');
  // A parameter given twice arrives once, joined by a comma: the host's dictionary has one string for each.
  const query: Record<string, string> = {};
  for (const [key, value] of new URL(request.url).searchParams) {
    query[key] = key in query ? `${query[key]},${value}` : value;
  }
  const bytes = await readBody(request, largestBody);
  return new HttpRequest({
    method: request.method,
    url: request.url,
    headers,
    query,
    params,
    ...(bytes.length > 0 ? { body: { bytes } } : {}),
  });
}

/**
 * The host reads a body only if the request says how long it is. A chunked one never reaches the function.
 *
 * @throws Error for one that is too large: the invocation then has failed before the handler is called
 */
async function readBody(request: Request, largest: number): Promise<Uint8Array> {
  const length = Number(request.headers.get('content-length') ?? 0);
  if (length === 0 || request.method === 'GET' || request.method === 'HEAD') return new Uint8Array();
  if (length > largest)
    throw new Error(`Request body too large. The max request body size is ${largest} bytes.`);
  return new Uint8Array(await request.arrayBuffer());
}

async function toResponse(result: HttpResponse | HttpResponseInit | null | undefined): Promise<Response> {
  if (result === null || result === undefined) return new Response(null);
  if (typeof result !== 'object') {
    throw new TypeError(
      'The HTTP response must be an object with optional properties "body", "status", "headers", and "cookies".',
    );
  }
  const response = result instanceof HttpResponse ? result : new HttpResponse(result);
  // One value for each name crosses to the host: of several Set-Cookie headers the last one stays.
  const headers = new Headers(Object.fromEntries(response.headers));
  for (const cookie of response.cookies) headers.append('set-cookie', writeCookie(cookie));
  const body = await response.arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, { status: response.status, headers });
}

/** A cookie as ASP.NET writes it: lower-case attributes, the value escaped, `path=/` unless another is given. */
function writeCookie(cookie: Cookie): string {
  const { name, value, expires, maxAge, domain, path = '/', secure, sameSite, httpOnly } = cookie;
  return [
    `${name}=${escapeData(value)}`,
    expires !== undefined && `expires=${new Date(expires).toUTCString()}`,
    maxAge !== undefined && `max-age=${Math.trunc(maxAge)}`,
    domain && `domain=${domain}`,
    path && `path=${path}`,
    secure && 'secure',
    sameSite && `samesite=${sameSite.toLowerCase()}`,
    httpOnly && 'httponly',
  ]
    .filter(Boolean)
    .join('; ');
}

/** .NET's Uri.EscapeDataString, which escapes a little more than encodeURIComponent. */
function escapeData(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
