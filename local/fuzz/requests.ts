/** Requests that nobody should send, as fast-check makes and shrinks them: strange methods, encodings, sizes, fields, cookies. */
import fc from 'fast-check';
import { providerIds } from '../../src/model';
import type { RawRequest } from '../raw-request';
import { registeredRoutes } from '../runner/registered-routes';
import { isGuarded, orders, principals, type FuzzedCallers } from './callers';

export interface StrangeRequest extends RawRequest {
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
  ...['', 'm', 'm/', 'm/{link}/', 'api/', 'api/oauth', 'api/ops', 'api/ops/status/', 'admin/functions'],
  ...['runtime'],
];

const fields = [
  ...['phone', 'provider', 'agree', 'invite', 'action', 'code', 'state', 'error', 'iss', 'scope', 'done'],
  ...['device', 'threshold', 'criticalAt', 'remindEveryHours', 'quiet', 'quietFrom', 'quietTo', 'timeZone'],
  ...['limit', 'after', 'refused', 'way', 'email', 'agreeToMails'],
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
  ...[...providerIds, 'garmin', '__proto__', 'constructor', 'hasOwnProperty'],
  ...['sms', 'email', 'ada@example.org', 'ada@', '@', 'a@b@c.d', 'begin-again'],
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

type Parameters = (readonly [name: string, value: string])[];

/** In so many of a hundred; shrinking leaves it out. */
const sometimes = <T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  weighted<T | undefined>([100 - percent, fc.constant(undefined)], [percent, arbitrary]);

/** Shrinking tries the first. */
function weighted<T>(...all: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> {
  return fc.oneof({ withCrossShrink: true }, ...all.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const aText = weighted(
  [8, fc.constantFrom(...texts)],
  [1, fc.string({ unit: 'binary', maxLength: 60 })],
  [1, fc.tuple(fc.constantFrom(...texts), fc.nat(200)).map(([text, times]) => text.repeat(times))],
);
const aName = weighted([9, fc.constantFrom(...fields)], [1, aText]);
const someJson = fc
  .anything({
    key: aName,
    values: [aText, fc.constantFrom(null, true, 0, -1, 1e308)],
    maxDepth: 3,
    maxKeys: 4,
  })
  .map((value) => JSON.stringify(value));

const parameters: fc.Arbitrary<Parameters> = fc.array(fc.tuple(aName, aText), { maxLength: 6 });
/** Some as it should be, some as it comes. */
const someForm = weighted(
  [8, parameters.map(encode)],
  [2, fc.tuple(parameters, fc.constantFrom('&', ';', '&&')).map(([given, between]) => join(given, between))],
);

function encode(given: Parameters): string {
  return new URLSearchParams(
    given.map(([name, value]): [string, string] => [name.toWellFormed(), value.toWellFormed()]),
  ).toString();
}

function join(given: Parameters, between: string): string {
  return given.map(([name, value]) => `${name}=${value}`).join(between);
}

/** Long enough for a link, a ticket or a key. */
function randomText(length: number): fc.Arbitrary<string> {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return fc.string({ unit: fc.constantFrom(...letters), minLength: length, maxLength: length });
}

export function strangeRequests(known: Known): fc.Arbitrary<StrangeRequest> {
  return fc
    .record({
      route: fc.constantFrom(...routes).map((route) => route.split(' ') as [method: string, path: string]),
      otherMethod: sometimes(15, fc.constantFrom(...otherMethods)),
      otherPath: sometimes(5, fc.constantFrom(...otherPaths)),
      path: pathsOf(known),
      query: sometimes(50, someForm),
      // A call refuses parameters that it does not have, and comes no further.
      isBare: fc.nat(9).map((one) => one > 0),
      body: sometimes(90, someBody),
      order: sometimes(50, orders(known)),
      headers: headersOf(known),
    })
    .map(({ route: [usual, route], otherMethod, otherPath, path, query, isBare, body, order, headers }) => {
      const method = otherMethod ?? usual;
      const isCall = isGuarded(`/${route}`);
      const ordered = isCall && order !== undefined ? asJson(JSON.stringify(order)) : body;
      const added = query === undefined || (isCall && isBare) ? '' : `?${query}`;
      const sent = method === 'GET' || method === 'HEAD' ? undefined : ordered;
      return {
        method,
        path: clean(path(otherPath ?? route) + added),
        headers: [...(sent?.type === undefined ? [] : [['content-type', sent.type] as const]), ...headers],
        body: sent?.content,
      };
    });
}

/** Fills a route in, and adds what does not belong to it. */
function pathsOf({ link, connection, label }: Known): fc.Arbitrary<(route: string) => string> {
  // A real link gets far with a GET, and with a POST whose action is none.
  const aLink = weighted(
    [3, fc.constant(link)],
    [7, fc.oneof(randomText(22), aText, fc.constant('x'.repeat(5_000)))],
  );
  const anId = weighted([7, fc.constantFrom(connection, `label:${label}`)], [3, aLink]);
  const twist = weighted<(path: string) => string>(
    [90, fc.constant((path) => path)],
    [2, fc.constant((path) => path.toUpperCase())],
    [2, fc.constant((path) => `/${path}`)],
    [2, fc.constant((path) => `${path}%00`)],
    [2, fc.constantFrom(...otherPaths).map((other) => (path) => `${path}/../${other}`)],
    [2, aText.map((text) => (path) => `${path}/${encodeURIComponent(text.toWellFormed())}`)],
  );
  return fc.tuple(aLink, anId, aText, twist).map(
    ([given, id, text, twisted]) =>
      (route) =>
        twisted(
          `/${route.replace('{ignored:maxlength(0)?}', '')}`
            .replace(/\{\*?link\}/, () => encodeURIComponent(given.toWellFormed()))
            .replace('{id}', () => encodeURIComponent(id.toWellFormed()))
            .replace('{*path}', () => text.toWellFormed()),
        ),
  );
}

interface Body {
  readonly type: string | undefined;
  readonly content: Buffer;
}

const formType = 'application/x-www-form-urlencoded';
const as =
  (type: string | undefined) =>
  (content: string | Uint8Array): Body => ({
    type,
    content: Buffer.from(content),
  });
const asForm = as(formType);
const asJson = as('application/json');

const someBody: fc.Arbitrary<Body> = weighted(
  [100, someForm.map(asForm)],
  [40, someJson.map(asJson)],
  [10, someJson.map(asForm)],
  [10, someForm.map(asJson)],
  [6, fc.constant('--x\r\n\r\nphone\r\n--x--').map(as('multipart/form-data; boundary=x'))],
  [6, someForm.map(as(undefined))],
  [6, someForm.map(as(`${formType}; charset=utf-16`))],
  [16, fc.uint8Array({ maxLength: 2_000 }).map(asForm)],
  [3, fc.constant(`phone=${'1'.repeat(2 * 1024 * 1024)}`).map(asForm)],
  [3, fc.constant(`{"connection":${'['.repeat(20_000)}`).map(asJson)],
);

function headersOf({ callers }: Known): fc.Arbitrary<[name: string, value: string][]> {
  const addresses = ['', 'x', '1.2.3.4, 5.6.7.8:90', '[::1]:80', ',,,', '999.1.1.1', 'a'.repeat(3_000)];
  const bearer = randomText(40).map((token) => `Bearer ${token}`);
  const asked: [percent: number, name: string, value: fc.Arbitrary<string>][] = [
    [40, 'cookie', someCookies],
    [30, 'x-forwarded-for', fc.constantFrom(...addresses)],
    [20, 'sec-fetch-site', fc.constantFrom('cross-site', 'same-origin', 'none', '', 'x')],
    [20, 'user-agent', fc.constantFrom('', 'Instagram 1.0', 'x'.repeat(4_000))],
    [10, 'x-forwarded-host', fc.constant('evil.example')],
    [10, 'forwarded', fc.constant('host=evil.example')],
    [10, 'x-functions-key', randomText(40)],
    [callers === 'entra' ? 70 : 10, 'x-ms-client-principal', principals(aText, someJson).map(clean)],
    [10, 'authorization', bearer],
  ];
  return fc
    .tuple(
      ...asked.map(([percent, name, values]) =>
        sometimes(
          percent,
          values.map((value): [string, string] => [name, value]),
        ),
      ),
    )
    .map((headers) => headers.filter((header) => header !== undefined));
}

const someCookies = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom('confirmation', '__Host-confirmation', '', 'a b', '__proto__'),
          randomText(8).map((state) => `login-${state}`),
        ),
        fc.oneof(fc.constantFrom('', '=', '"', 'x'.repeat(4_000), '%00', '🔋', ';;;', 'a,b'), randomText(43)),
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom('; ', ';', ',', '&'),
  )
  .map(([cookies, between]) => clean(join(cookies, between)));

/** What no HTTP client can send at all. */
function clean(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
