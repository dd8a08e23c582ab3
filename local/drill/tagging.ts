/**
 * Inside a worker: writes on every outgoing request which worker makes it and for which connection, so that the
 * drill knows whose process to stop and nothing the service sends can be overlooked.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { tagHeader, writeTag } from './orders';

export interface Tagging {
  /** Everything `work` sends, now or later, is sent for this connection. */
  for<T>(connection: string, work: () => Promise<T>): Promise<T>;
  /** The connection that the calling code works for. */
  current(): string | undefined;
}

export function tagRequests(worker: string): Tagging {
  const working = new AsyncLocalStorage<{ readonly connection: string; readonly rotation: string }>();
  let rotations = 0;
  const inFlight: string[] = [];

  const tagged = (request: typeof http.request): typeof http.request =>
    ((...args: unknown[]) => {
      const options = args.find((arg) => typeof arg === 'object' && !(arg instanceof URL)) as
        RequestOptions | undefined;
      if (!options) throw new Error('The drill cannot tag a request without options.');
      const { connection, rotation } = working.getStore() ?? { connection: '', rotation: '' };
      options.headers = {
        ...(options.headers as http.OutgoingHttpHeaders | undefined),
        [tagHeader]: writeTag({ worker, connection, rotation, inFlight }),
      };
      return (request as (...all: unknown[]) => http.ClientRequest)(...args);
    }) as typeof http.request;

  http.request = tagged(http.request);
  https.request = tagged(https.request);
  syncBuiltinESMExports();

  return {
    async for(connection, work) {
      inFlight.push(connection);
      rotations += 1;
      try {
        return await working.run({ connection, rotation: String(rotations) }, work);
      } finally {
        inFlight.splice(inFlight.indexOf(connection), 1);
      }
    },
    current: () => working.getStore()?.connection,
  };
}
