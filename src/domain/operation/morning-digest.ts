/**
 * The morning digest: who is new on the list of those who need attention, by e-mail to coordinators, per site. It holds no number
 * and no name of a device. It comes every day, also when nobody is new: a morning without it means that something is wrong.
 *
 * First the list is noted, each connection with the day whose digest tells it; then a mail is recorded for each address, once by
 * its day; then the day is noted as done. Whoever repeats it after a crash finds the same news, and nobody gets two mails for a day.
 */
import {
  boardRanks,
  type BoardEntry,
  type ConnectionId,
  type DigestAddress,
  type DigestMark,
  type Settings,
} from '../../model';
import type { Key, Ports, Row } from '../../ports';
import { listBoard, readBoardCounts } from '../board/read-board';
import { digestRecipientId, digestRecipients } from '../messages/digest-recipient';
import { writeDigest, type DigestItem } from '../messages/digest-text';
import { sendWaiting, type SentWaiting } from '../messages/outbox';
import { recheckOf, recordMessage, type TextNeeds } from '../messages/record-message';
import { insertOnce, removeOnce, replaceOnce } from '../store/compare-and-swap';
import { windowAt } from '../store/counters';
import { connectionKey } from '../store/row-keys';
import { removeOldMessages } from './retention';

export type DigestNeeds = TextNeeds & Pick<Settings, 'digestTo'>;

const onTheList = boardRanks.filter((rank) => rank !== 'fine');
const lastDay: Key = { partition: 'digest', row: 'last' };

/** Records the digests of today, unless they were, and enqueues the jobs that send them. */
export async function beginDigest(ports: DigestNeeds): Promise<void> {
  if (ports.digestTo.length === 0) {
    await removeOldMessages(ports, digestRecipients);
    return;
  }
  const { digests } = ports.tables;
  const day = windowAt(ports.clock.now(), 'day');
  const last = await digests.get(lastDay);
  const before = last?.value.day ?? '';
  if (before >= day) return;
  const items = await noteList(ports, { day, before });
  const sites = new Set((await readBoardCounts(ports)).sites.map(({ name }) => name));
  for (const to of ports.digestTo) {
    const id = await digestRecipientId(ports, to);
    const letter = writeDigest(
      items.filter(({ entry }) => isFor(to, entry)),
      ports,
      to.sites?.filter((site) => !sites.has(site)),
    );
    await recordMessage(ports, id, { kind: 'digest', way: 'email', cause: [day], facts: { letter } });
    await ports.queues.enqueue(recheckOf(id));
  }
  await removeOldMessages(ports, digestRecipients);
  await (last ? digests.replace(last, { day }) : insertOnce(digests, lastDay, { day }));
  ports.log.info('digest.recorded', { count: items.filter(({ isNew }) => isNew).length });
}

/** Everybody on the list, the most urgent first. Who was not on it when the last digest was recorded is new, or was there for less. */
async function noteList(
  ports: Pick<Ports, 'tables'>,
  { day, before }: { readonly day: string; readonly before: string },
): Promise<DigestItem[]> {
  const { digests } = ports.tables;
  const known = new Map<ConnectionId, Row<DigestMark>>();
  for await (const row of digests.list()) if (row.value.rank !== undefined) known.set(row.key.row, row);
  const items: DigestItem[] = [];
  for await (const { entry } of listBoard(ports, { ranks: onTheList })) {
    const { connection, rank } = entry;
    const mark = known.get(connection);
    known.delete(connection);
    const isSame = mark?.value.rank === rank;
    if (!isSame) await writeMark(ports, mark, connection, { day, rank });
    items.push({ entry, isNew: !isSame || mark.value.day > before });
  }
  for (const row of known.values()) await removeOnce(digests, row);
  return items;
}

async function writeMark(
  { tables: { digests } }: Pick<Ports, 'tables'>,
  mark: Row<DigestMark> | undefined,
  id: ConnectionId,
  value: DigestMark,
): Promise<void> {
  const key = { partition: connectionKey(id).partition, row: id };
  // Should somebody else note the same list at this moment, theirs is as good.
  await (mark ? replaceOnce(digests, mark, value) : insertOnce(digests, key, value));
}

function isFor({ sites }: DigestAddress, { site }: BoardEntry): boolean {
  return sites === undefined || (site !== undefined && sites.includes(site));
}

/** Sends what waits for an address; nothing when it is not in the setting any more. */
export async function sendDigest(ports: DigestNeeds, id: ConnectionId): Promise<SentWaiting> {
  for (const to of ports.digestTo) {
    if ((await digestRecipientId(ports, to)) === id)
      return sendWaiting(ports, { id, email: to.address }, recheckOf(id));
  }
  return { sent: 0, unsettled: 0 };
}
