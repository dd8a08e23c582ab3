/** Drives the real SecretClient against the Key Vault emulator, and the bare wire where the client hides it. */
import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { RestError, SecretClient, type SecretProperties } from '@azure/keyvault-secrets';
import {
  startKeyVault,
  usualVault,
  type KeyVaultEmulator,
  type KeyVaultOptions,
} from '../../local/key-vault/emulator';
import type { VaultFault } from '../../local/key-vault/vault-faults';
import { PortTaken, type Call, type Verdict } from '../../local/serve';

const startMs = Date.UTC(2026, 9, 1, 6, 0, 0, 750);
const dayMs = 24 * 60 * 60 * 1000;
const fast = { intervalInMs: 1 };

const running: KeyVaultEmulator[] = [];
let nowMs = startMs;

beforeEach(() => {
  nowMs = startMs;
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((vault) => vault.close()));
});

async function start(options: Partial<KeyVaultOptions> = {}) {
  const recovery = { purgeProtection: false, recoverableDays: 90, deletionMs: 0 };
  const vault = await startKeyVault({ port: 0, now: () => nowMs, ...recovery, ...options });
  running.push(vault);
  return { vault, client: clientOf(vault) };
}

function clientOf(vault: KeyVaultEmulator): SecretClient {
  const credential = { getToken: async () => ({ token: 'local', expiresOnTimestamp: Date.now() + dayMs }) };
  return new SecretClient(vault.url, credential, {
    tlsOptions: { ca: vault.certificate },
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
  });
}

