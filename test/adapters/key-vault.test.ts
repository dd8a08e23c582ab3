/** What is special to Key Vault: refusals, lost and doubled writes, names, and what the first calls run into. */
import { inspect } from 'node:util';
import { SecretClient } from '@azure/keyvault-secrets';
import { startKeyVault, type KeyVaultEmulator } from '../../local/key-vault/emulator';
import type { Call, Tap } from '../../local/serve';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { connectKeyVault } from '../../src/adapters/key-vault';
import { describeFailure } from '../../src/errors';
import type { TokenSet } from '../../src/model';
import type { Vault } from '../../src/ports';
import { Secret } from '../../src/secret';
import { appErrorOf } from '../support/error-of';
import { closedAddress } from '../support/local-server';
import { createFakeClock } from '../support/memory-runtime';
import { tokenSets } from '../support/sample-records';
import { withoutPauses } from '../support/without-pauses';

const clock = createFakeClock();
const deletionMs = 13_000;
const credentialFor = createCredentialFor({ kind: 'developer' });
let emulator: KeyVaultEmulator;
let vault: Vault;
let tap: Tap = {};
/** Method and path of every call that carried a token, in order of arrival. */
let calls: string[] = [];
/** Holds back the challenge of every call that carries no token yet. */
let holdChallenge: (() => Promise<void>) | undefined;

beforeAll(async () => {
  emulator = await startKeyVault({
    port: 0,
    now: clock.now,
    purgeProtection: false,
    deletionMs,
    tap: {
      before: async (call) => {
        if (!isAuthorized(call)) {
          await holdChallenge?.();
          return 'go on';
        }
        calls.push(`${call.method} ${call.path}`);
        return tap.before?.(call) ?? 'go on';
      },
      after: (call, response) => (isAuthorized(call) && tap.after?.(call, response)) || 'go on',
    },
  });
});
afterAll(() => emulator.close());

beforeEach(() => {
  emulator.restore({ secrets: [] });
  vault = connectKeyVault({ uri: emulator.url, credentialFor, attemptMs });
  tap = {};
  calls = [];
  holdChallenge = undefined;
});

const isAuthorized = ({ request }: Call): boolean => request.headers.has('authorization');

const set: TokenSet = { ...tokenSets.full, connection: 'wearer', consent: 1, generation: 1 };

const refuse = (status: number, code = 'Denied') =>
  Response.json({ error: { code, message: 'the-secret of somebody' } }, { status });

/** Does something to the first call only. */
function once<T>(then: T): () => T | 'go on' {
  let done = false;
  return () => {
    if (done) return 'go on';
    done = true;
    return then;
  };
}

const operations: [string, () => Promise<unknown>][] = [
  ['readTokenSet', () => vault.readTokenSet({ id: 'wearer' }, 1)],
  ['readTokenSetsSince', () => vault.readTokenSetsSince({ id: 'wearer' }, 1, 'f'.repeat(32))],
  ['saveTokenSet', () => vault.saveTokenSet(set)],
  ['readSecret', () => vault.readSecret('fitbit-client-secret')],
];
const attemptMs = 5_000;

