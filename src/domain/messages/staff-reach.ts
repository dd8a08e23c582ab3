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

const alarmOfWay = { sms: 'texts not delivered', email: 'e-mails not delivered' } as const satisfies Readonly<
  Record<Way, AlarmName>
>;

type Needed = AlarmNeeds & Pick<Ports, 'keyedHash'>;

/** Call it when it is known what became of a message. It can be called again, and does nothing for a message to a wearer. */
export async function noteStaffReach(ports: Needed, message: Message, to: Secret | undefined): Promise<void> {
  if (isWearerKind(message.kind)) return;
  const way = message.way ?? 'sms';
  if (message.state === 'delivered') return endAlarm(ports, alarmOfWay[way]);
  if (!isLost(message)) return;
  const about = to && (await macOfAddress(ports, { way, to }));
  await raiseAlarm(ports, alarmOfWay[way], {}, about);
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
