/** What every description needs to read an answer: the parts that RFC 6749 and HTTP make common. */
import * as z from 'zod';
import type { ProviderErrorCode } from '../errors';
import { batteryWords, type BatteryWord, type DeviceKind } from '../model';
import type { HttpAnswer, TokenGrant } from '../ports';
import { Secret } from '../secret';

/** A level, a lifetime or a text that cannot be read counts as left out: nothing else depends on it. */
export const optionalText = z.string().min(1).optional().catch(undefined);
/** What is kept or sent has a length: one record holds 32,000 characters, and a longer one would hide all the others. */
export const shortText = z.string().min(1).max(100).optional().catch(undefined);
export const name = z
  .string()
  .min(1)
  .transform((text) => text.slice(0, 100))
  .optional()
  .catch(undefined);
export const pageToken = z.string().min(1).max(4_096).optional().catch(undefined);
export const percent = z.number().min(0).max(100).optional().catch(undefined);

const longestLifetimeSeconds = 10 * 365 * 24 * 3600;
const lifetime = z.coerce
  .number()
  .positive()
  .transform((seconds) => Math.min(seconds, longestLifetimeSeconds))
  .optional()
  .catch(undefined);

/** RFC 6749 §5.1 recommends `expires_in` and does not require it. A short guess costs a refresh, a long one a 401. */
const assumedLifetimeSeconds = 3600;

/** An id, written as text or as a number. */
export const identifier = z.union([z.string().min(1).max(256), z.number().transform(String)]);

const mostScopes = 100;
const longestScope = 200;
const scopeNames = z.string().transform((text) =>
  text
    .split(/[\s,]+/)
    .filter((scope) => scope !== '' && scope.length <= longestScope)
    .slice(0, mostScopes),
);
/** RFC 6749 §3.3, or a JSON list. */
const scopeList = z.union([
  scopeNames,
  z.array(scopeNames).transform((names) => names.flat().slice(0, mostScopes)),
]);

/**
 * RFC 6749 §5.1, with the fields the providers add. A refresh token in hand is never thrown away over another field, but
 * for the type of the access token: §7.1 forbids using a type that is not understood.
 */
const tokenAnswer = z.object({
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .nullish(),
  access_token: z.string().min(1),
  expires_in: lifetime,
  refresh_token: optionalText,
  refresh_token_expires_in: lifetime,
  // What cannot be read grants nothing; RFC 6749 §5.1 lets only a scope that is left out mean all of them.
  scope: scopeList.nullish().catch([]),
  user_id: identifier.optional().catch(undefined),
  id_token: optionalText,
});

export function readTokenGrant(body: unknown): TokenGrant | undefined {
  const parsed = tokenAnswer.safeParse(body);
  if (!parsed.success) return undefined;
  const answer = parsed.data;
  return {
    accessToken: new Secret(answer.access_token),
    refreshToken: answer.refresh_token === undefined ? undefined : new Secret(answer.refresh_token),
    expiresInMs: (answer.expires_in ?? assumedLifetimeSeconds) * 1000,
    refreshExpiresInMs:
      answer.refresh_token_expires_in === undefined ? undefined : answer.refresh_token_expires_in * 1000,
    scopes: answer.scope ?? undefined,
    providerUserId: answer.user_id,
    account: readAccount(answer.id_token),
  };
}

const claims = z.object({ email: z.email().max(254) });

/** OpenID Connect Core §3.1.3.7: what comes from the token endpoint itself needs no check of its signature. */
function readAccount(idToken: string | undefined): string | undefined {
  const payload = Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString('utf8');
  const parsed = claims.safeParse(parseJson(payload));
  return parsed.success ? parsed.data.email : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 6749 §5.2. */
const flatError = z.object({ error: z.string() });
/** Fitbit's own shape. */
const errorEnvelope = z.object({ errors: z.array(z.unknown()) });
const envelopeEntry = z.object({ errorType: z.string() });

/** The names of the errors in an answer of a token or revocation endpoint, in whichever shape; none in a web page. */
export function readOAuthErrors({ body }: HttpAnswer): string[] {
  const flat = flatError.safeParse(body);
  if (flat.success) return [flat.data.error];
  const envelope = errorEnvelope.safeParse(body);
  return envelope.success
    ? readEach(envelope.data.errors, envelopeEntry).map(({ errorType }) => errorType)
    : [];
}

/** Small letters and underscores, as in every word that the providers document. Tokens have digits or capitals, or are longer. */
const errorWord = z.string().regex(/^[a-z_]{1,40}$/);
/** Google's; it says more than the `invalid_grant` beside it. */
const errorSubtype = z.object({ error_subtype: errorWord }).transform((body) => body.error_subtype);

/** The most exact word of an error of a token or revocation endpoint that is one. */
export function readErrorWord(answer: HttpAnswer): string | undefined {
  const [subtype] = readEach([answer.body], errorSubtype);
  return subtype ?? readEach(readOAuthErrors(answer), errorWord)[0];
}

/** RFC 9110 §15.3. */
export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status <= 299;
}

