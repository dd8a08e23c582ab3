/**
 * Simulates Withings: consent, rotating tokens, devices and signed calls, on one origin. Every answer of the API has HTTP status
 * 200, with a status of its own in the body. Stricter than the real one where the service must not get away with something: PKCE is
 * required, which Withings does not document, and secrets in a URL are refused.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { beginSimulator } from './begin-simulator';
import { createCallCounter } from './call-counter';
import { clientByForm, type Client } from './clients';
import { answerWithFault, arrives } from './faults';
import { faultsIn } from './fault-table';
import { withingsError } from './provider-errors';
import { bearerToken, jsonResponse, readForm, type Simulator, type SimulatorOptions } from './simulator';
import type { DeviceReport, Wearer } from './wearers';
import { withingsFaults } from './withings-faults';
import { createWithingsGrants, withingsUserId } from './withings-grants';

export interface WithingsOptions extends SimulatorOptions {
  /** How long a refresh token lives that was used, while the access token that it brought was not. */
  readonly oldRefreshTokenMs?: number;
  /** Calls of one client. */
  readonly minuteLimit?: number;
  /** For so long the same token request is refused: others have seen ten seconds. Off when not given, because nothing here waits so long. */
  readonly sameArgumentsMs?: number;
}

const scopesOfWithings = ['user.info', 'user.metrics', 'user.activity', 'user.sleepevents'];
const nonceMs = 30 * 60_000;

/** How long an access token lives. */
export const withingsTokenMs = 10_800_000;

