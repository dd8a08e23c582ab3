/**
 * The Withings Health Data API: OAuth by POST with `action`, refresh tokens that rotate, and errors that come with HTTP 200
 * and a `status` of their own in the body. Facts and sources: docs/adding-a-provider.md.
 */
import * as z from 'zod';
import type { ProviderErrorCode } from '../errors';
import type { DeviceKind } from '../model';
import type { HttpAnswer, ProviderClient, TokenGrant } from '../ports';
import * as read from './read-answer';
import type { ProviderFile } from './settings';

const deviceScope = 'user.info';

export const withings: ProviderFile = {
  describe: ({ optionalScopes, simulatorUrl }) => {
    const api = simulatorUrl ?? 'https://wbsapi.withings.net';
    const oauth = `${api}/v2/oauth2`;
    return {
      accountAt: 'Withings',
      revokeByHandUrl: 'https://account.withings.com/',
      urls: {
        authorize: `${simulatorUrl ?? 'https://account.withings.com'}/oauth2_user/authorize2`,
        token: oauth,
        revoke: oauth,
        api,
      },
      clientAuthentication: 'client_secret_post',
      apiPath: /^\/(measure|notify|v2\/(measure|heart|sleep|stetho|user|rawdata))$/,
      scopes: {
        device: deviceScope,
        optional: optionalScopes.filter((scope) => scope !== deviceScope),
        separator: ',',
      },
      authorizeParameters: {},
      tokenParameters: { action: 'requesttoken' },
      rotatesRefreshToken: true,
      callsPerMinute: 120,
      readTokenGrant,
      readTokenFailure,
      readErrorWord: read.readErrorWord,
      signedRevocation: {
        askForNonce: (client, now) => ({
          url: `${api}/v2/signature`,
          form: signed(client, { action: 'getnonce', timestamp: `${Math.floor(now / 1000)}` }),
        }),
        readNonce,
        // The user is not among what is signed.
        revoke: (client, userid, nonce) => ({
          url: oauth,
          form: { ...signed(client, { action: 'revoke', nonce }), userid },
        }),
      },
      saysTokenIsDead: () => false,
      readApiFailure,
      // The list says the time zone too: the same request again within ten seconds would be refused.
      devices: { path: () => '/v2/user', form: { action: 'getdevice' }, read: readDevices },
    };
  },
};

/** The values in the order of their names, with commas between, are what the client's secret signs. */
function signed(
  { id, secret }: ProviderClient,
  named: Readonly<Record<string, string>>,
): Record<string, string> {
  const form = { ...named, client_id: id };
  const values = Object.entries(form)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);
  return { ...form, signature: secret.sign(values.join(',')) };
}

/** Around every answer; `error` is there when `status` is not 0. It is only matched and never handed on, because it can repeat what was sent. */
const envelope = z.object({
  status: z.number(),
  body: z.unknown().optional(),
  error: z.string().catch(''),
});
type Envelope = z.output<typeof envelope>;

function readEnvelope(body: unknown): Envelope | undefined {
  const parsed = envelope.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

/** A front end that has trouble answers in a like shape: it repeats the status of HTTP, and has no `body`, which Withings always has. */
function readApiEnvelope(answer: HttpAnswer): Envelope | undefined {
  const said = readEnvelope(answer.body);
  const isOfFrontEnd = !read.isSuccess(answer) && said?.status === answer.status && said.body === undefined;
  return isOfFrontEnd ? undefined : said;
}

function readBody(body: unknown): unknown {
  const said = readEnvelope(body);
  return said?.status === 0 ? said.body : undefined;
}

type Family = 'authentication' | 'parameters' | 'unauthorized' | 'missing' | 'timeout' | 'limit' | 'error';

/** Withings publishes families of statuses, not what each one means. First and last of a row. */
const families: readonly (readonly [Family, ...(readonly (readonly [number, number])[])])[] = [
  ['authentication', [100, 102], [200, 200], [401, 401]],
  ['unauthorized', [214, 214], [277, 277], [403, 403], [2553, 2553], [2555, 2555]],
  ['missing', [2554, 2554]],
  ['timeout', [522, 522]],
  ['limit', [601, 601]],
  ['error', [215, 215], [219, 219], [222, 222], [224, 224], [226, 226], [231, 233], [237, 237], [253, 253]],
  ['error', [255, 259], [268, 270], [273, 274], [278, 282], [289, 289], [291, 292], [296, 296], [298, 298]],
  ['error', [305, 320], [322, 322]],
  // What is left of 201 to 353.
  ['parameters', [201, 353], [380, 382], [400, 400], [501, 511], [523, 523], [532, 532], [3017, 3019]],
];

function familyOf(status: number): Family {
  const found = families.find(([, ...rows]) =>
    rows.some(([first, last]) => status >= first && status <= last),
  );
  return found?.[0] ?? 'error';
}

/** An envelope decides before the status of HTTP, which is mostly 200. What answers 200 without one was not the API. */
function readTokenFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  const said = readApiEnvelope(answer);
  if (!said) return read.readTokenFailure(answer) ?? 'OUTCOME_UNKNOWN';
  if (said.status === 0) return undefined;
  switch (familyOf(said.status)) {
    case 'limit':
      return 'RATE_LIMITED';
    case 'parameters':
    case 'authentication':
      return readTokenRefusal(said);
    case 'unauthorized':
      return 'CLIENT_REFUSED';
    case 'missing':
      return 'REQUEST_REFUSED';
    case 'timeout':
    case 'error':
      return 'OUTCOME_UNKNOWN';
  }
}

