import { confirmAddress } from '../../../src/domain/wearer/confirm-address';
import type { Callback } from '../../../src/domain/wearer/accept-callback';
import { completeSignUp, type SignUpResult } from '../../../src/domain/wearer/complete-sign-up';
import { usableTokenSet, openAccess } from '../../../src/domain/rotation/usable-access';
import { rotateToken } from '../../../src/domain/rotation/rotate-token';
import { commitTokenSet } from '../../../src/domain/rotation/store-token-set';
import { deriveLink } from '../../../src/domain/contact/keyed-values';
import { connectionKey, identityKey, loginKey } from '../../../src/domain/store/row-keys';
import { setStopped } from '../../../src/domain/contact/addresses';
import { codeChallengeOf } from '../../../src/domain/rotation/oauth';
import { replaceLink } from '../../../src/domain/contact/personal-link';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { findAndWatch } from '../../support/find-and-watch';
import { AppError } from '../../../src/errors';
import { providerTable, type CheckJob, type Connection, type ProviderId } from '../../../src/model';
import type { Table } from '../../../src/ports';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed, secretsIn } from '../../support/revealed';
import { answer, answerLost, connectionRefused, type Reply } from '../../support/scripted-http';
import { createTestWorld, holdRecord, tokens, type TestWorld } from '../../support/world';
import { beginSignUp, type BegunSignUp } from '../../../src/domain/wearer/begin-sign-up';

const minute = 60_000;
const deviceScope = 'https://www.googleapis.com/auth/googlehealth.settings.readonly';
const phone = '+14255550123';

let world: TestWorld;
let startedAt: number;

const textConsent = { at: Date.parse('2026-11-21T05:59:00Z'), wording: '2026-11' };

const begin = (id: ProviderId = 'fitbit', number = phone): Promise<BegunSignUp> =>
  beginSignUp(world.ports, {
    provider: world.ports.providers.get(id)!,
    contact: { phone: new Secret(number), textConsent },
  });

/** The form without a number. */
const beginWithoutNumber = () => beginSignUp(world.ports, { provider: world.ports.providers.get('fitbit')! });

/** The browser comes back from the provider with a code. */
const comeBack = ({ state, codeVerifier }: BegunSignUp, more: Partial<Callback> = {}) =>
  completeSignUp(world.ports, { state, codeVerifier, code: new Secret('code-of-the-consent'), ...more });

/** From the form to the end, with what the provider answers in between. */
async function signUp(id: ProviderId, replies: readonly Reply[], number?: string) {
  world.http.script(...replies);
  return comeBack(await begin(id, number));
}
const googleTokens = (more: Record<string, unknown> = {}) =>
  answer(200, {
    access_token: 'ya29-1',
    refresh_token: '1//01',
    expires_in: 3599,
    scope: deviceScope,
    ...more,
  });
const googleIdentity = (healthUserId: string, legacyUserId?: string) =>
  answer(200, { name: 'users/me/identity', healthUserId, legacyUserId });
/** What is answered to a sign-up at these providers. */
const repliesTo = {
  fitbit: (more?: Record<string, unknown>): Reply[] => [answer(200, tokens(1, more))],
  'google-health': (more?: Record<string, unknown>): Reply[] => [
    googleTokens(more),
    googleIdentity('health-1'),
  ],
};

async function changeConnection(id: string, more: Partial<Connection>): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey(id)))!;
  await world.tables.connections.replace(row, { ...row.value, ...more });
}

const connections = () => world.tables.connections.values().map(revealed);
const saved = () => world.vault.saved.map(({ set }) => revealed(set));
const logins = () => world.tables.logins.values();

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('beginSignUp', () => {
  test('leads to the provider with a state and the challenge of a verifier', async () => {
    const { authorizeUrl, state, codeVerifier } = await begin('google-health');
    const { origin, pathname, searchParams } = new URL(authorizeUrl);
    expect(origin + pathname).toBe('https://accounts.google.com/o/oauth2/v2/auth');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      state,
      code_challenge: codeChallengeOf(codeVerifier),
      code_challenge_method: 'S256',
      redirect_uri: 'https://tokens.example.com/api/oauth/callback',
    });
    expect(authorizeUrl).not.toContain(codeVerifier);
    expect(authorizeUrl).not.toContain(phone.slice(1));
  });

  test('keeps the login under a hash of its state for ten minutes, without the verifier', async () => {
    const { state, codeVerifier } = await begin();
    const row = await world.tables.logins.get(loginKey(state));
    expect(revealed(row?.value)).toEqual({
      provider: 'fitbit',
      codeChallenge: codeChallengeOf(codeVerifier),
      phone,
      textConsent,
      expiresAt: startedAt + 10 * minute,
    });
    expect(JSON.stringify(revealed(row))).not.toContain(state);
    expect(JSON.stringify(revealed(row))).not.toContain(codeVerifier);
  });

  test('gives every sign-up a state and a verifier of its own', async () => {
    const [one, other] = [await begin(), await begin()];
    expect(new Set([one.state, one.codeVerifier, other.state, other.codeVerifier]).size).toBe(4);
    expect(logins()).toHaveLength(2);
  });
});

describe('a wearer who signs up for the first time', () => {
  test('with Fitbit gets a connection, an identity and a current token set', async () => {
    await expect(signUp('fitbit', [answer(200, tokens(1))])).resolves.toEqual({
      outcome: 'connected',
      connection: 'id-4',
      provider: 'Fitbit',
      reconnected: false,
      missingScopes: [],
      link: await deriveLink(world.ports, 'id-4', 1),
      confirmation: { ticket: expect.stringMatching(/^[\w-]{43}$/), sent: 'sent' },
    });
    expect(connections()).toEqual([
      {
        id: 'id-4',
        provider: 'fitbit',
        createdAt: startedAt,
        consentReserved: 1,
        missingScopes: [],
        identities: [identityKey('fitbit', 'ABC123').row],
        confirmBy: startedAt + 24 * 60 * minute,
        pointer: {
          consent: 1,
          generation: 1,
          secretVersion: 'version-1',
          expiresAt: startedAt + 28_800_000,
          rotatedAt: startedAt,
          consentedAt: startedAt,
        },
      },
    ]);
    expect((await world.tables.connections.get(connectionKey('id-4')))?.value.id).toBe('id-4');
    expect((await world.tables.identities.get(identityKey('fitbit', 'ABC123')))?.value).toEqual({
      connection: 'id-4',
    });
    expect(saved()).toEqual([
      {
        connection: 'id-4',
        provider: 'fitbit',
        consent: 1,
        generation: 1,
        accessToken: 'access-1',
        refreshToken: 'refresh-1',
        issuedAt: startedAt,
        consentedAt: startedAt,
        expiresAt: startedAt + 28_800_000,
        refreshExpiresAt: undefined,
        scopes: ['settings', 'profile'],
        providerUserId: 'ABC123',
        journalKey: expect.stringMatching(/^token-5-/),
      },
    ]);
    expect(world.log.events()).toEqual(['sms.send', 'connection.connected']);
    expect(world.log.entries.slice(1)).toEqual([
      {
        level: 'info',
        event: 'connection.connected',
        fields: { connection: 'id-4', outcome: 'new', count: 0 },
      },
    ]);
  });

  test('is exchanged for tokens with the code, the verifier and the same redirect address', async () => {
    world.http.script(answer(200, tokens(1)));
    const begun = await begin();
    await comeBack(begun);
    expect(world.http.requests.map(revealed)).toEqual([
      {
        method: 'POST',
        url: 'https://api.fitbit.com/oauth2/token',
        timeoutMs: 10_000,
        authorization: { username: 'fitbit-client', password: 'fitbit-secret' },
        form: {
          grant_type: 'authorization_code',
          code: 'code-of-the-consent',
          code_verifier: begun.codeVerifier,
          redirect_uri: 'https://tokens.example.com/api/oauth/callback',
        },
      },
    ]);
  });

  test('with Google is asked for by a call of its own, with the new access token', async () => {
    const result = await signUp('google-health', [googleTokens(), googleIdentity('health-1')]);
    expect(result).toMatchObject({ outcome: 'connected', provider: 'Google Health', reconnected: false });
    expect(revealed(world.http.requests[1])).toEqual({
      method: 'GET',
      url: 'https://health.googleapis.com/v4/users/me/identity',
      headers: {},
      authorization: { bearer: 'ya29-1' },
      timeoutMs: 10_000,
    });
    expect(saved()).toEqual([
      expect.objectContaining({
        provider: 'google-health',
        refreshToken: '1//01',
        providerUserId: 'health-1',
      }),
    ]);
    expect(world.tables.identities.values()).toHaveLength(1);
    expect(await world.tables.identities.get(identityKey('google-health', 'health-1'))).toBeDefined();
  });

  test('without a number is connected, has none, and need not confirm anything', async () => {
    world.http.script(answer(200, tokens(1)));
    const result = await comeBack(await beginWithoutNumber());
    expect(result).toMatchObject({ outcome: 'connected', confirmation: undefined });
    const [connection] = world.tables.connections.values();
    expect([connection?.phone, connection?.confirmBy]).toEqual([undefined, undefined]);
    expect([world.tables.confirmations.values(), world.sms.sent]).toEqual([[], []]);
  });

  test('has tokens that age from when they were asked for, not from a late answer', async () => {
    const late = () => {
      world.clock.advance(9_000);
      return answer(200, tokens(1));
    };
    await signUp('fitbit', [late]);
    expect(saved()).toEqual([
      expect.objectContaining({
        issuedAt: startedAt,
        expiresAt: startedAt + 28_800_000,
        refreshExpiresAt: undefined,
      }),
    ]);
  });

  test('and gave access for a limited time has a refresh token that ends', async () => {
    await signUp('google-health', [
      googleTokens({ refresh_token_expires_in: 604_800 }),
      googleIdentity('health-1'),
    ]);
    expect(saved()).toEqual([expect.objectContaining({ refreshExpiresAt: startedAt + 604_800_000 })]);
  });
});