/** One request over plain https, as no SDK would send it. */
function send(
  vault: KeyVaultEmulator,
  method: string,
  path: string,
  options: { token?: string; body?: string } = {},
) {
  return new Promise<{
    status: number | undefined;
    headers: Record<string, string | string[] | undefined>;
    body: { value?: string; nextLink?: string; error?: { code: string } };
  }>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    };
    const request = httpsRequest(
      `${vault.url}${path}${path.includes('version=') ? '' : `${path.includes('?') ? '&' : '?'}api-version=7.6`}`,
      { method, headers, ca: vault.certificate, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: JSON.parse(text),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

function fetchPage(
  vault: KeyVaultEmulator,
  path: string,
  { body, ...options }: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      `${vault.url}${path}`,
      { ...options, ca: vault.certificate, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function errorOf(work: Promise<unknown>): Promise<RestError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RestError)) throw new Error('A RestError was expected.', { cause: error });
  return error;
}

async function refusalOf(work: Promise<unknown>) {
  const { statusCode, details } = await errorOf(work);
  const { code, innerError } = (details as { error: { code: string; innerError?: { code: string } } }).error;
  return [statusCode, code, ...(innerError ? [innerError.code] : [])];
}

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const versionOf = ({ properties }: { properties: SecretProperties }): string => properties.version ?? '';

describe('a secret', () => {
  test('comes back as it was set, with times in whole seconds', async () => {
    const { vault, client } = await start();
    const set = await client.setSecret('token-a', '{"n":1}', {
      contentType: 'application/json',
      tags: { generation: '1' },
      notBefore: new Date('2026-01-02T03:04:05Z'),
      expiresOn: new Date('2027-01-02T03:04:05Z'),
    });
    expect(set).toMatchObject({
      name: 'token-a',
      value: '{"n":1}',
      properties: {
        id: `${vault.url}/secrets/token-a/${versionOf(set)}`,
        vaultUrl: vault.url,
        contentType: 'application/json',
        tags: { generation: '1' },
        enabled: true,
        notBefore: new Date('2026-01-02T03:04:05Z'),
        expiresOn: new Date('2027-01-02T03:04:05Z'),
        createdOn: new Date('2026-10-01T06:00:00Z'),
        updatedOn: new Date('2026-10-01T06:00:00Z'),
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: 90,
      },
    });
    expect(versionOf(set)).toMatch(/^[0-9a-f]{32}$/);
    expect(await client.getSecret('token-a')).toEqual(set);
  });

  test('gets another version with every set, even of the same value, and the last one is the latest', async () => {
    const { client } = await start();
    const first = await client.setSecret('token-a', 'same');
    const second = await client.setSecret('token-a', 'same');
    const third = await client.setSecret('token-a', 'other');
    expect(new Set([first, second, third].map(versionOf)).size).toBe(3);
    expect(await client.getSecret('token-a')).toMatchObject({
      value: 'other',
      properties: { version: versionOf(third) },
    });
    expect(await client.getSecret('token-a', { version: versionOf(first) })).toMatchObject({
      value: 'same',
      properties: { version: versionOf(first) },
    });
  });

  test('is found whatever the case of its name', async () => {
    const { vault, client } = await start();
    await client.setSecret('Token-A', 'one');
    await client.setSecret('TOKEN-a', 'two');
    expect((await client.getSecret('token-a')).value).toBe('two');
    expect(await listOf(client.listPropertiesOfSecretVersions('tOKEN-A'))).toHaveLength(2);
    expect(vault.secretNames()).toEqual(['Token-A']);
  });

  test('takes a value of exactly 25 KB, counted in bytes', async () => {
    const { client } = await start();
    const value = 'é'.repeat((25 * 1024) / 2);
    await client.setSecret('large', value);
    expect((await client.getSecret('large')).value).toBe(value);
  });

  test('that is not there answers 404', async () => {
    const { client } = await start();
    const set = await client.setSecret('token-a', 'one');
    const gone = 'f'.repeat(32);
    expect(await refusalOf(client.getSecret('nobody'))).toEqual([404, 'SecretNotFound']);
    expect(await refusalOf(client.getSecret('token-a', { version: gone }))).toEqual([404, 'SecretNotFound']);
    expect(await refusalOf(client.getSecret('nobody', { version: versionOf(set) }))).toEqual([
      404,
      'SecretNotFound',
    ]);
    expect(await refusalOf(client.updateSecretProperties('token-a', gone, { enabled: false }))).toEqual([
      404,
      'SecretNotFound',
    ]);
    expect(await refusalOf(client.beginDeleteSecret('nobody', fast))).toEqual([404, 'SecretNotFound']);
    expect(await listOf(client.listPropertiesOfSecretVersions('nobody'))).toEqual([]);
  });
});

describe('setSecret', () => {
  const manyTags = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`tag${n}`, 'x']));
  test.each([
    ['a value over 25 KB', 'token-a', 'x'.repeat(25 * 1024 + 1), {}],
    [
      'a value over 25 KB in bytes though not in characters',
      'token-a',
      `x${'é'.repeat((25 * 1024) / 2)}`,
      {},
    ],
    ['16 tags', 'token-a', 'hush', { tags: manyTags }],
    ['a tag name over 256', 'token-a', 'hush', { tags: { ['x'.repeat(257)]: '1' } }],
    ['a tag value over 256', 'token-a', 'hush', { tags: { a: 'x'.repeat(257) } }],
    ['a content type over 255', 'token-a', 'hush', { contentType: 'x'.repeat(256) }],
    ['an underscore in the name', 'token_a', 'hush', {}],
    ['a name of 128', 'x'.repeat(128), 'hush', {}],
  ])('with %s answers 400 and stores nothing', async (_, name, value, options) => {
    const { vault, client } = await start();
    const error = await errorOf(client.setSecret(name, value, options));
    expect([error.statusCode, error.code]).toEqual([400, 'BadParameter']);
    expect(error.message).not.toContain('hush');
    expect(vault.snapshot()).toEqual({ secrets: [] });
  });

  test('accepts an empty value', async () => {
    const { client } = await start();
    await client.setSecret('token-a', '');
    expect((await client.getSecret('token-a')).value).toBe('');
  });

  test('accepts 15 tags of 256, a content type of 255 and a name of 127', async () => {
    const { vault, client } = await start();
    const tags = Object.fromEntries(
      Array.from({ length: 15 }, (_, n) => [String(n).padStart(256, 'k'), 'v'.repeat(256)]),
    );
    const name = 'x'.repeat(127);
    await client.setSecret(name, 'one', { tags, contentType: 'x'.repeat(255) });
    expect((await client.getSecret(name)).properties).toMatchObject({ tags, contentType: 'x'.repeat(255) });
    expect(vault.secretNames()).toEqual([name]);
  });

  const six = ['a', 'b', 'c', 'd', 'e', 'f'];

  test('six at once from a client that was warmed by one get stores all six values', async () => {
    const { vault, client } = await start();
    await errorOf(client.getSecret('warm-up'));
    await Promise.all(six.map((name) => client.setSecret(name, `value of ${name}`)));
    expect(vault.secretNames()).toEqual(six);
    for (const name of six) expect((await client.getSecret(name)).value).toBe(`value of ${name}`);
  });

  test('six at once from six cold clients stores six versions', async () => {
    const { vault, client } = await start();
    const clients = Array.from({ length: 6 }, () => clientOf(vault));
    const sets = await Promise.all(clients.map((each, n) => each.setSecret('shared', `value ${n}`)));
    const versions = await listOf(client.listPropertiesOfSecretVersions('shared'));
    expect(versions.map(({ version }) => version).sort()).toEqual(sets.map(versionOf).sort());
  });

  /** Six sets at once from one client that was never challenged before, the answers ordered by the tap. */
  async function setSixCold(after: (call: Call, status: number) => Promise<void> | void) {
    const { vault, client } = await start({
      tap: {
        async after(call, { status }): Promise<Verdict> {
          await after(call, status);
          return 'go on';
        },
      },
    });
    const results = await Promise.allSettled(six.map((name) => client.setSecret(name, `value of ${name}`)));
    const stored = vault
      .snapshot()
      .secrets.map(({ name, versions }) => [name, versions.map(({ value }) => value)]);
    return { results, stored: stored.sort() };
  }

  test('six at once from one cold client stores all six values when the first challenge is answered first', async () => {
    const firstStored = Promise.withResolvers<void>();
    const { stored } = await setSixCold((call, status) => {
      if (call.path === '/secrets/a' && status === 200) firstStored.resolve();
      return call.path !== '/secrets/a' && status === 401 ? firstStored.promise : undefined;
    });
    expect(stored).toEqual(six.map((name) => [name, [`value of ${name}`]]));
  });

  // @azure/keyvault-common 2.1.0 forgets the first body in this order, 2.1.1 does not. Either way nothing empty is
  // stored, and whoever was told that a value is stored finds it.
  test('six at once from one cold client stores what it acknowledged when the first challenge is answered last', async () => {
    const othersStored = Promise.withResolvers<void>();
    let stores = 0;
    const { results, stored } = await setSixCold((call, status) => {
      if (status === 200 && ++stores === 5) othersStored.resolve();
      return call.path === '/secrets/a' && status === 401 ? othersStored.promise : undefined;
    });
    const acknowledged = six.filter((_, n) => results[n]?.status === 'fulfilled');
    expect(stored).toEqual(acknowledged.map((name) => [name, [`value of ${name}`]]));
    expect(acknowledged).toEqual(expect.arrayContaining(['b', 'c', 'd', 'e', 'f']));
    const refused = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason.statusCode);
    expect(refused).toEqual(acknowledged.includes('a') ? [] : [400]);
  });
});

