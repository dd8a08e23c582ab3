/** How many connections each vault holds, by the counts that the board keeps, and which vault a new connection goes to. */
import type { Ports } from '../../ports';
import { readCountedVault, readCountName } from './board-rows';
import { readCounts } from './read-board';

/** By the name that records have for it; `undefined` is the first. A vault that holds nobody may be missing. */
export async function countByVault(
  ports: Pick<Ports, 'tables'>,
): Promise<ReadonlyMap<string | undefined, number>> {
  const counts = new Map<string | undefined, number>([[undefined, 0]]);
  const add = (vault: string | undefined, count: number) =>
    counts.set(vault, (counts.get(vault) ?? 0) + count);
  for (const [name, count] of await readCounts(ports)) {
    const vault = readCountedVault(name);
    const counted = readCountName(name);
    if (counted && counted.site === undefined) add(undefined, count);
    if (vault === undefined) continue;
    add(vault, count);
    add(undefined, -count);
  }
  return counts;
}

/** @returns the emptiest vault; `undefined` is the first */
export async function chooseVault(ports: Pick<Ports, 'tables' | 'vault'>): Promise<string | undefined> {
  const { further } = ports.vault;
  if (further.length === 0) return undefined;
  const counts = await countByVault(ports);
  const countOf = (vault: string | undefined): number => counts.get(vault) ?? 0;
  return [undefined, ...further].reduce((least, vault) => (countOf(vault) < countOf(least) ? vault : least));
}