describe('a grant that is to end seven days after the consent, as in publishing status Testing', () => {
  const alarmed = () => world.tables.alarms.values().map(({ name }) => name);
  const day = 24 * 60 * minute;

  test.each<[string, keyof typeof repliesTo, unknown, boolean]>([
    ['604800 s', 'google-health', 604_800, true],
    ['604799 s, as in the provider’s own example', 'google-health', 604_799, true],
    ['three days', 'google-health', 3 * 86_400, false],
    ['thirty days', 'google-health', 30 * 86_400, false],
    ['no end', 'google-health', undefined, false],
    ['seven days at a provider that has no such status', 'fitbit', 604_800, false],
  ])('%s at %s: an alarm at once or not', async (_, id, refresh_token_expires_in, expected) => {
    const replies = repliesTo[id]({ refresh_token_expires_in });
    await expect(signUp(id, replies)).resolves.toMatchObject({ outcome: 'connected' });
    expect(alarmed()).toEqual(expected ? ['publishing status Testing suspected'] : []);
  });

  test('is texted to the operator by a job, and over when no such grant is left', async () => {
    world = createTestWorld({ operatorPhone: new Secret('+14255550999') });
    const replies = [googleTokens({ refresh_token_expires_in: 604_800 }), googleIdentity('health-1')];
    await signUp('google-health', replies);
    const jobs = world.queues.jobs.splice(0).map(({ job }) => job as CheckJob);
    expect(jobs.map(({ connection, run }) => [connection, run])).toEqual([
      ['operator', 'recheck'],
      [world.tables.connections.values()[0]!.id, 'consent'],
    ]);
    await runCheckJob(world.ports, jobs[0]!);
    expect(world.sms.sent.at(-1)?.body).toBe(
      'Fitbit Token Service: ALARM: publishing status Testing suspected. See docs/operations.md.',
    );
    await findAndWatch(world.ports);
    world.clock.advance(day);
    await findAndWatch(world.ports);
    const alarm = () => world.tables.alarms.values()[0];
    expect(alarm()).toMatchObject({ name: 'publishing status Testing suspected', count: 1 });
    expect(alarm()?.endedAt).toBeUndefined();
    const { pointer, id } = world.tables.connections.values()[0]!;
    await changeConnection(id, { pointer: { ...pointer!, refreshExpiresAt: undefined } });
    await findAndWatch(world.ports);
    expect(alarm()?.endedAt).toBe(world.clock.now());
  });

  test('spoils no consent when the alarm cannot be written', async () => {
    world.tables.alarms.get = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'down'));
    const replies = [googleTokens({ refresh_token_expires_in: 604_800 }), googleIdentity('health-1')];
    await expect(signUp('google-health', replies)).resolves.toMatchObject({ outcome: 'connected' });
    expect(world.log.entries).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'alarm.not_noted' }),
    );
  });
});

describe('the number', () => {
  const other = '+14255550199';
  /** Types in what was texted last. */
  const confirmLast = (ticket: string) => {
    const [, code = ''] = /code is (\d{6})/.exec(world.sms.sent.at(-1)?.body ?? '') ?? [];
    return confirmAddress(world.ports, ticket, new Secret(code));
  };
  const ticketOf = (result: SignUpResult): string => {
    if (result.outcome !== 'connected' || !result.confirmation)
      throw new Error('A confirmation was expected.');
    return result.confirmation.ticket;
  };
  const again = (number?: string) => signUp('fitbit', [answer(200, tokens(2))], number);
  const record = () => world.tables.connections.values()[0];
  const numberOf = () => revealed(record()?.phone);

  test('is not taken before it is confirmed: a code is texted, and the connection waits for a day', async () => {
    const result = await signUp('fitbit', [answer(200, tokens(1))]);
    expect(result).toMatchObject({ confirmation: { sent: 'sent' } });
    expect(record()).toMatchObject({ confirmBy: startedAt + 24 * 60 * minute });
    expect(numberOf()).toBeUndefined();
    expect(revealed(world.tables.confirmations.values())).toEqual([
      expect.objectContaining({ connection: 'id-4', phone, textConsent, codeNumber: 1, triesLeft: 5 }),
    ]);
    expect(await confirmLast(ticketOf(result))).toBe('confirmed');
    expect(revealed(record())).toMatchObject({ phone, textConsent });
    expect(record()?.confirmBy).toBeUndefined();
  });

  test.each<[string, () => unknown, string]>([
    ['texts are not set up', () => (world.sms.missing = ['SMS_FROM']), 'not sent'],
    [
      'the number has said STOP',
      () => setStopped(world.ports, { way: 'sms', to: new Secret(phone) }, { at: 1, stopped: true }),
      'sent',
    ],
  ])('gets no code while %s; the wearer is connected all the same', async (_, arrange, sent) => {
    await arrange();
    const result = await signUp('fitbit', [answer(200, tokens(1))]);
    expect(result).toMatchObject({ outcome: 'connected', confirmation: { sent } });
    expect(record()).toMatchObject({ pointer: { generation: 1 }, confirmBy: startedAt + 24 * 60 * minute });
    expect(world.sms.sent).toEqual([]);
  });

  test('that a client has asked for too often gets no code', async () => {
    for (let n = 0; n < 6; n += 1) {
      world.http.script(answer(200, tokens(1, { user_id: `user-${n}` })));
      const result = await comeBack(await begin(), { client: 'client-1' });
      expect(result).toMatchObject({ confirmation: { sent: n < 5 ? 'sent' : 'limited' } });
    }
    expect(world.sms.sent).toHaveLength(5);
  });

  test('that is theirs already is asked for no code when they come again, and its consent is the newest', async () => {
    await confirmLast(ticketOf(await signUp('fitbit', [answer(200, tokens(1))])));
    const texts = world.sms.sent.length;
    const newer = { at: startedAt + 1, wording: '2027-01' };
    world.http.script(answer(200, tokens(2)));
    const provider = world.ports.providers.get('fitbit')!;
    const begun = await beginSignUp(world.ports, {
      provider,
      contact: { phone: new Secret(phone), textConsent: newer },
    });
    await expect(comeBack(begun)).resolves.toMatchObject({ reconnected: true, confirmation: undefined });
    expect(revealed(record())).toMatchObject({ phone, textConsent: newer });
    expect(record()?.confirmBy).toBeUndefined();
    expect(world.sms.sent.slice(texts).map(({ body }) => body)).toEqual([
      expect.stringContaining('Fitbit was connected again.'),
    ]);
  });

  test('of somebody who comes with another one stays until that is confirmed, and nothing is deleted for it', async () => {
    await confirmLast(ticketOf(await signUp('fitbit', [answer(200, tokens(1))])));
    const result = await again(other);
    expect(result).toMatchObject({ confirmation: { sent: 'sent' } });
    expect([numberOf(), record()?.confirmBy]).toEqual([phone, undefined]);
    expect(await confirmLast(ticketOf(result))).toBe('confirmed');
    expect(numberOf()).toBe(other);
  });

  test('is taken away by an empty field: no texts are wanted any more', async () => {
    await confirmLast(ticketOf(await signUp('fitbit', [answer(200, tokens(1))])));
    world.http.script(answer(200, tokens(2)));
    await comeBack(await beginWithoutNumber());
    expect(record()).toMatchObject({ consentReserved: 2, phone: undefined, textConsent: undefined });
    expect(world.tables.numbers.values()).toEqual([]);
  });

  test('left empty at the second time ends the wait for the one of the first', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    world.http.script(answer(200, tokens(2)));
    await comeBack(await beginWithoutNumber());
    expect(record()?.confirmBy).toBeUndefined();
  });

  test('entered once more by somebody who never confirmed it gives them another day', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    world.clock.advance(23 * 60 * minute);
    await again();
    expect(record()?.confirmBy).toBe(startedAt + 47 * 60 * minute);
  });

  test('entered for the first time by somebody who had none is no reason to delete them', async () => {
    world.http.script(answer(200, tokens(1)));
    await comeBack(await beginWithoutNumber());
    await expect(again()).resolves.toMatchObject({ confirmation: { sent: 'sent' } });
    expect([numberOf(), record()?.confirmBy]).toEqual([undefined, undefined]);
  });
});

