/**
 * Serves the HTTP functions as the Functions host does: routes and their order, what of a request reaches a
 * handler, what of its answer reaches the client, and how a cookie is written. Keys (`authLevel`) are not
 * checked, as under `func start`.
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
import { invoke, type OnLog } from './invocation';
import type { RecordedHttp } from './recording-app';

export interface HttpRunner {
  readonly app: Pick<Hono, 'fetch'>;
  /** Resolves when no handler is running. */
  settle(): Promise<void>;
}

export interface RunHttpOptions {
  readonly functions: readonly RecordedHttp[];
  readonly routePrefix: string;
  readonly onLog: OnLog;
}

/** @throws Error that names the function whose route the host would refuse */
export function runHttp({ functions, routePrefix, onLog }: RunHttpOptions): HttpRunner {
  const app = new Hono({ strict: false });
  const running = new Set<Promise<Response>>();
  refuseConflicts(functions);

  // The host tries routes in the order of the functions' names, whatever is more specific.
  for (const { name, options } of functions.toSorted((a, b) => compareOrdinal(a.name, b.name))) {
    const methods: readonly string[] = options.methods ?? defaultMethods;
    for (const path of honoPaths(name, routePrefix, options.route ?? name)) {
      app.all(path, async (c, next) => {
        // Hono would route HEAD to a function that takes GET. The host does not.
        if (!methods.includes(c.req.method)) return next();
        const { remoteAddress, remotePort } = (c.env as HttpBindings).incoming.socket;
        const request = await toHttpRequest(c.req.raw, c.req.param(), `${remoteAddress}:${remotePort}`);
        const trigger = { type: 'httpTrigger', authLevel: options.authLevel ?? 'anonymous', methods };
        const response = invoke({ functionName: name, trigger, onLog }, async (context) =>
          toResponse(await options.handler(request, context)),
        ).catch(() => new Response(null, { status: 500 }));
        running.add(response);
        return response.finally(() => running.delete(response));
      });
    }
  }
  app.notFound(() => new Response(null, { status: 404 }));
  return {
    app,
    settle: async () => {
      await Promise.all(running);
    },
  };
}

const defaultMethods = ['GET', 'POST'];

/** .NET's OrdinalIgnoreCase. */
function compareOrdinal(a: string, b: string): number {
  const [first, second] = [a.toUpperCase(), b.toUpperCase()];
  return first < second ? -1 : Number(first > second);
}

function refuseConflicts(functions: readonly RecordedHttp[]): void {
  const taken = new Map<string, string>();
  for (const { name, options } of functions) {
    const route = (options.route ?? name).replace(/^\/+|\/+$/g, '').toLowerCase();
    if (/^(admin|runtime)/.test(route)) {
      throw new Error(`Function "${name}": routes that begin with "admin" or "runtime" belong to the host.`);
    }
    for (const method of options.methods ?? defaultMethods) {
      const other = taken.get(`${method} ${route}`);
      if (other) throw new Error(`Function "${name}" has the route of function "${other}".`);
      taken.set(`${method} ${route}`, name);
    }
  }
}

/** The route `a/{b}/{c?}` or `a/{*b}` in Hono's writing; two paths where the last part may be missing. */
function honoPaths(name: string, prefix: string, route: string): string[] {
  const parts = `${prefix}/${route}`.split('/').filter(Boolean);
  const path = (segments: readonly string[]): string => `/${segments.join('/')}`;
  const segments = parts.map((part, index) => {
    const [, catchAll, parameter, optional] = /^\{(\*)?(\w+)(\?)?\}$/.exec(part) ?? [];
    const isLast = index === parts.length - 1;
    if (parameter ? (catchAll || optional) && !isLast : /[{}*:]/.test(part)) {
      throw new Error(
        `Function "${name}": the local runner does not imitate "${part}" in the route "${route}".`,
      );
    }
    if (!parameter) return { text: part, mayBeMissing: false };
    return { text: catchAll ? `:${parameter}{.+}` : `:${parameter}`, mayBeMissing: !!(catchAll || optional) };
  });
  const texts = segments.map(({ text }) => text);
  return segments.at(-1)?.mayBeMissing ? [path(texts.slice(0, -1)), path(texts)] : [path(texts)];
}

async function toHttpRequest(
  request: Request,
  params: HttpRequestParams,
  peer: string,
): Promise<HttpRequest> {
  const headers = Object.fromEntries(request.headers);
  // App Service appends what it saw to what the client claimed.
  headers['x-forwarded-for'] = [headers['x-forwarded-for'], peer].filter(Boolean).join(', ');
  // A parameter given twice arrives once, joined by a comma: the host's dictionary has one string for each.
  const query: Record<string, string> = {};
  for (const [key, value] of new URL(request.url).searchParams) {
    query[key] = key in query ? `${query[key]},${value}` : value;
  }
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const bytes = hasBody ? new Uint8Array(await request.arrayBuffer()) : new Uint8Array();
  return new HttpRequest({
    method: request.method,
    url: request.url,
    headers,
    query,
    params,
    ...(bytes.length > 0 ? { body: { bytes } } : {}),
  });
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
