/**
 * How many texts may be sent at all: a cap for each wearer, and a daily and a monthly budget that the operator has set.
 * What strangers can provoke and what wearers ask for has a part of each budget and no more, so that almost half of it is left
 * for alerts and notices. A twentieth is for the operator, who has to be told that a budget is used up. E-mails cost next to nothing and are in no
 * budget; the caps for a wearer and the limits of strangers hold for them too.
 */
import {
  messageRules,
  operatorId,
  type Address,
  type Message,
  type MessageRules,
  type Settings,
} from '../../model';
import type { Ports } from '../../ports';
import { refundOne, type Window } from '../store/counters';
import { raiseAlarm } from './alarms';
import { limitsOfStrangers, takeFrom, type Limit } from './limits';
import { macOfAddress } from '../contact/keyed-values';
import type { AlarmNeeds, Recipient } from './record-message';

/** A recipient, and where this message to them goes. */
type Addressed = Recipient & { readonly address: Address };

interface Share extends Limit {
  readonly window: Window;
  /** What becomes of the text when it is used up. */
  readonly usedUp: 'wait' | 'drop';
}

/** Notices of changes have a small part of the half that is left for alerts, so that nobody who changes something can use it up. */
const parts = { strangers: 0.3, wearers: 0.2, notices: 0.1, operator: 0.05 };

/** What one text takes; the wearer's own cap is for texts about batteries. */
async function sharesOf(
  ports: Pick<Ports, 'keyedHash'> & Pick<Settings, 'policy'>,
  recipient: Addressed,
  { device, kind }: Message,
): Promise<Share[]> {
  const { perWearer, perNumber, budgetPerDay, budgetPerMonth } = ports.policy.limits;
  const { pool, countedLate } = messageRules[kind];
  const { address } = recipient;
  const limits = countedLate ? await limitsOfStrangers(ports, address) : [];
  const daily = { window: 'day', usedUp: 'wait' } as const;
  return [
    ...(device === undefined ? [] : [{ ...daily, scope: 'wearer', subject: recipient.id, most: perWearer }]),
    ...limits.map((limit): Share => ({ ...daily, ...limit, usedUp: 'drop' })),
    ...(pool === 'notices' ? [await noticesTo(ports, address, perNumber)] : []),
    ...(address.way === 'email'
      ? []
      : [
          ...budgetShares('day', budgetPerDay, recipient, pool),
          ...budgetShares('month', budgetPerMonth, recipient, pool),
        ]),
  ];
}

/** A person who was told so often in a day knows that something is wrong. */
async function noticesTo(ports: Pick<Ports, 'keyedHash'>, address: Address, most: number): Promise<Share> {
  const subject = await macOfAddress(ports, address);
  return { scope: 'notice number', subject, most, window: 'day', usedUp: 'drop' };
}

function budgetShares(
  window: Window,
  budget: number,
  { id }: Recipient,
  pool: MessageRules['pool'],
): Share[] {
  const share = { window, subject: window, usedUp: 'wait' } as const;
  // The operator's texts are counted, and never held back.
  const most = id === operatorId ? Infinity : budget - Math.floor(budget * parts.operator);
  const overall = { ...share, scope: 'budget', most };
  if (!pool) return [overall];
  const part = Math.ceil(budget * parts[pool]);
  return [{ ...share, scope: `budget for ${pool}`, most: part, shared: true }, overall];
}

/** @returns the refund, for a text that is not sent after all; or what is to become of the text */
export async function spend(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash'>,
  recipient: Addressed,
  message: Message,
): Promise<(() => Promise<void>) | Share['usedUp']> {
  const taken: Share[] = [];
  const refund = async (): Promise<void> => {
    for (const share of taken) await refundOne(ports, share);
  };
  for (const each of await sharesOf(ports, recipient, message)) {
    if (await takeFrom(ports, each, each.window)) {
      taken.push(each);
      continue;
    }
    await refund();
    if (each.scope === 'budget') await raiseAlarm(ports, 'sms budget used up');
    return each.usedUp;
  }
  return refund;
}
