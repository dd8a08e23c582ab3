/** Texts and e-mails to the operator about alarms: a job sends them, and the watchdog repeats what no job has told. */
import { operatorId, type Settings } from '../../model';
import type { Ports } from '../../ports';
import { sendWaiting, type SentWaiting } from '../messages/outbox';
import { recheckOf, type OperatorAddresses, type TextNeeds } from '../messages/record-message';
import { recordAlarm } from '../messages/alarms';

/** Enqueues a job for alarms that were not told yet, because their worker died or put them off. Nobody is told twice. */
export async function repeatAlarms(
  ports: Pick<Ports, 'clock' | 'queues' | 'tables'> & OperatorAddresses & Pick<Settings, 'policy'>,
): Promise<void> {
  for await (const { value: alarm } of ports.tables.alarms.list()) {
    if (alarm.endedAt === undefined) await recordAlarm(ports, 'alarm', alarm);
  }
  for await (const { value } of ports.tables.messages.list(operatorId)) {
    if (value.state !== 'pending' && value.state !== 'claimed') continue;
    await ports.queues.enqueue(recheckOf(operatorId));
    return;
  }
}

export async function sendToOperator(ports: TextNeeds): Promise<SentWaiting> {
  const recipient = { id: operatorId, phone: ports.operatorPhone, email: ports.operatorEmail };
  return sendWaiting(ports, recipient, recheckOf(operatorId));
}