describe('a wearer who reconnects from their own page', () => {
  const known = (id: string) => world.tables.connections.values().find((each) => each.id === id)!;
  const beginReconnect = () => {
    const provider = world.ports.providers.get('fitbit')!;
    return beginSignUp(world.ports, { provider, reconnects: known('id-4') });
  };
  const reconnect = async (more: Record<string, unknown> = {}) => {
    world.http.script(answer(200, tokens(2, more)));
    return comeBack(await beginReconnect());
  };
  const expectRevoked = (token: string) =>
    expect(revealed(world.http.requests.at(-1))).toMatchObject({
      url: 'https://api.fitbit.com/oauth2/revoke',
      form: { token },
    });

  beforeEach(async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    const preferences = { threshold: 30, quietHours: { from: 1320, to: 420 } };
    const confirmed = { phone: new Secret(phone), textConsent, confirmBy: undefined };
    await changeConnection('id-4', { ...confirmed, preferences, linkVersion: 2 });
  });

  test('keeps number, consent to texts, preferences and link, and enters nothing', async () => {
    const texts = world.sms.sent.length;
    await expect(reconnect()).resolves.toMatchObject({
      outcome: 'connected',
      connection: 'id-4',
      reconnected: true,
      link: await deriveLink(world.ports, 'id-4', 2),
      confirmation: undefined,
    });
    expect(connections()).toEqual([
      expect.objectContaining({
        phone,
        textConsent,
        preferences: { threshold: 30, quietHours: { from: 1320, to: 420 } },
        linkVersion: 2,
        consentReserved: 2,
        pointer: expect.objectContaining({ consent: 2 }),
      }),
    ]);
    // Who had access before is told.
    expect(world.sms.sent.slice(texts).map(({ to, body }) => [to.reveal(), body])).toEqual([
      [phone, expect.stringContaining('Fitbit was connected again.')],
    ]);
  });

  test('with another account is refused, and nothing is made or changed', async () => {
    const before = connections();
    world.http.script(answer(200, tokens(2, { user_id: 'XYZ789' })), answer(200));
    await expect(comeBack(await beginReconnect())).resolves.toEqual({
      outcome: 'refused',
      why: 'other account',
      provider: 'Fitbit',
      account: { at: 'Fitbit', name: undefined },
      link: await deriveLink(world.ports, 'id-4', 2),
    });
    expect(connections()).toEqual(before);
    expectRevoked('access-2');
    expect(world.tables.identities.values()).toEqual([{ connection: 'id-4' }]);
    expect(saved()).toHaveLength(1);
  });

  test('with the account of somebody else is refused, and theirs is left alone', async () => {
    await signUp('fitbit', [answer(200, tokens(3, { user_id: 'XYZ789' }))], '+14255550199');
    const before = connections();
    await expect(reconnect({ user_id: 'XYZ789' })).resolves.toMatchObject({ why: 'other account' });
    expect(connections()).toEqual(before);
    // Their grant is what their own connection lives on.
    expect(world.http.requests.filter(({ url }) => url.endsWith('/revoke'))).toEqual([]);
  });

  test('with another account while the provider takes nothing back is refused all the same', async () => {
    world.http.script(answer(200, tokens(2, { user_id: 'XYZ789' })), answer(503));
    await expect(comeBack(await beginReconnect())).resolves.toMatchObject({ why: 'other account' });
    expect(world.log.entries.at(-2)).toEqual({
      level: 'info',
      event: 'consent.revoked',
      fields: { provider: 'fitbit', outcome: 'not revoked' },
    });
  });

  test('at the successor, with the id of their account here, keeps the connection', async () => {
    const provider = world.ports.providers.get('google-health')!;
    world.http.script(googleTokens(), googleIdentity('health-1', 'ABC123'));
    const begun = await beginSignUp(world.ports, { provider, reconnects: known('id-4') });
    await expect(comeBack(begun)).resolves.toMatchObject({ connection: 'id-4', provider: 'Google Health' });
    expect(connections()).toEqual([expect.objectContaining({ provider: 'google-health', phone })]);
  });

  test.each([
    ['and everything is erased', true],
    ['and it is only closing', false],
  ])(
    'and disconnected meanwhile on another page, %s, gets no new connection, and the grant is revoked',
    async (_, erased) => {
      const begun = await beginReconnect();
      await changeConnection('id-4', { closedAt: startedAt });
      if (erased)
        for await (const row of world.tables.identities.list()) await world.tables.identities.remove(row);
      world.http.script(answer(200, tokens(2)), answer(200));
      await expect(comeBack(begun)).resolves.toMatchObject({ why: 'disconnected' });
      expect(connections()).toHaveLength(1);
      expect(world.vault.saved).toHaveLength(1);
      expectRevoked('access-2');
    },
  );

  test.each([
    ['the right account', {}, []],
    ['another one', { user_id: 'XYZ789' }, [answer(200)]],
  ])('with %s while somebody replaces the link learns nothing of the new one', async (_, more, revoked) => {
    const begun = await beginReconnect();
    world.http.script(
      async () => {
        await replaceLink(world.ports, known('id-4'));
        return answer(200, tokens(2, more));
      },
      ...revoked,
    );
    await expect(comeBack(begun)).resolves.toMatchObject({ link: await deriveLink(world.ports, 'id-4', 2) });
    expect(known('id-4').linkVersion).toBe(3);
  });

  test('whose link was replaced meanwhile learns nothing, and nothing is connected: somebody else had seen it', async () => {
    const provider = world.ports.providers.get('fitbit')!;
    const begun = await beginSignUp(world.ports, { provider, reconnects: known('id-4') });
    await replaceLink(world.ports, known('id-4'));
    await expect(comeBack(begun)).resolves.toEqual({ outcome: 'refused', why: 'state expired' });
    expect(world.http.requests.filter(({ url }) => url.includes('token'))).toHaveLength(1);
  });

  test('and says no at the provider is led back to where they came from', async () => {
    const provider = world.ports.providers.get('fitbit')!;
    const begun = await beginSignUp(world.ports, { provider, reconnects: known('id-4') });
    await expect(comeBack(begun, { code: undefined, error: 'access_denied' })).resolves.toMatchObject({
      why: 'consent denied',
      link: await deriveLink(world.ports, 'id-4', 2),
    });
  });
});

