/**
 * Proof that the owner of an address agreed to texts: when, to which wording, and when that ended. It holds a keyed hash of the address
 * and outlives the address and the connection, because claims about texts come years later.
 */
import type { Address, Connection, OptOut, TextConsentProof } from '../../model';
import type { Ports, Row } from '../../ports';
import { change, insertOnce, removeOnce } from '../store/compare-and-swap';
import { consentKey } from '../store/row-keys';
import { addressOf } from './address-of';
import { macOfAddress } from './keyed-values';
import { readOpenConnection } from '../connection/read';

/** Claims about texts can be made for four years in the United States: SECURITY.md, "How long", says by which law. */
export const proofYears = 4;
const yearMs = 365 * 24 * 3_600_000;
/** Telemarketers in the United States keep stop lists for five years (the same place); here also while anybody has the address. */
export const stopYears = 5;
const startMs = yearMs;

type Agreement = Pick<Connection, 'id' | 'phone' | 'email' | 'textConsent'>;

/** Call it before the address becomes the connection's, because no text goes to an address without a proof. */
export async function noteTextConsent(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  { id, textConsent, ...contact }: Agreement,
): Promise<void> {
  const address = addressOf(contact);
  if (!address || !textConsent) return;
  const key = await keyOf(ports, { id, address, at: textConsent.at });
  await insertOnce(ports.tables.consents, key, { connection: id, ...textConsent });
}

/** Writes the proof first for numbers from before proofs were kept. */
export async function endTextConsent(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'tables'>,
  agreed: Agreement,
): Promise<void> {
  const { id, textConsent } = agreed;
  const address = addressOf(agreed);
  if (!address || !textConsent) return;
  await noteTextConsent(ports, agreed);
  const endedAt = ports.clock.now();
  const key = await keyOf(ports, { id, address, at: textConsent.at });
  await change(ports.tables.consents, key, (before): TextConsentProof | undefined =>
    before.endedAt === undefined ? { ...before, endedAt } : undefined,
  );
}

/** The proofs of one address, oldest first. */
export async function textConsentsOf(
  ports: Pick<Ports, 'keyedHash' | 'tables'>,
  { id, ...contact }: Agreement,
): Promise<TextConsentProof[]> {
  const found: TextConsentProof[] = [];
  const address = addressOf(contact);
  if (!address) return found;
  for await (const { value } of ports.tables.consents.list(await macOfAddress(ports, address))) {
    if (value.connection === id) found.push(value);
  }
  return found;
}

/** @returns whether it was removed */
export async function visitTextConsent(
  ports: Pick<Ports, 'clock' | 'tables'>,
  row: Row<TextConsentProof>,
): Promise<boolean> {
  const { connection, at, endedAt } = row.value;
  const now = ports.clock.now();
  if (endedAt !== undefined) {
    return now - endedAt >= proofYears * yearMs && removeOnce(ports.tables.consents, row);
  }
  // A crash came between the end and its note.
  const record = await readOpenConnection(ports, connection);
  if (record?.textConsent?.at === at) return false;
  await change(ports.tables.consents, row.key, (before) => ({ ...before, endedAt: before.endedAt ?? now }));
  return false;
}

/** A STOP stays while anybody has the address. @returns whether it was removed */
export async function visitOptOut(
  ports: Pick<Ports, 'clock' | 'tables'>,
  row: Row<OptOut>,
): Promise<boolean> {
  const { at, stopped } = row.value;
  if (ports.clock.now() - at < (stopped ? stopYears * yearMs : startMs)) return false;
  for await (const _ of ports.tables.numbers.list(row.key.row)) return false;
  return removeOnce(ports.tables.optOuts, row);
}

async function keyOf(
  ports: Pick<Ports, 'keyedHash'>,
  { id, address, at }: { id: string; address: Address; at: number },
) {
  return consentKey(await macOfAddress(ports, address), id, at);
}