/**
 * A failure of a token or revocation endpoint, if it is one. Its names decide before its status, and a front end that answers in
 * the provider's place has none.
 */
export function readTokenFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  if (isSuccess(answer)) return undefined;
  const byStatus = readTokenStatus(answer);
  if (byStatus) return byStatus;
  const names = readOAuthErrors(answer);
  if (names.includes('invalid_grant')) return 'GRANT_REFUSED';
  if (names.some((name) => clientErrors.includes(name))) return 'CLIENT_REFUSED';
  if (names.length === 0 && isFromFrontEnd(answer)) return 'PROVIDER_UNAVAILABLE';
  return answer.status === 401 ? 'CLIENT_REFUSED' : 'REQUEST_REFUSED';
}

/** `deleted_client` is Google's. */
const clientErrors = ['invalid_client', 'deleted_client', 'unauthorized_client'];

function isFromFrontEnd({ status }: HttpAnswer): boolean {
  return status === 403 || status === 404 || isRedirect(status);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399;
}

export function isWebPage(headers: HttpAnswer['headers']): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '');
}

/** RFC 7009 §2.2.1 wants 200 for it; Google and Fitbit answer 400. */
export function saysTokenIsDead(answer: HttpAnswer): boolean {
  return answer.status === 400 && readOAuthErrors(answer).includes('invalid_token');
}

/**
 * The statuses that mean the same at every token endpoint, whatever the body says. A 5xx leaves open whether the
 * refresh was applied; only 503 with Retry-After (RFC 9110 §15.6.4) says that it was not.
 */
export function readTokenStatus(answer: HttpAnswer): ProviderErrorCode | undefined {
  if (answer.status === 409) return 'CONCURRENT_REFRESH';
  if (answer.status === 429) return 'RATE_LIMITED';
  if (answer.status === 503 && 'retry-after' in answer.headers) return 'PROVIDER_UNAVAILABLE';
  if (answer.status >= 500 || answer.status === 408) return 'OUTCOME_UNKNOWN';
  return undefined;
}

/** The statuses that mean the same at every API. */
export function readApiStatus(answer: HttpAnswer): ProviderErrorCode | undefined {
  if (answer.status === 404) return 'NOT_FOUND';
  if (answer.status === 409) return 'CONCURRENT_REFRESH';
  if (answer.status === 429) return 'RATE_LIMITED';
  if (answer.status >= 500 || answer.status === 408) return 'PROVIDER_UNAVAILABLE';
  // It can only lead to a page for people.
  if (isRedirect(answer.status)) return 'PROVIDER_UNAVAILABLE';
  return undefined;
}

/** ISO 8601: ends in the offset from UTC that it is to be read with. */
const withZone = /(Z|[+-]\d{2}:?\d{2})$/i;

/** The time that a text means; `undefined` for one without a zone. */
export function readZonedTime(text: string | undefined): number | undefined {
  return text !== undefined && withZone.test(text) ? readTime(text) : undefined;
}

const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/** Further away it is a mistake, and a year of five digits could not be stored. */
export function readTime(text: string): number | undefined {
  const at = Date.parse(text);
  return at >= earliest && at < latest ? at : undefined;
}

/** Seconds since 1970, as far as they are a time. */
export function readSeconds(seconds: number | undefined): number | undefined {
  const at = (seconds ?? NaN) * 1000;
  return at >= earliest && at < latest ? at : undefined;
}

const longestOffsetMs = 15 * 3_600_000;

/** A distance from UTC as a zone that Intl knows, such as `+05:30`. */
export function zoneOfOffset(ms: number | undefined): string | undefined {
  if (ms === undefined || !(Math.abs(ms) <= longestOffsetMs)) return undefined;
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => `${part}`.padStart(2, '0'));
  return `${ms < 0 ? '-' : '+'}${hour}:${minute}`;
}

/** Entries are read one by one: one that cannot be read must not hide the others. */
export function readEach<T>(items: readonly unknown[], schema: z.ZodType<T>): T[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

export function readBatteryWord(text: string | undefined): BatteryWord | undefined {
  return batteryWords.find((word) => word === text?.toLowerCase());
}

/** A phone that counts steps by itself is listed as a tracker whose battery is always empty, at Google and at Fitbit. */
export function readDeviceKind(type: string | undefined, model: string | undefined): DeviceKind {
  if (/^mobile ?track$/i.test(model?.trim() ?? '')) return 'phone';
  if (type === 'TRACKER') return 'tracker';
  return type === 'SCALE' ? 'scale' : 'other';
}