describe('what is stored', () => {
  test('is one secret per connection and consent, whose name tells nothing about the wearer', async () => {
    await vault.saveTokenSet({ ...set, providerUserId: 'ABC123' });
    await vault.saveTokenSet({ ...set, providerUserId: 'ABC123', generation: 2 });
    await vault.saveTokenSet({ ...set, providerUserId: 'ABC123', consent: 2 });
    expect(emulator.secretNames()).toEqual(['token-set-wearer-1', 'token-set-wearer-2']);
  });

  test('has a content type and no tags, and no end at which the vault would send events', async () => {
    await vault.saveTokenSet(set);
    const [version] = emulator.snapshot().secrets[0]?.versions ?? [];
    expect(version).toMatchObject({ contentType: 'application/json', enabled: true });
    expect(version?.tags).toBeUndefined();
    expect(version?.expires).toBeUndefined();
  });

  test('is JSON of version 1 with both tokens in one value', async () => {
    await vault.saveTokenSet(set);
    const [version] = emulator.snapshot().secrets[0]?.versions ?? [];
    expect(JSON.parse(version?.value ?? '')).toMatchObject({
      version: 1,
      accessToken: set.accessToken.reveal(),
      refreshToken: set.refreshToken.reveal(),
      issuedAt: '2026-11-21T06:00:00.123Z',
    });
  });

  test.each([
    ['the-secret\n', 'the-secret'],
    ['\uFEFF the-secret \r\n', 'the-secret'],
    ['the "client" secret', 'the "client" secret'],
    [' \uFEFF\n', undefined],
    ['', undefined],
  ])('as a secret of the operator is read without what an editor adds: %j is %j', async (value, read) => {
    emulator.setSecret('fitbit-client-secret', value);
    expect((await vault.readSecret('fitbit-client-secret'))?.reveal()).toBe(read);
  });

  test('goes over the wire in one write', async () => {
    await vault.readSecret('fitbit-client-secret');
    calls = [];
    await vault.saveTokenSet(set);
    expect(calls).toEqual(['PUT /secrets/token-set-wearer-1']);
  });
});

