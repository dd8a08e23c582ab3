/**
 * Google Health API v4, the successor of the Fitbit Web API for the same devices: plain Google OAuth, a refresh
 * token that stays, proto3 JSON that leaves out zeros and empty lists. Facts and sources:
 * docs/adding-a-provider.md.
 */
import { z } from 'zod';
import type { ProviderErrorCode } from '../errors';
import type { HttpAnswer, Provider } from '../ports';
import * as read from './read-answer';
import type { ProviderSettings } from './index';

const dayMs = 24 * 3_600_000;
const scopePrefix = 'https://www.googleapis.com/auth/googlehealth.';

export function describeGoogleHealth({ clientId, optionalScopes, simulatorUrl }: ProviderSettings): Provider {
  return {
    id: 'google-health',
    name: 'Google Health',
    clientId,
    clientIdSetting: 'GOOGLE_HEALTH_CLIENT_ID',
    clientSecretName: 'google-health-client-secret',
    revokeByHandUrl: 'https://myaccount.google.com/connections',
    issuer: simulatorUrl ?? 'https://accounts.google.com',
    urls: {
      authorize: `${simulatorUrl ?? 'https://accounts.google.com'}/o/oauth2/v2/auth`,
      token: `${simulatorUrl ?? 'https://oauth2.googleapis.com'}/token`,
      revoke: `${simulatorUrl ?? 'https://oauth2.googleapis.com'}/revoke`,
      api: simulatorUrl ?? 'https://health.googleapis.com',
    },
    clientAuthentication: 'client_secret_post',
    apiPath: /^\/v\d/,
    scopes: { device: `${scopePrefix}settings.readonly`, optional: optionalScopes },
    // Without both, Google gives no refresh token to a person who has consented before.
    authorizeParameters: { access_type: 'offline', prompt: 'consent' },
    rotatesRefreshToken: false,
    grantLife: { testingMs: 7 * dayMs, idleMs: 183 * dayMs },
    readTokenGrant: read.readTokenGrant,
    readTokenFailure,
    readApiFailure,
    identity: { path: () => '/v4/users/me/identity', read: readIdentity },
    devices: {
      // The default page of 5 would lose the sixth device.
      path: (pageToken) =>
        `/v4/users/me/pairedDevices?pageSize=100${pageToken ? `&pageToken=${encodeURIComponent(pageToken)}` : ''}`,
      read: readDevices,
    },
    timeZone: { path: () => '/v4/users/me/settings', read: readTimeZone },
  };
}

/** RFC 6749 §5.2 at the token endpoint; at the API either this flat shape or google.rpc.Status. */
const flatError = z
  .object({ error: z.string() })
  .transform(({ error }) => ({ status: error, reasons: [error] }));
const rpcStatus = z
  .object({
    error: z.object({
      status: z.string().catch(''),
      details: z.array(z.object({ reason: z.string().catch('') }).catch({ reason: '' })).catch([]),
    }),
  })
  .transform(({ error }) => ({ status: error.status, reasons: error.details.map(({ reason }) => reason) }));

function readError(answer: HttpAnswer): { status: string; reasons: string[] } {
  const parsed = z.union([flatError, rpcStatus]).safeParse(answer.body);
  return parsed.success ? parsed.data : { status: '', reasons: [] };
}

function readTokenFailure(answer: HttpAnswer): ProviderErrorCode {
  const byStatus = read.readTokenStatus(answer);
  if (byStatus) return byStatus;
  switch (readError(answer).status) {
    case 'invalid_grant':
      return 'GRANT_REFUSED';
    case 'invalid_client':
    case 'deleted_client':
    case 'unauthorized_client':
      return 'CLIENT_REFUSED';
    default:
      return answer.status === 401 ? 'CLIENT_REFUSED' : 'REQUEST_REFUSED';
  }
}

function readApiFailure(answer: HttpAnswer): ProviderErrorCode {
  const byStatus = read.readApiStatus(answer);
  if (byStatus) return byStatus;
  const { reasons } = readError(answer);
  switch (answer.status) {
    case 401:
      return 'ACCESS_TOKEN_REFUSED';
    case 403:
      if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT') || reasons.includes('insufficient_scope')) {
        return 'SCOPE_MISSING';
      }
      return reasons.includes('SERVICE_DISABLED') ? 'API_DISABLED' : 'ACCESS_FORBIDDEN';
    default:
      return reasons.includes('ACCOUNT_NOT_LINKED') ? 'ACCOUNT_NOT_LINKED' : 'REQUEST_REFUSED';
  }
}

const identity = z.object({
  healthUserId: z.string().min(1),
  legacyUserId: read.optionalText,
});

function readIdentity(body: unknown) {
  const parsed = identity.safeParse(body);
  if (!parsed.success) return undefined;
  const { healthUserId, legacyUserId } = parsed.data;
  return { userId: healthUserId, previousIds: legacyUserId ? { fitbit: legacyUserId } : {} };
}

const device = z.object({
  // users/{user}/pairedDevices/{id}: the user part may be `me` or a number, so only the id is a key.
  name: z.string().transform((name) => name.slice(name.lastIndexOf('/') + 1)),
  deviceType: read.optionalText,
  deviceVersion: read.optionalText,
  batteryStatus: read.optionalText,
  batteryLevel: read.percent,
  lastSyncTime: read.optionalText,
});
const devices = z.object({
  pairedDevices: z.array(z.unknown()).default([]),
  nextPageToken: z.string().optional(),
});

function readDevices(body: unknown) {
  const parsed = devices.safeParse(body);
  if (!parsed.success) return undefined;
  const readings = read
    .readEach(parsed.data.pairedDevices, device)
    .filter((item) => item.name !== '')
    .map((item) => {
      const syncedAt = Date.parse(item.lastSyncTime ?? '');
      return {
        device: item.name,
        kind: read.readDeviceKind(item.deviceType),
        model: item.deviceVersion ?? 'Fitbit',
        percent: item.batteryLevel,
        word: read.readBatteryWord(item.batteryStatus),
        syncMark: item.lastSyncTime,
        syncedAt: Number.isNaN(syncedAt) ? undefined : syncedAt,
      };
    });
  return { readings, nextPageToken: parsed.data.nextPageToken || undefined };
}

const settings = z.object({ timeZone: z.string().min(1) });

function readTimeZone(body: unknown): string | undefined {
  const parsed = settings.safeParse(body);
  return parsed.success ? parsed.data.timeZone : undefined;
}
