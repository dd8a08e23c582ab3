/**
 * Reads bearer tokens as the services of Azure do: for whom they are and until when. Nobody's signature is checked, because
 * everything in the local world listens on loopback only (local/serve.ts).
 */
import { z } from 'zod';

/** What the service sends to loopback addresses; see src/adapters/azure-credential.ts. */
const localToken = 'local';
const claims = z.object({ aud: z.string(), exp: z.number() });

export type BearerFault = 'missing' | 'unreadable' | 'for another service' | 'expired';

/** @returns what is wrong with the header `Authorization`; `undefined` when it is good */
export function findBearerFault(
  authorization: string | undefined,
  audience: string,
  nowMs: number,
): BearerFault | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return 'missing';
  if (token === localToken) return undefined;
  const read = claims.safeParse(payloadOf(token));
  if (!read.success) return 'unreadable';
  if (withoutSlashes(read.data.aud) !== withoutSlashes(audience)) return 'for another service';
  return read.data.exp * 1000 <= nowMs ? 'expired' : undefined;
}

/** Azure accepts its audiences with and without the slashes at the end. */
function withoutSlashes(audience: string): string {
  return audience.replace(/\/+$/, '');
}

function payloadOf(token: string): unknown {
  const [, payload = ''] = token.split('.');
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return undefined;
  }
}