/** Only the words say which parameter it was; a token is believed to be dead only if they name it. */
function readTokenRefusal({ status, error }: Envelope): ProviderErrorCode {
  if (/\binvalid (refresh_token|code)\b|\binvalid_grant\b/i.test(error)) return 'GRANT_REFUSED';
  if (/\bclient\b|client_id|client_secret|\bsecret\b|\bsignature\b/i.test(error)) return 'CLIENT_REFUSED';
  return familyOf(status) === 'authentication' ? 'CLIENT_REFUSED' : 'REQUEST_REFUSED';
}

function readApiFailure(answer: HttpAnswer): ProviderErrorCode | undefined {
  const said = readApiEnvelope(answer);
  if (!said) return readBareStatus(answer);
  if (said.status === 0) return undefined;
  switch (familyOf(said.status)) {
    case 'limit':
      return 'RATE_LIMITED';
    case 'authentication':
      return 'ACCESS_TOKEN_REFUSED';
    case 'unauthorized':
      return /\binsufficient_scope\b/i.test(said.error) ? 'SCOPE_MISSING' : 'ACCESS_FORBIDDEN';
    case 'parameters':
      return 'REQUEST_REFUSED';
    case 'missing':
      return 'NOT_FOUND';
    case 'timeout':
    case 'error':
      return 'PROVIDER_UNAVAILABLE';
  }
}

/** Of a front end, which knows nothing of the account. */
function readBareStatus(answer: HttpAnswer): ProviderErrorCode {
  const byStatus = read.readApiStatus(answer);
  if (byStatus) return byStatus;
  if (answer.status === 401) return 'ACCESS_TOKEN_REFUSED';
  if (answer.status === 403) return 'PROVIDER_UNAVAILABLE';
  return read.isSuccess(answer) ? 'ANSWER_UNREADABLE' : 'REQUEST_REFUSED';
}

const tokenBody = z.looseObject({ userid: z.unknown() });

function readTokenGrant(body: unknown): TokenGrant | undefined {
  const parsed = tokenBody.safeParse(readBody(body));
  return parsed.success ? read.readTokenGrant({ ...parsed.data, user_id: parsed.data.userid }) : undefined;
}

const nonceBody = z.object({ nonce: z.string().min(1).max(1_000) });

function readNonce(body: unknown): string | undefined {
  const parsed = nonceBody.safeParse(readBody(body));
  return parsed.success ? parsed.data.nonce : undefined;
}

const device = z.object({
  deviceid: read.identifier,
  type: read.shortText,
  model: read.name,
  /** `high` above 75 %, `medium` above 30 %, `low`; `unknown` too. There is no percent. */
  battery: read.shortText,
  /** Seconds since 1970: when the device, or the phone for it, last spoke to Withings. */
  last_session_date: z.number().optional().catch(undefined),
  timezone: read.shortText,
});
const deviceList = z.object({ devices: z.array(z.unknown()) });

function readDevices(body: unknown) {
  const parsed = deviceList.safeParse(readBody(body));
  if (!parsed.success) return undefined;
  const items = read.readEach(parsed.data.devices, device);
  const readings = items.map((item) => ({
    device: item.deviceid,
    kind: readKind(item.type),
    model: item.model ?? 'Withings',
    word: read.readBatteryWord(item.battery),
    syncMark: item.last_session_date === undefined ? undefined : `${item.last_session_date}`,
    syncedAt: read.readSeconds(item.last_session_date),
  }));
  // A device that was left at home says where it was; the one that spoke last is with the wearer.
  const [latest] = items
    .filter(({ timezone }) => timezone !== undefined)
    .sort((a, b) => (b.last_session_date ?? 0) - (a.last_session_date ?? 0));
  return { readings, timeZone: latest?.timezone };
}

/** Used now and then, so its silence says nothing: a scale, as far as batteries go. */
const usedNowAndThen = [
  'Scale',
  'Blood Pressure Monitor',
  'Smart Connected Thermometer',
  'Sleep Monitor',
  'Babyphone',
  'Gateway',
  'iGlucometer',
];

function readKind(type: string | undefined): DeviceKind {
  if (type === 'Activity Tracker') return 'tracker';
  if (type?.startsWith('HealthKit')) return 'phone';
  return type !== undefined && usedNowAndThen.includes(type) ? 'scale' : 'other';
}
