/**
 * The legacy Fitbit Web API: refresh tokens work once, errors come in an envelope of their own, times have no
 * zone. Announced to be off since 2026-11-02 (410). Facts and sources: docs/adding-a-provider.md.
 */
import { z } from 'zod';
import type { HttpAnswer, Provider } from '../ports';
import type { ProviderErrorCode } from '../errors';
import * as read from './read-answer';
import type { ProviderSettings } from './index';

export function describeFitbit({ clientId, optionalScopes, simulatorUrl }: ProviderSettings): Provider {
  return {
    id: 'fitbit',
    name: 'Fitbit',
    successor: 'google-health',
    clientId,
    clientIdSetting: 'FITBIT_CLIENT_ID',
    clientSecretName: 'fitbit-client-secret',
    revokeByHandUrl: 'https://www.fitbit.com/settings/applications',
    urls: {
      authorize: `${simulatorUrl ?? 'https://www.fitbit.com'}/oauth2/authorize`,
      token: `${simulatorUrl ?? 'https://api.fitbit.com'}/oauth2/token`,
      revoke: `${simulatorUrl ?? 'https://api.fitbit.com'}/oauth2/revoke`,
      api: simulatorUrl ?? 'https://api.fitbit.com',
    },
    clientAuthentication: 'client_secret_basic',
    apiPath: /^\/1(\.\d+)?\/(?!oauth2(\/|$))/,
    scopes: { device: 'settings', optional: optionalScopes },
    authorizeParameters: {},
    rotatesRefreshToken: true,
    readTokenGrant: read.readTokenGrant,
    readTokenFailure,
    readApiFailure,
    devices: { path: () => '/1/user/-/devices.json', read: readDevices },
    timeZone: { path: () => '/1/user/-/profile.json', read: readTimeZone },
  };
}

const errorEnvelope = z.object({ errors: z.array(z.unknown()) });
const errorEntry = z.object({ errorType: z.string() });

function errorTypes(answer: HttpAnswer): string[] {
  const parsed = errorEnvelope.safeParse(answer.body);
  const entries = parsed.success ? read.readEach(parsed.data.errors, errorEntry) : [];
  return entries.map(({ errorType }) => errorType);
}

function readTokenFailure(answer: HttpAnswer): ProviderErrorCode {
  if (answer.status === 410) return 'PROVIDER_RETIRED';
  const byStatus = read.readTokenStatus(answer);
  if (byStatus) return byStatus;
  if (errorTypes(answer).includes('invalid_grant')) return 'GRANT_REFUSED';
  return answer.status === 401 ? 'CLIENT_REFUSED' : 'REQUEST_REFUSED';
}

function readApiFailure(answer: HttpAnswer): ProviderErrorCode {
  if (answer.status === 410) return 'PROVIDER_RETIRED';
  const byStatus = read.readApiStatus(answer);
  if (byStatus) return byStatus;
  const types = errorTypes(answer);
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

const device = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  type: read.optionalText,
  deviceVersion: read.optionalText,
  battery: read.optionalText,
  batteryLevel: read.percent,
  lastSyncTime: read.optionalText,
});

function readDevices(body: unknown) {
  if (!Array.isArray(body)) return undefined;
  const readings = read.readEach(body, device).map((item) => ({
    device: item.id,
    // A phone that counts steps is listed as a tracker whose battery is always Empty.
    kind: item.deviceVersion === 'MobileTrack' ? ('phone' as const) : read.readDeviceKind(item.type),
    model: item.deviceVersion ?? 'Fitbit',
    percent: item.batteryLevel,
    word: read.readBatteryWord(item.battery),
    syncMark: item.lastSyncTime,
    syncedBefore: readLocalTime(item.lastSyncTime),
  }));
  return { readings };
}

/** Local time furthest behind UTC: read there, a time is the latest it can mean. */
const farthestWestMs = 12 * 3_600_000;

/** The wearer's local time without a zone: exact enough to tell that a reading is days old. */
function readLocalTime(text: string | undefined): number | undefined {
  const asUtc = Date.parse(`${text}Z`);
  return Number.isNaN(asUtc) ? undefined : asUtc + farthestWestMs;
}

const profile = z.object({ user: z.object({ timezone: z.string().min(1) }) });

function readTimeZone(body: unknown): string | undefined {
  const parsed = profile.safeParse(body);
  return parsed.success ? parsed.data.user.timezone : undefined;
}