describe('a bare request', () => {
  test('without a bearer token gets the challenge and is not applied', async () => {
    const { vault } = await start();
    for (const token of [undefined, '', '   ']) {
      const options = { body: '{"value":"hush"}', ...(token === undefined ? {} : { token }) };
      const answer = await send(vault, 'PUT', '/secrets/token-a?api-version=7.6', options);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(
        /^Bearer authorization="https:\/\/login\.windows\.net\/[0-9a-f-]{36}", resource="https:\/\/vault\.azure\.net"$/,
      );
      expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.body.error?.code).toBe('Unauthorized');
    }
    expect(vault.secretNames()).toEqual([]);
  });

  test('with a good token is let in, and every answer carries its own request id', async () => {
    const { vault } = await start();
    const answers = [
      await send(vault, 'PUT', '/secrets/token-a?api%2Dversion=7.6', {
        token: 'local',
        body: '{"value":"one"}',
      }),
      await send(vault, 'GET', '/secrets/token-a/?api%2Dversion=7.6', { token: 'local' }),
      await send(vault, 'GET', '/secrets/token-a', { token: 'local' }),
      await send(vault, 'GET', '/secrets/nobody', { token: 'local' }),
      await send(vault, 'GET', '/keys', { token: 'local' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 404]);
    expect(answers[1]?.body.value).toBe('one');
    const ids = answers.map(({ headers }) => headers['x-ms-request-id']);
    expect(new Set(ids).size).toBe(5);
    expect(ids.every(Boolean)).toBe(true);
  });

  test.each([
    ['no body', undefined],
    ['a body that is not JSON', '{"value":"hush"'],
    ['no value', '{"tags":{}}'],
    ['a value that is not a string', '{"value":{"a":"hush"}}'],
    ['a tag that is not a string', '{"value":"hush","tags":{"hush":1}}'],
    ['a time that is not in whole seconds', '{"value":"hush","attributes":{"exp":1.5}}'],
  ])('PUT with %s answers 400 BadParameter without repeating it', async (_, body) => {
    const { vault } = await start();
    const answer = await send(vault, 'PUT', '/secrets/token-a', {
      token: 'local',
      ...(body === undefined ? {} : { body }),
    });
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'BadParameter']);
    expect(JSON.stringify(answer.body)).not.toContain('hush');
    expect(vault.secretNames()).toEqual([]);
  });

  test.each(['0', '26', 'ten'])('listing with maxresults=%s answers 400 BadParameter', async (maxresults) => {
    const { vault } = await start();
    const answer = await send(vault, 'GET', `/secrets?maxresults=${maxresults}`, { token: 'local' });
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'BadParameter']);
  });

  test('errors have the envelope of the real vault', async () => {
    const { vault, client } = await start();
    await client.setSecret('token-a', 'hush', { enabled: false });
    expect((await send(vault, 'GET', '/secrets/token-a/', { token: 'local' })).body).toEqual({
      error: {
        code: 'Forbidden',
        message: 'Operation get is not allowed on a disabled secret.',
        innererror: { code: 'SecretDisabled' },
      },
    });
  });
});

