/**
 * What an operator or a platform calls a connection, such as the number of a participant. A label belongs to one connection at
 * most: a row beside the identities leads to it, and counts only while the record says the same.
 */
import { failure, hasCode, type Result } from '../../errors';
import type { Connection, ConnectionId } from '../../model';
import type { Ports } from '../../ports';
import { change, insertOnce, removeOnce } from '../store/compare-and-swap';
import { connectionKey, identityKeyOf, labelRow } from '../store/row-keys';
import { readOpenConnection } from './read';

/** 1 to 64 letters and digits of any script, and `.`, `_`, `-`, `@`; it begins with a letter or a digit. */
export const labelPattern = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

/** @returns `undefined` if no open connection has this label */
export async function findByLabel(
  ports: Pick<Ports, 'tables'>,
  label: string,
): Promise<Connection | undefined> {
  const row = await ports.tables.identities.get(identityKeyOf(labelRow(label)));
  const connection = row && (await readOpenConnection(ports, row.value.connection));
  return connection?.label === label ? connection : undefined;
}

/**
 * Gives the connection this label in place of the one it has; `undefined` takes the label away.
 *
 * @returns `LABEL_TAKEN` or `CONNECTION_UNKNOWN` if it cannot have it
 */
export async function setLabel(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  label: string | undefined,
): Promise<Result<undefined>> {
  if (label !== undefined && !(await claim(ports, id, label))) return failure('LABEL_TAKEN');
  const before = await write(ports, id, label);
  if (before === undefined) return failure('CONNECTION_UNKNOWN');
  if (before.label !== undefined && before.label !== label) await release(ports, id, before.label);
  // Somebody who saw the row before the record may have taken it over.
  if (label === undefined || (await claim(ports, id, label))) return { ok: true, value: undefined };
  await write(ports, id, undefined);
  return failure('LABEL_TAKEN');
}

/** @returns the label that it had; `undefined` for a connection that is closed or missing */
async function write(
  ports: Pick<Ports, 'tables'>,
  id: ConnectionId,
  label: string | undefined,
): Promise<{ readonly label: string | undefined } | undefined> {
  let before: string | undefined;
  const after = await change(
    ports.tables.connections,
    connectionKey(id),
    (connection): Connection | undefined => {
      if (connection.closedAt !== undefined) return undefined;
      before = connection.label;
      const { identities = [] } = connection;
      const others = identities.filter((row) => before === undefined || row !== labelRow(before));
      // Noted among the identities, so that a goodbye removes the row with them.
      return {
        ...connection,
        label,
        identities: label === undefined ? others : [...others, labelRow(label)],
      };
    },
  );
  return after && after.closedAt === undefined ? { label: before } : undefined;
}

/**
 * Makes the label lead to this connection. One that leads there already is written anew: whoever is about to take it over then
 * finds it changed.
 *
 * @returns whether it does now
 */
async function claim(ports: Pick<Ports, 'tables'>, id: ConnectionId, label: string): Promise<boolean> {
  const { identities } = ports.tables;
  const key = identityKeyOf(labelRow(label));
  if (await insertOnce(identities, key, { connection: id })) return true;
  const row = await identities.get(key);
  if (!row) return false;
  // Left by somebody who died between the row and the record, or by a connection that is closed: it can be taken over.
  if (row.value.connection !== id && (await findByLabel(ports, label))) return false;
  try {
    await identities.replace(row, { connection: id });
    return true;
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error;
    return (await identities.get(key))?.value.connection === id;
  }
}

async function release({ tables }: Pick<Ports, 'tables'>, id: ConnectionId, label: string): Promise<void> {
  const row = await tables.identities.get(identityKeyOf(labelRow(label)));
  if (row?.value.connection === id) await removeOnce(tables.identities, row);
}