describe('a vault that refuses or fails', () => {
  describe.each(operations)('%s', (_, operate) => {
    test.each([
      [401, 'VAULT_REFUSED'],
      [403, 'VAULT_REFUSED'],
      [409, 'SECRET_DELETED'],
      [400, 'VAULT_UNAVAILABLE'],
    ])('answered with %d is %s, asked for once', async (status, code) => {
      tap.before = () => refuse(status);
      const error = await appErrorOf(operate());
      expect(error.code).toBe(code);
      expect(error.message).toContain(`(${status})`);
      expect(error.message).not.toContain('the-secret');
      expect(calls).toHaveLength(1);
    });
  });

  test.each([
    ['ForbiddenByRbac', 'VAULT_REFUSED'],
    ['ForbiddenByFirewall', 'VAULT_REFUSED'],
    ['SecretDisabled', 'SECRET_DISABLED'],
  ])('for the reason %s is %s, and the error carries status and reason', async (reason, code) => {
    const error = { code: 'Forbidden', message: 'the-secret of somebody', innererror: { code: reason } };
    tap.before = () => Response.json({ error }, { status: 403 });
    const refused = await appErrorOf(vault.readSecret('fitbit-client-secret'));
    expect(describeFailure(refused)).toEqual({ code, status: 403, answer: reason });
  });

  test('for a reason that is a sentence carries none of it', async () => {
    const error = { code: 'the secret of somebody', message: 'the-secret of somebody' };
    tap.before = () => Response.json({ error }, { status: 403 });
    const refused = await appErrorOf(vault.readSecret('fitbit-client-secret'));
    expect(describeFailure(refused)).toEqual({ code: 'VAULT_REFUSED', status: 403 });
  });

  describe.each(operations.filter(([name]) => name !== 'saveTokenSet'))('%s', (_, operate) => {
    test.each([429, 500, 503])('answered with %d once is asked again and answered', async (status) => {
      tap.before = once(refuse(status));
      const { result, passedMs } = await withoutPauses(operate);
      expect(result === undefined || (Array.isArray(result) && result.length === 0)).toBe(true);
      expect(calls).toHaveLength(2);
      expect(passedMs).toBeGreaterThanOrEqual(250);
    });

    test('whose connection is cut is asked again, and answered', async () => {
      tap.before = once('drop' as const);
      const result = await operate();
      expect(result === undefined || (Array.isArray(result) && result.length === 0)).toBe(true);
      expect(calls).toHaveLength(2);
    });

    test('whose connections are all cut is asked four times', async () => {
      tap.before = () => 'drop';
      expect((await appErrorOf(operate())).code).toBe('VAULT_UNAVAILABLE');
      expect(calls).toHaveLength(4);
    });

    test('answered with 429 waits as long as the vault asks for', async () => {
      tap.before = once(new Response('', { status: 429, headers: { 'retry-after': '10' } }));
      const { passedMs } = await withoutPauses(operate);
      expect(calls).toHaveLength(2);
      expect(passedMs).toBeGreaterThanOrEqual(10_000);
    });

    test('answered with 503 again and again is asked four times in a few seconds', async () => {
      tap.before = () => refuse(503);
      const { result, passedMs } = await withoutPauses(() => appErrorOf(operate()));
      expect(result.code).toBe('VAULT_UNAVAILABLE');
      expect(calls).toHaveLength(4);
      expect(passedMs).toBeLessThan(10_000);
    });

    test('answered with a Retry-After of an hour does not wait for it', async () => {
      tap.before = () => new Response('', { status: 429, headers: { 'retry-after': '3600' } });
      expect((await appErrorOf(operate())).code).toBe('VAULT_UNAVAILABLE');
      expect(calls).toHaveLength(1);
    });
  });

  test('with 429 or 503 is VAULT_UNAVAILABLE at once for a save: the domain repeats by itself', async () => {
    for (const status of [429, 503]) {
      calls = [];
      tap.before = () => refuse(status);
      const error = await appErrorOf(vault.saveTokenSet(set));
      expect([error.code, error.message]).toEqual([
        'VAULT_UNAVAILABLE',
        `Key Vault did not answer as expected (${status}).`,
      ]);
      expect(calls).toHaveLength(1);
    }
  });

  test('with a Retry-After of an hour does not wait for it', async () => {
    tap.before = () => new Response('', { status: 429, headers: { 'retry-after': '3600' } });
    expect((await appErrorOf(vault.saveTokenSet(set))).code).toBe('VAULT_UNAVAILABLE');
    expect(calls).toHaveLength(1);
  });

  test('that cuts every connection is VAULT_UNAVAILABLE', async () => {
    tap.before = () => 'drop';
    const error = await appErrorOf(vault.saveTokenSet(set));
    expect([error.code, error.message]).toEqual([
      'VAULT_UNAVAILABLE',
      'Key Vault did not answer as expected (no answer).',
    ]);
    expect(emulator.secretNames()).toEqual([]);
  }, 15_000);

  test('that nobody listens for is VAULT_UNAVAILABLE, and not for ever', async () => {
    const uri = (await closedAddress()).replace('http:', 'https:');
    const gone = connectKeyVault({ uri, credentialFor, attemptMs });
    expect((await appErrorOf(gone.readTokenSet({ id: 'wearer' }, 1))).code).toBe('VAULT_UNAVAILABLE');
  }, 15_000);

  test('that never answers is VAULT_UNAVAILABLE after one attempt of five seconds', async () => {
    await vault.readSecret('fitbit-client-secret');
    tap.before = () => new Promise(() => undefined);
    const { result: error, passedMs } = await withoutPauses(() => appErrorOf(vault.saveTokenSet(set)));
    expect(error.code).toBe('VAULT_UNAVAILABLE');
    expect(passedMs).toBeGreaterThanOrEqual(5_000);
    expect(passedMs).toBeLessThan(6_000);
  });

  test.each([
    ['500', refuse(500)],
    ['a cut connection', 'drop' as const],
  ])('a save once works at the next call, after %s', async (_, verdict) => {
    tap.before = once(verdict);
    expect((await appErrorOf(vault.saveTokenSet(set))).code).toBe('VAULT_UNAVAILABLE');
    const version = await vault.saveTokenSet(set);
    expect((await vault.readTokenSet({ id: 'wearer' }, 1))?.version).toBe(version);
    expect(calls).toHaveLength(3);
  });
});