describe('what is asked of a call', () => {
  const jwt = (claims: object) =>
    ['{"alg":"none"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
  const vaultAudience = 'https://vault.azure.net';
  const soon = startMs / 1000 + 60;

  test.each<[string, number, string, string]>([
    ['the token of the local world', 200, 'local', ''],
    ['a token for Key Vault', 200, jwt({ aud: vaultAudience, exp: soon }), ''],
    ['a token of another service', 401, jwt({ aud: 'https://storage.azure.com', exp: soon }), 'AKV10022'],
    ['a token that has expired', 401, jwt({ aud: vaultAudience, exp: startMs / 1000 }), 'expired'],
    ['a token without an end', 401, jwt({ aud: vaultAudience }), 'not a JSON web token'],
    ['no JSON web token', 401, 'operator', 'not a JSON web token'],
  ])('with %s it answers %d', async (_, status, token, message) => {
    const { vault } = await start();
    const answer = await send(vault, 'GET', '/secrets', { token });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(message);
    expect(status === 401).toBe('www-authenticate' in answer.headers);
  });

  test.each([
    ['api-version=7.6', 200],
    ['api%2Dversion=2026-04-01', 200],
    ['api-version=', 400],
    ['api-version=7', 400],
    ['api-version=1999-01-01', 400],
    ['no-version=1', 400],
  ])('with the query %s it answers %d', async (query, status) => {
    const { vault } = await start();
    expect((await send(vault, 'GET', `/secrets?${query}`, { token: 'local' })).status).toBe(status);
  });

  test('a list goes on from a link of its own only', async () => {
    const { vault } = await start();
    const answer = await send(vault, 'GET', '/secrets?$skiptoken=%21', { token: 'local' });
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'BadParameter']);
  });

  test('a change of properties names the version', async () => {
    const { vault, client } = await start();
    await client.setSecret('token-a', 'one');
    const answer = await send(vault, 'PATCH', '/secrets/token-a', { token: 'local', body: '{}' });
    expect(answer.status).toBe(404);
  });
});

describe('a deletion', () => {
  const seconds = 6;

  test('takes seconds, in which the secret is neither here nor there, and its name is taken', async () => {
    const { client } = await start({ deletionMs: seconds * 1000 });
    await client.setSecret('token-a', 'one');
    await client.beginDeleteSecret('token-a', fast);
    for (const elapsed of [0, seconds * 1000 - 1]) {
      nowMs = startMs + elapsed;
      expect(await refusalOf(client.getSecret('token-a'))).toEqual([404, 'SecretNotFound']);
      expect(await refusalOf(client.getDeletedSecret('token-a'))).toEqual([404, 'SecretNotFound']);
      expect(await listOf(client.listDeletedSecrets())).toEqual([]);
      const refusal = [409, 'Conflict', 'ObjectIsBeingDeleted'];
      expect(await refusalOf(client.setSecret('token-a', 'two'))).toEqual(refusal);
      expect(await refusalOf(client.purgeDeletedSecret('token-a'))).toEqual(refusal);
    }
    nowMs = startMs + seconds * 1000;
    expect((await client.getDeletedSecret('token-a')).name).toBe('token-a');
    await client.purgeDeletedSecret('token-a');
    await client.setSecret('token-a', 'two');
  });

  test('of a secret that is disabled is not shown to anybody', async () => {
    const { vault, client } = await start();
    await client.setSecret('token-a', 'one');
    vault.setEnabled('token-a', false);
    await client.beginDeleteSecret('token-a', fast);
    expect(await refusalOf(client.getDeletedSecret('token-a'))).toEqual([403, 'Forbidden', 'AccessDenied']);
    await client.purgeDeletedSecret('token-a');
    expect(vault.snapshot()).toEqual({ secrets: [] });
  });

  test.each([
    [7, true, 'CustomizedRecoverable'],
    [7, false, 'CustomizedRecoverable+Purgeable'],
    [90, true, 'Recoverable'],
    [90, false, 'Recoverable+Purgeable'],
  ])('can be undone for %d days; protected: %s', async (recoverableDays, purgeProtection, recoveryLevel) => {
    const { client } = await start({ recoverableDays, purgeProtection });
    await client.setSecret('token-a', 'one');
    const poller = await client.beginDeleteSecret('token-a', fast);
    expect(poller.getOperationState().result?.properties).toMatchObject({
      recoveryLevel,
      recoverableDays,
      scheduledPurgeDate: new Date(Math.floor(startMs / 1000) * 1000 + recoverableDays * dayMs),
    });
  });

  test('takes as long and can be undone as long as in a vault that infra/ has made', async () => {
    const bicep = readFileSync('infra/main.bicep', 'utf8');
    expect(/^param purgeProtection string = '(.+)'$/m.exec(bicep)?.[1]).toBe(
      String(usualVault.purgeProtection),
    );
    expect(/^param softDeleteDays string = '(.+)'$/m.exec(bicep)?.[1]).toBe(
      String(usualVault.recoverableDays),
    );
    const vault = await startKeyVault({ port: 0, now: () => nowMs });
    running.push(vault);
    const client = clientOf(vault);
    await client.setSecret('token-a', 'one');
    await client.beginDeleteSecret('token-a', fast);
    expect((await refusalOf(client.purgeDeletedSecret('token-a')))[2]).toBe('ObjectIsBeingDeleted');
    nowMs += usualVault.deletionMs;
    expect(await refusalOf(client.purgeDeletedSecret('token-a'))).toEqual([403, 'Forbidden']);
  });
});

