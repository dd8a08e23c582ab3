/**
 * Moving wearers from a provider that goes away to its successor: one text with their personal link, one reminder after
 * a week, and nothing more once they have reconnected. Begun by the operator, carried on by a timer.
 */
import type { Campaign, CampaignProgress, Connection, Message, ProviderId, Settings } from '../../model';
import type { Ports } from '../../ports';
import { change, insertOnce } from '../store/compare-and-swap';
import { campaignKey, messageId, messageKey } from '../store/row-keys';
import { beginTurn, endTurn, type Turn, type Walked } from '../store/turn';
import { walk } from '../store/walk';
import { linkVersionOf } from '../contact/personal-link';
import { addressOf, hasLivingAddress } from '../contact/address-of';
import { isStopped } from '../contact/addresses';
import { isTimeToAskAgain } from './ask-again';
import { sendWaiting } from './outbox';
import { recheckOf, recordMessage, type TextNeeds } from './record-message';

export async function startCampaign(
  ports: Pick<Ports, 'clock' | 'log' | 'tables'>,
  provider: ProviderId,
): Promise<void> {
  const startedAt = ports.clock.now();
  if (await insertOnce(ports.tables.campaigns, campaignKey(provider), { provider, startedAt })) {
    ports.log.info('campaign.started', { provider });
  }
}

/** Can be called at any time: provider and start make the messages' ids, so nobody is told twice. */
export async function runCampaigns(ports: TextNeeds, turn: Turn = beginTurn(ports)): Promise<Walked[]> {
  const passes: Walked[] = [];
  for (const campaign of await readCampaigns(ports)) passes.push(await runCampaign(ports, turn, campaign));
  return passes;
}

/** Runs the campaigns as a job of their own, because the operator has begun one. @throws the first failure, after everybody else was told */
export async function runCampaignsAlone(ports: TextNeeds, turn: Turn): Promise<void> {
  await endTurn(ports, 'campaigns', await runCampaigns(ports, turn));
}

async function runCampaign(ports: TextNeeds, turn: Turn, campaign: Campaign): Promise<Walked> {
  const walked = await walk(ports, turn, {
    name: `campaign ${campaign.provider}`,
    table: ports.tables.connections,
    async visit({ value: connection }, { count }) {
      if (!concerns(campaign, connection)) return;
      try {
        await tellToMove(ports, campaign, connection);
      } finally {
        count(await stateOf(ports, campaign, connection));
      }
    },
  });
  if (!walked.isDone) return walked;
  const { told = 0, reminded = 0, unreachable = 0, waiting = 0 } = walked.counts;
  const progress = { at: ports.clock.now(), told, reminded, unreachable, waiting };
  await change(ports.tables.campaigns, campaignKey(campaign.provider), (before) => ({ ...before, progress }));
  return walked;
}

export async function readCampaigns(ports: Pick<Ports, 'tables'>): Promise<Campaign[]> {
  const all: Campaign[] = [];
  for await (const { value } of ports.tables.campaigns.list()) all.push(value);
  return all;
}

function concerns({ provider }: Campaign, { provider: current, closedAt, pointer }: Connection): boolean {
  return closedAt === undefined && pointer !== undefined && current === provider;
}

function causeOf({ provider, startedAt }: Campaign, which: 'first' | 'reminder'): readonly string[] {
  return ['campaign', provider, String(startedAt), which];
}

async function messageOf(
  ports: Pick<Ports, 'tables'>,
  campaign: Campaign,
  { id }: Connection,
  which: 'first' | 'reminder',
) {
  const row = messageKey(id, messageId(id, 'move', ...causeOf(campaign, which)));
  return (await ports.tables.messages.get(row))?.value;
}

async function isReachable(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  connection: Connection,
): Promise<boolean> {
  const address = addressOf(connection);
  return address !== undefined && hasLivingAddress(connection) && !(await isStopped(ports, address));
}

async function tellToMove(ports: TextNeeds, campaign: Campaign, connection: Connection): Promise<void> {
  if (!(await isReachable(ports, connection))) return;
  const { name, successor } = ports.providers.get(campaign.provider)!;
  const facts = {
    provider: name,
    successor: successor && ports.providers.get(successor)?.name,
    linkVersion: linkVersionOf(connection),
  };
  const first = await messageOf(ports, campaign, connection, 'first');
  if (first === undefined || isUntold(ports, first))
    await recordMessage(ports, connection.id, { kind: 'move', cause: causeOf(campaign, 'first'), facts });
  else if (isTimeToAskAgain(first, ports.clock.now())) {
    await recordMessage(ports, connection.id, { kind: 'move', cause: causeOf(campaign, 'reminder'), facts });
  }
  await sendWaiting(ports, connection, recheckOf(connection.id));
}

/** The text was only logged in a dry run that is over, or dropped by a STOP that a START has ended. */
function isUntold({ policy }: Pick<Settings, 'policy'>, { state }: Message): boolean {
  return state === 'logged' ? !policy.dryRun : state === 'dropped';
}

async function stateOf(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  campaign: Campaign,
  connection: Connection,
): Promise<Exclude<keyof CampaignProgress, 'at'>> {
  if (!(await isReachable(ports, connection))) return 'unreachable';
  if ((await messageOf(ports, campaign, connection, 'reminder'))?.firstSentAt !== undefined)
    return 'reminded';
  const first = await messageOf(ports, campaign, connection, 'first');
  return first?.firstSentAt === undefined ? 'waiting' : 'told';
}
