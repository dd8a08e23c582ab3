/** The one address of a record, be it a number or an e-mail address, and how a record holds it. Pure. */
import type { Address, Connection, Contact } from '../../model';

/** A number comes first: an older release that runs beside this one knows only numbers, and leaves an e-mail address where it is. */
export function addressOf({ phone, email }: Contact): Address | undefined {
  if (phone) return { way: 'sms', to: phone };
  return email && { way: 'email', to: email };
}

export function contactOf({ way, to }: Address): Contact {
  return way === 'email' ? { email: to } : { phone: to };
}

/** Like the hash that stands for an address: capital letters make no other mailbox. */
export function isSameAddress(a: Address | undefined, b: Address | undefined): boolean {
  if (a === undefined || b === undefined || a.way !== b.way) return false;
  return a.to.inSmallLetters().equals(b.to.inSmallLetters());
}

type Reached = Pick<Connection, 'phone' | 'email' | 'numberDeadSince' | 'emailDeadSince'>;

/** Since when nothing arrives at the address, because it does not exist. */
export function deadSinceOf(connection: Partial<Reached>): number | undefined {
  return addressOf(connection)?.way === 'email' ? connection.emailDeadSince : connection.numberDeadSince;
}

/** There is an address, and nobody says that it does not exist. */
export function hasLivingAddress(connection: Reached): boolean {
  return addressOf(connection) !== undefined && deadSinceOf(connection) === undefined;
}