describe('a refusal that is switched on', () => {
  test.each<[VaultFault, (number | string)[]]>([
    ['ForbiddenByRbac', [403, 'Forbidden', 'ForbiddenByRbac']],
    ['ForbiddenByFirewall', [403, 'Forbidden', 'ForbiddenByFirewall']],
    ['Throttled', [429, 'Throttled']],
    ['Unauthorized', [401, 'Unauthorized']],
    ['ServiceUnavailable', [503, 'ServiceUnavailable']],
  ])('%s lasts until it is cleared', async (fault, refusal) => {
    const { vault, client } = await start();
    await client.setSecret('token-a', 'one');
    vault.faults.switchOn(fault, 'all');
    expect(await refusalOf(client.getSecret('token-a'))).toEqual(refusal);
    expect(await refusalOf(client.setSecret('token-a', 'two'))).toEqual(refusal);
    vault.faults.clear();
    expect((await client.getSecret('token-a')).value).toBe('one');
  });

  test('for one kind of call leaves the others alone, and ends after as many calls as were asked for', async () => {
    const { vault, client } = await start();
    vault.faults.switchOn('ForbiddenByRbac', 'set', 2);
    expect(await refusalOf(client.getSecret('token-a'))).toEqual([404, 'SecretNotFound']);
    for (let call = 1; call <= 2; call += 1) {
      expect((await refusalOf(client.setSecret('token-a', 'one')))[0]).toBe(403);
    }
    await client.setSecret('token-a', 'one');
  });

  test('is switched on and off at the page of the emulator, which asks for no token', async () => {
    const { vault, client } = await start();
    const post = (path: string, body: string) =>
      fetchPage(vault, path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await post('/faults', 'fault=ForbiddenByRbac&calls=read&times=')).status).toBe(303);
    expect((await fetchPage(vault, '/')).text).toContain('ForbiddenByRbac (read), until cleared');
    expect((await refusalOf(client.getSecret('token-a')))[2]).toBe('ForbiddenByRbac');
    expect((await post('/faults/clear', '')).status).toBe(303);
    expect(await refusalOf(client.getSecret('token-a'))).toEqual([404, 'SecretNotFound']);
    for (const wrong of [
      'fault=Gone&calls=read',
      'fault=Throttled&calls=some',
      'fault=Throttled&calls=all&times=0',
    ]) {
      expect((await post('/faults', wrong)).status).toBe(400);
    }
    expect(vault.faults.pending()).toEqual([]);
  });
});

describe('updateSecretProperties', () => {
  test('disables one version, which then answers 403 until it is enabled again', async () => {
    const { client } = await start();
    const first = await client.setSecret('token-a', 'one');
    const second = await client.setSecret('token-a', 'two');
    nowMs += 60_000;
    const disabled = await client.updateSecretProperties('token-a', versionOf(first), { enabled: false });
    expect(disabled).toMatchObject({
      enabled: false,
      version: versionOf(first),
      createdOn: new Date('2026-10-01T06:00:00Z'),
      updatedOn: new Date('2026-10-01T06:01:00Z'),
    });
    expect(await refusalOf(client.getSecret('token-a', { version: versionOf(first) }))).toEqual([
      403,
      'Forbidden',
      'SecretDisabled',
    ]);
    expect((await client.getSecret('token-a')).properties.version).toBe(versionOf(second));
    await client.updateSecretProperties('token-a', versionOf(first), { enabled: true });
    expect((await client.getSecret('token-a', { version: versionOf(first) })).value).toBe('one');
  });

  test('of the latest version hides the secret: no older version takes its place', async () => {
    const { client } = await start();
    await client.setSecret('token-a', 'one');
    const second = await client.setSecret('token-a', 'two');
    await client.updateSecretProperties('token-a', versionOf(second), { enabled: false });
    expect(await refusalOf(client.getSecret('token-a'))).toEqual([403, 'Forbidden', 'SecretDisabled']);
  });

  test('changes what is named, keeps the rest, and makes no version', async () => {
    const { vault, client } = await start();
    const set = await client.setSecret('token-a', 'one', {
      contentType: 'text/plain',
      tags: { a: '1', b: '2' },
      expiresOn: new Date('2027-01-01T00:00:00Z'),
    });
    await client.updateSecretProperties('token-a', versionOf(set), { tags: { c: '3' } });
    expect(await client.getSecret('token-a')).toMatchObject({
      value: 'one',
      properties: {
        version: versionOf(set),
        enabled: true,
        contentType: 'text/plain',
        expiresOn: new Date('2027-01-01T00:00:00Z'),
      },
    });
    expect((await client.getSecret('token-a')).properties.tags).toEqual({ c: '3' });
    expect(vault.snapshot().secrets[0]?.versions).toHaveLength(1);
  });

  test('answers without the value', async () => {
    const { vault, client } = await start();
    const version = versionOf(await client.setSecret('token-a', 'hush'));
    const body = '{"attributes":{"enabled":true}}';
    const answer = await send(vault, 'PATCH', `/secrets/token-a/${version}`, { token: 'local', body });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain('hush');
  });
});

