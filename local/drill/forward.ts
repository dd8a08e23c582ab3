/**
 * Passes requests on to Azurite unchanged (its signatures cover the path and most headers), so that tables and queues
 * answer through the same tap as every other emulator.
 */
import { Agent, request as sendRequest, type IncomingMessage } from 'node:http';
import { tagHeader } from './orders';

/** Between two hops only, RFC 9110 section 7.6.1; and what is ours. */
const dropped = ['connection', 'keep-alive', 'transfer-encoding', 'host', tagHeader];

export function forwardTo(port: number): { fetch(request: Request): Promise<Response> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const body = Buffer.from(await request.arrayBuffer());
      const headers = Object.fromEntries([...request.headers].filter(([name]) => !dropped.includes(name)));
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = sendRequest(
          { agent, host: '127.0.0.1', port, method: request.method, path: pathname + search, headers },
          resolve,
        );
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
