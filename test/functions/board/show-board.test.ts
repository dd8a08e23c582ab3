import { noteConnection } from '../../../src/domain/board/keep-board';
import { readBoardPage } from '../../../src/domain/board/read-board';
import { boardQuery } from '../../../src/functions/board/show-board';
import { keptBoard } from '../../support/kept-board';
import { connectWearer, createTestWorld, recordOf } from '../../support/world';

test('whoever is found by a long name comes once, page after page', async () => {
  const world = createTestWorld();
  const ports = keptBoard(world);
  const labels = Array.from({ length: 9 }, (_, i) => `Studie-2026-Münch.Klinik-Süd-Arm_B-P${i}`);
  for (const [i, label] of labels.entries()) {
    const id = String(i).repeat(32);
    await connectWearer(world, 'google-health', { id, label });
    await noteConnection(ports, recordOf(world, id));
  }
  const found: (string | undefined)[] = [];
  let next: string | undefined;
  do {
    // As the link to the next page hands it on.
    const { search, after } = boardQuery.parse({ search: 'studie-2026', ...(next && { after: next }) });
    const page = await readBoardPage(ports, { search }, { limit: 4, after });
    found.push(...page.entries.map(({ label }) => label));
    next = page.next;
  } while (next !== undefined && found.length < 20);
  expect(found).toEqual(labels);
});
