/** A request as it is told, for what `fetch` would mend, follow or leave out: strange paths and headers, a Host, a redirect, chunks. */
import { request as send, type IncomingHttpHeaders } from 'node:http';

export interface RawRequest {
  readonly method: string;
  /** As it goes over the wire. */
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Sent in several pieces, and in chunks unless a length is among the headers. */
  readonly body?: Buffer | readonly string[] | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** @throws Error for what cannot be sent, and where no answer comes within 30 s */
export function sendRaw(
  serverUrl: string,
  { method, path, headers = [], body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(serverUrl);
  return new Promise((resolve, reject) => {
    const request = send({ hostname, port, method, path, agent: false, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: given } = response;
        resolve({ status, headers: given, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    for (const [name, value] of headers) request.setHeader(name, value);
    if (body === undefined || Buffer.isBuffer(body)) return void request.end(body);
    request.flushHeaders();
    for (const piece of body) request.write(piece);
    request.end();
  });
}
