/**
 * Simulates Google Health v4 and Google's OAuth endpoints, on one origin: consent, tokens by the hour, paired devices,
 * identity and settings. Stricter than the real one where the service must not get away with something: PKCE is
 * required and secrets in a URL are refused.
 */
import { randomBytes } from 'node:crypto';
import { beginSimulator } from './begin-simulator';
import { clientByForm, clientByHeader } from './clients';
import { answerWithFault, type Endpoint } from './faults';
import { faultsIn } from './fault-table';
import { googleHealthFaults } from './google-health-faults';
import { createGoogleGrants } from './google-health-grants';
import { utcOffsetMs } from './local-time';
import {
  googleNotFoundPage,
  invalidTokenChallenge,
  notLinked,
  oauthError,
  unauthenticated,
} from './provider-errors';
import { bearerToken, jsonResponse, readForm, type Simulator, type SimulatorOptions } from './simulator';
import type { Wearer } from './wearers';
import { listDevices, pairedDevice, refuse } from './google-health-devices';

export type GoogleHealthOptions = SimulatorOptions;

const scopePrefix = 'https://www.googleapis.com/auth/';
/** The one scope that devices and settings need. */
export const settingsScope = `${scopePrefix}googlehealth.settings.readonly`;
const anyReadScope = /\/googlehealth\.\w+\.readonly$/;
/** Scopes that say who somebody is; the last two are other names of the ones before. */
const identityScopes = ['openid', 'email', 'profile'].flatMap((name) => [
  name,
  `${scopePrefix}userinfo.${name}`,
]);
/** One scope of another API, and the API refuses every call. That those of identity pass is our guess. */
const isTolerated = (scope: string): boolean =>
  scope.startsWith(`${scopePrefix}googlehealth.`) || identityScopes.includes(scope);

/** Of a consent that is given while the client is in publishing status Testing. */
const testingLifeMs = 7 * 24 * 3_600_000;

/** How long an access token lives. */
export const googleHealthTokenMs = 3_600_000;

