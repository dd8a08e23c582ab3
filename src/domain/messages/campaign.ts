/**
 * Moving wearers from a provider that goes away to its successor: one text with their personal link, one reminder after
 * a week, and nothing more once they have reconnected. Begun by whoever runs the service, carried on by a timer.
 */
import type { Campaign, Connection, Message, ProviderId } from '../../model';
import type { Ports } from '../../ports';
import { forEachGoingOn, insertOnce } from '../change';
import { campaignKey, messageId, messageKey } from '../keys';
import { linkVersionOf } from '../wearer/manage-links';
import { isStopped } from '../wearer/numbers';
import { recheckOf, recordMessage, sendWaiting } from './outbox';

const reminderAfterMs = 7 * 24 * 3_600_000;

/** Of the wearers who are, or were when it began, at the provider. */
export interface CampaignProgress {
  readonly provider: ProviderId;
  readonly startedAt: number;
  /** Still there, and told once, or twice. */
  readonly told: number;
  readonly reminded: number;
  /** Still there, and no text reaches them: no number, or STOP. */
  readonly unreachable: number;
  /** Still there, and not told yet: it is night there, or the budget is used up. */
  readonly waiting: number;
}

export async function startCampaign(ports: Ports, provider: ProviderId): Promise<void> {
  const startedAt = ports.clock.now();
  if (await insertOnce(ports.tables.campaigns, campaignKey(provider), { provider, startedAt })) {
    ports.log.info('campaign.started', { provider });
  }
}

/** Can be called at any time: provider and start make the messages' ids, so nobody is told twice. */
export async function runCampaigns(ports: Ports): Promise<void> {
  for await (const { value: campaign } of ports.tables.campaigns.list()) {
    const failed = await forEachGoingOn(ports.tables.connections.list(), async ({ value: connection }) => {
      if (concerns(campaign, connection)) await tellToMove(ports, campaign, connection);
    });
    if (failed) throw failed.error;
  }
}

export async function readCampaigns(ports: Ports): Promise<CampaignProgress[]> {
  const all: CampaignProgress[] = [];
  for await (const { value: campaign } of ports.tables.campaigns.list()) {
    const counts = { told: 0, reminded: 0, unreachable: 0, waiting: 0 };
    for await (const { value: connection } of ports.tables.connections.list()) {
      if (concerns(campaign, connection)) counts[await stateOf(ports, campaign, connection)] += 1;
    }
    all.push({ ...campaign, ...counts });
  }
  return all;
}

function concerns({ provider }: Campaign, { provider: current, closedAt, pointer }: Connection): boolean {
  return closedAt === undefined && pointer !== undefined && current === provider;
}

function causeOf({ provider, startedAt }: Campaign, which: 'first' | 'reminder'): readonly string[] {
  return ['campaign', provider, String(startedAt), which];
}

async function messageOf(ports: Ports, campaign: Campaign, { id }: Connection, which: 'first' | 'reminder') {
  const row = messageKey(id, messageId(id, 'move', ...causeOf(campaign, which)));
  return (await ports.tables.messages.get(row))?.value;
}

async function tellToMove(ports: Ports, campaign: Campaign, connection: Connection): Promise<void> {
  if (connection.phone === undefined || (await isStopped(ports, connection.phone))) return;
  const { name, successor } = ports.providers.get(campaign.provider)!;
  const facts = {
    provider: name,
    successor: successor && ports.providers.get(successor)?.name,
    linkVersion: linkVersionOf(connection),
  };
  const first = await messageOf(ports, campaign, connection, 'first');
  if (first === undefined || isUntold(ports, first))
    await recordMessage(ports, connection.id, 'move', causeOf(campaign, 'first'), { facts });
  else if (ports.clock.now() - (first.firstSentAt ?? Infinity) >= reminderAfterMs) {
    await recordMessage(ports, connection.id, 'move', causeOf(campaign, 'reminder'), { facts });
  }
  await sendWaiting(ports, connection, recheckOf(connection.id));
}

/** Only logged in a dry run that is over, or dropped because of a STOP that has been taken back. */
function isUntold({ policy }: Ports, { state }: Message): boolean {
  return state === 'logged' ? !policy.dryRun : state === 'dropped';
}

async function stateOf(
  ports: Ports,
  campaign: Campaign,
  connection: Connection,
): Promise<'told' | 'reminded' | 'unreachable' | 'waiting'> {
  if (connection.phone === undefined || (await isStopped(ports, connection.phone))) return 'unreachable';
  if ((await messageOf(ports, campaign, connection, 'reminder'))?.firstSentAt !== undefined)
    return 'reminded';
  const first = await messageOf(ports, campaign, connection, 'first');
  return first?.firstSentAt === undefined ? 'waiting' : 'told';
}
