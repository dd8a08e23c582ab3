/**
 * Simulates the Fitbit Web API: consent, rotating tokens, devices and profile, on one origin. Stricter than the real
 * one where the service must not get away with something: PKCE is required, secrets in a URL are refused, and only a
 * byte-identical refresh is repeated.
 */
import { randomBytes } from 'node:crypto';
import type { AccessToken } from './access-tokens';
import { beginSimulator } from './begin-simulator';
import { clientByHeader } from './clients';
import { answerWithFault, arrives, type Endpoint } from './faults';
import { faultsIn } from './fault-table';
import { fitbitFaults } from './fitbit-faults';
import { createFitbitGrants } from './fitbit-grants';
import { localTime, utcOffsetMs } from './local-time';
import { fitbitAdvice, fitbitError } from './provider-errors';
import { bearerToken, jsonResponse, readForm, type Simulator, type SimulatorOptions } from './simulator';
import type { Wearer } from './wearers';
import { createCallCounter } from './call-counter';

export interface FitbitOptions extends SimulatorOptions {
  /** How long the answer to a refresh is repeated: Fitbit's older text says two minutes. */
  readonly repeatWindowMs?: number;
  /** A refresh token used again outside the window ends the whole chain, as RFC 9700 section 4.14.2 wants it. */
  readonly reuseRevokesChain?: boolean;
}

const scopesOfFitbit = [
  'activity cardio_fitness electrocardiogram heartrate irregular_rhythm_notifications location nutrition',
  'oxygen_saturation profile respiratory_rate settings sleep social temperature weight',
].flatMap((line) => line.split(' '));

/** How long an access token lives. */
export const fitbitTokenMs = 28_800_000;