/** @throws PortTaken */
export function startGoogleHealth({
  accessTokenMs = googleHealthTokenMs,
  ...options
}: GoogleHealthOptions): Promise<Simulator> {
  const { wearers, now } = options;
  const publishing = { testing: false };
  const { app, clients, codes, delay, faults, grants, ledger, listen } = beginSimulator(options, {
    codes: { newCode: () => `4/0A${randomBytes(51).toString('base64url')}` },
    createGrants: (basis) => createGoogleGrants({ ...basis, accessTokenMs }),
    control: {
      providerName: 'Google Health',
      documented: faultsIn('google-health', googleHealthFaults),
      userIdOf: ({ healthUserId }) => healthUserId,
      publishing,
    },
    consent: {
      providerName: 'Google',
      path: '/o/oauth2/v2/auth',
      wearers: wearers.all,
      isScope: (scope) => scope.startsWith(scopePrefix) || identityScopes.includes(scope),
      extras: (scopes) => ({ scope: scopes.join(' ') }),
      refusal: {},
    },
    refuseSecret: (name) => refuse('INVALID_ARGUMENT', `${name} does not belong into the URL.`),
  });

  app.post('/token', async (c) => {
    const form = await readForm(c.req.raw, ledger);
    const token = form?.get('refresh_token') ?? form?.get('code') ?? '';
    const wearerId = grants.wearerOf(token) ?? codes.wearerOf(token);

    const byHeader = c.req.header('authorization') !== undefined;
    const client = byHeader
      ? clientByHeader(clients, c.req.raw, ledger)
      : form && clientByForm(clients, form);

    const apply = (): Response => {
      if (!form) return refuseToken(400, 'invalid_request', 'The body must be form-urlencoded.');
      if (!client)
        return refuseToken(401, 'invalid_client', 'The OAuth client was not found or its secret is wrong.');
      const { clientId } = client;

      switch (form.get('grant_type')) {
        case 'authorization_code': {
          if (!form.has('code'))
            return refuseToken(400, 'invalid_request', 'Missing required parameter: code');
          const found = codes.redeem(form.get('code'), {
            clientId,
            redirectUri: form.get('redirect_uri'),
            codeVerifier: form.get('code_verifier'),
          });
          if (found === 'redirect_uri') return refuseToken(400, 'redirect_uri_mismatch', 'Bad Request');
          if (found === 'code_verifier') return refuseToken(400, 'invalid_grant', 'Invalid code verifier.');
          if (typeof found === 'string') return refuseToken(400, 'invalid_grant', 'Bad Request');
          const { parameters } = found;
          const prompts = (parameters.get('prompt') ?? '').split(' ');
          return jsonResponse(
            200,
            grants.issue({
              ...found,
              email: wearers.get(found.wearerId)?.email,
              offline: parameters.get('access_type') === 'offline' && prompts.includes('consent'),
              refreshTokenLifeMs:
                wearers.get(found.wearerId)?.refreshTokenLifeMs ??
                (publishing.testing ? testingLifeMs : undefined),
            }),
          );
        }
        case 'refresh_token': {
          if (!form.has('refresh_token'))
            return refuseToken(400, 'invalid_request', 'Missing required parameter: refresh_token');
          const answer = grants.refresh(form.get('refresh_token'), clientId);
          if (answer === undefined)
            return refuseToken(400, 'invalid_grant', 'Token has been expired or revoked.');
          return jsonResponse(200, answer);
        }
        case null:
          return refuseToken(400, 'invalid_request', 'Missing required parameter: grant_type');
        default:
          return refuseToken(400, 'unsupported_grant_type', 'Invalid grant_type');
      }
    };
    return answerWithFault(faults.take(wearerId, 'token'), { apply, delay, token });
  });

  app.post('/revoke', async (c) => {
    const form = await readForm(c.req.raw, ledger);
    const token = form?.get('token') ?? '';
    return answerWithFault(faults.take(grants.wearerOf(token), 'revoke'), {
      delay,
      token,
      apply: () => {
        if (!token) return refuseToken(400, 'invalid_request', 'Missing required parameter: token');
        if (!grants.revoke(token)) return refuseToken(400, 'invalid_token', 'Token expired or revoked');
        return jsonResponse(200, '{}');
      },
    });
  });

  app.post('/tokeninfo', (c) => {
    const value = bearerToken(c.req.raw, ledger);
    const token = grants.findAccessToken(value);
    return answerWithFault(faults.take(token?.wearerId), {
      delay,
      token: value ?? '',
      apply: () => {
        if (!token || !grants.isLive(token)) return refuseToken(400, 'invalid_token', 'Invalid Value');
        const { clientId, scopes, expiresAt } = token;
        const [exp, expires_in] = [expiresAt, expiresAt - now()].map((ms) => String(Math.floor(ms / 1000)));
        const info = { azp: clientId, aud: clientId, scope: scopes.join(' '), exp, expires_in };
        return jsonResponse(200, JSON.stringify({ ...info, access_type: 'offline' }));
      },
    });
  });

  /** Answers a call that needs an access token, with the wearer it stands for. */
  const answerData = (
    request: Request,
    { scope, endpoint }: { scope: (scope: string) => boolean; endpoint: Endpoint },
    apply: (wearer: Wearer) => Response,
  ): Promise<Response> => {
    const value = bearerToken(request, ledger);
    const token = grants.findAccessToken(value);
    return answerWithFault(faults.take(token?.wearerId, endpoint), {
      delay,
      token: value ?? '',
      apply: () => {
        if (value === undefined)
          return refuse('UNAUTHENTICATED', 'Request is missing required credentials.', 'CREDENTIALS_MISSING');
        const wearer = token && wearers.get(token.wearerId);
        if (!wearer || !grants.isLive(token))
          return jsonResponse(401, unauthenticated, { 'www-authenticate': invalidTokenChallenge });
        if (!token.scopes.every(isTolerated))
          return refuse(
            'PERMISSION_DENIED',
            'The token has scopes that are not allowed.',
            'DISALLOWED_OAUTH_SCOPES',
            { domain: 'health.googleapis.com' },
          );
        if (!token.scopes.some(scope))
          return refuse(
            'PERMISSION_DENIED',
            'Request had insufficient authentication scopes.',
            'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
          );
        if (!wearer.movedToGoogle)
          return refuse('PERMISSION_DENIED', 'Could not mint UberMint from GaiaMint');
        if (!wearer.googleHealthProfile) return jsonResponse(400, notLinked());
        return apply(wearer);
      },
    });
  };
  const needsSettings = (scope: string): boolean => scope === settingsScope;

  app.get('/v4/users/me/pairedDevices', (c) =>
    answerData(c.req.raw, { scope: needsSettings, endpoint: 'devices' }, (wearer) =>
      listDevices(wearer, new URL(c.req.url).searchParams),
    ),
  );

  app.get('/v4/users/me/pairedDevices/:id', (c) =>
    answerData(c.req.raw, { scope: needsSettings, endpoint: 'devices' }, (wearer) => {
      const device = wearer.devices().find(({ id }) => id === c.req.param('id'));
      if (!device) return refuse('NOT_FOUND', 'Requested entity was not found.');
      return jsonResponse(200, JSON.stringify(pairedDevice(wearer, device)));
    }),
  );

  app.get('/v4/users/me/identity', (c) =>
    answerData(c.req.raw, { scope: (scope) => anyReadScope.test(scope), endpoint: 'identity' }, (wearer) => {
      const { healthUserId, legacyUserId } = wearer;
      return jsonResponse(
        200,
        JSON.stringify({ name: 'users/me/identity', healthUserId, legacyUserId: legacyUserId || undefined }),
      );
    }),
  );

  app.get('/v4/users/me/settings', (c) =>
    answerData(c.req.raw, { scope: needsSettings, endpoint: 'settings' }, ({ timeZone }) => {
      const utcOffset = `${utcOffsetMs(now(), timeZone) / 1000}s`;
      return jsonResponse(200, JSON.stringify({ name: 'users/me/settings', timeZone, utcOffset }));
    }),
  );

  app.all('*', () =>
    answerWithFault(faults.take(undefined), {
      delay,
      apply: () =>
        new Response(googleNotFoundPage, {
          status: 404,
          headers: { 'content-type': 'text/html; charset=UTF-8' },
        }),
    }),
  );

  return listen();
}

const refuseToken = (status: number, error: string, description: string): Response =>
  jsonResponse(status, oauthError(error, description));
