/**
 * The client of a request. The platform's front end appends the address that it saw to `X-Forwarded-For`; everything before it is
 * what the client wrote and can be anything.
 */
import type { HttpRequest } from '@azure/functions';
import { expandIPv6 } from 'hono/utils/ipaddr';
import { isIPv4, isIPv6 } from 'node:net';
import { macOfClient } from '../../domain/contact/keyed-values';
import { mayAsk } from '../../domain/messages/limits';
import type { Services } from '../../services';
import { PageError, type Sentence } from './page-error';

/** A keyed hash; `undefined` where nothing stands before us that would say. */
export async function clientOf(services: Services, request: HttpRequest): Promise<string | undefined> {
  const address = clientAddress(request.headers.get('x-forwarded-for'));
  return address === undefined ? undefined : macOfClient(services, address);
}

/** @throws PageError `LIMIT_REACHED`, which says what was too much */
export async function refuseTooMany(services: Services, request: HttpRequest, say: Sentence): Promise<void> {
  if (await mayAsk(services, await clientOf(services, request))) return;
  throw new PageError('LIMIT_REACHED', say);
}

/** One household has one IPv4 address or one /64 of IPv6. */
export function clientAddress(forwardedFor: string | null): string | undefined {
  const last = forwardedFor?.split(',').at(-1)?.trim() ?? '';
  const [, bracketed = last.replace(/^([\d.]+):\d+$/, '$1')] = /^\[([^\]]+)\](?::\d+)?$/.exec(last) ?? [];
  if (isIPv4(bracketed)) return bracketed;
  if (!isIPv6(bracketed)) return undefined;
  const mapped = /^::ffff:([\d.]+)$/i.exec(bracketed)?.[1];
  return mapped ?? networkOf(bracketed);
}

function networkOf(address: string): string {
  return expandIPv6(address)
    .split(':', 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