describe('who says that it answers (RFC 9207)', () => {
  const google = 'https://accounts.google.com';

  test.each<[keyof typeof repliesTo, string | undefined, string | undefined]>([
    ['google-health', google, undefined],
    ['google-health', undefined, undefined],
    ['fitbit', undefined, undefined],
    ['google-health', `${google}/`, 'other provider'],
    ['google-health', 'https://accounts.google.com.evil.example', 'other provider'],
    ['google-health', '', 'other provider'],
    ['fitbit', google, 'other provider'],
  ])('to a sign-up at %s as %s is judged: %s', async (id, issuer, why) => {
    const begun = await begin(id);
    if (!why) world.http.script(...repliesTo[id]());
    const result = await comeBack(begun, { issuer });
    expect(result).toMatchObject(why ? { outcome: 'refused', why } : { outcome: 'connected' });
    expect(world.http.requests.length > 0).toBe(why === undefined);
  });

  test('is looked at before anything it says: a code of one provider is not given to another', async () => {
    const begun = await begin('fitbit');
    await expect(comeBack(begun, { issuer: google, error: 'access_denied' })).resolves.toMatchObject({
      why: 'other provider',
    });
    expect(logins()[0]?.consumedBy).toBe('id-3');
    expect(secretsIn(logins())).toEqual([]);
  });
});

describe('the scopes of a consent', () => {
  test.each([
    ['all granted', 'settings profile', []],
    ['all granted, in another order and with one more', 'profile weight settings', []],
    ['absent, which means that all were granted (RFC 6749 §5.1)', undefined, []],
    ['an optional one refused', 'settings', ['profile']],
  ])('%s: the wearer is connected, and what is missing is recorded', async (_, scope, missingScopes) => {
    const result = await signUp('fitbit', [answer(200, tokens(1, { scope }))]);
    expect(result).toMatchObject({ outcome: 'connected', missingScopes });
    expect(connections()).toEqual([expect.objectContaining({ missingScopes })]);
    expect(saved()).toEqual([
      expect.objectContaining({ scopes: scope === undefined ? ['settings', 'profile'] : scope.split(' ') }),
    ]);
    expect(world.log.entries.at(-1)?.fields.count).toBe(missingScopes.length);
  });

  test('given completely by a second consent are not missing any more', async () => {
    await signUp('fitbit', [answer(200, tokens(1, { scope: 'settings' }))]);
    await signUp('fitbit', [answer(200, tokens(2))]);
    expect(connections()).toEqual([expect.objectContaining({ consentReserved: 2, missingScopes: [] })]);
  });
});

describe('the same person again', () => {
  test('keeps the connection and gets the next consent', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    world.clock.advance(60 * minute);
    await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({
      outcome: 'connected',
      connection: 'id-4',
      reconnected: true,
    });
    expect(connections()).toEqual([
      expect.objectContaining({
        id: 'id-4',
        createdAt: startedAt,
        consentReserved: 2,
        pointer: {
          consent: 2,
          generation: 1,
          secretVersion: 'version-2',
          expiresAt: world.clock.now() + 28_800_000,
          rotatedAt: world.clock.now(),
          consentedAt: world.clock.now(),
        },
      }),
    ]);
    expect(world.tables.identities.values()).toEqual([{ connection: 'id-4' }]);
    // Nothing points at the consent before any more.
    expect(saved()).toEqual([
      expect.objectContaining({ consent: 2, generation: 1, refreshToken: 'refresh-2' }),
    ]);
    expect(world.log.entries.at(-1)?.fields).toEqual({
      connection: 'id-4',
      outcome: 'reconnected',
      count: 0,
    });
  });

  test('at the predecessor after all keeps the connection too', async () => {
    await signUp('google-health', [googleTokens(), googleIdentity('health-1', 'ABC123')]);
    await expect(signUp('fitbit', [answer(200, tokens(1))])).resolves.toMatchObject({
      outcome: 'connected',
      connection: 'id-4',
      reconnected: true,
    });
    expect(connections()).toEqual([
      expect.objectContaining({ provider: 'fitbit', pointer: expect.objectContaining({ consent: 2 }) }),
    ]);
  });

  test('heals a connection that had to be reconnected', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', {
      refusal: { consent: 1, generation: 1, firstAt: startedAt, confirmedAt: startedAt },
      failedAttempt: { at: startedAt, code: 'GRANT_REFUSED' },
    });
    await signUp('fitbit', [answer(200, tokens(2))]);
    expect(world.tables.connections.values()[0]).toMatchObject({
      refusal: undefined,
      failedAttempt: undefined,
    });
  });

  test('through Google, with the id of their Fitbit account, keeps the Fitbit connection', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await expect(
      signUp('google-health', [googleTokens(), googleIdentity('health-1', 'ABC123')]),
    ).resolves.toMatchObject({ connection: 'id-4', provider: 'Google Health', reconnected: true });
    expect(connections()).toEqual([
      expect.objectContaining({
        id: 'id-4',
        provider: 'google-health',
        consentReserved: 2,
        pointer: expect.objectContaining({ consent: 2, secretVersion: 'version-2' }),
      }),
    ]);
    const google = await world.tables.identities.get(identityKey('google-health', 'health-1'));
    const fitbit = await world.tables.identities.get(identityKey('fitbit', 'ABC123'));
    expect([google?.value, fitbit?.value]).toEqual([{ connection: 'id-4' }, { connection: 'id-4' }]);
    expect(saved().at(-1)).toMatchObject({
      provider: 'google-health',
      providerUserId: 'health-1',
      consent: 2,
    });
  });

  test('through Google a second time is known by the Google identity alone', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await signUp('google-health', [googleTokens(), googleIdentity('health-1', 'ABC123')]);
    await expect(
      signUp('google-health', [googleTokens(), googleIdentity('health-1')]),
    ).resolves.toMatchObject({
      connection: 'id-4',
      reconnected: true,
    });
    expect(connections()).toEqual([expect.objectContaining({ consentReserved: 3 })]);
  });

  test('in two browsers at once has one connection, and both consents are numbered', async () => {
    world.http.script(answer(200, tokens(1)), answer(200, tokens(2)));
    const [one, other] = [await begin(), await begin()];
    const results = await Promise.all([comeBack(one), comeBack(other)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['connected', 'connected']);
    expect(world.tables.identities.values()).toHaveLength(1);
    expect(connections()).toEqual([
      expect.objectContaining({ consentReserved: 2, pointer: expect.objectContaining({ consent: 2 }) }),
    ]);
    expect(world.vault.saved.map(({ set }) => set.consent)).toEqual([2]);
  });
});