describe('a write whose answer is not its own', () => {
  test.each([
    ['answered with 500', () => refuse(500)],
    ['cut off', () => 'drop' as const],
  ])(
    'that was stored and %s is an error, and the save after it a second version',
    async (_, lose) => {
      tap.after = once(lose());
      expect((await appErrorOf(vault.saveTokenSet(set))).code).toBe('VAULT_UNAVAILABLE');
      const version = await vault.saveTokenSet(set);
      const versions = emulator.snapshot().secrets[0]?.versions ?? [];
      expect(versions).toHaveLength(2);
      expect(versions[0]?.value).toBe(versions[1]?.value);
      expect(versions[1]?.version).toBe(version);
      expect(
        (await vault.readTokenSetsSince({ id: 'wearer' }, 1, version)).map((saved) => saved.set.generation),
      ).toEqual([1, 1]);
    },
    15_000,
  );

  test('that was stored and answered with 500 every time is an error, though every attempt is there', async () => {
    tap.after = () => refuse(500);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect((await appErrorOf(vault.saveTokenSet(set))).code).toBe('VAULT_UNAVAILABLE');
    }
    expect(emulator.snapshot().secrets[0]?.versions).toHaveLength(3);
  });
});

describe('what an operator did by hand', () => {
  const operator = () =>
    new SecretClient(
      emulator.url,
      { getToken: async () => ({ token: 'local', expiresOnTimestamp: 0 }) },
      {
        tlsOptions: { ca: emulator.certificate },
        disableChallengeResourceVerification: true,
      },
    );

  test('a deleted name refuses a save, and reads as nothing', async () => {
    await vault.saveTokenSet(set);
    await operator().beginDeleteSecret('token-set-wearer-1', { intervalInMs: 1 });
    expect((await appErrorOf(vault.saveTokenSet({ ...set, generation: 2 }))).code).toBe('SECRET_DELETED');
    expect(await vault.readTokenSet({ id: 'wearer' }, 1)).toBeUndefined();
    expect(await vault.readTokenSetsSince({ id: 'wearer' }, 1, 'f'.repeat(32))).toEqual([]);
  });

  test('a disabled newest version refuses to be read; the older ones can be listed and read', async () => {
    const first = await vault.saveTokenSet(set);
    const second = await vault.saveTokenSet({ ...set, generation: 2 });
    await operator().updateSecretProperties('token-set-wearer-1', second, { enabled: false });
    expect((await appErrorOf(vault.readTokenSet({ id: 'wearer' }, 1))).code).toBe('SECRET_DISABLED');
    expect((await appErrorOf(vault.readTokenSet({ id: 'wearer' }, 1, second))).code).toBe('SECRET_DISABLED');
    expect((await vault.readTokenSet({ id: 'wearer' }, 1, first))?.set.generation).toBe(1);
    const saved = await vault.readTokenSetsSince({ id: 'wearer' }, 1, first);
    expect(saved.map(({ version }) => version)).toEqual([first]);
  });

  test('the versions of a key come with the last one first, without those that are disabled', async () => {
    const keys = connectKeyVault({ uri: emulator.url, credentialFor, attemptMs });
    const read = async (most: number) =>
      (await keys.readKeys('webhook-secret', most)).map((key) => key.reveal());
    expect(await read(2)).toEqual([]);
    const versions: string[] = [];
    for (const value of ['one', 'two', 'three']) {
      clock.advance(1_000);
      versions.push(await keys.saveKey('webhook-secret', new Secret(value)));
    }
    expect([await read(1), await read(2), await read(9)]).toEqual([
      ['three'],
      ['three', 'two'],
      ['three', 'two', 'one'],
    ]);
    await operator().updateSecretProperties('webhook-secret', versions[1]!, { enabled: false });
    expect(await read(2)).toEqual(['three', 'one']);
  });

  test.each(['the-secret', '{"version":1,"accessToken":"the-secret"}', '{"version":2}'])(
    'a value that is no token set (%j) is RECORD_UNREADABLE and is not repeated',
    async (value) => {
      emulator.setSecret('token-set-wearer-1', value);
      const error = await appErrorOf(vault.readTokenSet({ id: 'wearer' }, 1));
      expect(error.code).toBe('RECORD_UNREADABLE');
      expect(error.message).toBe('A stored token set has a shape that this version cannot read.');
      expect(inspect(error, { depth: 10 })).not.toContain('the-secret');
    },
  );

  test.each([
    [403, 'VAULT_REFUSED'],
    [400, 'VAULT_UNAVAILABLE'],
  ])('a vault that answers a deletion with %d is %s', async (status, code) => {
    tap.before = () => refuse(status);
    expect((await appErrorOf(vault.deleteTokenSets({ id: 'wearer' }, 1))).code).toBe(code);
  });

  test('a name that deleteTokenSets has deleted takes no save until it is recovered', async () => {
    await vault.saveTokenSet(set);
    await vault.deleteTokenSets({ id: 'wearer' }, 1);
    expect((await appErrorOf(vault.saveTokenSet(set))).code).toBe('SECRET_DELETED');
    await vault.saveTokenSet({ ...set, consent: 2 });
    expect(emulator.secretNames()).toEqual(['token-set-wearer-2']);
  });
});

