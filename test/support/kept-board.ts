/** A world in memory whose board is kept, as the service does it. */
import { keepingBoard } from '../../src/domain/board/keep-board';
import { listRows } from '../../src/domain/board/board-rows';
import { type BoardEntry } from '../../src/model';
import type { Ports } from '../../src/ports';
import type { Settings } from '../../src/model';
import type { TestWorld } from './world';

export function keptBoard({ ports }: TestWorld): Ports & Settings {
  const connections = keepingBoard(ports, ports.tables.connections);
  return { ...ports, tables: { ...ports.tables, connections } };
}

/** What the board says of a connection. @throws Error when its rows differ from each other, or there are others */
export function entryOf({ tables }: TestWorld, id = 'wearer-1'): BoardEntry | undefined {
  const rows = tables.board.rows().filter(({ value }) => value.entry?.connection === id);
  const entry = rows.find(({ key }) => key.row === `id:${id}`)?.value.entry;
  const expected = entry ? [`id:${id}`, ...listRows(entry)] : [];
  expect(rows.map(({ key }) => key.row).sort()).toEqual([...expected].sort());
  for (const { value } of rows) expect(value.entry).toEqual(entry);
  return entry;
}

/** All counts of all partitions. */
export function countsOf({ tables }: TestWorld): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { value } of tables.board.rows()) {
    for (const [name, count] of Object.entries(value.counts ?? {})) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
