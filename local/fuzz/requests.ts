/** Requests that nobody should send, decided by the seed: strange methods, encodings, sizes, fields, cookies. */
import { providerIds } from '../../src/model';
import type { Chance } from '../random';
import { registeredRoutes } from '../runner/registered-routes';
import { isGuarded, orderOf, principalOf, type FuzzedCallers } from './callers';

export interface StrangeRequest {
  readonly method: string;
  /** As it goes over the wire. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
}

/** What a request may contain that is real: it gets deeper than nonsense does. */
export interface Known {
  readonly link: string;
  readonly connection: string;
  readonly label: string;
  readonly callers: FuzzedCallers;
}

/** `POST signup`, for each method of each function; those where a stranger can do most come twice. */
const routes = [...registeredRoutes(), ...['POST signup', 'GET api/oauth/callback', 'POST m/{link}']];
const otherMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const otherPaths = [
  ...[
    'm/{link}/',
    'm/',
    'm',
    'api/oauth',
    'api/ops',
    'api/ops/status/',
    'api/',
    '',
    'admin/functions',
    'runtime',
  ],
];

const fields = [
  ...['phone', 'provider', 'agree', 'invite', 'action', 'code', 'state', 'error', 'iss', 'scope', 'done'],
  ...['device', 'threshold', 'criticalAt', 'remindEveryHours', 'quiet', 'quietFrom', 'quietTo', 'timeZone'],
  ...['limit', 'after', 'refused'],
  ...['sure', 'language', 'connection', 'all', 'name', 'shared', '__proto__', 'constructor', 'toString', ''],
];

const texts = [
  ...['', ' ', 'yes', 'true', 'null', 'undefined', 'NaN', '-1', '0', '1e309', '99999999999999999999', '0x10'],
  ...[
    '+14255550199',
    '4255550199',
    '+1 900 555 0123',
    '+491',
    '+',
    '++1',
    '٠١٢٣٤٥٦٧٨٩',
    '+1４２５５５５０１９９',
  ],
  ...[...providerIds, 'withings', '__proto__', 'constructor', 'hasOwnProperty'],
  ...['confirm', 'resend', 'skip', 'toString', 'valueOf', '000000', '123456'],
  ...[
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' or 1=1 --",
    '{{7*7}}',
    '${7*7}',
    '{link}',
    '{code}',
  ],
  ...['../../etc/passwd', '..%2f..', 'https://evil.example', '//evil.example', 'javascript:alert(1)'],
  ...['\0', 'a\0b', '\r\nset-cookie: a=b', '\u202e\u200b', '🔋'.repeat(50), 'ı̇İẞﬀ', '\ud800', '\ufffe'],
  ...[
    'access_denied',
    'server_error',
    'Europe/Berlin',
    'Etc/GMT+99',
    '25:61',
    '23:59',
    '%',
    '%zz',
    '%E0%80%80',
  ],
];

const mostParameters = 6;

export function strangeRequest(chance: Chance, known: Known): StrangeRequest {
  const [usual = '', route = ''] = chance.pick(routes).split(' ');
  const method = chance.next() < 0.85 ? usual : chance.pick(otherMethods);
  const parameters = manyOf(chance, mostParameters, () => [nameOf(chance), textOf(chance)] as const);
  const query = chance.next() < 0.5 ? `?${encode(chance, parameters)}` : '';
  const hasBody = method !== 'GET' && method !== 'HEAD' && chance.next() < 0.9;
  const { type, body } = hasBody ? bodyOf(chance, route, known) : { type: undefined, body: undefined };
  return {
    method,
    path: clean(pathOf(chance, chance.next() < 0.95 ? route : chance.pick(otherPaths), known) + query),
    headers: [...(type === undefined ? [] : [['content-type', type] as const]), ...headersOf(chance, known)],
    body,
  };
}

function pathOf(chance: Chance, route: string, { link, connection, label }: Known): string {
  // A real link gets far with a GET, and with a POST whose action is none.
  const given =
    chance.next() < 0.3 ? link : chance.pick([randomText(chance, 22), textOf(chance), 'x'.repeat(5_000)]);
  const id = chance.next() < 0.7 ? chance.pick([connection, `label:${label}`]) : given;
  const path = `/${route.replace('{ignored:maxlength(0)?}', '')}`
    .replace(/\{\*?link\}/, () => encodeURIComponent(wellFormed(given)))
    .replace('{id}', () => encodeURIComponent(wellFormed(id)))
    .replace('{*path}', () => wellFormed(textOf(chance)));
  const share = chance.next();
  if (share < 0.9) return path;
  if (share < 0.92) return path.toUpperCase();
  if (share < 0.94) return `/${path}`;
  if (share < 0.96) return `${path}%00`;
  if (share < 0.98) return `${path}/../${chance.pick(otherPaths)}`;
  return `${path}/${encodeURIComponent(wellFormed(textOf(chance)))}`;
}

function bodyOf(chance: Chance, route: string, known: Known): { type: string | undefined; body: Buffer } {
  if (isGuarded(`/${route}`) && chance.next() < 0.5) {
    return { type: 'application/json', body: Buffer.from(JSON.stringify(orderOf(chance, known))) };
  }
  const parameters = manyOf(chance, mostParameters, () => [nameOf(chance), textOf(chance)] as const);
  const form = Buffer.from(encode(chance, parameters));
  const json = Buffer.from(JSON.stringify(jsonOf(chance, 3)));
  const share = chance.next();
  const formType = 'application/x-www-form-urlencoded';
  if (share < 0.5) return { type: formType, body: form };
  if (share < 0.7) return { type: 'application/json', body: json };
  if (share < 0.75) return { type: formType, body: json };
  if (share < 0.8) return { type: 'application/json', body: form };
  if (share < 0.83)
    return { type: 'multipart/form-data; boundary=x', body: Buffer.from('--x\r\n\r\nphone\r\n--x--') };
  if (share < 0.86) return { type: undefined, body: form };
  if (share < 0.89) return { type: `${formType}; charset=utf-16`, body: form };
  if (share < 0.97) return { type: formType, body: bytes(chance, chance.below(2_000)) };
  if (share < 0.985) return { type: formType, body: Buffer.from(`phone=${'1'.repeat(2 * 1024 * 1024)}`) };
  return { type: 'application/json', body: Buffer.from(`{"connection":${'['.repeat(20_000)}`) };
}

function headersOf(chance: Chance, { callers }: Known): [string, string][] {
  const headers: [string, string][] = [];
  if (chance.next() < 0.4) headers.push(['cookie', cookiesOf(chance)]);
  if (chance.next() < 0.3) {
    headers.push([
      'x-forwarded-for',
      chance.pick(['', 'x', '1.2.3.4, 5.6.7.8:90', '[::1]:80', ',,,', '999.1.1.1', 'a'.repeat(3_000)]),
    ]);
  }
  if (chance.next() < 0.2)
    headers.push(['sec-fetch-site', chance.pick(['cross-site', 'same-origin', 'none', '', 'x'])]);
  if (chance.next() < 0.2)
    headers.push(['user-agent', chance.pick(['', 'Instagram 1.0', 'x'.repeat(4_000)])]);
  if (chance.next() < 0.1)
    headers.push(['x-forwarded-host', 'evil.example'], ['forwarded', 'host=evil.example']);
  if (chance.next() < 0.1) headers.push(['x-functions-key', randomText(chance, 40)]);
  if (chance.next() < (callers === 'entra' ? 0.7 : 0.1))
    headers.push(['x-ms-client-principal', clean(principalOf(chance, textOf(chance), jsonOf(chance, 2)))]);
  if (chance.next() < 0.1) headers.push(['authorization', `Bearer ${randomText(chance, 40)}`]);
  return headers;
}

function cookiesOf(chance: Chance): string {
  const name = () =>
    chance.pick([
      'confirmation',
      '__Host-confirmation',
      `login-${randomText(chance, 8)}`,
      '',
      'a b',
      '__proto__',
    ]);
  const value = () =>
    chance.pick(['', '=', '"', randomText(chance, 43), 'x'.repeat(4_000), '%00', '🔋', ';;;', 'a,b']);
  return clean(manyOf(chance, 4, () => `${name()}=${value()}`).join(chance.pick(['; ', ';', ',', '&'])));
}

function jsonOf(chance: Chance, depth: number): unknown {
  const share = chance.next();
  if (depth === 0 || share < 0.3) return textOf(chance);
  if (share < 0.4) return chance.pick([null, true, 0, -1, 1e308, []]);
  if (share < 0.55) return manyOf(chance, 4, () => jsonOf(chance, depth - 1));
  return Object.fromEntries(manyOf(chance, 4, () => [nameOf(chance), jsonOf(chance, depth - 1)]));
}

function nameOf(chance: Chance): string {
  return chance.next() < 0.9 ? chance.pick(fields) : textOf(chance);
}

function textOf(chance: Chance): string {
  const share = chance.next();
  if (share < 0.8) return chance.pick(texts);
  if (share < 0.9) return randomText(chance, chance.below(60));
  return chance.pick(texts).repeat(1 + chance.below(200));
}

function encode(chance: Chance, parameters: readonly (readonly [string, string])[]): string {
  // Some as they should be, some as they come.
  if (chance.next() < 0.8) {
    return new URLSearchParams(
      parameters.map(([name, value]): [string, string] => [wellFormed(name), wellFormed(value)]),
    ).toString();
  }
  return parameters.map(([name, value]) => `${name}=${value}`).join(chance.pick(['&', ';', '&&']));
}

function manyOf<T>(chance: Chance, most: number, make: () => T): T[] {
  return Array.from({ length: chance.below(most + 1) }, make);
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function randomText(chance: Chance, length: number): string {
  return Array.from({ length }, () => letters[chance.below(letters.length)]).join('');
}

function bytes(chance: Chance, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => chance.below(256)));
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** What no HTTP client can send at all. */
function clean(text: string): string {
  return wellFormed(text).replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
