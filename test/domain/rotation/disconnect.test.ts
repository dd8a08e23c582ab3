import { disconnect, revokeAndDelete, revokeGrant } from '../../../src/domain/rotation/disconnect';
import { connectionKey, identityKey } from '../../../src/domain/store/row-keys';
import { rotateToken } from '../../../src/domain/rotation/rotate-token';
import { dispatchBatteryCheck, dispatchRotation } from '../../../src/domain/operation/dispatch';
import { AppError } from '../../../src/errors';
import type { Connection, ProviderId, TokenSet } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { answer, answerLost, connectionRefused, type Reply } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../../support/world';
import { settled } from '../../support/settled';

let world: TestWorld;
let startedAt: number;
const close = async (how?: { readonly insist: boolean }) =>
  settled(await disconnect(world.ports, 'wearer-1', how));

/** Address and token of every request. */
const asked = () =>
  world.http.requests.map((request) => {
    const { url, form } = revealed(request) as { url: string; form: Record<string, string> };
    return `${new URL(url).pathname} ${form.token ?? form.refresh_token}`;
  });

async function changeRecord(more: Partial<Connection>): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, ...more });
}

beforeEach(() => {
  world = createTestWorld();
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

describe('a wearer who disconnects', () => {
  test.each<[ProviderId, string]>([
    ['fitbit', 'https://api.fitbit.com/oauth2/revoke'],
    ['google-health', 'https://oauth2.googleapis.com/revoke'],
  ])('at %s leaves a tombstone, no token set, and no grant', async (provider, url) => {
    await connectWearer(world, provider);
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
    expect(world.http.requests.map((request) => request.url)).toEqual([url]);
    expect(asked()[0]).toMatch(/ access-1$/);
    expect(world.vault.saved).toEqual([]);
    expect(recordOf(world)).toMatchObject({ closedAt: startedAt, lease: undefined });
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'connection.closed', fields: { connection: 'wearer-1', outcome: 'revoked' } },
    ]);
  });

  test('at Withings is revoked by user, with a signature and no token, also when the access token has expired', async () => {
    const set = { expiresAt: startedAt - 1 };
    await connectWearer(world, 'withings', { set });
    world.http.script(
      answer(200, { status: 0, body: { nonce: 'n-1' } }),
      answer(200, { status: 0, body: {} }),
    );
    await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
    const forms = world.http.requests.map(({ form }) => form);
    expect(forms).toEqual([
      expect.objectContaining({ action: 'getnonce' }),
      expect.objectContaining({ action: 'revoke', nonce: 'n-1', userid: 'ABC123' }),
    ]);
    expect(JSON.stringify(revealed(forms))).not.toMatch(/access-1|refresh-1|withings-secret/);
  });

  test.each([
    [
      'dead, and counts as revoked',
      answer(200, { status: 503, body: {}, error: 'Invalid Params: invalid refresh_token' }),
      true,
    ],
    ['alive, and does not', answer(200, { status: 601, body: {}, error: 'Too Many Requests' }), false],
  ])(
    'at Withings a user that is refused is asked for by the refresh token: it is %s',
    async (_, refreshed, revoked) => {
      await connectWearer(world, 'withings');
      world.http.script(
        answer(200, { status: 0, body: { nonce: 'n-1' } }),
        answer(200, { status: 247, body: {}, error: 'The userid provided is absent, or incorrect' }),
        refreshed,
      );
      await expect(close()).resolves.toMatchObject({ revoked });
    },
  );

  test('at Withings who cannot be revoked now is revoked later', async () => {
    await connectWearer(world, 'withings');
    world.http.script(answer(200, { status: 601, body: {}, error: 'Too Many Requests' }));
    await expect(close({ insist: true })).resolves.toMatchObject({ ok: false, code: 'NOT_REVOKED' });
    expect(world.vault.saved).toHaveLength(1);
  });

  test('is closed before anything is revoked or deleted', async () => {
    await connectWearer(world);
    let during: unknown;
    world.http.script(() => {
      during = { closedAt: recordOf(world).closedAt, saved: world.vault.saved.length };
      return answer(200);
    });
    await close();
    expect(during).toEqual({ closedAt: startedAt, saved: 1 });
  });

  test('leaves the token sets of every consent deleted, and those of others alone', async () => {
    const { set } = await connectWearer(world, 'fitbit', { set: { consent: 2 }, consentReserved: 3 });
    await world.vault.saveTokenSet({ ...set, consent: 1, generation: 7 });
    await connectWearer(world, 'fitbit', { id: 'wearer-2' });
    world.http.script(answer(200));
    await close();
    expect(world.vault.saved.map((saved) => saved.set.connection)).toEqual(['wearer-2']);
  });

  test('with a set that was saved and not committed has that grant revoked', async () => {
    const { set } = await connectWearer(world);
    await world.vault.saveTokenSet({ ...set, generation: 2, accessToken: new Secret('access-2') });
    world.http.script(answer(200));
    await expect(close()).resolves.toMatchObject({ revoked: true });
    expect(asked()).toEqual(['/oauth2/revoke access-2']);
    expect(recordOf(world).pointer?.generation).toBe(1);
    expect(world.vault.saved).toEqual([]);
  });

  test('with a set that is only in the journal has that grant revoked, and the journal cleared', async () => {
    const replaysFor = { consent: 1, generation: 1, batch: 'batch-1' };
    const { set } = await connectWearer(world, 'fitbit', { replaysFor });
    await world.ports.journal.write(set, { ...set, generation: 2, accessToken: new Secret('access-2') });
    const unreadable = { ...set, journalKey: new Secret('B'.repeat(43)) };
    await world.ports.journal.write(unreadable, { ...set, generation: 3 });
    world.http.script(answer(200));
    await close();
    expect(asked()).toEqual(['/oauth2/revoke access-2']);
    expect(world.journal.values()).toEqual([]);
    expect(world.vault.saved).toEqual([]);
  });

  test('before the first consent was saved has nothing to revoke', async () => {
    await connectWearer(world, 'fitbit', { pointer: undefined, consentReserved: 0 });
    world.vault.saved.splice(0);
    await expect(close()).resolves.toEqual({ revoked: false, left: 'nothing' });
    expect(world.http.requests).toEqual([]);
    expect(world.log.entries.at(-1)?.fields.outcome).toBe('not revoked');
  });

  test('gets no job and no refresh any more', async () => {
    await connectWearer(world);
    world.http.script(answer(200));
    await close();
    await expect(dispatchRotation(world.ports)).resolves.toMatchObject({ count: 0 });
    await expect(dispatchBatteryCheck(world.ports)).resolves.toMatchObject({ count: 0 });
    await expect(rotateToken(world.ports, 'wearer-1', { by: 'operator' })).resolves.toEqual({
      ok: false,
      code: 'CONNECTION_UNKNOWN',
    });
  });

  test('twice is disconnected twice, and keeps the time of the first', async () => {
    await connectWearer(world);
    world.http.script(answer(200));
    await close();
    world.clock.advance(1_000);
    await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
    expect(recordOf(world).closedAt).toBe(startedAt);
    expect(world.http.requests).toHaveLength(1);
  });

  test('who was never connected is unknown', async () => {
    await expect(close()).resolves.toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(world.tables.connections.values()).toEqual([]);
  });

  test('whose record is removed meanwhile is unknown', async () => {
    await connectWearer(world);
    const { replace } = world.tables.connections;
    world.tables.connections.replace = async (row, value) => {
      const written = await replace(row, value);
      await world.tables.connections.remove(written);
      return written;
    };
    await expect(close()).resolves.toEqual({ ok: false, code: 'CONNECTION_UNKNOWN' });
    expect(world.http.requests).toEqual([]);
  });
});