describe('purging what was deleted', () => {
  const deletedPath = '/deletedsecrets/token-set-wearer-1';
  const purge = () => vault.purgeTokenSets({ id: 'wearer' }, 1);

  beforeEach(async () => {
    await vault.saveTokenSet(set);
    await vault.deleteTokenSets({ id: 'wearer' }, 1);
    clock.advance(deletionMs);
    calls = [];
  });

  test('leaves nothing of it in the vault, and takes one call', async () => {
    expect(await purge()).toBeUndefined();
    expect(emulator.snapshot()).toEqual({ secrets: [] });
    expect(calls).toEqual([`DELETE ${deletedPath}`]);
  });

  test('leaves the secrets of other consents and connections alone, deleted or not', async () => {
    await vault.saveTokenSet({ ...set, consent: 2 });
    await vault.saveTokenSet({ ...set, connection: 'other' });
    await vault.deleteTokenSets({ id: 'other' }, 1);
    clock.advance(deletionMs);
    await purge();
    expect(emulator.snapshot().secrets.map(({ name }) => name)).toEqual([
      'token-set-wearer-2',
      'token-set-other-1',
    ]);
  });

  test('of what was never there is done', async () => {
    expect(await vault.purgeTokenSets({ id: 'nobody' }, 1)).toBeUndefined();
    expect(calls).toEqual(['DELETE /deletedsecrets/token-set-nobody-1']);
  });

  test('while the vault still deletes says so, though the vault answers 404 to whoever looks', async () => {
    await vault.saveTokenSet({ ...set, consent: 2 });
    await vault.deleteTokenSets({ id: 'wearer' }, 2);
    calls = [];
    expect((await appErrorOf(vault.purgeTokenSets({ id: 'wearer' }, 2))).code).toBe('DELETION_RUNNING');
    expect(calls).toEqual(['DELETE /deletedsecrets/token-set-wearer-2']);
    expect(await vault.readTokenSet({ id: 'wearer' }, 2)).toBeUndefined();
    clock.advance(deletionMs);
    expect(await vault.purgeTokenSets({ id: 'wearer' }, 2)).toBeUndefined();
    await purge();
    expect(emulator.snapshot()).toEqual({ secrets: [] });
  });

  test('says when a vault that protects what was deleted will forget it', async () => {
    const protecting = await startKeyVault({ port: 0, now: clock.now, purgeProtection: true });
    try {
      const there = connectKeyVault({ uri: protecting.url, credentialFor, attemptMs });
      await there.saveTokenSet(set);
      const goneAt = Math.floor(clock.now() / 1000) * 1000 + 7 * 24 * 3_600_000;
      expect(await there.deleteTokenSets({ id: 'wearer' }, 1)).toBe(goneAt);
      clock.advance(deletionMs);
      expect(await there.purgeTokenSets({ id: 'wearer' }, 1)).toBe(goneAt);
      expect(protecting.snapshot().secrets).toHaveLength(1);
    } finally {
      await protecting.close();
    }
  });

  test('says the same when we have no right to purge', async () => {
    tap.before = ({ method }) => (method === 'DELETE' ? refuse(403, 'Forbidden') : 'go on');
    expect(await purge()).toBeGreaterThan(clock.now() + 6 * 24 * 3_600_000);
  });

  test('of a secret that was disabled, which the vault does not show either, says 90 days at the most', async () => {
    tap.before = () => refuse(403, 'Forbidden');
    const day = 24 * 3_600_000;
    const latest = (await purge()) ?? 0;
    expect(Math.round((latest - Date.now()) / day)).toBe(90);
  });

  test('that somebody else has done meanwhile is done', async () => {
    tap.before = ({ method }) => (method === 'DELETE' ? refuse(404, 'SecretNotFound') : 'go on');
    expect(await purge()).toBeUndefined();
  });

  test.each([
    [401, 'VAULT_REFUSED'],
    [409, 'DELETION_RUNNING'],
    [429, 'VAULT_UNAVAILABLE'],
    [503, 'VAULT_UNAVAILABLE'],
  ])('answered with %d is %s: it can be tried again', async (status, code) => {
    tap.before = ({ method }) => (method === 'DELETE' ? refuse(status) : 'go on');
    expect((await appErrorOf(purge())).code).toBe(code);
    tap = {};
    expect(await purge()).toBeUndefined();
    expect(emulator.snapshot()).toEqual({ secrets: [] });
  });
});

