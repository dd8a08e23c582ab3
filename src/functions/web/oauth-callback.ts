/**
 * `GET oauth/callback`: where the provider sends the browser back. Anonymous, because `code` is also the name of
 * the platform's key parameter; it defends itself with a one-time state, the cookie and PKCE.
 */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { completeSignUp, type SignUpResult } from '../../domain/wearer/complete-sign-up';
import { addressIn } from '../../pages/layout';
import { signUpRefusedPage } from '../../pages/callback-page';
import { Secret } from '../../secret';
import type { Services } from '../../services';
import { paths } from '../../paths';
import { arrive } from './arrive';
import { clientOf } from '../http/client-address';
import { confirmationCookie, loginCookie } from './cookies';
import { htmlAnswer, redirectAnswer } from '../http/answers';
import { onPage } from './on-page';
import { PageError } from '../http/page-error';
import type { Viewer } from './viewer';

const longestParameter = 2048;
const statePattern = /^[A-Za-z0-9_-]{43}$/;

export const oauthCallback = (services: Services) =>
  onPage(services, async (request, viewer) => {
    // A link preview asks so. It must not use up the state, which works once.
    if (request.method === 'HEAD') return htmlAnswer('');
    const { publicUrl } = services;
    // Only what beginSignUp makes: it also becomes part of a cookie's name.
    const given = parameter(request, 'state') ?? '';
    const state = statePattern.test(given) ? given : '';
    const code = parameter(request, 'code');
    const { codeVerifier, invite } = loginCookie.read(publicUrl, state, request);
    const result = await completeSignUp(services, {
      state,
      code: code === undefined ? undefined : new Secret(code),
      error: parameter(request, 'error'),
      issuer: parameter(request, 'iss'),
      codeVerifier,
      client: await clientOf(services, request),
    });
    const answer = await show(services, viewer, result, invite);
    const spent = result.outcome === 'connected' || result.why !== 'other browser';
    if (!spent || state === '') return answer;
    return { ...answer, cookies: [...(answer.cookies ?? []), loginCookie.clear(publicUrl, state)] };
  });

/** @throws PageError `INPUT_INVALID` for one that is too long: left out, it could not be refused for what it says */
function parameter(request: HttpRequest, name: string): string | undefined {
  const value = request.query.get(name) ?? '';
  if (value.length > longestParameter) {
    throw new PageError('INPUT_INVALID', ({ problems }) => problems.answerTooLong);
  }
  return value === '' ? undefined : value;
}

async function show(
  services: Services,
  viewer: Viewer,
  result: SignUpResult,
  invite: string | undefined,
): Promise<HttpResponseInit> {
  if (result.outcome === 'refused') {
    const { why, provider, account, mendAt, link, language } = result;
    viewer.chose(language);
    const toPage = link === undefined || why === 'disconnected' ? undefined : paths.personalPage + link;
    const toForm = invite === undefined || why === 'invite used' ? {} : { invite };
    const again = toPage ?? addressIn(viewer.frame, paths.signUp, toForm);
    return htmlAnswer(
      signUpRefusedPage(viewer.frame, { why, provider, account, mendAt, again }),
      statusOf(result.why),
    );
  }
  const { confirmation, link, reconnected } = result;
  if (confirmation === undefined)
    return arrive(services, link, reconnected ? 'connected-again' : 'connected');
  const cookie = confirmationCookie.write(services.publicUrl, confirmation.ticket);
  return redirectAnswer(paths.confirm, [cookie]);
}

function statusOf(why: (SignUpResult & { outcome: 'refused' })['why']): number {
  switch (why) {
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