describe('lists', () => {
  test('versions come in pages of 25, all of them once, without values and not in the order of creation', async () => {
    const { vault, client } = await start();
    const made: string[] = [];
    for (let n = 0; n < 60; n++) {
      nowMs = startMs + n * 1000;
      made.push(versionOf(await client.setSecret('token-a', `hush ${n}`)));
    }
    const pages = await listOf(client.listPropertiesOfSecretVersions('token-a').byPage());
    expect(pages.map((page) => page.length)).toEqual([25, 25, 10]);
    const listed = pages.flat();
    expect(listed.map(({ version }) => version)).not.toEqual(made);
    const byTime = listed.sort((a, b) => Number(a.createdOn) - Number(b.createdOn));
    expect(byTime.map(({ version }) => version)).toEqual(made);
    const raw = await send(vault, 'GET', '/secrets/token-a/versions', { token: 'local' });
    expect(JSON.stringify(raw.body)).not.toContain('hush');
    expect(raw.body.nextLink).toMatch(/skiptoken=/);
  });

  test('versions include the disabled ones', async () => {
    const { client } = await start();
    await client.setSecret('token-a', 'one', { enabled: false });
    await client.setSecret('token-a', 'two');
    const listed = await listOf(client.listPropertiesOfSecretVersions('token-a'));
    expect(listed.map(({ enabled }) => enabled).sort()).toEqual([false, true]);
  });

  test('secrets come in pages of the size asked for, each once, with the properties of the latest version', async () => {
    const { client } = await start();
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await client.setSecret(name, 'one', { tags: { of: name } });
    await client.setSecret('c', 'two', { tags: { of: 'c again' } });
    const pages = await listOf(client.listPropertiesOfSecrets().byPage({ maxPageSize: 2 }));
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(pages[1]?.[0]).toMatchObject({ tags: { of: 'c again' }, version: undefined });
  });

  test('a page never holds more than the emulator was told, and a full last page has no next link', async () => {
    const { vault, client } = await start({ maxPageSize: 2 });
    for (const name of ['a', 'b', 'c', 'd']) await client.setSecret(name, 'one');
    const pages = await listOf(client.listPropertiesOfSecrets().byPage({ maxPageSize: 10 }));
    expect(pages.map((page) => page.length)).toEqual([2, 2]);
    expect((await listOf(client.listPropertiesOfSecrets())).map(({ name }) => name)).toEqual(
      vault.secretNames(),
    );
  });

  test('going on from a continuation token skips nothing when a listed secret was deleted meanwhile', async () => {
    const { client } = await start();
    for (const name of ['a', 'b', 'c', 'd']) await client.setSecret(name, 'one');
    const names: string[] = [];
    for await (const page of client.listPropertiesOfSecrets().byPage({ maxPageSize: 2 })) {
      names.push(...page.map(({ name }) => name));
      if (names.length === 2) await client.beginDeleteSecret('a', fast);
    }
    expect(names).toEqual(['a', 'b', 'c', 'd']);
  });

  test('of nothing are one empty page', async () => {
    const { client } = await start();
    expect(await listOf(client.listPropertiesOfSecrets().byPage())).toEqual([[]]);
    expect(await listOf(client.listDeletedSecrets().byPage())).toEqual([[]]);
  });
});

