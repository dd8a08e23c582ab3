/** Takes up what a wearer has entered in the form of a sign-up: the address, the language, and the label of an invite. */
import type { Connection, ConnectionId, PendingLogin } from '../../model';
import type { Ports } from '../../ports';
import { removeAddress } from './announce';
import { beginConfirmation } from './confirm-address';
import { forgetConfirmations } from './forget-confirmations';
import { addressOf } from '../contact/address-of';
import { isInUse, setAddress } from '../contact/addresses';
import { AppError } from '../../errors';
import { setLabel } from '../connection/labels';
import { readConnection } from '../connection/read';
import type { TextNeeds } from '../messages/record-message';

/** The wearer is connected, whatever becomes of the label; the operator can give it by hand. */
export async function takeUpLabel(
  ports: Pick<Ports, 'log' | 'tables'>,
  connection: ConnectionId,
  label: string,
): Promise<void> {
  try {
    if ((await setLabel(ports, connection, label)).ok) return;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  ports.log.warn('label.not_set', { connection });
}

/** Nobody has said yet that they want the connection without texts, and no address has been confirmed. */
export function isUnconfirmed({ pointer, confirmBy, ...contact }: Connection): boolean {
  return addressOf(contact) === undefined && (pointer === undefined || confirmBy !== undefined);
}

/** An earlier choice counts more, because the form of a sign-up suggests what the browser prefers. */
export function takeUpLanguage(
  { preferences }: Connection,
  { language }: PendingLogin,
): Pick<Connection, 'preferences'> {
  if (language === undefined || preferences?.language !== undefined) return {};
  return { preferences: { ...preferences, language } };
}

/** An empty field means that no texts are wanted, also by somebody who wanted them before. */
export async function takeUpAddress(
  ports: TextNeeds & Pick<Ports, 'vault'>,
  connection: ConnectionId,
  { phone, email, textConsent }: PendingLogin,
  { client }: { readonly client?: string | undefined },
) {
  const address = addressOf({ phone, email });
  if (!address || !textConsent) {
    await removeAddress(ports, connection);
    return undefined;
  }
  const record = await readConnection(ports, connection);
  if (record && (await isInUse(ports, record, address))) {
    await forgetConfirmations(ports, connection);
    await setAddress(ports, connection, { phone, email, textConsent });
    return undefined;
  }
  const language = record?.preferences?.language;
  return beginConfirmation(ports, { connection, phone, email, textConsent, language }, client);
}
