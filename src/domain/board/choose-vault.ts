/** How many connections each vault holds, by the counts that the board keeps, and which vault a new connection goes to. */
import type { Ports } from '../../ports';
import { readCountedVault, readCountName } from './board-rows';
import { readCounts } from './read-board';
import { remembered } from '../store/remembered';

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

/** Reads nobody's token set from a further vault, once a minute. @throws AppError what the vault answers while it cannot be used */
export function lookAtVault(ports: Pick<Ports, 'clock' | 'vault'>, vault: string): Promise<unknown> {
  return remembered(ports, `vault ${vault}`, () => readNobody(ports, vault));
}

/** @throws AppError as any read of a token set does */
export function readNobody({ vault }: Pick<Ports, 'vault'>, name: string): Promise<unknown> {
  return vault.readTokenSet({ id: 'doctor', vault: name }, 1);
}

/**
 * The emptiest vault of those that can be used: one that was just added, and whose roles have not spread yet, would get everybody who
 * signs up.
 *
 * @returns `undefined` is the first, which also stands in for all others
 */
export async function chooseVault(
  ports: Pick<Ports, 'clock' | 'tables' | 'vault'>,
): Promise<string | undefined> {
  const { further } = ports.vault;
  if (further.length === 0) return undefined;
  const works = (vault: string) =>
    lookAtVault(ports, vault).then(
      () => true,
      () => false,
    );
  const [counts, ...areUsable] = await Promise.all([countByVault(ports), ...further.map(works)]);
  const countOf = (vault: string | undefined): number => counts.get(vault) ?? 0;
  const usable = further.filter((_, n) => areUsable[n]);
  return [undefined, ...usable].reduce((least, vault) => (countOf(vault) < countOf(least) ? vault : least));
}
