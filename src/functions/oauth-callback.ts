/**
 * `GET oauth/callback`: where the provider sends the browser back. Anonymous, because `code` is also the name of
 * the platform's key parameter; it defends itself with a one-time state, the cookie and PKCE.
 */
import type { HttpRequest } from '@azure/functions';
import { completeSignUp, type SignUpResult } from '../domain/connect';
import { connectedPage, signUpRefusedPage } from '../pages/callback';
import { Secret } from '../secret';
import type { Services } from '../services';
import { htmlAnswer, htmlError } from './http-answers';
import { onHttp } from './invocation';
import { loginCookie, readLoginCookie } from './login-cookie';

const longestParameter = 2048;
const statePattern = /^[A-Za-z0-9_-]{43}$/;

export const oauthCallback = (services: Services) =>
  onHttp(services, htmlError, async (request) => {
    // Only what beginSignUp makes: it also becomes part of a cookie's name.
    const given = parameter(request, 'state') ?? '';
    const state = statePattern.test(given) ? given : '';
    const code = parameter(request, 'code');
    const result = await completeSignUp(services, {
      state,
      code: code === undefined ? undefined : new Secret(code),
      error: parameter(request, 'error'),
      codeVerifier: readLoginCookie(services.publicUrl, state, request),
    });
    const answer = await htmlAnswer(pageOf(result), statusOf(result));
    const spent = result.outcome === 'connected' || result.why !== 'other browser';
    return spent && state !== ''
      ? { ...answer, cookies: [loginCookie(services.publicUrl, state, undefined)] }
      : answer;
  });

function parameter(request: HttpRequest, name: string): string | undefined {
  const value = request.query.get(name);
  return value === null || value === '' || value.length > longestParameter ? undefined : value;
}

function pageOf(result: SignUpResult) {
  return result.outcome === 'connected' ? connectedPage(result) : signUpRefusedPage(result);
}

function statusOf(result: SignUpResult): number {
  if (result.outcome === 'connected') return 200;
  switch (result.why) {
    case 'provider unavailable':
    case 'not saved':
    case 'not configured':
      return 503;
    case 'provider retired':
      return 410;
    default:
      return 400;
  }
}
