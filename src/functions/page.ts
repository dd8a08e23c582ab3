/** What every page for people has in common: errors are shown as a page, and there is one host. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Services } from '../services';
import { htmlError, redirectAnswer } from './http-answers';
import { onHttp } from './invocation';

export function onPage(
  services: Services,
  handle: (request: HttpRequest) => HttpResponseInit | Promise<HttpResponseInit>,
): (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit> {
  return onHttp(services, htmlError(services), async (request) => {
    const elsewhere = request.method === 'POST' ? undefined : addressAtPublicHost(services, request);
    return elsewhere === undefined ? handle(request) : redirectAnswer(elsewhere);
  });
}

/** Set by proxies that ask us under another host name than the one that people see. */
const originalHostHeaders = ['x-forwarded-host', 'x-original-host'];

/**
 * The same page under `PUBLIC_URL`, if it was opened under another host name: cookies belong to a host, so a sign-up that begins at
 * one and comes back from the provider to the other could not be finished. `undefined` if it was opened there.
 */
function addressAtPublicHost({ publicUrl }: Services, request: HttpRequest): string | undefined {
  const { host, pathname, search } = new URL(request.url);
  const original = originalHostHeaders.flatMap((name) => request.headers.get(name)?.split(',') ?? []);
  const hosts = [host, ...original.map((name) => name.trim().toLowerCase())];
  return hosts.includes(new URL(publicUrl).host) ? undefined : publicUrl + pathname + search;
}
