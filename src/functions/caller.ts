/**
 * The caller of a function for programs or the operator. The platform has checked a function key before. With ENTRA_CLIENT_ID it has also
 * checked a token of Microsoft Entra ("App Service authentication") and says in a header whose it is; the app role decides here,
 * because the platform lets everybody through: wearers' pages are on the same site.
 *
 * Only that authentication keeps a caller from writing the header, so without ENTRA_CLIENT_ID nothing reads it. With it, a key is
 * needed all the same: should the authentication be switched off by hand, a header that somebody made up opens no more than the key does.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import * as z from 'zod';
import { AppError, hasCode } from '../errors';
import type { AppRole } from '../model';
import type { Services } from '../services';
import { jsonError } from './http/answers';
import { refuseCrossSite, refuseOtherParameters } from './http/read-request';
import { onHttp, type ShowError } from './invocation';

export interface Principal {
  /** The object id of a user, a program or a managed identity: opaque, no name and no address. */
  readonly id: string;
  /** What people call a user; programs have none. */
  readonly name?: string | undefined;
  readonly roles: readonly string[];
  readonly expiresAt: number;
}

type Handle = (request: HttpRequest) => Promise<HttpResponseInit>;
type Handler = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

/** What a program or the operator asks for, without parameters; `role` is what a caller who signs in has to have. */
export function onCall(services: Services, role: AppRole, handle: Handle): Handler {
  return onCallWith({}, services, role, handle);
}

/** The same with the parameters of this shape in the query. With `any` nothing is checked, because the query is the provider's. */
export function onCallWith(
  query: z.ZodObject['shape'] | 'any',
  services: Services,
  role: AppRole,
  handle: Handle,
): Handler {
  return onHttp(services, showRefusal, async (request, context) => {
    services.about({ caller: services.callers });
    if (services.callers === 'entra') admit(services, request, role);
    services.log.info('caller.admitted', { function: context.functionName });
    if (query !== 'any') refuseOtherParameters(request, Object.keys(query));
    return handle(request);
  });
}

const toldHow = 'docs/deploying.md, "Microsoft Entra sign-in", says how to get one.';
/** Clocks differ: the platform takes a token for as long after its end. */
const lateMs = 5 * 60_000;

export function hasEnded({ expiresAt }: Principal, now: number): boolean {
  return expiresAt + lateMs < now;
}

/** @throws AppError `NOT_SIGNED_IN`, `ROLE_MISSING`; PageError `INPUT_INVALID` for what a page of another site makes a browser send */
function admit({ about, clock }: Services, request: HttpRequest, role: AppRole): void {
  const principal = principalOf(request);
  if (principal) about({ principal: principal.id });
  refuseCrossSite(request);
  if (!principal) {
    const sentence =
      'Besides the function key, send a token of Microsoft Entra as "Authorization: Bearer <token>".';
    throw new AppError('NOT_SIGNED_IN', `${sentence} ${toldHow}`);
  }
  if (hasEnded(principal, clock.now())) {
    throw new AppError('NOT_SIGNED_IN', `This token has expired. Send a new one: ${toldHow}`);
  }
  if (!principal.roles.includes(role)) {
    throw new AppError(
      'ROLE_MISSING',
      `This needs the app role "${role}", which is not in your token. Somebody has to assign it to you in Microsoft Entra; then get a new token.`,
    );
  }
}

/** RFC 9110 §11.6.1 wants the header with a 401. */
const showRefusal: ShowError = (status, sentence, error) => {
  const answer = jsonError(status, sentence, error);
  if (!hasCode(error, 'NOT_SIGNED_IN')) return answer;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } };
};

/** As https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities describes it. */
const shape = z.object({
  auth_typ: z.literal('aad'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});
/** The platform maps some names of claims to the longer ones. */
const idClaims = ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'];
const roleClaims = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];
const objectId = z.guid();

/** @returns nothing for a caller who has not signed in, and for what the platform does not write */
export function principalOf({ headers }: HttpRequest): Principal | undefined {
  const parsed = shape.safeParse(readBase64Json(headers.get('x-ms-client-principal') ?? ''));
  if (!parsed.success) return undefined;
  const valuesOf = (names: readonly string[]): string[] =>
    parsed.data.claims.filter(({ typ }) => names.includes(typ)).map(({ val }) => val);
  const [id] = valuesOf(idClaims);
  const [expires] = valuesOf(['exp']);
  const expiresAt = Number(expires) * 1000;
  if (!objectId.safeParse(id).success || id === undefined || Number.isNaN(expiresAt)) return undefined;
  const [name] = valuesOf(['name']);
  return { id: id.toLowerCase(), name, roles: valuesOf(roleClaims), expiresAt };
}

function readBase64Json(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString()) as unknown;
  } catch {
    return undefined;
  }
}
