/** The other side of a webhook, as platforms have it: verified by the library of the specification. */
import { Webhook } from 'standardwebhooks';
import { notingEvents } from '../../src/domain/connection/connection-events';
import type { Connection, Settings } from '../../src/model';
import type { Ports, Table } from '../../src/ports';
import type { ReceivedRequest } from './local-server';
import { createTestWorld, type TestWorld } from './world';

export interface ReceivedWebhook {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function verify(secret: string, { body, headers }: ReceivedRequest): ReceivedWebhook {
  const named = Object.entries(headers).filter(([name]) => name.startsWith('webhook-'));
  return new Webhook(secret).verify(body, Object.fromEntries(named) as never) as ReceivedWebhook;
}

export const platform = 'a sleep study';

/** A world with a platform to tell, at two addresses. */
export function createWorldWithPlatform(overrides: Partial<Ports & Settings> = {}): TestWorld {
  const { policy } = createTestWorld().ports;
  const world = createTestWorld({ policy: { ...policy, sharedWith: platform }, ...overrides });
  world.webhooks.addresses = [
    { id: 'first', origin: 'https://first.example.org' },
    { id: 'second', origin: 'https://second.example.org' },
  ];
  return { ...world, ports: { ...world.ports, tables: notingTables(world.ports) } };
}

/** As services.ts puts them together. */
export function notingTables(
  ports: Ports & Settings,
  connections: Table<Connection> = ports.tables.connections,
) {
  return { ...ports.tables, connections: notingEvents(ports, connections) };
}
