/**
 * Keeps the last token of each scope, and hands it out for as long as it is good, whatever the token endpoint does. The
 * libraries do not: MSAL wants a new token from half of the old one's life on and fails when the network does, and a
 * client that renews in the background rejects with nobody listening when its token ends first, which ends the process.
 */
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';

/** How long a new token is waited for while the last one is good. */
const patienceMs = 2_000;
/** After a failure the last token is handed out at once for so long. */
const askAgainMs = 30_000;

type GetToken = TokenCredential['getToken'];

export function keepLastToken(credential: TokenCredential): TokenCredential {
  const kept = new Map<string, { token: AccessToken; askAgainAt: number }>();

  const ask = async (key: string, ...asked: Parameters<GetToken>): Promise<AccessToken | null> => {
    const token = await credential.getToken(...asked);
    if (token) kept.set(key, { token, askAgainAt: 0 });
    return token;
  };

  const getToken: GetToken = async (scopes, options) => {
    const key = JSON.stringify([scopes, options?.tenantId]);
    const last = kept.get(key);
    if (!last || !isGood(last.token) || wantsAnother(options)) return ask(key, scopes, options);
    if (Date.now() < last.askAgainAt) return last.token;
    const next = await inTime(ask(key, scopes, options));
    if (!next) last.askAgainAt = Date.now() + askAgainMs;
    return next ?? last.token;
  };
  return Object.assign(Object.create(credential) as TokenCredential, { getToken });
}

function isGood({ expiresOnTimestamp }: AccessToken): boolean {
  return Date.now() < expiresOnTimestamp;
}

/** A service that sent a claims challenge does not take the last token. */
function wantsAnother(options: GetTokenOptions | undefined): boolean {
  return options?.claims !== undefined;
}

/** @returns `undefined` when it fails or takes too long; it may still come, and is then kept */
async function inTime(token: Promise<AccessToken | null>): Promise<AccessToken | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return (await Promise.race([token.catch(() => undefined), tooLate])) ?? undefined;
  } finally {
    clearTimeout(timer);
  }
}
