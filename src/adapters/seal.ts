/**
 * Encrypts a token set (AES-256-GCM) with a key that another token set carries, so that whoever reads Tables without the
 * vault reads nothing.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TokenSet } from '../model';
import type { Seal } from '../ports';
import { tokenSetFormat } from './records';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** `place` is authenticated with it, so that a sealed set cannot be moved to another row. */
export function sealTokenSet(keeper: TokenSet, set: TokenSet, place: string): string | undefined {
  const key = keyOf(keeper);
  if (!key) return undefined;
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(place));
  const text = Buffer.concat([cipher.update(tokenSetFormat.encode(set), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
}

/** @returns `undefined` if another token set's key has sealed it, or at another place */
export function openTokenSet(keeper: TokenSet, sealed: string, place: string): TokenSet | undefined {
  const key = keyOf(keeper);
  if (!key) return undefined;
  const bytes = Buffer.from(sealed, 'base64');
  const tag = bytes.subarray(ivBytes, ivBytes + tagBytes);
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(place))
      .setAuthTag(tag);
    const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
    return tokenSetFormat.decode(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

function keyOf({ journalKey }: TokenSet): Buffer | undefined {
  return journalKey && Buffer.from(journalKey.reveal(), 'base64url');
}

/** For an access token on the record of its connection. */
export const accessSeal: Seal = {
  seal: (keeper, set) => sealTokenSet(keeper, set, `${keeper.connection}/access`),
  open: (keeper, sealed) => openTokenSet(keeper, sealed, `${keeper.connection}/access`),
};
