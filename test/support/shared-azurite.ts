/** One Azurite for all test files of a run: whoever asks gets an account of their own, which nobody else knows. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { accountOf, startAzurite, type Azurite, type AzuritePorts } from '../../local/azurite';

export interface AzuriteLender {
  /** For `borrowAzurite`; the processes of jest inherit it in `AZURITE_LENDER`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Many more than there are test files. */
const accounts = Array.from({ length: 1_000 }, (_, index) => `world${index + 1}`);

/** Azurite starts when the first one asks: most test files need none. */
export async function lendAzurite(): Promise<AzuriteLender> {
  let starting: Promise<Azurite> | undefined;
  let next = 0;
  const server = createServer((_, response) => {
    starting ??= startAzurite({ ports: { blob: 0, queue: 0, table: 0 }, accounts });
    const account = accounts[next++];
    starting.then(
      ({ ports }) => response.end(JSON.stringify({ ports, account })),
      (error) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await (await starting?.catch(() => undefined))?.close();
    },
  };
}

/** Empty storage, as of an Azurite that has just started. Closing it ends nothing: the end of the run does. */
export async function borrowAzurite(): Promise<Azurite> {
  const answer = await fetch(process.env.AZURITE_LENDER ?? '');
  if (!answer.ok) throw new Error(await answer.text());
  const { ports, account } = (await answer.json()) as { ports: AzuritePorts; account: string };
  return { ...accountOf(ports, account), close: () => Promise.resolve() };
}