describe('a wearer who disconnects while a rotation is under way', () => {
  test('has to wait for its end, and is closed already', async () => {
    await connectWearer(world, 'fitbit', { lease: { owner: 'somebody else', until: startedAt + 1_000 } });
    await expect(close()).resolves.toEqual({ ok: false, code: 'LEASE_HELD' });
    expect(recordOf(world)).toMatchObject({ closedAt: startedAt, lease: { owner: 'somebody else' } });
    expect(world.vault.saved).toHaveLength(1);

    world.clock.advance(1_000);
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
    expect(recordOf(world).closedAt).toBe(startedAt);
  });

  test('leaves nothing behind: the rotation gives back what it brings', async () => {
    await connectWearer(world);
    world.http.script(async () => {
      await expect(close()).resolves.toEqual({ ok: false, code: 'LEASE_HELD' });
      return answer(200, tokens(2));
    }, answer(200));
    await expect(rotateToken(world.ports, 'wearer-1', { by: 'operator' })).resolves.toEqual({
      ok: false,
      code: 'CONNECTION_UNKNOWN',
    });
    expect(asked()).toEqual(['/oauth2/token refresh-1', '/oauth2/revoke access-2']);
    expect(world.vault.saved).toEqual([]);
    await expect(close()).resolves.toEqual({ revoked: false, left: 'nothing' });
  });
});

const down = new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.', { given: { status: 503 } });

