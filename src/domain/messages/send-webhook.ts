/**
 * Tells the platform what has happened to a connection: at least once, to every address, again and again for almost three
 * days. A repeat carries the same id, by which the platform knows it.
 */
import { describeFailure } from '../../errors';
import type { Connection, ConnectionEvent, ConnectionId, Settings, WebhookJob } from '../../model';
import type { LogFields, Ports, WebhookAddress } from '../../ports';
import { readConnection } from '../connection/read';
import { isShared } from '../connection/state';
import { change, insertOnce } from '../store/compare-and-swap';
import { connectionKey, undeliveredKey } from '../store/row-keys';
import { raiseAlarm } from './alarms';
import type { AlarmNeeds } from './record-message';

type WebhookNeeds = AlarmNeeds & Pick<Ports, 'webhooks'>;
type Delivery = NonNullable<WebhookJob['delivery']>;

/** @throws what tables and queues throw; the queue then delivers the job again */
export async function runWebhookJob(ports: WebhookNeeds, job: WebhookJob): Promise<void> {
  await (job.delivery === undefined
    ? handOut(ports, job.connection)
    : deliver(ports, job.connection, job.delivery));
}

/** One job for each event and address. The note goes only when all of them are queued. */
async function handOut(
  { queues, tables, webhooks }: Pick<Ports, 'queues' | 'tables' | 'webhooks'>,
  connection: ConnectionId,
): Promise<void> {
  const { events = [] } = (await readConnection({ tables }, connection)) ?? {};
  for (const event of events) {
    for (const { id: address } of webhooks.addresses) {
      await queues.enqueue({ kind: 'send-webhook', connection, delivery: { event, address, attempt: 0 } });
    }
  }
  const handedOut = new Set(events.map(({ id }) => id));
  await change(tables.connections, connectionKey(connection), (before): Connection | undefined => {
    const left = (before.events ?? []).filter(({ id }) => !handedOut.has(id));
    if (left.length === (before.events ?? []).length) return undefined;
    return { ...before, events: left.length === 0 ? undefined : left };
  });
}

async function deliver(ports: WebhookNeeds, connection: ConnectionId, delivery: Delivery): Promise<void> {
  const { event, attempt } = delivery;
  const address = ports.webhooks.addresses.find(({ id }) => id === delivery.address);
  const about = { connection, message: event.id, kind: event.type };
  if (!address) return ports.log.info('webhook.dropped', { ...about, reason: 'address not set any more' });
  const fields = { ...about, address: address.origin, attempt };
  if (!(await mayBeTold(ports, connection, event))) {
    return ports.log.info('webhook.dropped', { ...fields, reason: 'not shared any more' });
  }
  const failed = await send(ports, address, event);
  if (!failed) return ports.log.info('webhook.sent', fields);
  ports.log.warn('webhook.failed', { ...fields, ...failed });
  await tryAgain(ports, connection, delivery, failed);
}

/** Puts a delivery back after an attempt that failed, or gives it up after the last one. */
async function tryAgain(
  ports: WebhookNeeds,
  connection: ConnectionId,
  delivery: Delivery,
  failed: Failed,
): Promise<void> {
  const { attempt } = delivery;
  const delayMs = failed.status === gone ? undefined : ports.policy.times.webhookRetryMs[attempt];
  if (delayMs === undefined) await giveUp(ports, connection, delivery, failed);
  else {
    const next = { ...delivery, attempt: attempt + 1 };
    await ports.queues.enqueue({ kind: 'send-webhook', connection, delivery: next }, delayMs);
  }
  if (delayMs !== undefined && attempt < quietAttempts) return;
  const address = originOf(ports, delivery);
  await raiseAlarm(ports, 'webhooks not delivered', { address, ...failed });
}

/** The operator finds it in `ops/status` for a month. */
async function giveUp(
  ports: Pick<Ports, 'clock' | 'tables' | 'webhooks'>,
  connection: ConnectionId,
  delivery: Delivery,
  { outcome, status }: Failed,
): Promise<void> {
  const { event, attempt } = delivery;
  const { id, type, at } = event;
  await insertOnce(ports.tables.undelivered, undeliveredKey(event, delivery.address), {
    ...{ event: id, type, at, connection, address: originOf(ports, delivery), attempts: attempt + 1 },
    ...{ outcome, status, givenUpAt: ports.clock.now() },
  });
}

function originOf({ webhooks }: Pick<Ports, 'webhooks'>, { address }: Delivery): string {
  return webhooks.addresses.find(({ id }) => id === address)?.origin ?? 'an address that is not set any more';
}

/**
 * A job that could not even be worked on, because a store did not answer five times. The event is put back like after any other
 * attempt; one that was not handed out yet is still noted on its connection.
 */
export async function putBackPoisoned(
  ports: WebhookNeeds,
  { connection, delivery }: WebhookJob,
): Promise<void> {
  if (delivery) await tryAgain(ports, connection, delivery, { outcome: 'a store did not answer' });
}

/** HTTP 410: the address says that it never wants to be told again. */
const gone = 410;
/** A restart of the platform is no alarm; half an hour is. */
const quietAttempts = 3;

/** Once the sharing has ended, the platform learns that, and nothing else. */
async function mayBeTold(
  ports: Pick<Ports, 'tables'> & Pick<Settings, 'policy'>,
  connection: ConnectionId,
  { type }: ConnectionEvent,
): Promise<boolean> {
  if (type === 'connection.closed' || type === 'connection.sharing_ended') return true;
  const record = await readConnection(ports, connection);
  return record !== undefined && isShared(record, ports.policy);
}

type Failed = LogFields & { readonly outcome: string; readonly status?: number };

/** @returns what went wrong */
async function send(
  { clock, webhooks }: Pick<Ports, 'clock' | 'webhooks'>,
  address: WebhookAddress,
  { id, type, at, data }: ConnectionEvent,
): Promise<Failed | undefined> {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  try {
    const answer = await webhooks.send(address, { id, at: clock.now(), body });
    if (answer.kind !== 'answered') return { outcome: answer.kind };
    const isTaken = answer.status >= 200 && answer.status < 300;
    return isTaken ? undefined : { outcome: 'refused', status: answer.status };
  } catch (error) {
    return { outcome: 'not signed', ...describeFailure(error) };
  }
}