describe('another person', () => {
  test('at the same provider gets another connection', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    const result = await signUp('fitbit', [answer(200, tokens(2, { user_id: 'XYZ789' }))], '+14255550199');
    expect(result).toMatchObject({ outcome: 'connected', reconnected: false });
    expect(connections()).toEqual([
      expect.objectContaining({ consentReserved: 1 }),
      expect.objectContaining({ consentReserved: 1 }),
    ]);
    expect(world.sms.sent.map(({ to }) => to.reveal())).toEqual([phone, '+14255550199']);
    expect(new Set(world.tables.identities.values().map(({ connection }) => connection)).size).toBe(2);
  });

  test.each([
    ['who had another Fitbit account', 'XYZ789'],
    ['who never had a Fitbit account', undefined],
    ['whose Fitbit id is empty', ''],
  ])('at Google %s gets another connection', async (_, legacyUserId) => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    const result = await signUp('google-health', [googleTokens(), googleIdentity('health-1', legacyUserId)]);
    expect(result).toMatchObject({ outcome: 'connected', reconnected: false });
    expect(connections()).toHaveLength(2);
  });

  test('whose Google id is the Fitbit id of somebody else gets another connection', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await signUp('google-health', [googleTokens(), googleIdentity('ABC123')]);
    expect(connections()).toHaveLength(2);
  });
});

describe('the state', () => {
  test('is consumed, and the number in it forgotten, before the code is exchanged', async () => {
    let during: unknown;
    const reply = () => {
      during = logins()[0];
      return answer(200, tokens(1));
    };
    await signUp('fitbit', [reply]);
    expect(during).toMatchObject({ consumedBy: 'id-3', phone: undefined, textConsent: undefined });
    expect(secretsIn(logins())).toEqual([]);
    expect(secretsIn(world.tables.confirmations.values())).toEqual([phone]);
  });

  test('works once', async () => {
    world.http.script(answer(200, tokens(1)));
    const begun = await begin();
    await comeBack(begun);
    await expect(comeBack(begun)).resolves.toEqual({ outcome: 'refused', why: 'state used' });
    expect(world.http.requests).toHaveLength(1);
    expect(world.vault.saved).toHaveLength(1);
  });

  test('works once when the browser comes back twice at the same time', async () => {
    world.http.script(answer(200, tokens(1)));
    const begun = await begin();
    const results = await Promise.all([comeBack(begun), comeBack(begun)]);
    expect(
      results.map((result) => (result.outcome === 'refused' ? result.why : result.outcome)).sort(),
    ).toEqual(['connected', 'state used']);
    expect(world.http.requests).toHaveLength(1);
  });

  test('is used up by an exchange that fails', async () => {
    world.http.script(answerLost);
    const begun = await begin();
    await expect(comeBack(begun)).resolves.toMatchObject({ why: 'provider unavailable' });
    await expect(comeBack(begun)).resolves.toMatchObject({ why: 'state used' });
  });

  test.each([
    ['that nobody was given', 'made-up'],
    ['that is empty', ''],
  ])('%s is unknown', async (_, state) => {
    await expect(comeBack(await begin(), { state })).resolves.toEqual({
      outcome: 'refused',
      why: 'state unknown',
    });
    expect(logins()[0]?.consumedBy).toBeUndefined();
  });

  test('is good until ten minutes are over', async () => {
    const begun = await begin();
    world.clock.advance(10 * minute - 1);
    world.http.script(answer(200, tokens(1)));
    await expect(comeBack(begun)).resolves.toMatchObject({ outcome: 'connected' });
  });

  test('is not good when ten minutes are over', async () => {
    const begun = await begin();
    world.clock.advance(10 * minute);
    await expect(comeBack(begun)).resolves.toEqual({ outcome: 'refused', why: 'state expired' });
    expect(connections()).toEqual([]);
  });
});

describe('another browser', () => {
  const strangers: [string, string | undefined][] = [
    ['without the cookie', undefined],
    ['with an empty cookie', ''],
    ['with the cookie of another sign-up', 'token-99-of-somebody-else'],
  ];

  test.each(strangers)('%s is refused, and the right one can still finish', async (_, codeVerifier) => {
    const begun = await begin();
    await expect(comeBack(begun, { codeVerifier })).resolves.toEqual({
      outcome: 'refused',
      why: 'other browser',
    });
    expect(logins()[0]).toMatchObject({ phone: expect.any(Secret) });
    expect(logins()[0]?.consumedBy).toBeUndefined();
    world.http.script(answer(200, tokens(1)));
    await expect(comeBack(begun)).resolves.toMatchObject({ outcome: 'connected' });
  });

  test.each(strangers)(
    '%s that comes back to a finished sign-up is told that it is finished: phones reload restored tabs',
    async (_, codeVerifier) => {
      world.http.script(answer(200, tokens(1)));
      const begun = await begin();
      await comeBack(begun);
      await expect(comeBack(begun, { codeVerifier })).resolves.toEqual({
        outcome: 'refused',
        why: 'state used',
      });
    },
  );

  test.each(strangers)('%s does not learn that the state has expired', async (_, codeVerifier) => {
    const begun = await begin();
    world.clock.advance(11 * minute);
    await expect(comeBack(begun, { codeVerifier })).resolves.toEqual({
      outcome: 'refused',
      why: 'other browser',
    });
  });

  test('cannot refuse consent in the place of the wearer', async () => {
    const begun = await begin();
    const denied = { codeVerifier: undefined, code: undefined, error: 'access_denied' };
    await expect(comeBack(begun, denied)).resolves.toMatchObject({ why: 'other browser' });
    expect(logins()[0]?.consumedBy).toBeUndefined();
  });
});