describe('what was revoked', () => {
  test('is noted before anything is deleted, and outlives a vault that does not delete', async () => {
    await connectWearer(world);
    const { deleteTokenSets } = world.vault;
    world.vault.deleteTokenSets = () => Promise.reject(down);
    world.http.script(answer(200));
    await expect(close()).rejects.toBe(down);
    const revocation = { consent: 1, generation: 1, revoked: true };
    expect(recordOf(world)).toMatchObject({ closedAt: startedAt, lease: undefined, revocation });

    world.vault.deleteTokenSets = deleteTokenSets;
    await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
    expect(asked()).toEqual(['/oauth2/revoke access-1']);
    expect(world.vault.saved).toEqual([]);
    expect(world.log.entries.at(-1)?.fields.outcome).toBe('revoked');
  });

  test('does not stand for a set that came later, from a worker that died: that one is revoked too', async () => {
    const revocation = { consent: 1, generation: 1, revoked: true };
    const { set } = await connectWearer(world, 'fitbit', { closedAt: startedAt, revocation });
    await world.vault.saveTokenSet({ ...set, generation: 2, accessToken: new Secret('access-2') });
    world.http.script(answer(200));
    await expect(close()).resolves.toMatchObject({ revoked: true });
    expect(asked()).toEqual(['/oauth2/revoke access-2']);
    expect(recordOf(world).revocation).toEqual({ consent: 1, generation: 2, revoked: true });
  });

  test('and was not confirmed is asked for again while the set is there', async () => {
    const revocation = { consent: 1, generation: 1, revoked: false };
    await connectWearer(world, 'fitbit', { closedAt: startedAt, revocation });
    world.http.script(answer(200));
    await expect(close()).resolves.toMatchObject({ revoked: true });
  });

  test('is not noted by a worker whose lease has run out, and nothing is deleted under the other one’s hands', async () => {
    await connectWearer(world);
    const lease = { owner: 'somebody else', until: startedAt + 90_000 };
    world.http.script(async () => {
      // It froze, and another worker has begun.
      await changeRecord({ lease });
      return answer(200);
    });
    await expect(close()).resolves.toEqual({ ok: false, code: 'LEASE_HELD' });
    expect(recordOf(world)).toMatchObject({ lease, closedAt: startedAt });
    expect(recordOf(world).revocation).toBeUndefined();
    expect(world.vault.saved).toHaveLength(1);
  });
});

describe('a vault that takes its time', () => {
  test('over a deletion has the rest purged by the next attempt, and says so until then', async () => {
    const { set } = await connectWearer(world, 'fitbit', { set: { consent: 2 } });
    await world.vault.saveTokenSet({ ...set, consent: 1 });
    world.vault.deletionMs = 13_000;
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ revoked: true, left: 'being deleted' });
    expect(world.vault.saved).toEqual([]);
    expect([...world.vault.deleted.keys()]).toEqual(['wearer-1 1', 'wearer-1 2']);
    expect(world.log.entries).toEqual([
      { level: 'info', event: 'connection.closed', fields: { connection: 'wearer-1', outcome: 'revoked' } },
      { level: 'info', event: 'connection.purge_waits', fields: { connection: 'wearer-1' } },
    ]);
    world.clock.advance(13_000);
    await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
    expect(world.vault.deleted.size).toBe(0);
  });

  test('and protects what was deleted says until when it keeps it, and is not asked to purge', async () => {
    await connectWearer(world);
    const goneAt = startedAt + 7 * 24 * 3_600_000;
    world.vault.forgetsAt = goneAt;
    const purge = jest.spyOn(world.vault, 'purgeTokenSets');
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ revoked: true, left: { goneAt } });
    expect(purge).not.toHaveBeenCalled();
    expect(world.log.entries.at(-1)).toEqual({
      level: 'info',
      event: 'connection.tokens_kept',
      fields: { connection: 'wearer-1', expiresAt: goneAt },
    });
    // Then the vault has nothing to delete any more, and only the purge tells.
    await expect(close()).resolves.toEqual({ revoked: true, left: { goneAt } });
  });

  test('and does not purge is no reason to say that anything failed: it is deleted, and its log line says why', async () => {
    await connectWearer(world);
    jest.spyOn(world.vault, 'purgeTokenSets').mockRejectedValue(down);
    world.http.script(answer(200));
    await expect(close()).resolves.toEqual({ revoked: true, left: 'being deleted' });
    expect(world.log.entries[0]).toEqual({
      level: 'warn',
      event: 'vault.purge_failed',
      fields: { connection: 'wearer-1', consent: 1, code: 'VAULT_UNAVAILABLE', status: 503 },
    });
  });
});

