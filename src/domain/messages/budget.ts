/** How many texts may be sent at all: a cap for each wearer, and a daily and a monthly budget that whoever pays has set. */
import { operatorId, type Message } from '../../model';
import type { Ports } from '../../ports';
import { giveOneBack, takeOne, type Window } from '../counters';
import { raiseAlarm } from '../operation/alarms';
import type { Recipient } from './outbox';

/** What one text takes; the wearer's own cap is for texts about batteries. */
function sharesOf({ policy }: Ports, recipient: Recipient, { device }: Message): Share[] {
  // Whoever has to be told that the budget is used up must still be told.
  if (recipient.id === operatorId) return [];
  const { perWearer, budgetPerDay, budgetPerMonth } = policy.limits;
  return [
    ...(device === undefined ? [] : [share('wearer', recipient.id, perWearer, 'day')]),
    share('budget', 'day', budgetPerDay, 'day'),
    share('budget', 'month', budgetPerMonth, 'month'),
  ];
}

interface Share {
  readonly scope: 'wearer' | 'budget';
  readonly subject: string;
  readonly most: number;
  readonly window: Window;
}

function share(scope: Share['scope'], subject: string, most: number, window: Window): Share {
  return { scope, subject, most, window };
}

/** @returns what gives it back, should the text not be sent after all; `undefined` when it has to wait */
export async function spend(
  ports: Ports,
  recipient: Recipient,
  message: Message,
): Promise<(() => Promise<void>) | undefined> {
  const taken: Share[] = [];
  const giveBack = async (): Promise<void> => {
    for (const { scope, subject, window } of taken) await giveOneBack(ports, scope, subject, window);
  };
  for (const each of sharesOf(ports, recipient, message)) {
    if (await takeOne(ports, each.scope, each.subject, each.most, each.window)) {
      taken.push(each);
      continue;
    }
    await giveBack();
    if (each.scope === 'budget') await raiseAlarm(ports, 'sms budget used up');
    return undefined;
  }
  return giveBack;
}
