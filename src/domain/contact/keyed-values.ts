/** Values that are derived with the key in the vault: nothing at rest reveals any of them. */
import type { Address, ConnectionId } from '../../model';
import type { Ports } from '../../ports';
import { Secret } from '../../secret';

type Keyed = Pick<Ports, 'keyedHash'>;

/** Stands for an address where one is looked up. */
export function macOfAddress({ keyedHash }: Keyed, { way, to }: Address): Promise<string> {
  return way === 'email' ? keyedHash.mac('email', to.inSmallLetters()) : keyedHash.mac('number', to);
}

/** Stands for a mailbox where mails are counted: `ada+1@…` and `ada+2@…` arrive in one. The same as of the address where there is no tag. */
export function macOfMailbox(ports: Keyed, { way, to }: Address): Promise<string> {
  return macOfAddress(ports, { way, to: way === 'email' ? to.withoutTag('+', '@') : to });
}

/** Pumping goes through a range of numbers, which have all but the last four digits in common. Mails to one domain go to one server. */
export function macOfRange({ keyedHash }: Keyed, { way, to }: Address): Promise<string> {
  return way === 'email'
    ? keyedHash.mac('domain', to.behind('@'))
    : keyedHash.mac('prefix', to.withoutLast(4));
}

/** Stands for who asked, by the address of their connection. */
export function macOfClient({ keyedHash }: Keyed, address: string): Promise<string> {
  return keyedHash.mac('client', address);
}

/** 132 of the 256 bits: as unguessable as needed, and short enough for a text. */
export const linkLength = 22;
export const linkPattern = /^[A-Za-z0-9_-]{22}$/;

/** The secret part of a personal link. */
export async function deriveLink({ keyedHash }: Keyed, id: ConnectionId, version: number): Promise<string> {
  // Phones that make a link of a text leave out punctuation at its end.
  return (await keyedHash.mac('link', id, version)).slice(0, linkLength).replace(/[-_]$/, '0');
}

/** Stands for the form that made this version of the link: nobody who reads it can send that form again. */
export function macOfPageMark(
  { keyedHash }: Keyed,
  id: ConnectionId,
  version: number,
  mark: string,
): Promise<string> {
  return keyedHash.mac('page mark', id, version, mark);
}

/** Says that an invite is one of ours, before anybody looks for it. */
export async function signInvite({ keyedHash }: Keyed, id: string): Promise<string> {
  return (await keyedHash.mac('invite', id)).slice(0, linkLength);
}

/** The signature, and then the hash that stands for the address: the secret part of the link that ends the e-mails to it. */
const unsubscribePattern = /^([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{43})$/;

/** It is the same in every alert and notice to an address, for good, and opens nothing else. */
export async function deriveUnsubscribe(ports: Keyed, address: Address): Promise<string> {
  const hash = await macOfAddress(ports, address);
  return (await signUnsubscribe(ports, hash)) + hash;
}

/** @returns the hash that stands for the address, as `macOfAddress` gives it; `undefined` for a link that is none of ours */
export async function readUnsubscribe(ports: Keyed, secret: string): Promise<string | undefined> {
  const [, signature, hash] = unsubscribePattern.exec(secret) ?? [];
  if (signature === undefined || hash === undefined) return undefined;
  const expected = new Secret(await signUnsubscribe(ports, hash));
  return expected.equals(new Secret(signature)) ? hash : undefined;
}

async function signUnsubscribe({ keyedHash }: Keyed, hash: string): Promise<string> {
  return (await keyedHash.mac('unsubscribe', hash)).slice(0, linkLength);
}

/** What a browser keeps in a cookie while an address is being confirmed; the link in an e-mail leads to the same row by it. */
export function deriveTicket({ keyedHash }: Keyed, confirmation: string): Promise<string> {
  return keyedHash.mac('ticket', confirmation);
}

/** The secret part of the link that is mailed to an address that is being confirmed: which confirmation it is, and the proof. */
export async function deriveConfirmLink({ keyedHash }: Keyed, confirmation: string): Promise<Secret> {
  const proof = (await keyedHash.mac('confirm', confirmation)).slice(0, linkLength).replace(/[-_]$/, '0');
  return new Secret(confirmation + proof);
}

/** @returns the confirmation that a link names, which proves nothing yet */
export function confirmationIn(link: string): string {
  return link.slice(0, -linkLength);
}

export const codeDigits = 6;

/** The digits that are texted to a number that is being confirmed. */
export async function deriveCode(
  { keyedHash }: Keyed,
  confirmation: string,
  codeNumber: number,
): Promise<Secret> {
  const mac = Buffer.from(await keyedHash.mac('code', confirmation, codeNumber), 'base64url');
  // 48 bits are taken, so that no code is likelier than another by more than one in 10^8.
  return new Secret(String(mac.readUIntBE(0, 6) % 10 ** codeDigits).padStart(codeDigits, '0'));
}
