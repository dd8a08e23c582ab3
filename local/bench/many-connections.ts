/** How long the board takes with 10,000 connections, with the tables of Azurite: server time of whole requests on this machine. */
import { paths } from '../../src/paths';
import { startTogether } from '../running';
import { startService } from '../service';
import { seedStudy } from '../study/seed-study';
import { startWorld } from '../world';
import { quantile } from './compare';

const connections = 10_000;

export async function benchBoard(rounds = 30): Promise<void> {
  await startTogether(async ({ start, close }) => {
    const world = await start(startWorld({ people: [] }));
    const service = await start(startService({ world, port: 0, unattended: false, onLog: () => undefined }));
    const began = performance.now();
    const [first] = await seedStudy(world, service, connections);
    console.log(
      `${connections} connections, made in ${((performance.now() - began) / 1_000).toFixed(0)} s\n`,
    );
    const link = service.services.localLinks!.create();
    const arrived = await fetch(`${service.url}${paths.board}?link=${link}`, { redirect: 'manual' });
    const cookie = arrived.headers.getSetCookie()[0]!.split(';')[0]!;
    const pages = {
      'first page': '',
      'one rank': '?rank=low',
      'one site': '?site=Leeds',
      'a search': '?search=P-0012',
      'one connection': `/${first!.id}`,
    };
    for (const [name, path] of Object.entries(pages)) {
      const times: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const asked = performance.now();
        const answer = await fetch(`${service.url}${paths.board}${path}`, { headers: { cookie } });
        await answer.text();
        if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}.`);
        // The first one loads what the others find.
        if (round > 0) times.push(performance.now() - asked);
      }
      const of = (part: number) => `${quantile(times, part).toFixed(0)} ms`.padStart(8);
      console.log(`${name.padEnd(16)} median ${of(0.5)}   nine in ten within ${of(0.9)}`);
    }
    await close();
  });
  process.exit();
}