describe('a sign-up that the provider does not finish', () => {
  test.each<[string, Partial<Callback>, string]>([
    ['the wearer says no', { code: undefined, error: 'access_denied' }, 'consent denied'],
    ['an error comes back', { code: undefined, error: 'server_error' }, 'provider error'],
    ['an error comes back with a code', { error: 'temporarily_unavailable' }, 'provider error'],
    ['neither a code nor an error comes back', { code: undefined }, 'provider error'],
  ])('because %s asks for nothing, stores nothing and forgets the number', async (_, callback, why) => {
    await expect(comeBack(await begin(), callback)).resolves.toEqual({
      outcome: 'refused',
      why,
      provider: 'Fitbit',
    });
    expect(world.http.requests).toEqual([]);
    expect(connections()).toEqual([]);
    expect(secretsIn(logins())).toEqual([]);
    expect(logins()[0]?.consumedBy).toBe('id-3');
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'connection.refused', fields: { reason: why } },
    ]);
  });

  test.each<[string, ProviderId, string]>([
    ['admin_policy_enforced', 'google-health', 'account not allowed'],
    ['access_not_configured', 'google-health', 'account not allowed'],
    ['policy_enforced', 'google-health', 'account not allowed'],
    ['org_internal', 'google-health', 'account not allowed'],
    ['access_denied', 'google-health', 'consent denied'],
    ['disallowed_useragent', 'google-health', 'provider error'],
    ['admin_policy_enforced', 'fitbit', 'provider error'],
  ])('with %s from %s is refused with what the wearer can do', async (error, id, why) => {
    const refused = await comeBack(await begin(id), { code: undefined, error });
    expect(refused).toEqual({ outcome: 'refused', why, provider: providerTable[id].name });
    expect(world.http.requests).toEqual([]);
  });

  const fitbitError = (errorType: string) => ({ errors: [{ errorType, message: 'code-of-the-consent' }] });
  const apiError = (status: string, reason: string) => ({ error: { status, details: [{ reason }] } });
  test.each<[string, ProviderId, Reply[], string]>([
    ['a dead code', 'fitbit', [answer(400, fitbitError('invalid_grant'))], 'code refused'],
    ['a dead code', 'google-health', [answer(400, { error: 'invalid_grant' })], 'code refused'],
    ['a wrong client secret', 'fitbit', [answer(401, fitbitError('invalid_client'))], 'not configured'],
    ['a deleted client', 'google-health', [answer(401, { error: 'deleted_client' })], 'not configured'],
    [
      'another redirect address',
      'google-health',
      [answer(400, { error: 'redirect_uri_mismatch' })],
      'not configured',
    ],
    [
      'an account that its administrator restricts',
      'google-health',
      [answer(400, { error: 'admin_policy_enforced' })],
      'account not allowed',
    ],
    ['a service that is switched off', 'fitbit', [answer(410)], 'provider retired'],
    ['too many requests', 'fitbit', [answer(429)], 'provider unavailable'],
    ['a conflict', 'fitbit', [answer(409)], 'provider unavailable'],
    ['an outage', 'google-health', [answer(503)], 'provider unavailable'],
    ['no connection', 'fitbit', [connectionRefused], 'provider unavailable'],
    ['no answer', 'google-health', [answerLost], 'provider unavailable'],
    ['an answer that cannot be read', 'fitbit', [answer(200, 'oops')], 'provider unavailable'],
    [
      'no scope for devices',
      'fitbit',
      [answer(200, tokens(1, { scope: 'profile' })), answer(200)],
      'device scope missing',
    ],
    ['no scope at all', 'google-health', [googleTokens({ scope: '' })], 'device scope missing'],
    ['no refresh token', 'google-health', [googleTokens({ refresh_token: undefined })], 'no refresh token'],
    [
      'no refresh token',
      'fitbit',
      [answer(200, tokens(1, { refresh_token: undefined })), answer(200)],
      'no refresh token',
    ],
    ['no user id', 'fitbit', [answer(200, tokens(1, { user_id: undefined }))], 'provider unavailable'],
    [
      'an identity that the scopes do not cover',
      'google-health',
      [googleTokens(), answer(403, apiError('PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'))],
      'device scope missing',
    ],
    [
      'an API that is not enabled',
      'google-health',
      [googleTokens(), answer(403, apiError('PERMISSION_DENIED', 'SERVICE_DISABLED'))],
      'not configured',
    ],
    ['an outage at the identity', 'google-health', [googleTokens(), answer(500)], 'provider unavailable'],
    ['no answer at the identity', 'google-health', [googleTokens(), answerLost], 'provider unavailable'],
    [
      'an identity that cannot be read',
      'google-health',
      [googleTokens(), answer(200, {})],
      'provider unavailable',
    ],
    [
      'a project that is not admitted',
      'google-health',
      [googleTokens(), answer(403, apiError('PERMISSION_DENIED', 'API_PRIVATE_PREVIEW_ACCESS_DENIED'))],
      'not configured',
    ],
    [
      'a scope of another API',
      'google-health',
      [googleTokens(), answer(403, apiError('PERMISSION_DENIED', 'DISALLOWED_OAUTH_SCOPES'))],
      'not configured',
    ],
  ])('%s at %s stores nothing', async (_, id, replies, why) => {
    const provider = providerTable[id].name;
    await expect(signUp(id, replies)).resolves.toEqual({ outcome: 'refused', why, provider });
    expect(world.http.requests).toHaveLength(replies.length);
    expect(connections()).toEqual([]);
    expect(world.tables.identities.values()).toEqual([]);
    expect(world.vault.saved).toEqual([]);
    expect(secretsIn(logins())).toEqual([]);
    const refused = { level: 'info', event: 'connection.refused', fields: { reason: why } };
    const isGivenBack = world.http.requests.at(-1)?.url === 'https://api.fitbit.com/oauth2/revoke';
    expect(world.log.entries).toEqual(isGivenBack ? [givenBack, refused] : [refused]);
  });

  const givenBack = {
    level: 'info',
    event: 'consent.revoked',
    fields: { provider: 'fitbit', outcome: 'revoked' },
  };
  const idToken = `e30.${Buffer.from('{"email":"ada@example.com"}').toString('base64url')}.x`;
  const signUpUrl = 'https://fitbit.google.com/auth/signup';
  test.each<[string, Reply, string, string]>([
    [
      'has no Google Health profile',
      answer(400, apiError('FAILED_PRECONDITION', 'ACCOUNT_NOT_LINKED')),
      'no profile at provider',
      signUpUrl,
    ],
    ['has no profile yet', answer(412), 'no profile at provider', signUpUrl],
    [
      'was never moved to Google',
      answer(403, { error: { code: 403, message: 'Could not mint UberMint from GaiaMint' } }),
      'account not moved',
      signUpUrl,
    ],
    [
      'is refused without a reason',
      answer(403, { error: { code: 403, status: 'PERMISSION_DENIED' } }),
      'account refused',
      'https://myaccount.google.com/connections',
    ],
  ])(
    'an account that %s is named, where it may be, with the link that helps',
    async (_, reply, why, mendAt) => {
      const refused = { outcome: 'refused', why, provider: 'Google Health', mendAt };
      await expect(signUp('google-health', [googleTokens(), reply])).resolves.toEqual({
        ...refused,
        account: { at: 'Google', name: undefined },
      });
      await expect(signUp('google-health', [googleTokens({ id_token: idToken }), reply])).resolves.toEqual({
        ...refused,
        account: { at: 'Google', name: 'ada@example.com' },
      });
      expect(saved()).toEqual([]);
      expect(JSON.stringify(world.log.entries)).not.toContain('ada@example.com');
    },
  );

  test('because the client secret is not there yet is told so, and no request is made', async () => {
    world.vault.secrets.clear();
    await expect(comeBack(await begin())).resolves.toMatchObject({ why: 'not configured' });
    expect(world.http.requests).toEqual([]);
  });

  test('leaves a connection from before as it was', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    const before = connections();
    await signUp('fitbit', [answer(200, tokens(2, { scope: 'profile' }))]);
    expect(connections()).toEqual(before);
    // Taken back, the refused consent would take the good one with it.
    expect(world.http.requests.filter(({ url }) => url.endsWith('/revoke'))).toEqual([]);
    expect(world.vault.saved).toHaveLength(1);
  });
});

