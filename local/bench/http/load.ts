/** Sends requests by autocannon, and says how they were answered. */
import type autocannon from 'autocannon';
import { turned } from '../compare';

export interface Load {
  readonly url: string;
  /** Sent again and again in this order; every connection begins with another one. */
  readonly requests: readonly autocannon.Request[];
  /** At the same time, one request each. */
  readonly connections: number;
  /** At least for so long, and until there are as many answers as connections; or one request of each connection. */
  readonly seconds: number | 'once';
}

export interface Answered {
  readonly ms: number;
  readonly statuses: Readonly<Record<number, number>>;
  /** Connections that broke, and answers that did not come in time. */
  readonly broken: number;
  /** Milliseconds from request to answer, of each. */
  readonly times: readonly number[];
}

const lookEveryMs = 50;
/** Longer than anything here takes: what is not answered by then is an error. */
const longestSeconds = 600;
const patienceSeconds = 60;

export async function send({ url, requests, connections, seconds }: Load): Promise<Answered> {
  // Read here, so that the other benches do without it.
  const { default: start } = await import('autocannon');
  const statuses: Record<number, number> = {};
  const times: number[] = [];
  let [begun, failed] = [0, 0];
  const started = performance.now();
  const { errors, requests: all } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = {
      ...{ url, requests, connections, sampleInt: lookEveryMs, timeout: patienceSeconds },
      ...(seconds === 'once' ? { amount: connections } : { duration: longestSeconds }),
      setupClient: (client: autocannon.Client): void => {
        client.setRequests(turned(requests, begun));
        begun += 1;
      },
    };
    const load = start(options, (error, result) => (error ? reject(error) : resolve(result)));
    load.on('reqError', () => (failed += 1));
    load.on('response', (_client, status, _bytes, ms) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      times.push(ms);
    });
    if (seconds === 'once') return;
    const looking = setInterval(() => {
      if (performance.now() - started < 1_000 * seconds || times.length + failed < connections) return;
      clearInterval(looking);
      load.stop();
    }, lookEveryMs);
  });
  const ms = performance.now() - started;
  // Autocannon says nothing of a connection that the server has closed. At the end, each connection has one request that nobody waits for.
  const unanswered = all.sent - times.length - (seconds === 'once' ? 0 : connections);
  return { ms, statuses, broken: Math.max(errors, unanswered), times };
}
