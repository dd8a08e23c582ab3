/**
 * Mends the board, once a day: an older release has not kept it, and a worker can die between a record and the board. Rows that belong to no
 * entry go, and counts are compared with the entries.
 */
import type { BoardRow, Connection, Settings } from '../../model';
import type { Key, Ports, Row } from '../../ports';
import { readOpenConnection } from '../connection/read';
import { readTextState } from '../contact/addresses';
import { removeOnce, replaceOnce } from '../store/compare-and-swap';
import type { Turn, Walked } from '../store/turn';
import { walk } from '../store/walk';
import { lastTextOf } from './board-facts';
import { countNames, countsRow, entryKey, entryRows, listRows } from './board-rows';
import { isSame, noteChecked, removeFromBoard, type BoardNeeds } from './keep-board';

type MendNeeds = BoardNeeds &
  Pick<Ports, 'email' | 'keyedHash' | 'random' | 'sms'> &
  Pick<Settings, 'policy'>;

export async function mendBoard(ports: MendNeeds, turn: Turn): Promise<Walked[]> {
  const { connections, board } = ports.tables;
  const everyMs = ports.policy.times.sweepEveryMs;
  return [
    await walk(ports, turn, {
      name: 'board',
      table: connections,
      everyMs,
      visit: ({ value }) => noteAll(ports, value),
    }),
    await walk(ports, turn, {
      name: 'rows of the board',
      table: board,
      everyMs,
      async visit(row, { count }) {
        if (row.key.row === countsRow) await countAnew(ports, row.key);
        else if (await removeStray(ports, row)) count('removed');
      },
    }),
  ];
}

async function noteAll(ports: MendNeeds, connection: Connection): Promise<void> {
  if (connection.closedAt !== undefined || !connection.pointer) return;
  const { id } = connection;
  const devices = new Map();
  for await (const { key, value } of ports.tables.devices.list(id)) devices.set(key.row, value);
  const messages = [];
  for await (const { value } of ports.tables.messages.list(id)) messages.push(value);
  await noteChecked(ports, connection, {
    devices,
    texts: await readTextState(ports, connection),
    lastText: lastTextOf(messages),
  });
}

/**
 * An older release that runs beside this one, or in its place for a while, changes entries and leaves counts as they are that it does not know.
 * Whoever changes what an entry is counted under writes the counts too, so these are replaced only if nobody did so meanwhile.
 */
async function countAnew({ tables: { board } }: Pick<Ports, 'tables'>, key: Key): Promise<void> {
  const row = await board.get(key);
  if (!row) return;
  const counts: Record<string, number> = {};
  for await (const { value } of board.list(key.partition, entryRows)) {
    for (const name of value.entry ? countNames(value.entry) : []) counts[name] = (counts[name] ?? 0) + 1;
  }
  if (!isSame(row.value.counts, counts)) await replaceOnce(board, row, { counts });
}

/** @returns whether this row, or the connection that it is of, was removed */
async function removeStray(ports: MendNeeds, row: Row<BoardRow>): Promise<boolean> {
  const { entry } = row.value;
  if (!entry) return false;
  const { connection: id } = entry;
  if (row.key.row === entryKey(id).row) {
    const connection = await readOpenConnection(ports, id);
    if (connection?.pointer) return false;
    await removeFromBoard(ports, id);
    return true;
  }
  const owner = (await ports.tables.board.get(entryKey(id)))?.value.entry;
  if (owner && listRows(owner).includes(row.key.row)) return false;
  return removeOnce(ports.tables.board, row);
}