describe('a consent that cannot be stored', () => {
  const tableUnavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
  const vaultUnavailable = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));

  test('because Key Vault fails for 15 seconds is told so, and nothing is current', async () => {
    world.vault.saveTokenSet = jest.fn(vaultUnavailable);
    await expect(signUp('fitbit', [answer(200, tokens(1)), answer(200)])).resolves.toEqual({
      outcome: 'refused',
      why: 'not saved',
      provider: 'Fitbit',
    });
    expect(world.vault.saveTokenSet).toHaveBeenCalledTimes(7);
    expect(world.clock.now() - startedAt).toBe(15_750);
    expect(world.tables.connections.values()[0]?.pointer).toBeUndefined();
    expect(world.http.requests.at(-1)?.url).toBe('https://api.fitbit.com/oauth2/revoke');
    expect(world.log.entries.slice(-3)).toEqual([
      { level: 'error', event: 'consent.not_saved', fields: { connection: 'id-4', consent: 1 } },
      { level: 'info', event: 'consent.revoked', fields: { provider: 'fitbit', outcome: 'revoked' } },
      { level: 'info', event: 'connection.refused', fields: { reason: 'not saved' } },
    ]);
  });

  test.each([
    ['the journal refuses too', () => (world.journal.insert = () => Promise.reject(tableUnavailable))],
    [
      'the set before it carries no key for the journal',
      () => {
        const [first] = world.vault.saved;
        world.vault.saved.splice(0, 1, { ...first!, set: { ...first!.set, journalKey: undefined } });
      },
    ],
  ])('leaves the token set from before current if %s', async (_, refuse) => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    world.vault.saveTokenSet = vaultUnavailable;
    refuse();
    await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({ why: 'not saved' });
    expect(connections()).toEqual([
      expect.objectContaining({
        consentReserved: 2,
        pointer: expect.objectContaining({ consent: 1, secretVersion: 'version-1' }),
      }),
    ]);
  });

  describe('by a vault that refuses writes, of somebody who reconnects', () => {
    let save: TestWorld['vault']['saveTokenSet'];
    const accessToken = async () => {
      const usable = await usableTokenSet(world.ports, 'id-4', {});
      return usable.ok ? usable.value.accessToken.reveal() : usable.code;
    };
    beforeEach(async () => {
      await signUp('fitbit', [answer(200, tokens(1))]);
      save = world.vault.saveTokenSet;
      world.vault.saveTokenSet = vaultUnavailable;
    });

    test('is safe in the journal, is used at once, and is finished by whoever works on the connection next', async () => {
      await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({
        outcome: 'connected',
      });
      expect(world.journal.values()).toMatchObject([{ consent: 2, generation: 1 }]);
      expect(await accessToken()).toBe('access-2');
      const run = { by: 'run', startedAt: world.clock.now() } as const;
      expect(await rotateToken(world.ports, 'id-4', run)).toEqual({
        ok: true,
        value: { outcome: 'journalled' },
      });

      world.vault.saveTokenSet = save;
      expect(await accessToken()).toBe('access-2');
      expect(world.tables.connections.values()[0]?.pointer).toMatchObject({ consent: 2, generation: 1 });
      expect(world.journal.values()).toEqual([]);
      world.http.script(answer(200, tokens(3)));
      expect(await rotateToken(world.ports, 'id-4', { by: 'operator' })).toMatchObject({
        value: { outcome: 'rotated', set: { consent: 2, generation: 2 } },
      });
    });

    test('at the successor is used with the successor, and begins to be shared', async () => {
      const begun = await beginSignUp(world.ports, {
        provider: world.ports.providers.get('google-health')!,
        sharedWith: 'a sleep study',
      });
      world.http.script(googleTokens(), googleIdentity('health-1', 'ABC123'));
      await expect(comeBack(begun)).resolves.toMatchObject({ outcome: 'connected', reconnected: true });
      expect(world.tables.connections.values()[0]).toMatchObject({ sharedWith: 'a sleep study' });
      await expect(openAccess(world.ports, 'id-4')).resolves.toMatchObject({
        value: { provider: { id: 'google-health' } },
      });
    });

    test('has to be given again if a rotation of the old grant moved on meanwhile', async () => {
      const { insert } = world.journal;
      world.journal.insert = async (key, value) => {
        const row = await insert(key, value);
        world.vault.saveTokenSet = save;
        const { set } = world.vault.saved[0]!;
        const record = await holdRecord(world, 'id-4');
        const next = { ...set, generation: 2 };
        await commitTokenSet(world.ports, record, { set: next, version: await save(next) });
        world.vault.saveTokenSet = vaultUnavailable;
        return row;
      };
      await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({ why: 'not saved' });
      expect(world.tables.connections.values()[0]?.pointer).toMatchObject({ consent: 1, generation: 2 });
    });
  });

  test('under its number because a rotation has opened a later one takes another number and is current', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    const { saveTokenSet } = world.vault;
    world.vault.saveTokenSet = async (set) => {
      world.vault.saveTokenSet = saveTokenSet;
      const version = await saveTokenSet(set);
      // Meanwhile the old grant's set of generation 400 is followed by generation 1 of number 3.
      const { set: old } = world.vault.saved[0]!;
      const rolled = { ...old, consent: 3, generation: 1 };
      await changeConnection('id-4', {
        consentReserved: 3,
        rollover: { consent: 3, follows: { consent: 1, generation: 1 } },
      });
      await commitTokenSet(world.ports, await holdRecord(world, 'id-4'), {
        set: rolled,
        version: await saveTokenSet(rolled),
      });
      return version;
    };
    await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({ outcome: 'connected' });
    const { pointer } = world.tables.connections.values()[0]!;
    expect(pointer).toMatchObject({ consent: 4, generation: 1 });
    const named = world.vault.saved.find(({ version }) => version === pointer?.secretVersion);
    expect(named?.set.refreshToken.reveal()).toBe('refresh-2');
  });

  test('is new, not reconnected, when the wearer tries again', async () => {
    const { saveTokenSet } = world.vault;
    world.vault.saveTokenSet = vaultUnavailable;
    await signUp('fitbit', [answer(200, tokens(1))]);
    world.vault.saveTokenSet = saveTokenSet;
    await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({
      outcome: 'connected',
      connection: 'id-4',
      reconnected: false,
    });
    expect(connections()).toEqual([
      expect.objectContaining({ consentReserved: 2, pointer: expect.objectContaining({ consent: 2 }) }),
    ]);
  });

  test('is saved when Key Vault recovers at the sixth attempt', async () => {
    const { saveTokenSet } = world.vault;
    let failures = 5;
    world.vault.saveTokenSet = (set) => ((failures -= 1) >= 0 ? vaultUnavailable() : saveTokenSet(set));
    await expect(signUp('fitbit', [answer(200, tokens(1))])).resolves.toMatchObject({ outcome: 'connected' });
    expect(world.vault.saved).toHaveLength(1);
    expect(world.log.events().filter((event) => event === 'token.save_failed')).toHaveLength(5);
  });

  test('for another reason than the vault is an error, and nothing is saved under no number', async () => {
    world.tables.connections.replace = () => Promise.reject(tableUnavailable);
    await expect(signUp('fitbit', [answer(200, tokens(1))])).rejects.toBe(tableUnavailable);
    expect(saved()).toEqual([]);
  });

  test('but not committed stays saved, and is current for whoever works on the connection next', async () => {
    const { replace } = world.tables.connections;
    world.tables.connections.replace = (row, value) =>
      world.vault.saved.length === 0 ? replace(row, value) : Promise.reject(tableUnavailable);
    await expect(signUp('fitbit', [answer(200, tokens(1))])).rejects.toBe(tableUnavailable);
    expect(saved()).toEqual([expect.objectContaining({ consent: 1, refreshToken: 'refresh-1' })]);

    world.tables.connections.replace = replace;
    world.clock.advance(minute);
    await expect(openAccess(world.ports, 'id-4')).resolves.toMatchObject({ ok: true });
    expect(world.tables.connections.values()[0]?.pointer).toMatchObject({ consent: 1, generation: 1 });
  });

  test('because the wearer disconnects just before it is saved is not current', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    const meanwhile = async () => {
      const { get } = world.tables.connections;
      let reads = 0;
      world.tables.connections.get = async (key) => {
        if ((reads += 1) === 2) {
          world.tables.connections.get = get;
          await changeConnection('id-4', { closedAt: startedAt });
        }
        return get(key);
      };
      return answer(200, tokens(2));
    };
    await expect(signUp('fitbit', [meanwhile, answer(200)])).resolves.toMatchObject({ why: 'not saved' });
    expect(world.tables.connections.values()[0]?.pointer).toMatchObject({ consent: 1 });
    expectGivenBack();
  });

  test('because the wearer disconnects meanwhile is not current', async () => {
    const { saveTokenSet } = world.vault;
    world.vault.saveTokenSet = async (set) => {
      await changeConnection('id-4', { closedAt: world.clock.now() });
      return saveTokenSet(set);
    };
    await expect(signUp('fitbit', [answer(200, tokens(1)), answer(200)])).resolves.toMatchObject({
      why: 'not saved',
    });
    expect(world.tables.connections.values()[0]?.pointer).toBeUndefined();
    expectGivenBack();
  });

  /** The grant is revoked and no token set is left. */
  function expectGivenBack(): void {
    expect(world.http.requests.at(-1)?.url).toBe('https://api.fitbit.com/oauth2/revoke');
    expect(world.vault.saved).toEqual([]);
  }

  test.each(['identities', 'connections'] as const)(
    'because the %s do not answer is an error',
    async (name) => {
      world.tables[name].insert = () => Promise.reject(tableUnavailable);
      await expect(signUp('fitbit', [answer(200, tokens(1))])).rejects.toBe(tableUnavailable);
      expect(world.vault.saved).toEqual([]);
    },
  );
});