describe('times of versions', () => {
  test('are whole seconds, so what was saved earlier in the same second is read too', async () => {
    clock.advance(10_000 - (clock.now() % 1_000));
    const versions: string[] = [];
    for (const [generation, pauseMs] of [
      [1, 999],
      [2, 1],
      [3, 500],
    ] as const) {
      versions.push(await vault.saveTokenSet({ ...set, generation }));
      clock.advance(pauseMs);
    }
    versions.push(await vault.saveTokenSet({ ...set, generation: 4 }));
    const since = async (version = '') =>
      (await vault.readTokenSetsSince({ id: 'wearer' }, 1, version))
        .map((saved) => saved.set.generation)
        .sort();
    expect(await since(versions[1])).toEqual([1, 2, 3, 4]);
    expect(await since(versions[3])).toEqual([3, 4]);
  });
});

describe('the first calls of a process', () => {
  test('may all be saves at once: none loses its content to the challenge', async () => {
    const sets = Array.from({ length: 6 }, (_, i): TokenSet => {
      return { ...set, connection: `wearer-${i}`, accessToken: new Secret(`access-${i}`) };
    });
    // Every one of them has been sent without its content before the first is challenged.
    const allSent = Promise.withResolvers<void>();
    let sent = 0;
    holdChallenge = () => {
      sent += 1;
      if (sent === sets.length) allSent.resolve();
      return allSent.promise;
    };
    const cold = connectKeyVault({ uri: emulator.url, credentialFor, attemptMs });
    const versions = await Promise.all(sets.map((each) => cold.saveTokenSet(each)));
    expect(emulator.secretNames()).toEqual(sets.map(({ connection }) => `token-set-${connection}-1`));
    const saved = await Promise.all(sets.map(({ connection }) => cold.readTokenSet({ id: connection }, 1)));
    expect(saved.map((each) => [each?.version, each?.set.accessToken.reveal()])).toEqual(
      versions.map((version, i) => [version, `access-${i}`]),
    );
    expect(emulator.snapshot().secrets.map(({ versions: stored }) => stored.length)).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });

  test('may all be saves of one connection: every one is a version, the one finished last the latest', async () => {
    const generations = [1, 2, 3, 4, 5, 6];
    const cold = connectKeyVault({ uri: emulator.url, credentialFor, attemptMs });
    const versions = await Promise.all(
      generations.map((generation) => cold.saveTokenSet({ ...set, generation })),
    );
    const stored = emulator.snapshot().secrets[0]?.versions ?? [];
    expect(stored.map(({ version }) => version).sort()).toEqual([...versions].sort());
    const latest = await cold.readTokenSet({ id: 'wearer' }, 1);
    expect(latest?.version).toBe(stored.at(-1)?.version);
    expect(latest?.set.generation).toBe(generations[versions.indexOf(latest?.version ?? '')]);
  });
});
