/** Stores, providers and a study in a process of their own, for the service under load. */
import { linkOf } from '../../../src/domain/contact/personal-link';
import { readConnection } from '../../../src/domain/connection/read';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey, readingKey } from '../../../src/domain/store/row-keys';
import { startService } from '../../service';
import { seedStudy } from '../../study/seed-study';
import { startWorld } from '../../world';

export interface WorldReport {
  readonly settings: Readonly<Record<string, string>>;
  /** Connections whose access is shared. */
  readonly shared: readonly string[];
  /** The secret part of the personal link of a wearer with 90 days of readings. */
  readonly link: string;
}

const hourMs = 3_600_000;
const platform = 'Example Platform';
const mostShared = 100;

/** As in Azure: programs and staff sign in with Microsoft Entra. No client meets its limit by accident. */
const settingsOfLoad = {
  SHARED_WITH: platform,
  ENTRA_CLIENT_ID: '0f5c1f0e-4c1b-4d0a-9a6e-3c1d5b7a9e21',
  WEBSITE_AUTH_ENABLED: 'True',
  LIMIT_TEXTS_PER_CLIENT: '1000000',
};

async function main(count: number): Promise<void> {
  const world = await startWorld({ people: [] });
  const settings = { ...world.settings, ...settingsOfLoad };
  const quiet = await startService({
    world: { settings, azurite: world.azurite },
    ...{ port: 0, unattended: false, onLog: () => undefined },
  });
  const { services } = quiet;
  const participants = await seedStudy(world, quiet, count);
  const fine = participants.filter(({ story }) => story === 'fine').slice(0, mostShared);
  for (const { id } of fine) {
    await change(services.tables.connections, connectionKey(id), (record) => ({
      ...record,
      sharedWith: platform,
    }));
  }
  const [watched] = fine;
  if (!watched) throw new Error(`Nobody of ${count} participants is fine: take more of them.`);
  const now = services.clock.now();
  for await (const { key } of services.tables.devices.list(watched.id)) {
    // One for each check of an hour; those of the study come every four hours, at other minutes.
    for (let hours = 1; hours <= 90 * 24; hours += 1) {
      const at = now - hours * hourMs + 1;
      const level = { at, percent: watched.levelAt(at) };
      await services.tables.readings.insert(readingKey(watched.id, key.row, at), level);
    }
  }
  const connection = await readConnection(services, watched.id);
  const link = await linkOf(services, connection!);
  await quiet.close();
  process.on('disconnect', () => process.exit());
  process.send!({ settings, shared: fine.map(({ id }) => id), link } satisfies WorldReport);
}

void main(Number(process.argv[2]));
