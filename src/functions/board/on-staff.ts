/**
 * Who may see the board: staff, never wearers and never a program. In Azure, App Service authentication signs them in with Microsoft Entra
 * and says in a header who they are; an app role says what they may do. There is no function key in a browser, so the header alone
 * decides, and only that authentication keeps a caller from writing it. The platform says in a setting of its own whether the authentication
 * is on (`WEBSITE_AUTH_ENABLED`); when it is off, nobody gets in. On a developer's machine a one-time link that `npm start` prints opens the board.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { AppError, hasCode } from '../../errors';
import type { StaffRole } from '../../model';
import type { Frame } from '../../pages/layout';
import { problemPage } from '../../pages/problem-page';
import { wordsIn } from '../../pages/words';
import { paths } from '../../paths';
import type { Services } from '../../services';
import { hasEnded, principalOf, type Principal } from '../caller';
import { htmlAnswer, redirectAnswer } from '../http/answers';
import { onHttp } from '../invocation';
import { boardCookie } from '../web/cookies';

/** Somebody who works with the wearers of this service. */
export interface Staff {
  /** The object id in Microsoft Entra: opaque. `local` on a developer's machine. Logs name staff by it. */
  readonly id: string;
  /** For colleagues, beside a note. */
  readonly name: string;
  /** An operator may do what a coordinator may. */
  readonly roles: readonly StaffRole[];
  /** The only sites whose connections they may see; every connection if absent. */
  readonly sites?: readonly string[] | undefined;
}

/**
 * What staff ask for. An error becomes a page in English, as the whole board is. Reads what a form carries with `readForm`, which refuses
 * what a page of another site makes a browser send.
 */
export function onStaff(
  services: Services,
  role: StaffRole,
  handle: (request: HttpRequest, staff: Staff) => Promise<HttpResponseInit>,
): (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit> {
  return onHttp(
    services,
    (status, sentence, error) => showProblem(services, status, sentence, error),
    async (request, context) => {
      const arrived = services.staffSignIn === 'local link' ? arriveByLink(services, request) : undefined;
      if (arrived) return arrived;
      const found = findStaff(services, request);
      if (!found) return signIn(services, request);
      services.about({ caller: services.callers, principal: found.id });
      if (!mayAct(found, role)) throw roleMissing(role);
      services.log.info('staff.admitted', { function: context.functionName });
      return handle(request, found);
    },
  );
}

/** Whether somebody with this role may do what needs the other one. */
export function mayAct({ roles }: Pick<Staff, 'roles'>, role: StaffRole): boolean {
  return roles.includes(role) || roles.includes('operator');
}

function roleMissing(role: StaffRole): AppError {
  return new AppError(
    'ROLE_MISSING',
    `This needs the app role "${role}", which you do not have. Somebody has to assign it to you in Microsoft Entra (docs/deploying.md, "Microsoft Entra sign-in"); then sign in again.`,
  );
}

function findStaff(
  { staffSignIn, localLinks, clock, publicUrl }: Services,
  request: HttpRequest,
): Staff | undefined {
  switch (staffSignIn) {
    case 'off':
      return undefined;
    case 'local link': {
      const session = localLinks?.find(boardCookie.read(publicUrl, request) ?? '');
      return (
        session && {
          id: 'local',
          name: 'Local developer',
          roles: session.sites ? ['coordinator'] : ['operator'],
          sites: session.sites,
        }
      );
    }
    case 'platform': {
      const principal = principalOf(request);
      return principal && !hasEnded(principal, clock.now()) ? staffOf(principal) : undefined;
    }
  }
}

const siteRole = /^coordinator:(.+)$/;

/**
 * A role of Microsoft Entra holds no blank and no letter beyond A to Z (https://learn.microsoft.com/graph/api/resources/approle), and a site may:
 * `coordinator:K%C3%B6ln%20Nord`. No site has a percent sign.
 */
function siteIn(role: string): string | undefined {
  const [, site] = siteRole.exec(role) ?? [];
  try {
    return site && decodeURIComponent(site);
  } catch {
    return site;
  }
}

/** An app role `coordinator:<site>` is that of a coordinator for one site; somebody can have several. */
function staffOf({ id, name, roles }: Principal): Staff {
  const everywhere = (['operator', 'coordinator'] as const).filter((role) => roles.includes(role));
  const sites = roles.flatMap((role) => siteIn(role) ?? []);
  const named = { id, name: name ?? id };
  if (everywhere.length > 0) return { ...named, roles: everywhere };
  return { ...named, roles: sites.length > 0 ? ['coordinator'] : [], sites };
}

/** The address stays free of the link, so that it can be bookmarked and is worth nothing in the history. */
function arriveByLink(
  { localLinks, publicUrl }: Services,
  request: HttpRequest,
): HttpResponseInit | undefined {
  const link = request.query.get('link');
  const session = link === null ? undefined : localLinks?.use(link);
  if (session === undefined) return undefined;
  return redirectAnswer(new URL(request.url).pathname, [boardCookie.write(publicUrl, session)]);
}

/** @throws AppError `NOT_SIGNED_IN` */
function signIn({ staffSignIn, callers }: Services, request: HttpRequest): HttpResponseInit {
  switch (staffSignIn) {
    case 'platform': {
      if (request.method === 'POST') {
        throw new AppError(
          'NOT_SIGNED_IN',
          'Your sign-in has ended, and nothing was changed. Sign in, then try again.',
        );
      }
      const { pathname, search } = new URL(request.url);
      return redirectAnswer(
        `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(pathname + search)}`,
      );
    }
    case 'local link':
      throw new AppError(
        'NOT_SIGNED_IN',
        'The board opens with a one-time link, which "npm start" and "npm run demo:study" print. Start again for a new one.',
      );
    case 'off':
      throw new AppError(
        'NOT_SIGNED_IN',
        callers === 'entra'
          ? 'The board needs App Service authentication, which is switched off for this app. Somebody has to switch it on again: "azd provision" does.'
          : 'The board needs Microsoft Entra sign-in, which is not set up. The operator finds the steps in docs/deploying.md, "Microsoft Entra sign-in".',
      );
  }
}

/** What stands on every page of the board. */
export function staffFrame({ policy, operatorContact }: Pick<Services, 'policy' | 'operatorContact'>): Frame {
  return {
    words: wordsIn('en'),
    carried: undefined,
    serviceName: policy.serviceName,
    sharedWith: policy.sharedWith,
    contact: operatorContact,
  };
}

function showProblem(
  services: Services,
  status: number,
  sentence: string,
  error: unknown,
): Promise<HttpResponseInit> {
  const title = hasCode(error, 'NOT_SIGNED_IN') ? 'Please sign in' : 'This did not work';
  const back = { href: paths.board, label: 'Go to the board' };
  return htmlAnswer(problemPage(staffFrame(services), { title, sentence, back }), status);
}
