/**
 * The cookie between the sign-up form and the provider's answer. It holds the PKCE verifier, which makes the
 * state worthless in any other browser. Lax, because the provider's redirect back is a cross-site navigation.
 */
import type { Cookie, HttpRequest } from '@azure/functions';
import { isLoopback } from '../loopback';

const lifetimeSeconds = 10 * 60;

/** Each login has a cookie of its own, so that two tabs do not disturb one another. */
function cookieName(publicUrl: string, state: string): string {
  const name = `login-${state.slice(0, 8)}`;
  // Browsers take `__Host-` only with Secure, and not every one takes Secure from plain http on loopback.
  return isPlainLoopback(publicUrl) ? name : `__Host-${name}`;
}

function isPlainLoopback(publicUrl: string): boolean {
  return publicUrl.startsWith('http:') && isLoopback(publicUrl);
}

/** Without a value the cookie is taken back. */
export function loginCookie(publicUrl: string, state: string, value: string | undefined): Cookie {
  return {
    name: cookieName(publicUrl, state),
    value: value ?? '',
    path: '/',
    httpOnly: true,
    secure: !isPlainLoopback(publicUrl),
    sameSite: 'Lax',
    maxAge: value === undefined ? 0 : lifetimeSeconds,
  };
}

export function readLoginCookie(publicUrl: string, state: string, request: HttpRequest): string | undefined {
  const name = cookieName(publicUrl, state);
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value) return value;
  }
  return undefined;
}
