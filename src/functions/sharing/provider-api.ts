/**
 * `connections/{id}/api/{*path}`: any call to the provider's API in the name of a connection, for whom its access is shared
 * with. The answer is the provider's own; one of ours has no `x-answered-by`. Function key.
 */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { openSharedAccess } from '../../domain/rotation/share-access';
import type { ApiCall } from '../../domain/rotation/api-call';
import { AppError, failure } from '../../errors';
import { httpMethods, type HttpAnswer, type Provider } from '../../ports';
import type { Services } from '../../services';
import { connectionIdOrLabel } from './connection-of';
import { failureAnswer } from './failure-answer';
import { jsonAnswer } from '../http/answers';
import { onCallWith } from '../caller';
import { readBytes } from '../http/read-request';

/**
 * The headers that a caller may send to the provider. Everything else is about the way to us (keys, addresses, traces), or would make
 * the call in the name of another project or client.
 */
const carriedThere =
  /^(accept|accept-(language|locale)|content-(type|language|encoding)|if-[a-z-]+|prefer|x-goog-(fieldmask|request-params))$/;
const carriedBack =
  /^(content-type|content-language|etag|last-modified|retry-after|[a-z-]*rate-?limit[a-z-]*)$/;
/** Google's APIs read these from the address as they read the headers that are not carried. */
const otherIdentity = /^\$?(key|apikey|access_token|oauth_token|userproject)$/i;

const largestBody = 1024 * 1024;

export const providerApi = (services: Services) =>
  onCallWith('any', services, 'platform', async (request) => {
    const connection = await connectionIdOrLabel(services, request);
    const call = await readCall(request);
    const access = await openSharedAccess(services, connection);
    if (!access.ok) return failureAnswer(services, access);
    const { provider, send, showsToken } = access.value;
    if (!provider.apiPath.test(readPath(call.path))) {
      throw new AppError('INPUT_INVALID', `There is no such path in the API of ${provider.name}.`);
    }
    const sent = await send(call);
    services.log.info('api.called', {
      connection,
      kind: call.method,
      ...(sent.ok ? { outcome: String(sent.value.status) } : { code: sent.code }),
    });
    // A program that has the token could use it after the wearer has ended the sharing.
    if (sent.ok && showsToken(sent.value)) {
      return failureAnswer(services, failure('ANSWER_UNREADABLE'));
    }
    return sent.ok ? handOn(provider, call, sent.value) : failureAnswer(services, sent);
  });

async function readCall(request: HttpRequest): Promise<ApiCall> {
  // `fetch` sends "patch" as it was written, and the host takes it for PATCH.
  const asked = request.method.toUpperCase();
  // The host leaves out the body of the answer to HEAD.
  const method = httpMethods.find((name) => name === (asked === 'HEAD' ? 'GET' : asked));
  if (!method) throw new AppError('INPUT_INVALID', `Use one of ${httpMethods.join(', ')}.`);
  const { pathname, search } = new URL(request.url);
  // As it was sent: the route's own parameter is decoded.
  const [, path = ''] = /\/connections\/[^/]+\/api(\/.*)$/i.exec(pathname) ?? [];
  const isOurs = isForUs(request);
  const query = search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && ![...new URLSearchParams(part)].some(isOurs));
  const headers = [...request.headers].filter(([name]) => carriedThere.test(name));
  return {
    method,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: Object.fromEntries(headers),
    body: method === 'GET' ? undefined : await readBytes(request, largestBody),
  };
}

/**
 * Whether a parameter of the query stays here. `code` is how a function key stands in an address: the host looks for it
 * there only if there is no such header.
 */
function isForUs(request: HttpRequest): (parameter: readonly [string, string]) => boolean {
  const key = request.headers.get('x-functions-key');
  return ([name, value]) =>
    otherIdentity.test(name) || (/^code$/i.test(name) && (key === null || value === key));
}

/** RFC 3986 §3.3 without `;`, after which some servers read parameters, and without a dot at the end, which some drop. */
const cleanSegment = /^[a-z0-9\-._~!$&'()*+,=:@]+(?<!\.)$/;

/**
 * The path as it is compared, or an empty one. Nobody may spell the path of another part of the provider in a way that
 * we do not see and the provider does.
 */
function readPath(pathAndQuery: string): string {
  const [path = ''] = pathAndQuery.split('?');
  try {
    const segments = path.toLowerCase().split('/').slice(1).map(decodeURIComponent);
    return segments.every((segment) => cleanSegment.test(segment)) ? `/${segments.join('/')}` : '';
  } catch {
    return '';
  }
}

function handOn(
  provider: Provider,
  { path }: ApiCall,
  { status, headers, content }: HttpAnswer,
): HttpResponseInit {
  const location = readLocation(provider, path, headers['location']);
  return {
    status,
    headers: {
      ...jsonAnswer({}).headers,
      // Whatever it is, it is no page of ours.
      'content-security-policy': "default-src 'none'; sandbox",
      'x-answered-by': provider.id,
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => carriedBack.test(name))),
      ...(location !== undefined && { location }),
    },
    ...(content.length === 0 ? {} : { body: content }),
  };
}

/** In full, and only within the provider's API: a client would follow it, and we would vouch for it. */
function readLocation({ urls }: Provider, path: string, location: string | undefined): string | undefined {
  const api = new URL(urls.api);
  if (location === undefined || !URL.canParse(location, api.origin + path)) return undefined;
  const url = new URL(location, api.origin + path);
  return url.origin === api.origin && url.username === '' && url.password === '' ? url.href : undefined;
}