test('a token set that the operator has disabled is deleted, and its grant is for the wearer to remove', async () => {
  await connectWearer(world);
  const disabled = new AppError('SECRET_DISABLED', 'No.', {
    given: { status: 403, answer: 'SecretDisabled' },
  });
  jest.spyOn(world.vault, 'readTokenSet').mockRejectedValue(disabled);
  await expect(close({ insist: true })).resolves.toEqual({
    revoked: false,
    left: 'nothing',
  });
  expect(world.vault.saved).toEqual([]);
  expect(world.log.entries[0]).toEqual({
    level: 'warn',
    event: 'connection.not_revocable',
    fields: { connection: 'wearer-1', code: 'SECRET_DISABLED', status: 403, answer: 'SecretDisabled' },
  });
});

test('a refresh that a dead worker began is asked for again, as the old access token says nothing about the grant', async () => {
  const replaysFor = { consent: 1, generation: 1, batch: 'batch-1' };
  await connectWearer(world, 'fitbit', { replaysFor });
  world.http.script(answer(200, tokens(2)), answer(200));
  await expect(close()).resolves.toMatchObject({ revoked: true });
  expect(asked()).toEqual(['/oauth2/token refresh-1', '/oauth2/revoke access-2']);
});

describe('revokeGrant', () => {
  const expired = { set: { expiresAt: Date.parse('2026-11-21T06:00:00Z') } };
  const revoke = async (more: Parameters<typeof connectWearer>[2] = {}, ...replies: Reply[]) => {
    const { set } = await connectWearer(world, 'fitbit', more);
    world.http.script(...replies);
    return revokeGrant(world.ports, set);
  };

  test.each<[string, Reply, boolean]>([
    ['done', answer(200), true],
    ['a token that is dead already', answer(400, { errors: [{ errorType: 'invalid_token' }] }), true],
    ['a token that is dead already, in the plain shape', answer(400, { error: 'invalid_token' }), true],
    ['a 400 that does not say why', answer(400), false],
    ['a client that is refused with 400', answer(400, { error: 'invalid_client' }), false],
    ['a provider that is switched off', answer(410), true],
    ['a client that is refused', answer(401, { errors: [{ errorType: 'invalid_client' }] }), false],
    ['an outage', answer(503), false],
    ['no connection', connectionRefused, false],
    ['no answer', answerLost, false],
  ])('by access token, answered with %s', async (_, reply, revoked) => {
    await expect(revoke({}, reply)).resolves.toMatchObject({ revoked });
    expect(asked()).toEqual(['/oauth2/revoke access-1']);
  });

  test('of an access token that has expired refreshes it first', async () => {
    await expect(revoke(expired, answer(200, tokens(2)), answer(200))).resolves.toMatchObject({
      revoked: true,
    });
    expect(asked()).toEqual(['/oauth2/token refresh-1', '/oauth2/revoke access-2']);
  });

  test('of an access token that is good for another millisecond does not', async () => {
    await expect(revoke({ set: { expiresAt: startedAt + 1 } }, answer(200))).resolves.toMatchObject({
      revoked: true,
    });
    expect(asked()).toEqual(['/oauth2/revoke access-1']);
  });

  test.each<[string, Reply, boolean]>([
    ['is dead already', answer(400, { errors: [{ errorType: 'invalid_grant' }] }), true],
    ['belongs to a provider that is switched off', answer(410), true],
    ['belongs to a client that is refused', answer(401), false],
    ['meets an outage', answer(500), false],
    ['gets no answer', answerLost, false],
  ])('of an expired access token whose grant %s', async (_, reply, revoked) => {
    await expect(revoke(expired, reply)).resolves.toMatchObject({ revoked });
    expect(asked()).toEqual(['/oauth2/token refresh-1']);
  });

  test('while the client is not configured revokes nothing', async () => {
    world.vault.secrets.clear();
    await expect(revoke()).resolves.toMatchObject({ revoked: false });
    expect(world.http.requests).toEqual([]);
  });
});

test('a grant that cannot be revoked is no reason to keep its tokens', async () => {
  await connectWearer(world);
  world.http.script(answer(503));
  await expect(close()).resolves.toEqual({ revoked: false, left: 'nothing' });
  expect(world.vault.saved).toEqual([]);
  expect(world.log.entries.at(-1)?.fields).toEqual({
    connection: 'wearer-1',
    outcome: 'not revoked',
  });
});

