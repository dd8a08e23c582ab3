/**
 * Whether messages to the operator and the coordinators arrive: an alarm for each way, from the first one that certainly did not until one
 * does, or until the address is not in the settings any more. The operator who cannot be texted sees it in `ops/status` and gets an e-mail.
 */
import {
  isWearerKind,
  type Address,
  type Alarm,
  type AlarmName,
  type Message,
  type Settings,
  type Way,
} from '../../model';
import type { Ports } from '../../ports';
import type { Secret } from '../../secret';
import { macOfAddress } from '../contact/keyed-values';
import { endAlarm, raiseAlarm, readAlarmOn } from './alarms';
import type { AlarmNeeds } from './record-message';
import { alarmKey } from '../store/row-keys';

const alarmOfWay = { sms: 'texts not delivered', email: 'e-mails not delivered' } as const satisfies Readonly<
  Record<Way, AlarmName>
>;

type Needed = AlarmNeeds & Pick<Ports, 'keyedHash'>;

/**
 * Call it when it is known what became of a message. It can be called again, also late, and does nothing for a message to a wearer. What
 * arrives ends the alarm only if it was sent to the address that the alarm is about, after it began.
 */
export async function noteStaffReach(ports: Needed, message: Message, to: Secret | undefined): Promise<void> {
  if (isWearerKind(message.kind)) return;
  const way = message.way ?? 'sms';
  const name = alarmOfWay[way];
  const about = to && (await macOfAddress(ports, { way, to }));
  const { firstSentAt: sentAt = ports.clock.now() } = message;
  const alarm = (await ports.tables.alarms.get(alarmKey(name)))?.value;
  if (message.state === 'delivered') {
    const isAnother = alarm?.about !== undefined && alarm.about !== about;
    if (alarm && !isAnother && sentAt >= alarm.since) await endAlarm(ports, name);
    return;
  }
  const isOver = alarm?.endedAt !== undefined && sentAt < alarm.endedAt;
  if (isLost(message) && !isOver) await raiseAlarm(ports, name, {}, about);
}

/** The operator has answered START, so texts reach them again. @param hash of the number */
export async function noteStaffBegan(ports: AlarmNeeds, hash: string): Promise<void> {
  const alarm = await readAlarmOn(ports, alarmOfWay.sms);
  if (alarm?.about === hash) await endAlarm(ports, alarmOfWay.sms);
}

/** Carriers that block every text of the service are another alarm. */
function isLost({ state, failure }: Message): boolean {
  if (state === 'dropped') return failure === 'STOP';
  return state === 'refused' || (state === 'failed' && failure !== 'SENDER_NOT_VERIFIED');
}

/** Somebody has corrected the setting. The message that the alarm is over shows whether the new address works. */
export async function forgetFormerAddresses(ports: Needed & Pick<Settings, 'digestTo'>): Promise<void> {
  for (const name of Object.values(alarmOfWay)) {
    const alarm = await readAlarmOn(ports, name);
    if (alarm && (await isAboutFormer(ports, alarm))) await endAlarm(ports, name);
  }
}

async function isAboutFormer(ports: Needed & Pick<Settings, 'digestTo'>, { about }: Alarm): Promise<boolean> {
  if (about === undefined) return false;
  for (const address of addressesOf(ports)) {
    if ((await macOfAddress(ports, address)) === about) return false;
  }
  return true;
}

function addressesOf({
  operatorPhone,
  operatorEmail,
  digestTo,
}: Pick<Settings, 'operatorPhone' | 'operatorEmail' | 'digestTo'>): Address[] {
  const emails = [...(operatorEmail ? [operatorEmail] : []), ...digestTo.map(({ address }) => address)];
  return [
    ...(operatorPhone ? [{ way: 'sms', to: operatorPhone } as const] : []),
    ...emails.map((to) => ({ way: 'email', to }) as const),
  ];
}
