/**
 * Passes requests on to Azurite unchanged (its signatures cover the path and most headers), so that tables and queues
 * answer through the same tap as every other emulator.
 */
import { Agent, request as sendRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as sendTlsRequest } from 'node:https';

/** Between two hops only, RFC 9110 section 7.6.1. */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'host'];

export interface ForwardOptions {
  /** On loopback. */
  readonly port: number;
  /** True: the server speaks https. Its certificate is not checked, because only this machine can answer there. */
  readonly tls?: boolean;
  /** Put before the path of every request. */
  readonly prefix?: string;
  /** Headers that stay here, in lower case. */
  readonly without?: readonly string[];
}

export function forwardTo({ port, tls = false, prefix = '', without = [] }: ForwardOptions): {
  fetch(request: Request): Promise<Response>;
} {
  const dropped = [...hopByHop, ...without];
  const pool = { keepAlive: true, maxSockets: 64 };
  const agent = tls ? new TlsAgent({ ...pool, rejectUnauthorized: false }) : new Agent(pool);
  const send = tls ? sendTlsRequest : sendRequest;
  return {
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const body = Buffer.from(await request.arrayBuffer());
      const headers = Object.fromEntries([...request.headers].filter(([name]) => !dropped.includes(name)));
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const path = prefix + pathname + search;
        const sent = send({ agent, host: '127.0.0.1', port, method: request.method, path, headers }, resolve);
        sent.once('error', reject);
        sent.end(body);
      });
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const status = answer.statusCode ?? 500;
      const bodiless = status === 204 || status === 304;
      const kept = Object.entries(answer.headers).filter(([name]) => !dropped.includes(name));
      return new Response(bodiless ? null : Buffer.concat(chunks), {
        status,
        headers: kept.map(([name, value]) => [name, String(value)] as [string, string]),
      });
    },
  };
}
