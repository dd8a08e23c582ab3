/**
 * The two cookies of the sign-up, the one that says what has just been done, and the one of a local session on the board. All are Lax, because the provider's redirect back is a cross-site navigation, and
 * `__Host-`: no other host of the domain can set or read them.
 */
import type { Cookie, HttpRequest } from '@azure/functions';
import { isLoopback } from '../../loopback';

interface Login {
  readonly codeVerifier: string;
  /** The invite that it began with, so that the wearer can start again with it. */
  readonly invite?: string | undefined;
}

/**
 * Between the sign-up form and the provider's answer: the PKCE verifier, which makes the state worthless in any other
 * browser. Each login has a cookie of its own, so that two tabs do not disturb one another.
 */
export const loginCookie = {
  read(publicUrl: string, state: string, request: HttpRequest) {
    const value = read(publicUrl, loginName(state), request, loginPattern);
    const [codeVerifier, invite] = value?.split('.') ?? [];
    return { codeVerifier, invite };
  },
  write: (publicUrl: string, state: string, { codeVerifier, invite }: Login) =>
    write(
      publicUrl,
      loginName(state),
      invite === undefined ? codeVerifier : `${codeVerifier}.${invite}`,
      10 * 60,
    ),
  clear: (publicUrl: string, state: string) => write(publicUrl, loginName(state), '', 0),
};

/** While a number or an e-mail address is being confirmed: the ticket by which this browser is known. */
export const confirmationCookie = {
  read: (publicUrl: string, request: HttpRequest) => read(publicUrl, confirmationName, request),
  write: (publicUrl: string, ticket: string) => write(publicUrl, confirmationName, ticket, 24 * 3600),
};

/** Carries a notice from the answer to a form to the page that follows. The address of that page can be bookmarked, and a reload does not repeat the notice. */
export const noticeCookie = {
  read: (publicUrl: string, request: HttpRequest) => read(publicUrl, noticeName, request, noticePattern),
  write: (publicUrl: string, notice: string) => write(publicUrl, noticeName, notice, 60),
  clear: (publicUrl: string) => write(publicUrl, noticeName, '', 0),
};

/** A session on the board of a service on a developer's machine (adapters/local-links.ts). */
export const boardCookie = {
  read: (publicUrl: string, request: HttpRequest) => read(publicUrl, boardName, request),
  write: (publicUrl: string, session: string) => write(publicUrl, boardName, session, 24 * 3600),
};

const boardName = 'board';

const noticeName = 'notice';
/** The name of a sentence. */
const noticePattern = /^[a-z-]{1,20}$/;

const confirmationName = 'confirmation';

function loginName(state: string): string {
  return `login-${state.slice(0, 8)}`;
}

function isPlainLoopback(publicUrl: string): boolean {
  return publicUrl.startsWith('http:') && isLoopback(publicUrl);
}

/** Browsers take `__Host-` only with Secure, and not every one takes Secure from plain http on loopback. */
function fullName(publicUrl: string, name: string): string {
  return isPlainLoopback(publicUrl) ? name : `__Host-${name}`;
}

function write(publicUrl: string, name: string, value: string, maxAge: number): Cookie {
  return {
    name: fullName(publicUrl, name),
    value,
    path: '/',
    httpOnly: true,
    secure: !isPlainLoopback(publicUrl),
    sameSite: 'Lax',
    maxAge,
  };
}

/** What we write: 256 bits as base64url. */
const valuePattern = /^[A-Za-z0-9_-]{43}$/;
/** An invite may follow (domain/wearer/invites.ts). */
const loginPattern = /^[A-Za-z0-9_-]{43}(\.[0-9a-f]{32}-[A-Za-z0-9_-]{22})?$/;

function read(
  publicUrl: string,
  name: string,
  request: HttpRequest,
  pattern = valuePattern,
): string | undefined {
  const wanted = fullName(publicUrl, name);
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value = ''] = part.trim().split('=', 2);
    if (key === wanted && pattern.test(value)) return value;
  }
  return undefined;
}
