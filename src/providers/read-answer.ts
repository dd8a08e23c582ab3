/** What both descriptions need to read an answer: the parts that RFC 6749 and HTTP make common. */
import { z } from 'zod';
import type { ProviderErrorCode } from '../errors';
import { batteryWords, type BatteryWord, type DeviceKind } from '../model';
import type { HttpAnswer, TokenGrant } from '../ports';
import { Secret } from '../secret';

/** A level, a lifetime or a text that cannot be read counts as left out: nothing else depends on it. */
export const optionalText = z.string().min(1).optional().catch(undefined);
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

/** RFC 6749 §5.1, with the fields the providers add. A refresh token in hand is never thrown away over another field. */
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: lifetime,
  refresh_token: optionalText,
  refresh_token_expires_in: lifetime,
  scope: z.string().optional().catch(undefined),
  user_id: optionalText,
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
    scopes: answer.scope?.split(/[\s,]+/).filter(Boolean),
    providerUserId: answer.user_id,
  };
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
  return undefined;
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

export function readDeviceKind(type: string | undefined): DeviceKind {
  if (type === 'TRACKER') return 'tracker';
  return type === 'SCALE' ? 'scale' : 'other';
}
