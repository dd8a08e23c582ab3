/** One day of housekeeping over many connections in virtual time: what it reads, and how long that takes. */
import { systemRandom } from '../../src/adapters/system';
import { keepHouse } from '../../src/domain/operation/housekeeping';
import { connectionKey, deviceKey, identityKey, readingKey } from '../../src/domain/store/row-keys';
import type { Log, Ports, Table, Tables } from '../../src/ports';
import { deployedPolicy } from './deployed-policy';
import { createTable } from './late-stores';
import { createVirtualTime, type VirtualTime } from './virtual-time';

const dayMs = 24 * 3_600_000;

const trackerOf = (connection: string) => ({
  ...{
    connection,
    cycle: 1,
    armed: true,
    reading: { device: 'tracker', kind: 'tracker', model: 'Charge 6' },
  },
});

export interface PlayedHousekeeping {
  readonly calls: number;
  readonly tookMs: number;
}

/** @param oneByOne every call waits for the one before it: how long it would take without doing anything side by side */
export async function playHousekeeping(
  connections: number,
  ageDays: number,
  oneByOne = false,
): Promise<PlayedHousekeeping> {
  const startMs = Date.parse('2026-11-21T06:30:00Z');
  const time = createVirtualTime(startMs);
  let calls = 0;
  let last = Promise.resolve();
  const counted: VirtualTime = {
    ...time,
    sleep(ms) {
      calls += 1;
      last = oneByOne ? last.then(() => time.sleep(ms)) : time.sleep(ms);
      return last;
    },
  };
  const known: Record<string, Table<unknown> & { put: ReturnType<typeof createTable>['put'] }> = {};
  const of = (name: string) => (known[name] ??= createTable<unknown>(counted, 10));
  const createdAt = startMs - ageDays * dayMs;
  for (let n = 0; n < connections; n += 1) {
    const id = String(n).padStart(32, '0');
    const pointer = { consent: 1, generation: 1, secretVersion: 'v', expiresAt: startMs, rotatedAt: startMs };
    const record = {
      id,
      provider: 'google-health',
      createdAt,
      consentReserved: 1,
      missingScopes: [],
      pointer,
    };
    of('connections').put(connectionKey(id), record);
    of('identities').put(identityKey('google-health', id), { connection: id });
    const device = deviceKey(id, 'tracker');
    of('devices').put(device, { ...trackerOf(id), firstSeenAt: createdAt, checkedAt: startMs });
    for (let day = 0; day < Math.min(ageDays, 80); day += 10) {
      const at = startMs - day * dayMs;
      of('readings').put(readingKey(id, device.row, at), { at, percent: 50 });
    }
  }
  const quiet: Log['info'] = () => undefined;
  const ports = {
    ...{ clock: time, random: systemRandom, policy: deployedPolicy() },
    tables: new Proxy({}, { get: (_, name: string) => of(name) }) as Tables,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    sms: { missing: [] },
    email: { missing: ['EMAIL_FROM'] },
    keyedHash: { mac: () => Promise.resolve('m'.repeat(43)) },
    queues: { enqueue: () => Promise.reject(new Error('This fits into one invocation.')) },
    journal: { async *list() {} },
  } as unknown as Parameters<typeof keepHouse>[0] & Pick<Ports, 'journal'>;
  const policy = { ...ports.policy, times: { ...ports.policy.times, workMs: dayMs } };
  let tookMs = 0;
  const done = keepHouse({ ...ports, policy }).then(() => (tookMs = time.now() - startMs));
  await time.runUntil(startMs + dayMs);
  await done;
  return { calls, tookMs };
}
