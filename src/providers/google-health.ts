/**
 * Google Health API v4, the successor of the Fitbit Web API for the same devices: plain Google OAuth, a refresh
 * token that stays, proto3 JSON that leaves out zeros and empty lists. Facts and sources:
 * docs/adding-a-provider.md.
 */
import * as z from 'zod';
import type { ProviderErrorCode } from '../errors';
import { googlePrefix } from '../model/provider-table';
import type { HttpAnswer, TokenState } from '../ports';
import * as read from './read-answer';
import type { ProviderFile } from './settings';

const dayMs = 24 * 3_600_000;

/** The administrator of a Google Workspace restricts the client, or Advanced Protection does. Such an answer says nothing of the other accounts. */
const policyErrors = ['admin_policy_enforced', 'access_not_configured', 'policy_enforced'];

const deviceScope = `${googlePrefix}googlehealth.settings.readonly`;

export const googleHealth: ProviderFile = {
  describe: ({ optionalScopes, simulatorUrl }) => ({
    accountAt: 'Google',
    revokeByHandUrl: 'https://myaccount.google.com/connections',
    setUpUrl: 'https://fitbit.google.com/auth/signup',
    issuer: simulatorUrl ?? 'https://accounts.google.com',
    urls: {
      authorize: `${simulatorUrl ?? 'https://accounts.google.com'}/o/oauth2/v2/auth`,
      token: `${simulatorUrl ?? 'https://oauth2.googleapis.com'}/token`,
      revoke: `${simulatorUrl ?? 'https://oauth2.googleapis.com'}/revoke`,
      api: simulatorUrl ?? 'https://health.googleapis.com',
    },
    clientAuthentication: 'client_secret_post',
    apiPath: /^\/v\d/,
    scopes: {
      device: deviceScope,
      optional: optionalScopes.filter((scope) => scope !== deviceScope),
    },
    // Without `offline` and `consent`, Google gives no refresh token to a person who has consented before. Without
    // `select_account` a browser connects the one account that it knows: on a shared tablet, the last person's.
    authorizeParameters: { access_type: 'offline', prompt: 'consent select_account' },
    rotatesRefreshToken: false,
    grantLife: { testingMs: 7 * dayMs, idleMs: 183 * dayMs },
    readTokenGrant: read.readTokenGrant,
    readTokenFailure,
    readErrorWord: read.readErrorWord,
    // `org_internal`: the client takes accounts of its own organization only. On a refresh it is the operator's setting that has changed.
    accountErrors: [...policyErrors, 'org_internal'],
    saysTokenIsDead: read.saysTokenIsDead,
    readApiFailure,
    introspection: {
      url: `${simulatorUrl ?? 'https://oauth2.googleapis.com'}/tokeninfo`,
      form: () => ({}),
      read: readTokenInfo,
    },
    identity: { path: () => '/v4/users/me/identity', read: readIdentity },
    devices: {
      // The default page of 5 would lose the sixth device.
      path: (pageToken) =>
        `/v4/users/me/pairedDevices?pageSize=100${pageToken ? `&pageToken=${encodeURIComponent(pageToken)}` : ''}`,
      read: readDevices,
    },
    timeZone: { path: () => '/v4/users/me/settings', read: readTimeZone },
  }),
};

function readTokenFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  const code = read.readTokenFailure(answer);
  const isRefused = code === 'REQUEST_REFUSED' || code === 'CLIENT_REFUSED';
  const isPolicy = read.readOAuthErrors(answer).some((name) => policyErrors.includes(name));
  // Not the end of the grant: the same tokens may work again when the rule is lifted.
  return isRefused && isPolicy ? 'ACCESS_FORBIDDEN' : code;
}

/** RFC 6749 §5.2, which the API sometimes uses as well. */
const flatError = z
  .object({ error: z.string() })
  .transform(({ error }) => ({ status: '', message: '', reasons: [error] }));
/** A text with commas, or a list. */
const detailedReasons = z
  .union([z.string().transform((text) => text.split(/[\s,]+/)), z.array(z.string())])
  .catch([]);
const detail = z
  .object({
    reason: z.string().catch(''),
    metadata: z.object({ detailedReasons }).catch({ detailedReasons: [] }),
  })
  .transform(({ reason, metadata }) => [reason, ...metadata.detailedReasons])
  .catch([]);
/** An older shape of Google's. */
const oldDetail = z
  .object({ reason: z.string() })
  .transform(({ reason }) => [reason])
  .catch([]);
/** google.rpc.Status. */
const rpcStatus = z
  .object({
    error: z.object({
      status: z.string().catch(''),
      message: z.string().catch(''),
      details: z.array(detail).catch([]),
      errors: z.array(oldDetail).catch([]),
    }),
  })
  .transform(({ error }) => ({ ...error, reasons: [...error.details, ...error.errors].flat() }));

interface ApiError {
  readonly status: string;
  /** Only to recognise what has no reason; never handed on, because it names people and projects. */
  readonly message: string;
  readonly reasons: readonly string[];
}

/** `undefined` for a web page, and for any other body that is no error of the API. */
function readError(answer: HttpAnswer): ApiError | undefined {
  const parsed = z.union([flatError, rpcStatus]).safeParse(answer.body);
  return parsed.success ? parsed.data : undefined;
}

