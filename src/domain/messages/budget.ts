/** How many texts may be sent at all: a cap for each wearer, and a daily and a monthly budget that whoever pays has set. */
import { operatorId, type Message } from '../../model';
import type { Ports } from '../../ports';
import { raiseAlarm } from '../operation/alarms';
import { takeOne } from '../counters';
import type { Recipient } from './outbox';

/** @returns false: the text waits, and is judged again by the next check */
export async function maySpend(ports: Ports, recipient: Recipient, { device }: Message): Promise<boolean> {
  // Whoever has to be told that the budget is used up must still be told.
  if (recipient.id === operatorId) return true;
  const { perWearer, budgetPerDay, budgetPerMonth } = ports.policy.limits;
  if (device !== undefined && !(await takeOne(ports, 'wearer', recipient.id, perWearer, 'day'))) return false;
  const withinBudget =
    (await takeOne(ports, 'budget', 'day', budgetPerDay, 'day')) &&
    (await takeOne(ports, 'budget', 'month', budgetPerMonth, 'month'));
  if (!withinBudget) await raiseAlarm(ports, 'sms budget used up');
  return withinBudget;
}
