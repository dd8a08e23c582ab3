/**
 * Accepts the provider's answer to an authorization request: the state is ours, comes from the same browser, is in time, and is used up
 * from now on.
 */
import type { PendingLogin } from '../../model';
import type { Ports, Provider, Row } from '../../ports';
import { Secret } from '../../secret';
import { readConnection } from '../connection/read';
import { deriveLink } from '../contact/keyed-values';
import { linkVersionOf } from '../contact/personal-link';
import { codeChallengeOf } from '../rotation/oauth';
import { change } from '../store/compare-and-swap';
import { loginKey } from '../store/row-keys';
import { isAccountKeptOut, type SignUpRefusal, type SignUpRefused } from './sign-up-refusal';

export interface Callback {
  readonly state: string;
  readonly code?: Secret | undefined;
  /** RFC 6749 §4.1.2.1 */
  readonly error?: string | undefined;
  /** From the cookie; absent in another browser. */
  readonly codeVerifier?: string | undefined;
  /** RFC 9207: who says that it answers. */
  readonly issuer?: string | undefined;
  /** A keyed hash of the client; texts are limited by it. */
  readonly client?: string | undefined;
}

/** A sign-up whose code can be exchanged. */
export interface Attempt {
  readonly login: PendingLogin;
  readonly provider: Provider;
  readonly code: Secret;
  readonly codeVerifier: Secret;
  /** The secret part of the personal link by which somebody came who wants to reconnect. */
  readonly cameBy: string | undefined;
  refuse(why: SignUpRefusal, chosen?: Pick<SignUpRefused, 'account' | 'mendAt'>): SignUpRefused;
}

/** @throws what the tables and the keys throw */
export async function acceptCallback(
  ports: Pick<Ports, 'clock' | 'keyedHash' | 'providers' | 'random' | 'tables'>,
  callback: Callback,
): Promise<Attempt | SignUpRefused> {
  const row = await ports.tables.logins.get(loginKey(callback.state));
  const obstacle = checkLogin(row?.value, callback, ports.clock.now());
  if (obstacle !== undefined || row === undefined || callback.codeVerifier === undefined) {
    return { outcome: 'refused', why: obstacle ?? 'state unknown', language: row?.value.language };
  }
  const login = row.value;
  // The link that led there has been replaced: whoever still holds the old one learns nothing of the new.
  if (await isLinkReplaced(ports, login)) {
    return { outcome: 'refused', why: 'state expired', language: login.language };
  }
  const provider = ports.providers.get(login.provider)!;
  const cameBy = await linkThatLed(ports, login);
  const refuse: Attempt['refuse'] = (why, chosen = {}) => ({
    outcome: 'refused',
    why,
    provider: provider.name,
    language: login.language,
    link: cameBy,
    ...chosen,
  });
  if (!(await consumeState(ports, row))) return refuse('state used');
  if (callback.issuer !== undefined && callback.issuer !== provider.issuer) return refuse('other provider');
  if (callback.error === 'access_denied') return refuse('consent denied');
  if (isAccountKeptOut(provider, callback.error)) return refuse('account not allowed');
  if (callback.error !== undefined || callback.code === undefined) return refuse('provider error');
  const codeVerifier = new Secret(callback.codeVerifier);
  return { login, provider, code: callback.code, codeVerifier, cameBy, refuse };
}

function checkLogin(
  login: PendingLogin | undefined,
  { codeVerifier }: Callback,
  now: number,
): SignUpRefusal | undefined {
  if (!login) return 'state unknown';
  // Comes first: the cookie of a finished sign-up is gone, and phones reload the page of a restored tab.
  if (login.consumedBy !== undefined) return 'state used';
  if (codeVerifier === undefined || codeChallengeOf(codeVerifier) !== login.codeChallenge) {
    return 'other browser';
  }
  return login.expiresAt <= now ? 'state expired' : undefined;
}

async function isLinkReplaced(
  ports: Pick<Ports, 'tables'>,
  { reconnects, linkVersion }: PendingLogin,
): Promise<boolean> {
  if (reconnects === undefined) return false;
  return linkVersionOf(await readConnection(ports, reconnects)) !== linkVersionOf({ linkVersion });
}

/** Whatever becomes of the reconnect, the wearer learns no other link than the one they came by. */
async function linkThatLed(
  ports: Pick<Ports, 'keyedHash'>,
  { reconnects, linkVersion }: PendingLogin,
): Promise<string | undefined> {
  return reconnects === undefined ? undefined : deriveLink(ports, reconnects, linkVersionOf({ linkVersion }));
}

/** Happens before the exchange, so that a doubled callback cannot use the code twice. */
async function consumeState(
  ports: Pick<Ports, 'random' | 'tables'>,
  { key }: Row<PendingLogin>,
): Promise<boolean> {
  const me = ports.random.id();
  const after = await change(ports.tables.logins, key, (login) =>
    login.consumedBy === undefined
      ? { ...login, consumedBy: me, phone: undefined, email: undefined, textConsent: undefined }
      : undefined,
  );
  return after?.consumedBy === me;
}
