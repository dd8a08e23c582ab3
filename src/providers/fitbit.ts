/**
 * The legacy Fitbit Web API: refresh tokens work once, errors come in an envelope of their own, times have no
 * zone. Announced to be off since 2026-11-02 (410). Facts and sources: docs/adding-a-provider.md.
 */
import * as z from 'zod';
import type { HttpAnswer, TokenState } from '../ports';
import type { ProviderErrorCode } from '../errors';
import type { Reading } from '../model';
import * as read from './read-answer';
import type { ProviderFile } from './settings';

export const fitbit: ProviderFile = {
  describe: ({ optionalScopes, simulatorUrl }) => ({
    accountAt: 'Fitbit',
    successor: 'google-health',
    revokeByHandUrl: 'https://www.fitbit.com/settings/applications',
    urls: {
      authorize: `${simulatorUrl ?? 'https://www.fitbit.com'}/oauth2/authorize`,
      token: `${simulatorUrl ?? 'https://api.fitbit.com'}/oauth2/token`,
      revoke: `${simulatorUrl ?? 'https://api.fitbit.com'}/oauth2/revoke`,
      api: simulatorUrl ?? 'https://api.fitbit.com',
    },
    clientAuthentication: 'client_secret_basic',
    apiPath: /^\/1(\.\d+)?\/(?!oauth2(\/|$))/,
    scopes: { device: 'settings', optional: optionalScopes.filter((scope) => scope !== 'settings') },
    // Without it a browser connects whoever signed in there last: a shared tablet would connect the wrong person.
    authorizeParameters: { prompt: 'login consent' },
    rotatesRefreshToken: true,
    limitResetHeader: 'fitbit-rate-limit-reset',
    readTokenGrant: read.readTokenGrant,
    readTokenFailure,
    readErrorWord: read.readErrorWord,
    saysTokenIsDead: read.saysTokenIsDead,
    readApiFailure,
    introspection: {
      url: `${simulatorUrl ?? 'https://api.fitbit.com'}/1.1/oauth2/introspect`,
      form: (token) => ({ token }),
      read: readIntrospection,
    },
    devices: { path: () => '/1/user/-/devices.json', read: readDevices },
    timeZone: { path: () => '/1/user/-/profile.json', read: readTimeZone },
  }),
};

function readTokenFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  return answer.status === 410 ? 'PROVIDER_RETIRED' : read.readTokenFailure(answer);
}

function readApiFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  if (read.isSuccess(answer)) return undefined;
  if (answer.status === 410) return 'PROVIDER_RETIRED';
  const byStatus = read.readApiStatus(answer);
  if (byStatus) return byStatus;
  const types = read.readOAuthErrors(answer);
  switch (answer.status) {
    case 401:
      return types.includes('invalid_client') ? 'CLIENT_REFUSED' : 'ACCESS_TOKEN_REFUSED';
    case 403:
      return types.some((type) => type === 'insufficient_scope' || type === 'insufficient_permissions')
        ? 'SCOPE_MISSING'
        : 'ACCESS_FORBIDDEN';
    default:
      return 'REQUEST_REFUSED';
  }
}

const introspection = z.object({
  active: z.boolean(),
  /** `{SETTINGS=READ_WRITE, PROFILE=READ}`. */
  scope: z
    .string()
    .transform((text) => [...text.matchAll(/(\w+)=/g)].map(([, scope = '']) => scope.toLowerCase()))
    .catch([]),
  client_id: read.shortText,
  user_id: read.identifier.optional().catch(undefined),
  /** RFC 7662 has seconds, Fitbit milliseconds. */
  exp: z
    .number()
    .transform((at) => (at < 1e11 ? at * 1000 : at))
    .optional()
    .catch(undefined),
});

function readIntrospection(body: unknown): TokenState | undefined {
  const parsed = introspection.safeParse(body);
  if (!parsed.success) return undefined;
  const { active, scope: scopes, client_id: clientId, user_id: userId, exp: expiresAt } = parsed.data;
  return { active, scopes, clientId, userId, expiresAt };
}

const device = z.object({
  id: read.identifier,
  type: read.shortText,
  deviceVersion: read.name,
  battery: read.shortText,
  batteryLevel: read.percent,
  lastSyncTime: read.shortText,
});

function readDevices(body: unknown) {
  if (!Array.isArray(body)) return undefined;
  const readings = read.readEach(body, device).map((item) => ({
    device: item.id,
    kind: read.readDeviceKind(item.type, item.deviceVersion),
    model: item.deviceVersion ?? 'Fitbit',
    percent: item.batteryLevel,
    word: read.readBatteryWord(item.battery),
    syncMark: item.lastSyncTime,
    ...readSyncTime(item.lastSyncTime),
  }));
  return { readings };
}

/** Local time furthest behind UTC: read there, a time is the latest it can mean. */
const farthestWestMs = 12 * 3_600_000;

/** Mostly the wearer's local time without a zone: exact enough to tell that a reading is days old. */
function readSyncTime(text: string | undefined): Pick<Reading, 'syncedAt' | 'syncedBefore'> {
  const syncedAt = read.readZonedTime(text);
  if (syncedAt !== undefined) return { syncedAt };
  const asUtc = read.readTime(`${text}Z`);
  return { syncedBefore: asUtc === undefined ? undefined : asUtc + farthestWestMs };
}

const profile = z.object({
  user: z.object({
    timezone: read.shortText,
    offsetFromUTCMillis: z.number().optional().catch(undefined),
  }),
});

function readTimeZone(body: unknown): string | undefined {
  const parsed = profile.safeParse(body);
  if (!parsed.success) return undefined;
  const { timezone, offsetFromUTCMillis } = parsed.data.user;
  return timezone ?? read.zoneOfOffset(offsetFromUTCMillis);
}