/** A reason says more than the status that it comes with. */
const codeOfReason: Readonly<Record<string, ProviderErrorCode>> = {
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'SCOPE_MISSING',
  MISSING_OAUTH_SCOPE: 'SCOPE_MISSING',
  insufficient_scope: 'SCOPE_MISSING',
  insufficientPermissions: 'SCOPE_MISSING',
  DISALLOWED_OAUTH_SCOPES: 'SCOPES_REFUSED',
  API_PRIVATE_PREVIEW_ACCESS_DENIED: 'PROJECT_NOT_ADMITTED',
  SERVICE_DISABLED: 'API_DISABLED',
  accessNotConfigured: 'API_DISABLED',
  USER_PROJECT_DENIED: 'PROJECT_REFUSED',
  CONSUMER_SUSPENDED: 'PROJECT_REFUSED',
  CONSUMER_INVALID: 'PROJECT_REFUSED',
  BILLING_DISABLED: 'PROJECT_REFUSED',
  RATE_LIMIT_EXCEEDED: 'RATE_LIMITED',
  rateLimitExceeded: 'RATE_LIMITED',
  userRateLimitExceeded: 'RATE_LIMITED',
  quotaExceeded: 'RATE_LIMITED',
  dailyLimitExceeded: 'RATE_LIMITED',
  ACCOUNT_NOT_LINKED: 'ACCOUNT_NOT_LINKED',
};

function readApiFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  if (read.isSuccess(answer)) return undefined;
  const byStatus = read.readApiStatus(answer);
  if (byStatus) return byStatus;
  if (answer.status === 401) return 'ACCESS_TOKEN_REFUSED';
  const error = readError(answer);
  const byReason = error?.reasons.map((reason) => codeOfReason[reason]).find((code) => code !== undefined);
  if (byReason) return byReason;
  switch (answer.status) {
    case 403:
      return readForbidden(answer, error);
    // A precondition that is not met is the account's: mostly it has no profile yet, whatever else is left out.
    case 412:
      return 'ACCOUNT_NOT_LINKED';
    default:
      return isPrecondition(error) ? 'ACCOUNT_NOT_LINKED' : 'REQUEST_REFUSED';
  }
}

/** Without details there is only the status, or "Precondition check failed.". */
function isPrecondition(error: ApiError | undefined): boolean {
  return error?.status === 'FAILED_PRECONDITION' || /^precondition/i.test(error?.message ?? '');
}

/** A 403 without a reason that says more. */
function readForbidden({ headers }: HttpAnswer, error: ApiError | undefined): ProviderErrorCode {
  // RFC 6750 §3.1.
  if (/\berror="?insufficient_scope\b/.test(headers['www-authenticate'] ?? '')) return 'SCOPE_MISSING';
  // A front end answers in the place of the API, and knows nothing of the account.
  if (read.isWebPage(headers)) return 'PROVIDER_UNAVAILABLE';
  if (error?.status === 'RESOURCE_EXHAUSTED') return 'RATE_LIMITED';
  // "Could not mint UberMint from GaiaMint": a Fitbit account that was never moved to Google.
  return /UberMint|GaiaMint/i.test(error?.message ?? '') ? 'ACCOUNT_NOT_MOVED' : 'ACCESS_FORBIDDEN';
}

/** Seconds, mostly written as text. */
const tokenInfo = z.object({
  aud: read.shortText,
  sub: read.identifier.optional().catch(undefined),
  scope: z
    .string()
    .transform((text) => text.split(' ').filter(Boolean))
    .catch([]),
  exp: z.coerce.number().positive().optional().catch(undefined),
});

function readTokenInfo(body: unknown): TokenState | undefined {
  const parsed = tokenInfo.safeParse(body);
  if (!parsed.success) return undefined;
  const { aud: clientId, sub: userId, scope: scopes, exp } = parsed.data;
  return { active: true, scopes, clientId, userId, expiresAt: exp && exp * 1000 };
}

const identity = z.object({
  healthUserId: read.identifier,
  legacyUserId: read.identifier.optional().catch(undefined),
});

function readIdentity(body: unknown) {
  const parsed = identity.safeParse(body);
  if (!parsed.success) return undefined;
  const { healthUserId, legacyUserId } = parsed.data;
  return { userId: healthUserId, previousIds: legacyUserId ? { fitbit: legacyUserId } : {} };
}

const device = z.object({
  // users/{user}/pairedDevices/{id}: the user part may be `me` or a number, so only the id is a key.
  name: z
    .string()
    .transform((name) => name.slice(name.lastIndexOf('/') + 1))
    .pipe(z.string().min(1).max(256)),
  deviceType: read.shortText,
  deviceVersion: read.name,
  batteryStatus: read.shortText,
  batteryLevel: read.percent,
  lastSyncTime: read.shortText,
});
const devices = z.object({
  pairedDevices: z.array(z.unknown()).default([]),
  nextPageToken: read.pageToken,
});

function readDevices(body: unknown) {
  const parsed = devices.safeParse(body);
  if (!parsed.success) return undefined;
  const readings = read.readEach(parsed.data.pairedDevices, device).map((item) => ({
    device: item.name,
    kind: read.readDeviceKind(item.deviceType, item.deviceVersion),
    model: item.deviceVersion ?? 'Fitbit',
    percent: item.batteryLevel,
    word: read.readBatteryWord(item.batteryStatus),
    syncMark: item.lastSyncTime,
    syncedAt: read.readTime(item.lastSyncTime ?? ''),
  }));
  return { readings, nextPageToken: parsed.data.nextPageToken };
}

const settings = z.object({
  timeZone: read.shortText,
  /** google.protobuf.Duration: seconds with an `s` behind them. */
  utcOffset: z
    .string()
    .regex(/^-?\d+(\.\d+)?s$/)
    .transform((text) => Number(text.slice(0, -1)) * 1000)
    .optional()
    .catch(undefined),
});

function readTimeZone(body: unknown): string | undefined {
  const parsed = settings.safeParse(body);
  if (!parsed.success) return undefined;
  return parsed.data.timeZone ?? read.zoneOfOffset(parsed.data.utcOffset);
}