/** @throws PortTaken */
export function startFitbit({
  accessTokenMs = fitbitTokenMs,
  repeatWindowMs = 120_000,
  reuseRevokesChain = false,
  hourlyLimit = 150,
  ...options
}: FitbitOptions): Promise<Simulator> {
  const { wearers, now } = options;
  const calls = createCallCounter(now, hourlyLimit);
  const { app, clients, codes, delay, faults, grants, ledger, listen } = beginSimulator(options, {
    codes: { newCode: () => randomBytes(20).toString('hex') },
    createGrants: (basis) => createFitbitGrants({ ...basis, repeatWindowMs, reuseRevokesChain }),
    control: {
      providerName: 'Fitbit',
      documented: faultsIn('fitbit', fitbitFaults),
      userIdOf: ({ legacyUserId }) => legacyUserId,
    },
    consent: {
      providerName: 'Fitbit',
      path: '/oauth2/authorize',
      wearers: () => wearers.all().filter(({ legacyUserId }) => legacyUserId !== ''),
      isScope: (scope) => scopesOfFitbit.includes(scope),
      refusal: { error_description: 'The user denied the request.' },
      fragment: '#_=_',
      redirectUriOptional: true,
    },
    refuseSecret: (name) => refuse(400, 'invalid_request', `${name} does not belong into the URL`),
  });

  app.post('/oauth2/token', async (c) => {
    const request = await c.req.raw.clone().text();
    const form = await readForm(c.req.raw, ledger);
    const token = form?.get('refresh_token') ?? form?.get('code') ?? '';
    const wearerId = grants.wearerOf(token) ?? codes.wearerOf(token);
    const client = clientByHeader(clients, c.req.raw, ledger);

    const apply = (): Response => {
      if (!form)
        return refuse(400, 'invalid_request', 'Content-Type must be application/x-www-form-urlencoded');
      if (!client) return refuseClient();
      const lifeMs = lifeOf(form.get('expires_in'), accessTokenMs);
      if (lifeMs === undefined)
        return refuse(400, 'validation', 'Invalid value for expires_in', 'expires_in');
      const { clientId } = client;

      switch (form.get('grant_type')) {
        case 'authorization_code': {
          if (!form.has('code')) return refuse(400, 'invalid_request', 'Missing parameter: code');
          const found = codes.redeem(form.get('code'), {
            clientId,
            redirectUri: form.get('redirect_uri'),
            codeVerifier: form.get('code_verifier'),
          });
          if (found === 'redirect_uri') return refuse(400, 'invalid_grant', 'Redirect_uri mismatch.');
          if (found === 'code_verifier') return refuse(400, 'invalid_grant', 'Invalid code_verifier.');
          if (typeof found === 'string')
            return refuse(400, 'invalid_grant', `Authorization code invalid: ${token}. ${fitbitAdvice}`);
          const legacyUserId = wearers.get(found.wearerId)?.legacyUserId ?? '';
          return jsonResponse(200, grants.issue({ ...found, legacyUserId }, lifeMs));
        }
        case 'refresh_token': {
          if (!form.has('refresh_token'))
            return refuse(400, 'invalid_request', 'Missing parameter: refresh_token');
          const answer = grants.refresh({ refreshToken: token, clientId, request, accessTokenMs: lifeMs });
          if (answer !== undefined) return jsonResponse(200, answer);
          // The real message repeats the token too: error bodies must not be logged.
          return refuse(400, 'invalid_grant', `Refresh token invalid: ${token}. ${fitbitAdvice}`);
        }
        case null:
          return refuse(400, 'invalid_request', 'Missing parameter: grant_type');
        default:
          return refuse(400, 'unsupported_grant_type', 'The grant type is not supported.');
      }
    };
    return answerWithFault(faults.take(wearerId, 'token'), { apply, delay, token });
  });

  app.post('/oauth2/revoke', async (c) => {
    const form = await readForm(c.req.raw, ledger);
    const token = form?.get('token') ?? '';
    const client = clientByHeader(clients, c.req.raw, ledger);
    const accessToken = grants.findAccessToken(token);
    const fault = faults.take(grants.wearerOf(token), 'revoke');
    if (accessToken && arrives(fault)) grants.noteUse(accessToken);
    return answerWithFault(fault, {
      delay,
      token,
      apply: () => {
        if (!client) return refuseClient();
        if (!token) return refuse(400, 'invalid_request', 'Missing parameter: token');
        if (!grants.revoke(token))
          return refuse(400, 'invalid_token', `Token invalid: ${token}. ${fitbitAdvice}`);
        return new Response(null, { status: 200 });
      },
    });
  });

  /** Answers a call that needs an access token, with the wearer it stands for. */
  const answerData = async (
    request: Request,
    { scope, endpoints }: { scope?: string; endpoints: readonly Endpoint[] },
    apply: (wearer: Wearer, token: AccessToken) => Response | Promise<Response>,
  ): Promise<Response> => {
    const value = bearerToken(request, ledger);
    const token = grants.findAccessToken(value);
    const fault = faults.take(token?.wearerId, ...endpoints);
    if (token && arrives(fault)) grants.noteUse(token);
    return answerWithFault(fault, {
      delay,
      token: value ?? '',
      apply: async () => {
        const wearer = token && wearers.get(token.wearerId);
        if (!wearer || token.revoked)
          return refuse(401, 'invalid_token', `Access token invalid: ${value ?? ''}. ${fitbitAdvice}`);
        if (!grants.isLive(token))
          return refuse(401, 'expired_token', `Access token expired: ${value}. ${fitbitAdvice}`);
        const count = calls.count(JSON.stringify([token.wearerId, token.clientId]));
        const limits = {
          'fitbit-rate-limit-limit': String(hourlyLimit),
          'fitbit-rate-limit-remaining': String(count.remaining),
          'fitbit-rate-limit-reset': String(count.resetSeconds),
        };
        const response = count.exceeded
          ? refuse(429, 'rate_limit_exceeded', 'Too Many Requests', 'n/a', {
              'retry-after': String(count.resetSeconds),
            })
          : scope !== undefined && !token.scopes.includes(scope)
            ? refuse(
                403,
                'insufficient_scope',
                `This application does not have permission to read ${scope} data.`,
              )
            : await apply(wearer, token);
        for (const [name, limit] of Object.entries(limits)) response.headers.set(name, limit);
        return response;
      },
    });
  };

  app.post('/1.1/oauth2/introspect', async (c) => {
    const form = await readForm(c.req.raw, ledger);
    return answerData(c.req.raw, { endpoints: [] }, (_wearer, { wearerId, clientId }) => {
      const value = form?.get('token') ?? '';
      const accessToken = grants.findAccessToken(value);
      const subject =
        accessToken && grants.isLive(accessToken) ? accessToken : grants.findRefreshToken(value);
      if (subject?.wearerId !== wearerId || subject.clientId !== clientId)
        return jsonResponse(200, JSON.stringify({ active: false }));
      return jsonResponse(
        200,
        JSON.stringify({
          active: true,
          scope: `{${subject.scopes.map((scope) => `${scope.toUpperCase()}=READ_WRITE`).join(', ')}}`,
          client_id: clientId,
          user_id: wearers.get(wearerId)?.legacyUserId,
          token_type: 'expiresAt' in subject ? 'access_token' : 'refresh_token',
          ...('expiresAt' in subject && { exp: subject.expiresAt, iat: subject.issuedAt }),
        }),
      );
    });
  });

  app.get('/1/user/-/devices.json', (c) =>
    answerData(c.req.raw, { scope: 'settings', endpoints: ['devices'] }, (wearer) =>
      jsonResponse(200, JSON.stringify(devicesOf(wearer))),
    ),
  );

  app.get('/1/user/-/profile.json', (c) =>
    answerData(c.req.raw, { scope: 'profile', endpoints: ['identity', 'settings'] }, (wearer) => {
      const { legacyUserId: encodedId, timeZone: timezone } = wearer;
      const user = { encodedId, timezone, offsetFromUTCMillis: utcOffsetMs(now(), timezone) };
      return jsonResponse(200, JSON.stringify({ user }));
    }),
  );

  app.all('*', () =>
    answerWithFault(faults.take(undefined), {
      delay,
      apply: () => refuse(404, 'not_found', 'The API you are requesting could not be found.'),
    }),
  );

  return listen();
}

function devicesOf(wearer: Wearer): object[] {
  return wearer.devices().map((device) => ({
    battery: device.batteryWord,
    batteryLevel: device.batteryLevel,
    deviceVersion: device.model,
    features: device.features,
    id: device.id,
    lastSyncTime: device.lastSyncAt === undefined ? undefined : localTime(device.lastSyncAt, wearer.timeZone),
    mac: device.macAddress,
    type: device.kind,
  }));
}

/** Fitbit offers eight hours, or one. */
function lifeOf(expiresIn: string | null, accessTokenMs: number): number | undefined {
  if (expiresIn === null || expiresIn === '28800') return accessTokenMs;
  return expiresIn === '3600' ? Math.min(accessTokenMs, 3_600_000) : undefined;
}

function refuse(
  status: number,
  errorType: string,
  message: string,
  fieldName?: string,
  headers?: Record<string, string>,
): Response {
  return jsonResponse(status, fitbitError(errorType, message, fieldName), headers);
}

const refuseClient = (): Response =>
  refuse(401, 'invalid_client', 'Invalid authorization header format. The header was not recognized.');
