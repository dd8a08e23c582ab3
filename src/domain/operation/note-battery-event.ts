/** Notes what a check has found about a battery for the platform, before the device remembers it: a crash between the two repeats it with the same id. */
import type { Connection, Device, Settings } from '../../model';
import type { Ports } from '../../ports';
import { rulesFor } from '../battery/battery-policy';
import { judgeEvent, markEvent } from '../battery/battery-events';
import { eventDataOf, noteEvent, queueEvents } from '../connection/connection-events';
import { isShared } from '../connection/state';
import { isSilenceHeld } from '../messages/outbox';
import { change } from '../store/compare-and-swap';
import { connectionKey, messageId } from '../store/row-keys';
import { iso } from './status';

/** @returns the device as it is to be stored */
export async function noteBatteryEvent(
  ports: Pick<Ports, 'clock' | 'log' | 'queues' | 'tables' | 'webhooks'> & Pick<Settings, 'policy'>,
  connection: Connection,
  row: string,
  device: Device,
): Promise<Device> {
  const { clock, policy, tables, webhooks } = ports;
  if (webhooks.addresses.length === 0 || !isShared(connection, policy)) return device;
  const now = clock.now();
  // A pause is of texts.
  const rules = rulesFor(policy, { ...connection.preferences, paused: false }, device.reading, row);
  const type = judgeEvent(device, rules, now);
  if (type === undefined) return device;
  if (type === 'battery.silent' && (await isSilenceHeld(ports))) return device;
  const { id } = connection;
  const { device: providerId, model, percent, word, syncedAt } = device.reading;
  const event = {
    id: messageId(id, type, providerId, String(device.cycle)),
    type,
    at: now,
    data: {
      ...eventDataOf(connection),
      device: {
        model,
        percent: percent ?? null,
        word: word ?? null,
        syncedAt: syncedAt === undefined ? null : iso(syncedAt),
      },
    },
  };
  await change(tables.connections, connectionKey(id), (before): Connection | undefined =>
    isShared(before, policy) ? noteEvent(before, event) : undefined,
  );
  await queueEvents(ports, id);
  return markEvent(device, type, now);
}