/** @throws PortTaken */
export function startWithings({
  accessTokenMs = withingsTokenMs,
  oldRefreshTokenMs = 8 * 3_600_000,
  hourlyLimit = 7_200,
  minuteLimit = Math.ceil(hourlyLimit / 60),
  sameArgumentsMs = 0,
  ...options
}: WithingsOptions): Promise<Simulator> {
  const { wearers, now } = options;
  const calls = createCallCounter(now, minuteLimit, 60_000);
  const asked = new Map<string, number>();
  const nonces = new Map<string, number>();
  const { app, clients, codes, delay, faults, grants, ledger, listen } = beginSimulator(options, {
    codes: { newCode: () => randomBytes(20).toString('hex'), lifeMs: 30_000 },
    createGrants: (basis) => createWithingsGrants({ ...basis, accessTokenMs, oldRefreshTokenMs }),
    control: {
      providerName: 'Withings',
      documented: faultsIn('withings', withingsFaults),
      userIdOf: ({ id }) => `${withingsUserId(id)}`,
    },
    consent: {
      providerName: 'Withings',
      path: '/oauth2_user/authorize2',
      wearers: wearers.all,
      isScope: (scope) => scopesOfWithings.includes(scope),
      scopeSeparator: ',',
      refusal: {},
    },
    refuseSecret: (name) => refuse(503, `Invalid Params: ${name} in the URL`),
  });

  /** The same request so soon is taken for a mistake, whether its answer arrived or not. */
  const isTooSoon = (request: string): boolean => {
    const before = asked.get(request);
    asked.set(request, now());
    return before !== undefined && now() - before < sameArgumentsMs;
  };

  const requestToken = (form: URLSearchParams): Response => {
    const client = clientByForm(clients, form);
    if (!client) return refuse(503, 'Invalid Params: invalid client id/secret');
    const { clientId } = client;
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const found = codes.redeem(form.get('code'), {
          clientId,
          redirectUri: form.get('redirect_uri'),
          codeVerifier: form.get('code_verifier'),
        });
        if (found === 'redirect_uri') return refuse(503, 'Invalid Params: invalid redirect_uri');
        if (typeof found === 'string') return refuse(503, 'Invalid Params: invalid code');
        return good(grants.issue(found));
      }
      case 'refresh_token': {
        const tokens = grants.refresh(form.get('refresh_token'), clientId);
        return tokens ? good(tokens) : refuse(503, 'Invalid Params: invalid refresh_token');
      }
      default:
        return refuse(503, 'Invalid Params: invalid grant_type');
    }
  };

  const revoke = (form: URLSearchParams): Response => {
    const client = signerOf(clients, form, ['action', 'client_id', 'nonce']);
    if (!client) return refuse(503, 'Invalid Params: invalid signature');
    const issuedAt = nonces.get(form.get('nonce') ?? '');
    nonces.delete(form.get('nonce') ?? '');
    if (issuedAt === undefined || now() - issuedAt >= nonceMs)
      return refuse(503, 'Invalid Params: invalid nonce');
    return grants.revoke(form.get('userid'), client.clientId)
      ? good({})
      : refuse(247, 'Invalid Params: invalid userid');
  };

  app.post('/v2/oauth2', async (c) => {
    const request = await c.req.raw.clone().text();
    const form = await readForm(c.req.raw, ledger);
    const action = form?.get('action');
    const token = form?.get('refresh_token') ?? form?.get('code') ?? '';
    const wearerId =
      action === 'revoke'
        ? wearers.all().find(({ id }) => `${withingsUserId(id)}` === form?.get('userid'))?.id
        : (grants.wearerOf(token) ?? codes.wearerOf(token));
    const fault = faults.take(wearerId, action === 'revoke' ? 'revoke' : 'token');
    return answerWithFault(fault, {
      delay,
      token,
      apply: () => {
        if (!form) return refuse(503, 'Invalid Params: Missing params');
        if (calls.count(form.get('client_id') ?? '').exceeded) return refuse(601, 'Too Many Requests');
        if (action === 'revoke') return revoke(form);
        if (action !== 'requesttoken') return refuse(2554, 'Not implemented');
        if (isTooSoon(request)) return refuse(601, 'Same arguments in less than 10 seconds');
        return requestToken(form);
      },
    });
  });

  app.post('/v2/signature', async (c) => {
    const form = await readForm(c.req.raw, ledger);
    return answerWithFault(faults.take(undefined, 'revoke'), {
      delay,
      apply: () => {
        if (form?.get('action') !== 'getnonce') return refuse(2554, 'Not implemented');
        const isNow = Math.abs(now() / 1000 - Number(form.get('timestamp'))) < 300;
        if (!isNow || !signerOf(clients, form, ['action', 'client_id', 'timestamp']))
          return refuse(503, 'Invalid Params: invalid signature');
        const nonce = randomBytes(20).toString('hex');
        nonces.set(nonce, now());
        return good({ nonce });
      },
    });
  });

  app.post('/v2/user', async (c) => {
    const form = await readForm(c.req.raw, ledger);
    const token = grants.findAccessToken(bearerToken(c.req.raw, ledger));
    const fault = faults.take(token?.wearerId, 'devices');
    if (token && arrives(fault)) grants.noteUse(token);
    return answerWithFault(fault, {
      delay,
      token: token?.value ?? '',
      apply: () => {
        const wearer = token && wearers.get(token.wearerId);
        if (!wearer || !grants.isLive(token))
          return refuse(401, 'XRequestID: Not provided invalid_token: The access token provided is invalid');
        if (calls.count(token.clientId).exceeded) return refuse(601, 'Too Many Requests');
        if (form?.get('action') !== 'getdevice') return refuse(2554, 'Not implemented');
        if (!token.scopes.includes('user.info'))
          return refuse(
            403,
            'XRequestID: [Not provided] - Insufficient_scope: The request requires higher privileges than provided by the access token',
          );
        return good({ devices: wearer.devices().map((device) => deviceOf(wearer, device)) });
      },
    });
  });

  app.all('*', () =>
    answerWithFault(faults.take(undefined), { delay, apply: () => refuse(2554, 'Not implemented') }),
  );

  return listen();
}

/** The client whose secret has signed the values of these parameters, which are in the order of their names. */
function signerOf(
  clients: readonly Client[],
  form: URLSearchParams,
  names: readonly string[],
): Client | undefined {
  const text = names.map((name) => form.get(name) ?? '').join(',');
  const client = clients.find(({ clientId }) => clientId === form.get('client_id'));
  const signature = client && createHmac('sha256', client.clientSecret).update(text).digest('hex');
  return signature === form.get('signature') ? client : undefined;
}

const types = { TRACKER: 'Activity Tracker', SCALE: 'Scale' } as const;

function deviceOf({ timeZone }: Wearer, device: DeviceReport): object {
  return {
    type: types[device.kind],
    battery: levelOf(device.batteryLevel),
    model: device.model,
    model_id: 0,
    timezone: timeZone,
    first_session_date: null,
    last_session_date: device.lastSyncAt === undefined ? null : Math.floor(device.lastSyncAt / 1000),
    deviceid: device.id,
    hash_deviceid: device.id,
  };
}

/** The borders are documented; that nothing is known is said so. */
function levelOf(percent: number | undefined): string {
  if (percent === undefined) return 'unknown';
  if (percent > 75) return 'high';
  return percent > 30 ? 'medium' : 'low';
}

const good = (body: object): Response => jsonResponse(200, JSON.stringify({ status: 0, body }));

const refuse = (status: number, error: string): Response => jsonResponse(200, withingsError(status, error));
