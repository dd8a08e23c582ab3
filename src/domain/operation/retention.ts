/**
 * Removes what is old: readings after 90 days, messages and what is left of closed connections after a year. Every
 * connection is visited once a day, and what will be old before the next visit goes: so nothing is kept for longer, however
 * many connections there are. Nothing is older than its connection, so that of a young one nothing is read.
 */
import { messageRules, operatorId, type Connection, type MessageState, type Settings } from '../../model';
import type { KeyRange, Ports, Row } from '../../ports';
import { removeOnce } from '../store/compare-and-swap';
import { visitTextConsent, visitOptOut } from '../contact/text-consents';
import { expireLink } from '../contact/personal-link';
import { beginTurn, type Turn, type Walked } from '../store/turn';
import { walk } from '../store/walk';
import { readingRows } from '../store/row-keys';

const openStates: readonly MessageState[] = ['pending', 'claimed'];

export async function removeOld(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'log' | 'random' | 'tables'> & Pick<Settings, 'policy'>,
  turn: Turn = beginTurn(ports),
): Promise<Walked[]> {
  const walked = await walk(ports, turn, {
    name: 'retention',
    table: ports.tables.connections,
    everyMs: ports.policy.times.sweepEveryMs,
    async visit(row, { count }) {
      if (row.value.closedAt === undefined) await expireLink(ports, row.value);
      count('removed', await removeOldOf(ports, row));
    },
  });
  const everyMs = ports.policy.times.sweepEveryMs;
  const { consents, optOuts } = ports.tables;
  const proofs = await walk(ports, turn, {
    name: 'consents',
    table: consents,
    everyMs,
    visit: async (row, { count }) => count('removed', Number(await visitTextConsent(ports, row))),
  });
  const stops = await walk(ports, turn, {
    name: 'opt-outs',
    table: optOuts,
    everyMs,
    visit: async (row, { count }) => count('removed', Number(await visitOptOut(ports, row))),
  });
  const { undelivered } = ports.tables;
  const givenUp = await walk(ports, turn, {
    name: 'undelivered',
    table: undelivered,
    everyMs,
    visit: async (row, { count }) => {
      if (!isOld(ports, row.value.givenUpAt, 'undeliveredMs')) return;
      count('removed', Number(await removeOnce(undelivered, row)));
    },
  });
  const removed = await removeOldMessages(ports, operatorId);
  return [walked, proofs, stops, givenUp, { isDone: true, isUnfinished: false, counts: { removed } }];
}

async function removeOldOf(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  row: Row<Connection>,
): Promise<number> {
  const { tables } = ports;
  const { id, closedAt, createdAt } = row.value;
  if (closedAt !== undefined) {
    if (!isOld(ports, closedAt, 'messagesMs')) return 0;
    for await (const message of tables.messages.list(id)) await removeOnce(tables.messages, message);
    return Number(await removeOnce(tables.connections, row));
  }
  if (!isOld(ports, createdAt, 'readingsMs')) return 0;
  let removed = 0;
  for await (const device of tables.devices.list(id)) {
    const old = readingRows(device.key.row, 0, keptSince(ports, 'readingsMs'));
    for await (const reading of tables.readings.list(id, old)) {
      if (await removeOnce(tables.readings, reading)) removed += 1;
    }
    const { goneAt } = device.value;
    // As long as its messages: they know it by the cycles that are counted here.
    if (goneAt !== undefined && isOld(ports, goneAt, 'messagesMs')) {
      if (await removeOnce(tables.devices, device)) removed += 1;
    }
  }
  return isOld(ports, createdAt, 'messagesMs') ? removed + (await removeOldMessages(ports, id)) : removed;
}

/** Of a connection, of the operator, or of whoever gets a digest or has got one. */
export async function removeOldMessages(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  of: string | KeyRange,
): Promise<number> {
  const { messages } = ports.tables;
  let removed = 0;
  for await (const message of messages.list(of)) {
    const { createdAt, kind, state } = message.value;
    if (!isOld(ports, createdAt, 'messagesMs') || openStates.includes(state)) continue;
    if (messageRules[kind].lasting) continue;
    if (await removeOnce(messages, message)) removed += 1;
  }
  return removed;
}

function isOld(
  ports: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  at: number,
  kept: 'undeliveredMs' | 'readingsMs' | 'messagesMs',
): boolean {
  return at < keptSince(ports, kept);
}

/** The next visit can be late: a pass begins with a timer, and does not always take the same time. */
const late = 1.2;

/** As of the next visit. */
function keptSince(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  kept: 'undeliveredMs' | 'readingsMs' | 'messagesMs',
): number {
  return clock.now() + late * policy.times.sweepEveryMs - policy.times[kept];
}
