/**
 * Azure's names on this machine: one https server that answers as the storage account, the vault and Communication Services,
 * and the proxy through which a process finds it (`HTTPS_PROXY`). The clients under test are the real ones, with the real
 * names and a certificate that they check. Nothing but bearer tokens is let through.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { account } from '../azurite';
import type { Certificate } from '../certificate';
import { forwardTo } from '../forward';
import type { Closeable } from '../running';
import { serve } from '../serve';
import { refusals, type IdentityFaults, type ServiceName } from './identity-faults';

export const azureNames = {
  tables: 'stlocal.table.core.windows.net',
  queues: 'stlocal.queue.core.windows.net',
  vault: 'kv-local.vault.azure.net',
  texts: 'acs-local.unitedstates.communication.azure.com',
} as const;

export interface FrontDoorOptions {
  readonly certificate: Certificate;
  readonly faults: IdentityFaults;
  /** Ports on loopback of what really answers; the phone speaks http, all others https. */
  readonly ports: Readonly<Record<keyof typeof azureNames, number>>;
}

/** One request that came to one of Azure's names. */
export interface Visit {
  readonly to: keyof typeof azureNames;
  readonly scheme: 'Bearer' | 'none' | 'other';
}

export interface FrontDoor extends Closeable {
  /** `HTTPS_PROXY`. */
  readonly proxyUrl: string;
  visits(): readonly Visit[];
}

export async function startFrontDoor({ certificate, faults, ports }: FrontDoorOptions): Promise<FrontDoor> {
  const visits: Visit[] = [];
  const behind = {
    tables: forwardTo({ port: ports.tables, tls: true, prefix: `/${account}` }),
    queues: forwardTo({ port: ports.queues, tls: true, prefix: `/${account}` }),
    vault: forwardTo({ port: ports.vault, tls: true }),
    texts: forwardTo({ port: ports.texts }),
  };
  const server = await serve({
    name: 'front door',
    port: 0,
    tls: certificate,
    app: {
      fetch: (request) => {
        const to = serviceOf(new URL(request.url).hostname);
        if (to === undefined) return new Response('No such host.', { status: 421 });
        const scheme = schemeOf(request.headers.get('authorization'));
        visits.push({ to, scheme });
        // The vault answers a request without a token with its challenge, and has refusals of its own.
        if (to === 'vault') return behind.vault.fetch(request);
        const refusal = scheme === 'Bearer' ? faults.refused.get(to) : 'token refused';
        return refusal === undefined ? behind[to].fetch(request) : writeRefusal(to, refusals[refusal]);
      },
    },
  });
  const proxy = await startProxy(server.port);
  return {
    proxyUrl: proxy.url,
    visits: () => [...visits],
    close: async () => {
      await proxy.close();
      await server.close();
    },
  };
}

function serviceOf(hostname: string): keyof typeof azureNames | undefined {
  const names = Object.entries(azureNames) as [keyof typeof azureNames, string][];
  return names.find(([, name]) => name === hostname)?.[0];
}

function schemeOf(authorization: string | null): Visit['scheme'] {
  if (authorization === null) return 'none';
  return /^Bearer /i.test(authorization) ? 'Bearer' : 'other';
}

/** Each service in its own form, as its client reads it. */
function writeRefusal(
  to: ServiceName,
  { status, code, message }: (typeof refusals)[keyof typeof refusals],
): Response {
  const { body, type } = {
    tables: {
      body: JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: message } } }),
      type: 'application/json;odata=minimalmetadata',
    },
    queues: {
      body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      type: 'application/xml',
    },
    texts: {
      body: JSON.stringify({ error: { code: status === 403 ? 'Forbidden' : 'Denied', message } }),
      type: 'application/json',
    },
  }[to];
  return new Response(body, { status, headers: { 'content-type': type, 'x-ms-error-code': code } });
}

/** CONNECT (RFC 9110 section 9.3.6) to Azure's names only, all of which lead to the front door. */
async function startProxy(port: number): Promise<Closeable & { readonly url: string }> {
  const open = new Set<Duplex>();
  const proxy = createServer((_request, response) => void response.writeHead(405).end());
  proxy.on('connect', (request: IncomingMessage, client: Socket) => {
    if (serviceOf(new URL(`https://${request.url}`).hostname) === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
