/**
 * `connections/{id}/api/{*path}`: any call to the provider's API in the name of a connection, for whom its access is shared
 * with. The answer is the provider's own; one of ours has no `x-answered-by`. Function key.
 */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { lendAccess } from '../domain/rotation/lend-access';
import type { ApiCall } from '../domain/rotation/call-provider';
import { AppError } from '../errors';
import { httpMethods, type HttpAnswer, type Provider } from '../ports';
import type { Services } from '../services';
import { failureAnswer } from './failure-answer';
import { jsonAnswer, jsonError, readBytes } from './http-answers';
import { connectionIdOf, onHttp } from './invocation';

/** What a caller may say to the provider. Everything else is about the way to us: keys, addresses, traces. */
const carriedThere =
  /^(accept|accept-(language|locale)|content-type|content-language|if-[a-z-]+|prefer|x-goog-[a-z-]+)$/;
const carriedBack =
  /^(content-type|content-language|etag|last-modified|location|retry-after|[a-z-]*rate-?limit[a-z-]*)$/;

const largestBody = 1024 * 1024;

export const providerApi = (services: Services) =>
  onHttp(services, jsonError, async (request) => {
    const connection = connectionIdOf(request);
    const call = await readCall(request);
    const access = await lendAccess(services, connection);
    if (!access.ok) return failureAnswer(services, access);
    const { provider, send } = access.value;
    if (!provider.apiPath.test(readPath(call.path))) {
      throw new AppError('INPUT_INVALID', `There is no such path in the API of ${provider.name}.`);
    }
    const sent = await send(call);
    services.log.info('api.called', {
      connection,
      kind: call.method,
      ...(sent.ok ? { outcome: String(sent.value.status) } : { code: sent.code }),
    });
    return sent.ok ? handOn(provider, sent.value) : failureAnswer(services, sent);
  });

async function readCall(request: HttpRequest): Promise<ApiCall> {
  // `fetch` sends "patch" as it was written, and the host takes it for PATCH.
  const method = httpMethods.find((name) => name === request.method.toUpperCase());
  if (!method) throw new AppError('INPUT_INVALID', `Use one of ${httpMethods.join(', ')}.`);
  const { pathname, search } = new URL(request.url);
  // As it was sent: the route's own parameter is decoded. `code` is how a function key stands in an address.
  const [, path = ''] = /\/connections\/[^/]+\/api(\/.*)$/i.exec(pathname) ?? [];
  const query = search
    .slice(1)
    .split('&')
    .filter(
      (part) => part !== '' && ![...new URLSearchParams(part).keys()].some((name) => /^code$/i.test(name)),
    );
  const headers = [...request.headers].filter(([name]) => carriedThere.test(name));
  return {
    method,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: Object.fromEntries(headers),
    body: method === 'GET' ? undefined : await readBytes(request, largestBody),
  };
}

/** As it is compared: nobody may spell the path of another part of the provider in a way that we do not see. */
function readPath(pathAndQuery: string): string {
  const [path = ''] = pathAndQuery.split('?');
  try {
    return /\/\/|%(2f|5c|2e|25)/i.test(path) ? '' : decodeURIComponent(path).toLowerCase();
  } catch {
    return '';
  }
}

function handOn({ id }: Provider, { status, headers, content }: HttpAnswer): HttpResponseInit {
  return {
    status,
    headers: {
      ...jsonAnswer({}).headers,
      // Whatever it is, it is no page of ours.
      'content-security-policy': "default-src 'none'; sandbox",
      'x-answered-by': id,
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => carriedBack.test(name))),
    },
    ...(content.length === 0 ? {} : { body: content }),
  };
}
