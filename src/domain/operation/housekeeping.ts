/**
 * Removes what is not needed any more: sign-ups that nobody finished, numbers that nobody confirmed with the connection they were
 * for, expired invites and journal rows, and what is left of closed connections. Also carries on campaigns and mends the board.
 */
import { removeOnce } from '../store/compare-and-swap';
import type { Connection, Settings } from '../../model';
import type { Ports } from '../../ports';
import { runCampaigns } from '../messages/campaign';
import {
  closeUnconfirmed,
  eraseTraces,
  goOnClosing,
  isClosing,
  isNeverConfirmed,
} from '../wearer/close-connection';
import { sendToFormer } from '../wearer/announce';
import { forgetConfirmation } from '../wearer/forget-confirmations';
import { windowAt } from '../store/counters';
import { deleteTokens, type RevokeNeeds } from '../rotation/disconnect';
import { isPublished, withdrawAccess } from '../rotation/published-secret';
import { sweepJournal } from '../rotation/sweep-journal';
import { mendBoard } from '../board/mend-board';
import { removeOld } from './retention';
import { beginTurn, endTurn, type Turn, type Walked } from '../store/turn';
import { walk } from '../store/walk';
import type { Visit } from '../store/walk-options';
import { readConnection } from '../connection/read';
import type { TextNeeds } from '../messages/record-message';

const keepLoginMs = 3_600_000;
/** A late worker can leave something behind for a while after the tombstone; after that nothing comes any more. */
const sweepClosedMs = 7 * 24 * 3_600_000;

/** @throws the first failure, after everything else was done */
export async function keepHouse(
  ports: RevokeNeeds & TextNeeds,
  turn: Turn = beginTurn(ports),
): Promise<void> {
  const walked = [
    ...(await removeExpired(ports, turn)),
    await walk(ports, turn, {
      name: 'closings',
      table: ports.tables.connections,
      visit: ({ value }) => goOnWith(ports, value),
    }),
    ...(await runCampaigns(ports, turn)),
    await removeStrayIdentities(ports, turn),
    ...(await removeOld(ports, turn)),
    ...(await mendBoard(ports, turn)),
  ];
  const removed = walked.reduce((sum, { counts }) => sum + (counts.removed ?? 0), 0);
  ports.log.info('housekeeping.done', { count: removed });
  // A row that cannot be visited must not keep the journal from being swept.
  try {
    await sweepJournal(ports);
  } finally {
    await endTurn(ports, 'housekeeping', walked);
  }
}

async function removeExpired(ports: TextNeeds, turn: Turn): Promise<Walked[]> {
  const { logins, confirmations, counters, invites } = ports.tables;
  const now = ports.clock.now();
  const note = async ({ count }: Visit, removal: Promise<boolean>): Promise<void> => {
    if (await removal) count('removed');
  };
  return [
    await walk(ports, turn, {
      name: 'sign-ups',
      table: logins,
      visit: (row, at) =>
        now - row.value.expiresAt >= keepLoginMs ? note(at, removeOnce(logins, row)) : undefined,
    }),
    await walk(ports, turn, {
      name: 'confirmations',
      table: confirmations,
      visit(row, at) {
        if (now >= row.value.expiresAt) return note(at, forgetConfirmation(ports, row));
        return row.value.isFormer ? sendToFormer(ports, row.value) : undefined;
      },
    }),
    await walk(ports, turn, {
      name: 'invites',
      table: invites,
      visit: (row, at) =>
        now - row.value.expiresAt >= keepLoginMs ? note(at, removeOnce(invites, row)) : undefined,
    }),
    await walk(ports, turn, {
      name: 'counters',
      table: counters,
      visit: (row, at) => {
        const { window } = row.value;
        const isOver = window < windowAt(now, window.length > 7 ? 'day' : 'month');
        return isOver ? note(at, removeOnce(counters, row)) : undefined;
      },
    }),
  ];
}

/** Goes on with connections that should have been closed and are not. */
async function goOnWith(ports: RevokeNeeds & TextNeeds, connection: Connection): Promise<void> {
  const now = ports.clock.now();
  const { id, closedAt } = connection;
  if (isNeverConfirmed(connection, now)) {
    await closeUnconfirmed(ports, id);
    return;
  }
  // Its job is at it, or has failed for good; what still has to be revoked is not to be swept away.
  if (isClosing(connection)) {
    await goOnClosing(ports, id);
    return;
  }
  if (closedAt === undefined) {
    if (!isPublished(connection, ports.policy)) await withdrawAccess(ports, connection);
    return;
  }
  if (now - closedAt > sweepClosedMs) {
    await withdrawAccess(ports, connection);
    return;
  }
  await deleteTokens(ports, connection);
  await eraseTraces(ports, id);
}

/** Removes the identities of closed connections: an older record does not list its own, and a crash can leave a row behind. */
async function removeStrayIdentities(
  ports: Pick<Ports, 'clock' | 'random' | 'tables'> & Pick<Settings, 'policy'>,
  turn: Turn,
): Promise<Walked> {
  const { identities } = ports.tables;
  return walk(ports, turn, {
    name: 'identities',
    table: identities,
    everyMs: ports.policy.times.sweepEveryMs,
    async visit(row, { count }) {
      const record = await readConnection(ports, row.value.connection);
      // A sign-up writes the identity first; its connection is about to follow.
      if (record?.closedAt === undefined || isClosing(record)) return;
      if (await removeOnce(identities, row)) count('removed');
    },
  });
}
