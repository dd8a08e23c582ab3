/**
 * Serves one emulator on a loopback port. Every emulator answers through here, so every remote call of the
 * service passes one tap: a test or a drill can look at it, delay it, refuse it, or lose it, before it is
 * applied or after it is applied and before it is answered.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';

/** One request that an emulator received. `path` has no query: queries may hold what must not be logged. */
export interface Call {
  readonly server: string;
  readonly method: string;
  readonly path: string;
  /** For what a tap has to see in more detail. A clone: reading it takes nothing from the emulator. */
  readonly request: Request;
}

/** What a tap wants done: go on, cut the connection without an answer, or answer this instead. */
export type Verdict = 'go on' | 'drop' | Response;

export interface Tap {
  /** Called before the emulator applies the call. */
  before?(call: Call): Promise<Verdict> | Verdict;
  /** Called when the emulator has applied the call and not yet answered it. */
  after?(call: Call, response: Response): Promise<Verdict> | Verdict;
}

export interface Server {
  readonly name: string;
  /** Origin without a trailing slash. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** What a person would call it, for messages: "Key Vault emulator". */
  readonly name: string;
  readonly app: Pick<Hono, 'fetch'>;
  /** 0 takes any free port. */
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly tap?: Tap | undefined;
}

/** A port that somebody else listens on: the message names the port and what wanted it. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(name: string, port: number) {
    super(
      `Port ${port}, wanted for the ${name}, is taken. Stop the program that uses it (perhaps another npm start) and start again.`,
    );
  }
}

/** @throws PortTaken */
export async function serve({ name, app, port, tls, tap = {} }: ServeOptions): Promise<Server> {
  const fetch = async (request: Request, env: HttpBindings): Promise<Response> => {
    const call = {
      server: name,
      method: request.method,
      path: new URL(request.url).pathname,
      request: tap.before || tap.after ? request.clone() : request,
    };
    const drop = (): Response => {
      env.incoming.socket.destroy();
      return new Response(null);
    };
    const before = (await tap.before?.(call)) ?? 'go on';
    if (before !== 'go on') return before === 'drop' ? drop() : before;
    const response = await app.fetch(request, env);
    if (response.headers.has(cutHeader)) return drop();
    const after = (await tap.after?.(call, response)) ?? 'go on';
    if (after !== 'go on') return after === 'drop' ? drop() : after;
    return response;
  };
  const server = createAdaptorServer({
    fetch: fetch as Parameters<typeof createAdaptorServer>[0]['fetch'],
    overrideGlobalObjects: false,
    ...(tls
      ? { createServer: createHttpsServer, serverOptions: { key: tls.key, cert: tls.cert } }
      : { createServer: createHttpServer }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTaken(name, port) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    name,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${actual}`,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

const cutHeader = 'x-local-cut-connection';

/** What an emulator returns when it wants the connection cut instead of an answer. */
export function cutConnection(): Response {
  return new Response(null, { headers: { [cutHeader]: '1' } });
}