test('a connection that was closed with a consent on its way deletes that one too', async () => {
  const { set } = await connectWearer(world, 'fitbit', { consentReserved: 2 });
  await world.vault.saveTokenSet({ ...set, consent: 2, accessToken: new Secret('access-of-consent-2') });
  await changeRecord({ closedAt: startedAt - 1 });
  world.http.script(answer(200));
  await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
  expect(asked()).toEqual(['/oauth2/revoke access-of-consent-2']);
  expect(world.vault.saved).toEqual([]);
});

test('a vault that cannot be read just now leaves the tokens for the next try, which revokes them', async () => {
  await connectWearer(world);
  const read = jest
    .spyOn(world.vault, 'readTokenSet')
    .mockImplementation(() => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.')));
  await expect(close()).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
  expect(world.vault.saved).toHaveLength(1);
  read.mockRestore();
  world.http.script(answer(200));
  await expect(close()).resolves.toEqual({ revoked: true, left: 'nothing' });
  expect(world.vault.saved).toEqual([]);
});

describe('a wearer whose grant must not be left behind', () => {
  test.each<[string, ProviderId, Partial<TokenSet>, Reply[], object]>([
    ['is kept while the provider is down', 'fitbit', {}, [connectionRefused], { code: 'NOT_REVOKED' }],
    [
      'is kept while the answer is lost, as a token can be revoked twice',
      'fitbit',
      {},
      [answerLost],
      { code: 'NOT_REVOKED' },
    ],
    [
      'is kept while Google is down, whose refresh token stays',
      'google-health',
      { expiresAt: 0 },
      [answerLost],
      { code: 'NOT_REVOKED' },
    ],
    [
      'is kept while a rule keeps the client out of the account',
      'google-health',
      { expiresAt: 0 },
      [answer(400, { error: 'admin_policy_enforced' })],
      { code: 'NOT_REVOKED' },
    ],
    [
      'goes when a single-use refresh token is perhaps spent',
      'fitbit',
      { expiresAt: 0 },
      [answerLost],
      { left: 'nothing' },
    ],
    [
      'goes when a single-use refresh token was spent for it',
      'fitbit',
      { expiresAt: 0 },
      [answer(200, tokens(2)), connectionRefused],
      { left: 'nothing' },
    ],
  ])('%s', async (_, provider, set, replies, expected) => {
    await connectWearer(world, provider, { set });
    world.http.script(...replies);
    await expect(close({ insist: true })).resolves.toMatchObject(expected);
    expect(world.vault.saved).toHaveLength('left' in expected ? 0 : 1);
    expect(recordOf(world).closedAt).toBe(startedAt);
  });
});

describe('an old grant of somebody who has connected anew', () => {
  async function connectedAnew(): Promise<TokenSet> {
    const { set } = await connectWearer(world);
    await connectWearer(world, 'fitbit', { id: 'wearer-2' });
    const key = identityKey('fitbit', set.providerUserId);
    await world.tables.identities.insert(key, { connection: 'wearer-2' });
    return set;
  }

  test('is deleted and not revoked: that could take the new one with it', async () => {
    await connectedAnew();
    await expect(close({ insist: true })).resolves.toMatchObject({
      revoked: false,
    });
    expect(world.http.requests).toEqual([]);
    expect(world.vault.saved.map(({ set }) => set.connection)).toEqual(['wearer-2']);
  });

  test('that comes from a late worker is deleted likewise', async () => {
    await revokeAndDelete(world.ports, await connectedAnew(), {});
    expect(world.http.requests).toEqual([]);
    expect(world.vault.saved.map(({ set }) => set.connection)).toEqual(['wearer-2']);
  });
});

test('a late worker that cannot revoke what it holds leaves it to whoever ends the disconnect', async () => {
  const { set } = await connectWearer(world, 'fitbit', { closedAt: startedAt });
  world.http.script(connectionRefused);
  await revokeAndDelete(world.ports, set, {});
  expect(world.vault.saved).toHaveLength(1);
  world.http.script(answer(200));
  await expect(close({ insist: true })).resolves.toMatchObject({
    revoked: true,
  });
  expect(world.vault.saved).toEqual([]);
});

test('a late worker whose connection has gone altogether deletes what it holds in the vault that it saved it in', async () => {
  await connectWearer(world, 'fitbit', { vault: 'second' });
  world.http.script(async () => {
    await world.tables.connections.remove((await world.tables.connections.get(connectionKey('wearer-1')))!);
    return answer(200, tokens(2));
  }, answer(200));
  await expect(rotateToken(world.ports, 'wearer-1', { by: 'operator' })).resolves.toEqual({
    ok: false,
    code: 'CONNECTION_UNKNOWN',
  });
  expect(asked()).toEqual(['/oauth2/token refresh-1', '/oauth2/revoke access-2']);
  expect(world.vault.saved).toEqual([]);
});
