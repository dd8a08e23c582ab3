/**
 * `npm run demo:study`: the local world with a study of 200 wearers in all states and two weeks of history, so that anybody can look at the
 * board. `-- --wearers 10000` makes another number of them.
 */
import { paths } from '../src/paths';
import { providerIds } from '../src/model';
import { read, Told } from './own-tokens/options';
import { coordinator } from './people';
import type { LogEntry } from './runner/run-invocation';
import { startTogether } from './running';
import { startService, usualServicePort, type Service } from './service';
import { seedStudy } from './study/seed-study';
import { untilStopped } from './until-stopped';
import { nameOf } from './provider-names';
import { startWorld, usualPorts, type World } from './world';

const usage = `npm run demo:study -- [--wearers <number>]

--wearers   from 1 to 20000; 200 if it is absent`;

/** One for all sites and one for Leeds, at once: a day has only one, however often the timer comes. */
const digests = {
  DIGEST_EMAIL: `${coordinator.email},Leeds=leeds@example.com`,
  DIGEST_SCHEDULE: '*/5 * * * * *',
};

function tellOfDigests({ message }: LogEntry): void {
  if (!message.includes('"email.send"') || !message.includes('"kind":"digest"')) return;
  console.log('  A morning digest was sent: see the mailbox.');
}

/** @throws Told */
function readCount(given: readonly string[]): number | 'help' {
  const { values } = read({
    args: given,
    options: { wearers: { type: 'string', default: '200' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return 'help';
  const count = Number(values.wearers);
  if (Number.isInteger(count) && count >= 1 && count <= 20_000) return count;
  throw new Told(`--wearers must be a whole number from 1 to 20000.\n\n${usage}`);
}

function describe({ phone, simulators }: World, service: Service, seconds: string, count: number): string {
  const link = `${service.url}${paths.board}?link=${service.services.localLinks!.create()}`;
  const sited = `${service.url}${paths.board}?link=${service.services.localLinks!.create(['Leeds'])}`;
  const lines = [
    ['The board, as an operator', link],
    ['As a coordinator of one site', sited],
    ['Phone (texts arrive here)', phone.url],
    ['Mailbox (morning digest)', `${phone.url}/mailbox`],
    ...providerIds.map((id) => [`${nameOf(id)} simulator`, simulators[id].url]),
  ];
  const said = lines.map(([name, url]) => `  ${name!.padEnd(30)}${url}`).join('\n');
  return `\n${count} wearers with two weeks of history, made in ${seconds} s.\n\n${said}\n\nEach link works once. Ctrl-C ends everything.\n`;
}

async function main(): Promise<void> {
  const count = readCount(process.argv.slice(2));
  if (count === 'help') return console.log(usage);
  return untilStopped(async () => {
    const { close } = await startTogether(async ({ start, close }) => {
      const began = Date.now();
      const world = await start(startWorld({ ports: usualPorts, people: [] }));
      const options = { world, port: usualServicePort, onLog: () => undefined };
      // Nothing runs by itself before everybody is there.
      const quiet = await startService({ ...options, port: 0, unattended: false });
      await seedStudy(world, quiet, count);
      await quiet.close();
      const service = await start(
        startService({ ...options, settings: digests, onLog: tellOfDigests, unattended: true }),
      );
      console.log(describe(world, service, ((Date.now() - began) / 1_000).toFixed(1), count));
      return { close };
    });
    return close;
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