describe('a deleted secret', () => {
  async function startWithDeleted(options: Partial<KeyVaultOptions> = {}) {
    const started = await start(options);
    await started.client.setSecret('token-a', 'one', { tags: { a: '1' } });
    await started.client.setSecret('token-a', 'two', { tags: { a: '2' } });
    const poller = await started.client.beginDeleteSecret('token-a', fast);
    return { ...started, deleted: await poller.pollUntilDone() };
  }

  test('is gone for everybody who does not ask for deleted ones', async () => {
    const { vault, client, deleted } = await startWithDeleted();
    expect(deleted).toMatchObject({
      name: 'token-a',
      recoveryId: `${vault.url}/deletedsecrets/token-a`,
      deletedOn: new Date('2026-10-01T06:00:00Z'),
      scheduledPurgeDate: new Date('2026-12-30T06:00:00Z'),
      properties: { tags: { a: '2' } },
    });
    expect(deleted.value).toBeUndefined();
    expect(await refusalOf(client.getSecret('token-a'))).toEqual([404, 'SecretNotFound']);
    expect(await refusalOf(client.beginDeleteSecret('token-a', fast))).toEqual([404, 'SecretNotFound']);
    expect(await listOf(client.listPropertiesOfSecrets())).toEqual([]);
    expect(await listOf(client.listPropertiesOfSecretVersions('token-a'))).toEqual([]);
    expect(vault.secretNames()).toEqual([]);
    expect(await client.getDeletedSecret('token-a')).toEqual(deleted);
    expect((await listOf(client.listDeletedSecrets())).map(({ name }) => name)).toEqual(['token-a']);
  });

  test('setSecret to a deleted name answers 409 until it is purged', async () => {
    const { client } = await startWithDeleted();
    const refusal = [409, 'Conflict', 'ObjectIsDeletedButRecoverable'];
    expect(await refusalOf(client.setSecret('token-a', 'three'))).toEqual(refusal);
    expect(await refusalOf(client.setSecret('TOKEN-A', 'three'))).toEqual(refusal);
    await client.purgeDeletedSecret('token-a');
    await client.setSecret('token-a', 'three');
    expect((await client.getSecret('token-a')).value).toBe('three');
    expect(await listOf(client.listPropertiesOfSecretVersions('token-a'))).toHaveLength(1);
  });

  test('is recovered with all its versions', async () => {
    const { client } = await startWithDeleted();
    const poller = await client.beginRecoverDeletedSecret('token-a', fast);
    expect(await poller.pollUntilDone()).toMatchObject({ name: 'token-a', tags: { a: '2' } });
    expect((await client.getSecret('token-a')).value).toBe('two');
    expect(await listOf(client.listPropertiesOfSecretVersions('token-a'))).toHaveLength(2);
    expect(await refusalOf(client.getDeletedSecret('token-a'))).toEqual([404, 'SecretNotFound']);
  });

  test('that was purged cannot be recovered, nor can one that was never deleted', async () => {
    const { client } = await startWithDeleted();
    await client.purgeDeletedSecret('token-a');
    expect(await refusalOf(client.beginRecoverDeletedSecret('token-a', fast))).toEqual([
      404,
      'SecretNotFound',
    ]);
    expect(await refusalOf(client.purgeDeletedSecret('token-a'))).toEqual([404, 'SecretNotFound']);
    await client.setSecret('alive', 'one');
    expect(await refusalOf(client.purgeDeletedSecret('alive'))).toEqual([404, 'SecretNotFound']);
    expect((await client.getSecret('alive')).value).toBe('one');
  });

  test('that the vault protects cannot be purged, and says when it will be', async () => {
    const { vault, client } = await start({ purgeProtection: true });
    const set = await client.setSecret('token-a', 'hush');
    expect(set.properties.recoveryLevel).toBe('Recoverable');
    await client.beginDeleteSecret('token-a', fast);
    const error = await errorOf(client.purgeDeletedSecret('token-a'));
    expect([error.statusCode, error.code]).toEqual([403, 'Forbidden']);
    expect(error.message).not.toContain('hush');
    const deleted = await client.getDeletedSecret('token-a');
    expect(deleted.properties).toMatchObject({
      recoveryLevel: 'Recoverable',
      scheduledPurgeDate: new Date('2026-12-30T06:00:00Z'),
    });
    expect(vault.snapshot().secrets).toHaveLength(1);
    // It protects, but does not invent.
    expect(await refusalOf(client.purgeDeletedSecret('nobody'))).toEqual([404, 'SecretNotFound']);
    nowMs = startMs + 90 * dayMs;
    expect(await listOf(client.listDeletedSecrets())).toEqual([]);
  });

  test('that the vault protects can be recovered', async () => {
    const { client } = await start({ purgeProtection: true });
    await client.setSecret('token-a', 'one');
    await client.beginDeleteSecret('token-a', fast);
    await client.purgeDeletedSecret('token-a').catch(() => undefined);
    await client.beginRecoverDeletedSecret('token-a', fast);
    expect((await client.getSecret('token-a')).value).toBe('one');
  });

  test('purges itself after ninety days', async () => {
    const { vault, client } = await startWithDeleted();
    nowMs = startMs + 90 * dayMs - 1000;
    expect(await listOf(client.listDeletedSecrets())).toHaveLength(1);
    nowMs = startMs + 90 * dayMs;
    expect(await listOf(client.listDeletedSecrets())).toEqual([]);
    expect(vault.snapshot()).toEqual({ secrets: [] });
    await client.setSecret('token-a', 'three');
    expect((await client.getSecret('token-a')).value).toBe('three');
  });
});

