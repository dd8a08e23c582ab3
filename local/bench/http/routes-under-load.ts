/** What is asked under load, and which answer is the right one. */
import type autocannon from 'autocannon';
import { paths } from '../../../src/paths';
import type { WorldReport } from './loaded-world';

export interface Route {
  readonly name: string;
  readonly requests: readonly autocannon.Request[];
  /** Any other is an error; a 429 is counted apart. */
  readonly expected: number;
  /** No client may begin a sign-up any more. */
  readonly isLimited?: true;
}

export const emptyFunction = 'an empty function';

/** As App Service authentication writes it. */
function principalWith(role: string): Readonly<Record<string, string>> {
  const claims = [
    { typ: 'oid', val: '7d0b7a34-64e6-4f0a-8a6e-0b3f6f5b1c55' },
    { typ: 'name', val: 'Load' },
    { typ: 'roles', val: role },
    { typ: 'exp', val: String(Math.floor(Date.now() / 1_000) + 24 * 3_600) },
  ];
  const principal = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64');
  return { 'x-ms-client-principal': principal };
}

export function routesUnderLoad({ shared, link }: Pick<WorldReport, 'shared' | 'link'>): Route[] {
  const [platform, operator] = [principalWith('platform'), principalWith('operator')];
  const get = (path: string, headers: Readonly<Record<string, string>> = {}): Route['requests'] => [
    { path, headers },
  ];
  const form: Route['requests'] = [
    {
      ...{ method: 'POST', path: paths.signUp, body: 'phone=0123&provider=google-health&agree=yes' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
  ];
  const tokenOf = (id: string): string => `/api/connections/${id}/access-token`;
  const route = (
    name: string,
    requests: Route['requests'],
    more: Partial<Pick<Route, 'expected' | 'isLimited'>> = {},
  ): Route => ({ name, requests, expected: 200, ...more });
  return [
    route(emptyFunction, get('/api/empty')),
    route('health', get(paths.health)),
    route('sign-up page', get(paths.signUp)),
    route('privacy page', get(paths.privacy)),
    route('a form with mistakes', form, { expected: 400 }),
    route('a form too many', form, { expected: 429, isLimited: true }),
    route('no sign-in', get(tokenOf(shared[0]!)), { expected: 401 }),
    route(
      'tokens of many',
      shared.flatMap((id) => get(tokenOf(id), platform)),
    ),
    route('one token', get(tokenOf(shared[0]!), platform)),
    route(
      'provider API',
      shared.flatMap((id) => get(`/api/connections/${id}/api/v4/users/me/pairedDevices`, platform)),
    ),
    route('personal page', get(paths.personalPage + link)),
    route('its export', get(`${paths.personalPage}${link}/export`)),
    route('board', get(paths.board, operator)),
    route('ops/status', get('/api/ops/status', operator)),
  ];
}