describe('a wearer who has disconnected before', () => {
  test('gets a new connection, and the old one stays closed', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', { closedAt: startedAt });
    const result = await signUp('fitbit', [answer(200, tokens(2))]);
    expect(result).toMatchObject({ outcome: 'connected', reconnected: false });
    expect(result).not.toMatchObject({ connection: 'id-4' });
    expect(connections()).toEqual([
      expect.objectContaining({ id: 'id-4', closedAt: startedAt, consentReserved: 1 }),
      expect.objectContaining({ consentReserved: 1, pointer: expect.objectContaining({ consent: 1 }) }),
    ]);
    expect(world.tables.identities.values()).toEqual([
      { connection: world.tables.connections.values()[1]?.id },
    ]);
  });

  test('at Fitbit and comes through Google gets a new connection', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', { closedAt: startedAt });
    const replies = [googleTokens(), googleIdentity('health-1', 'ABC123')];
    await expect(signUp('google-health', replies)).resolves.toMatchObject({ reconnected: false });
    expect(connections()).toHaveLength(2);
  });
});

describe('a sign-up while another worker rotates the same connection', () => {
  const reconnect = async (leaseMs: number) => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', { lease: { owner: 'somebody else', until: startedAt + leaseMs } });
    return signUp('fitbit', [answer(200, tokens(2))]);
  };

  test('waits until that one is done', async () => {
    await expect(reconnect(4_500)).resolves.toMatchObject({ outcome: 'connected', reconnected: true });
    expect(world.clock.now() - startedAt).toBe(5_000);
    expect(connections()).toEqual([expect.objectContaining({ lease: undefined, consentReserved: 2 })]);
  });

  test('does not wait for more than 20 seconds: the lease is thrift, not safety', async () => {
    await expect(reconnect(60_000)).resolves.toMatchObject({ outcome: 'connected', reconnected: true });
    expect(world.clock.now() - startedAt).toBe(20_000);
    expect(connections()).toEqual([
      expect.objectContaining({
        lease: { owner: 'somebody else', until: startedAt + 60_000 },
        pointer: expect.objectContaining({ consent: 2 }),
      }),
    ]);
  });

  test('keeps others from rotating while it saves', async () => {
    const { saveTokenSet } = world.vault;
    let lease: unknown;
    world.vault.saveTokenSet = (set) => {
      lease = world.tables.connections.values()[0]?.lease;
      return saveTokenSet(set);
    };
    await signUp('fitbit', [answer(200, tokens(1))]);
    expect(lease).toMatchObject({ until: startedAt + 20_000 });
  });
});

describe('a sign-up while somebody else changes the same records', () => {
  const conflict = () => Promise.reject(new AppError('CONFLICT', 'Somebody else was faster.'));
  const failOnce = <T>(table: Table<T>, name: 'insert'): void => {
    const method = table[name];
    table[name] = () => {
      table[name] = method;
      return conflict();
    };
  };

  test('takes the connection that the faster one made', async () => {
    const { insert } = world.tables.identities;
    world.tables.identities.insert = async (key) => {
      await insert(key, { connection: 'made-by-the-faster-one' });
      return conflict();
    };
    await expect(signUp('fitbit', [answer(200, tokens(1))])).resolves.toMatchObject({
      connection: 'made-by-the-faster-one',
      reconnected: false,
    });
    expect(connections()).toEqual([
      expect.objectContaining({ id: 'made-by-the-faster-one', consentReserved: 1 }),
    ]);
  });

  test('makes a connection of its own when the faster one took its claim back', async () => {
    failOnce(world.tables.identities, 'insert');
    await expect(signUp('fitbit', [answer(200, tokens(1))])).resolves.toMatchObject({
      outcome: 'connected',
      reconnected: false,
    });
    const [connection] = world.tables.connections.values();
    expect(world.tables.identities.values()).toEqual([{ connection: connection?.id }]);
  });

  test('makes another connection when the one it found is removed', async () => {
    failOnce(world.tables.connections, 'insert');
    await expect(signUp('fitbit', [answer(200, tokens(1))])).resolves.toMatchObject({ outcome: 'connected' });
    const [connection] = world.tables.connections.values();
    expect(world.tables.identities.values()).toEqual([{ connection: connection?.id }]);
  });

  test('of a closed connection leaves the identity to whoever moved it on first', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', { closedAt: startedAt });
    const key = identityKey('fitbit', 'ABC123');
    world.tables.identities.remove = async (row) => {
      await world.tables.identities.replace(row, { connection: 'moved-on' });
      return conflict();
    };
    await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({
      connection: 'moved-on',
    });
    expect((await world.tables.identities.get(key))?.value).toEqual({ connection: 'moved-on' });
  });

  test('of a closed connection whose identity is moved on just now takes the new one', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', { closedAt: startedAt });
    const { get } = world.tables.identities;
    let reads = 0;
    world.tables.identities.get = async (key) => {
      const row = await get(key);
      if ((reads += 1) !== 2) return row;
      return world.tables.identities.replace(row!, { connection: 'moved-on' });
    };
    await expect(signUp('fitbit', [answer(200, tokens(2))])).resolves.toMatchObject({
      connection: 'moved-on',
    });
  });

  test('is an error when the identity of a closed connection cannot be moved on', async () => {
    await signUp('fitbit', [answer(200, tokens(1))]);
    await changeConnection('id-4', { closedAt: startedAt });
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    world.tables.identities.remove = () => Promise.reject(unavailable);
    await expect(signUp('fitbit', [answer(200, tokens(2))])).rejects.toBe(unavailable);
  });

  test.each(['identities', 'connections'] as const)(
    'gives up when the %s are changed again and again',
    async (name) => {
      world.tables[name].insert = jest.fn(conflict);
      await expect(signUp('fitbit', [answer(200, tokens(1))])).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(world.tables[name].insert).toHaveBeenCalledTimes(5);
      expect(world.vault.saved).toEqual([]);
    },
  );
});

describe('with whom access is shared', () => {
  const sharing = async (sharedWith: string | undefined) => {
    const provider = world.ports.providers.get('google-health')!;
    const begun = await beginSignUp(world.ports, { provider, sharedWith });
    world.http.script(googleTokens(), googleIdentity('health-1'));
    return comeBack(begun);
  };
  const shared = () => world.tables.connections.values().map(({ sharedWith }) => sharedWith);

  test('counts from the consent before which it was said', async () => {
    await expect(sharing('a study')).resolves.toMatchObject({ outcome: 'connected' });
    expect(shared()).toEqual(['a study']);
  });

  test('is what was said last', async () => {
    await sharing('a study');
    await sharing('another study');
    expect(shared()).toEqual(['another study']);
    await sharing(undefined);
    expect(shared()).toEqual([undefined]);
  });

  test('does not begin with a consent that could not be kept, and what was not said any more ends', async () => {
    await sharing('a study');
    const { saveTokenSet } = world.vault;
    world.vault.saveTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
    world.journal.insert = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.'));
    await expect(sharing('another study')).resolves.toMatchObject({ why: 'not saved' });
    expect(shared()).toEqual([undefined]);
    world.vault.saveTokenSet = saveTokenSet;
  });
});

test.each([
  ['with a number', begin],
  ['without a number', beginWithoutNumber],
])(
  'a callback %s writes the record of its connection four times, and three times when there is one',
  async (_, beginSomehow) => {
    const { connections: table } = world.tables;
    const made = jest.spyOn(table, 'insert');
    const changed = jest.spyOn(table, 'replace');
    const writesOf = async (nth: number): Promise<number> => {
      made.mockClear();
      changed.mockClear();
      world.http.script(answer(200, tokens(nth)));
      await expect(comeBack(await beginSomehow())).resolves.toMatchObject({ outcome: 'connected' });
      const inserted = await Promise.allSettled(
        made.mock.results.map(({ value }) => value as Promise<unknown>),
      );
      return inserted.filter(({ status }) => status === 'fulfilled').length + changed.mock.calls.length;
    };
    expect([await writesOf(1), await writesOf(2)]).toEqual([4, 3]);
  },
);