describe('the tap', () => {
  /** A set that was let through the challenge. */
  const isSet = ({ method, request }: Call): boolean =>
    method === 'PUT' && request.headers.has('authorization');
  const failure = (): Response => Response.json({ error: { code: 'InternalServerError' } }, { status: 500 });

  test('sees every call: the challenged one, then the one with the token and the body', async () => {
    const seen: unknown[] = [];
    const { client } = await start({
      tap: {
        async before({ server, method, path, request }): Promise<Verdict> {
          seen.push([server, method, path, request.headers.has('authorization'), await request.text()]);
          return 'go on';
        },
        after(_, response): Verdict {
          seen.push(response.status);
          return 'go on';
        },
      },
    });
    await client.setSecret('token-a', 'one');
    expect(seen).toEqual([
      ['Key Vault emulator', 'PUT', '/secrets/token-a', false, ''],
      401,
      ['Key Vault emulator', 'PUT', '/secrets/token-a', true, expect.stringContaining('"value":"one"')],
      200,
    ]);
  });

  test('dropping a set before it is applied leaves nothing stored', async () => {
    const { vault, client } = await start({ tap: { before: (call) => (isSet(call) ? 'drop' : 'go on') } });
    const error = await errorOf(client.setSecret('token-a', 'one'));
    expect([error.statusCode, error.code]).toEqual([undefined, 'ECONNRESET']);
    expect(vault.secretNames()).toEqual([]);
  });

  test('dropping a set after it is applied leaves it stored, though the client saw it fail', async () => {
    const { vault, client } = await start({ tap: { after: (call) => (isSet(call) ? 'drop' : 'go on') } });
    const error = await errorOf(client.setSecret('token-a', 'one'));
    expect([error.statusCode, error.code]).toEqual([undefined, 'ECONNRESET']);
    expect(vault.secretNames()).toEqual(['token-a']);
    expect((await client.getSecret('token-a')).value).toBe('one');
  });

  test('answering a set itself before it is applied leaves nothing stored', async () => {
    const busy = () => Response.json({ error: { code: 'Throttled' } }, { status: 429 });
    const { vault, client } = await start({ tap: { before: (call) => (isSet(call) ? busy() : 'go on') } });
    expect(await refusalOf(client.setSecret('token-a', 'one'))).toEqual([429, 'Throttled']);
    expect(vault.secretNames()).toEqual([]);
  });

  test('answering 500 after a set is applied leaves it stored, and each repeat of the client adds a version', async () => {
    let failures = 0;
    const { vault, client } = await start({
      tap: { after: (call) => (isSet(call) && failures++ < 1 ? failure() : 'go on') },
    });
    expect(await refusalOf(client.setSecret('token-a', 'one'))).toEqual([500, 'InternalServerError']);
    expect((await client.getSecret('token-a')).value).toBe('one');
    await client.setSecret('token-a', 'one');
    expect(vault.snapshot().secrets[0]?.versions.map(({ value }) => value)).toEqual(['one', 'one']);
  });
});

describe('a snapshot', () => {
  test('survives JSON and brings back everything as it was, forgetting what came later', async () => {
    const { vault, client } = await start();
    const first = await client.setSecret('token-a', 'one', { tags: { a: '1' } });
    await client.setSecret('token-b', 'two');
    await client.beginDeleteSecret('token-b', fast);
    const backup = JSON.parse(JSON.stringify(vault.snapshot()));
    await client.setSecret('token-a', 'later');
    await client.setSecret('token-c', 'later');
    await client.purgeDeletedSecret('token-b');

    vault.restore(backup);

    expect(await client.getSecret('token-a')).toEqual(first);
    expect(await listOf(client.listPropertiesOfSecretVersions('token-a'))).toHaveLength(1);
    expect(vault.secretNames()).toEqual(['token-a']);
    expect((await listOf(client.listDeletedSecrets())).map(({ name }) => name)).toEqual(['token-b']);
    expect(JSON.parse(JSON.stringify(vault.snapshot()))).toEqual(backup);
  });

  test('is cut loose from the vault, in both directions, and fits into another vault', async () => {
    const { vault, client } = await start();
    await client.setSecret('token-a', 'one');
    const backup = vault.snapshot();
    await client.setSecret('token-a', 'two');
    expect(backup.secrets[0]?.versions.map(({ value }) => value)).toEqual(['one']);
    const other = await start();
    other.vault.restore(backup);
    await other.client.setSecret('token-a', 'three');
    expect(backup.secrets[0]?.versions.map(({ value }) => value)).toEqual(['one']);
    expect((await other.client.getSecret('token-a')).properties.vaultUrl).toBe(other.vault.url);
  });
});

describe('the server', () => {
  test('shows a certificate for 127.0.0.1 and localhost that no other start shares', async () => {
    const { vault } = await start();
    const { vault: other } = await start();
    const certificate = new X509Certificate(vault.certificate);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(other.certificate).not.toBe(vault.certificate);
    await expect(send({ ...vault, certificate: other.certificate }, 'GET', '/secrets')).rejects.toThrow();
    await expect(
      new Promise((resolve, reject) => {
        const socket = connect({
          port: vault.port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: vault.certificate,
        });
        socket.once('secureConnect', () => resolve(socket.authorized)).once('error', reject);
        socket.once('secureConnect', () => socket.destroy());
      }),
    ).resolves.toBe(true);
  });

  test('says which port is taken', async () => {
    const { vault } = await start();
    await expect(startKeyVault({ port: vault.port })).rejects.toThrow(PortTaken);
    await expect(startKeyVault({ port: vault.port })).rejects.toThrow(`Port ${vault.port}`);
  });
});
