import { endAlarm, raiseAlarm } from '../../../src/domain/messages/alarms';
import { availableProviders, readHealth, readReadiness } from '../../../src/domain/operation/readiness';
import { AppError, type ErrorCode } from '../../../src/errors';
import { perProvider, type ProviderId } from '../../../src/model';
import { createProviders } from '../../../src/providers';
import { Secret } from '../../../src/secret';
import { createTestWorld, type TestWorld } from '../../support/world';

/** A service with just these clients and client secrets. */
function serviceWith(clients: readonly ProviderId[], ...secrets: string[]): TestWorld {
  const world = createTestWorld({
    providers: createProviders(
      perProvider((id) => ({
        clientId: clients.includes(id) ? `id-at-${id}` : undefined,
        optionalScopes: [],
      })),
    ),
  });
  world.vault.secrets.clear();
  for (const name of secrets) world.vault.secrets.set(name, new Secret('client-secret-value'));
  return world;
}
const google = 'google-health-client-secret';
const fitbit = 'fitbit-client-secret';

describe('readReadiness', () => {
  test.each<[string, TestWorld, string[]]>([
    ['both providers', serviceWith(['google-health', 'fitbit'], google, fitbit), []],
    ['the default provider only', serviceWith(['google-health'], google), []],
    ['the other provider only', serviceWith(['fitbit'], fitbit), []],
    ['one provider, and another that is begun', serviceWith(['google-health', 'fitbit'], fitbit), []],
    [
      'nothing',
      serviceWith([]),
      ['GOOGLE_HEALTH_CLIENT_ID', 'google-health-client-secret (a secret in Key Vault)'],
    ],
    [
      'the default client without its secret',
      serviceWith(['google-health']),
      ['google-health-client-secret (a secret in Key Vault)'],
    ],
    ['the default secret without its client', serviceWith([], google), ['GOOGLE_HEALTH_CLIENT_ID']],
    [
      'the other client without its secret: what is begun is what has to be completed',
      serviceWith(['fitbit']),
      ['fitbit-client-secret (a secret in Key Vault)'],
    ],
  ])('with %s', async (_, { ports }, missing) => {
    await expect(readReadiness(ports)).resolves.toEqual({ configured: missing.length === 0, missing });
  });

  test('names the settings for texts after those of a provider', async () => {
    const { ports, sms } = serviceWith(['google-health']);
    sms.missing.push('ACS_ENDPOINT', 'SMS_FROM');
    await expect(readReadiness(ports)).resolves.toEqual({
      configured: false,
      missing: ['google-health-client-secret (a secret in Key Vault)', 'ACS_ENDPOINT', 'SMS_FROM'],
    });
  });

  test('is not configured while only texts are missing', async () => {
    const { ports, sms } = serviceWith(['google-health'], google);
    sms.missing.push('SMS_FROM');
    await expect(readReadiness(ports)).resolves.toEqual({ configured: false, missing: ['SMS_FROM'] });
  });

  test('names no value', async () => {
    const { ports } = serviceWith(['google-health'], fitbit);
    expect(JSON.stringify(await readReadiness(ports))).not.toMatch(/id-at-|client-secret-value/);
  });
});

describe('the client secret of a provider', () => {
  const failWith = (world: TestWorld, code: ErrorCode) => {
    world.vault.readSecret = jest.fn(() => Promise.reject(new AppError(code, 'No secret.')));
  };

  test('that is disabled counts as missing', async () => {
    const world = serviceWith(['google-health'], google);
    failWith(world, 'SECRET_DISABLED');
    await expect(readReadiness(world.ports)).resolves.toEqual({
      configured: false,
      missing: ['google-health-client-secret (a secret in Key Vault)'],
    });
    await expect(availableProviders(world.ports)).resolves.toEqual([]);
  });

  test('that the vault refuses to show is not called missing', async () => {
    const world = serviceWith(['google-health'], google);
    const given = { status: 403, answer: 'ForbiddenByRbac' };
    world.vault.readSecret = () => Promise.reject(new AppError('VAULT_REFUSED', 'No.', { given }));
    await expect(readReadiness(world.ports)).resolves.toEqual({
      configured: false,
      missing: ['Key Vault refuses the identity: roles may need ten minutes'],
    });
    await expect(availableProviders(world.ports)).resolves.toEqual([]);
    expect(world.log.entries[0]).toEqual({
      level: 'warn',
      event: 'vault.refused',
      fields: { code: 'VAULT_REFUSED', status: 403, answer: 'ForbiddenByRbac' },
    });
  });

  test('that the vault cannot give just now is an error: nobody knows whether it is there', async () => {
    const world = serviceWith(['google-health'], google);
    failWith(world, 'VAULT_UNAVAILABLE');
    await expect(readReadiness(world.ports)).rejects.toMatchObject({ code: 'VAULT_UNAVAILABLE' });
  });

  test('is looked for once a minute, and not at all where there is no client that needs it', async () => {
    const world = serviceWith(['google-health'], google);
    const asked: string[] = [];
    const { readSecret } = world.vault;
    world.vault.readSecret = (name) => {
      asked.push(name);
      return readSecret(name);
    };
    for (let request = 0; request < 3; request += 1) await readReadiness(world.ports);
    expect(asked).toEqual([google]);
    world.clock.advance(60_000);
    await readReadiness(world.ports);
    expect(asked).toEqual([google, google]);
  });

  test('that is not used, and refused, is no reason to fail for the others', async () => {
    const world = serviceWith(['google-health'], google);
    const { readSecret } = world.vault;
    world.vault.readSecret = (name) =>
      name === fitbit ? Promise.reject(new AppError('SECRET_DISABLED', 'Disabled.')) : readSecret(name);
    await expect(readReadiness(world.ports)).resolves.toEqual({ configured: true, missing: [] });
  });
});

describe('availableProviders', () => {
  test.each<[string, TestWorld, string[]]>([
    [
      'both, the default one first',
      serviceWith(['google-health', 'fitbit'], google, fitbit),
      ['google-health', 'fitbit'],
    ],
    ['the one whose secret is there', serviceWith(['google-health', 'fitbit'], fitbit), ['fitbit']],
    ['the one whose client is there', serviceWith(['google-health'], google, fitbit), ['google-health']],
    ['none', serviceWith([]), []],
  ])('offers %s', async (_, { ports }, ids) => {
    expect((await availableProviders(ports)).map(({ id }) => id)).toEqual(ids);
  });
});

describe('readHealth', () => {
  const role = { given: { status: 403, answer: 'AuthorizationPermissionMismatch' } };
  const refuse = (code: 'TABLE_UNAVAILABLE' | 'QUEUE_UNAVAILABLE' | 'VAULT_REFUSED', more = role) =>
    jest.fn(() => Promise.reject(new AppError(code, 'No.', more)));

  test('finds nothing wrong where nothing is', async () => {
    const { ports } = serviceWith(['google-health'], google);
    await expect(readHealth(ports)).resolves.toEqual({
      configured: true,
      ready: { tokens: true, texts: true, emails: true },
      missing: [],
      failing: [],
    });
  });

  type Ready = { tokens: boolean; texts: boolean; emails: boolean };
  test.each<[string, (world: TestWorld) => unknown, Ready]>([
    [
      'without a number and an address to send from is ready for tokens',
      ({ sms, email }) =>
        sms.missing.push('ACS_ENDPOINT', 'SMS_FROM') + email.missing.push('ACS_ENDPOINT', 'EMAIL_FROM'),
      { tokens: true, texts: false, emails: false },
    ],
    [
      'without a provider is ready for texts',
      ({ vault }) => vault.secrets.clear(),
      { tokens: false, texts: true, emails: true },
    ],
    [
      'whose texts are refused',
      ({ ports }) => raiseAlarm(ports, 'texts refused'),
      { tokens: true, texts: false, emails: true },
    ],
    [
      'whose e-mails are refused',
      ({ ports }) => raiseAlarm(ports, 'e-mails refused'),
      { tokens: true, texts: true, emails: false },
    ],
    [
      'whose refusals are over',
      async ({ ports }) => {
        await raiseAlarm(ports, 'texts refused');
        await endAlarm(ports, 'texts refused');
      },
      { tokens: true, texts: true, emails: true },
    ],
    [
      'whose queues fail is ready for nothing',
      ({ queues }) => (queues.peek = refuse('QUEUE_UNAVAILABLE')),
      { tokens: false, texts: false, emails: false },
    ],
    [
      'whose vault refuses it is not ready for tokens',
      ({ vault }) => (vault.readSecret = refuse('VAULT_REFUSED')),
      { tokens: false, texts: true, emails: true },
    ],
  ])('a service %s', async (_, prepare, ready) => {
    const world = serviceWith(['google-health'], google);
    await prepare(world);
    await expect(readHealth(world.ports)).resolves.toMatchObject({ ready });
  });

  test('says which of them refuse the identity, and with what answer', async () => {
    const world = serviceWith(['google-health'], google);
    await raiseAlarm(world.ports, 'texts refused', { status: 403 });
    world.queues.peek = refuse('QUEUE_UNAVAILABLE');
    await expect(readHealth(world.ports)).resolves.toMatchObject({
      failing: ['queues: refused (403 AuthorizationPermissionMismatch)', 'texts: refused'],
    });
    world.clock.advance(60_000);
    world.tables.alarms.get = refuse('TABLE_UNAVAILABLE');
    await expect(readHealth(world.ports)).resolves.toMatchObject({
      failing: [
        'tables: refused (403 AuthorizationPermissionMismatch)',
        'queues: refused (403 AuthorizationPermissionMismatch)',
      ],
    });
  });

  test.each<[object, string]>([
    [{}, 'tables: no answer'],
    [{ given: { answer: 'ECONNRESET' } }, 'tables: no answer (ECONNRESET)'],
    [{ given: { status: 503, answer: 'ServerBusy' } }, 'tables: failed (503 ServerBusy)'],
    [{ given: { status: 401 } }, 'tables: refused (401)'],
  ])('tells a refusal from silence: %j', async (given, said) => {
    const world = serviceWith(['google-health'], google);
    world.tables.alarms.get = jest.fn(() => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No.', given)));
    await expect(readHealth(world.ports)).resolves.toMatchObject({ failing: [said] });
  });

  test('numbers a further vault that does not work; what is in the others goes on', async () => {
    const world = serviceWith(['google-health'], google);
    world.vault.further.push('second', 'third');
    const { readTokenSet } = world.vault;
    world.vault.readTokenSet = (of, ...which) =>
      of.vault === 'third' ? refuse('VAULT_REFUSED')() : readTokenSet(of, ...which);
    await expect(readHealth(world.ports)).resolves.toMatchObject({
      ready: { tokens: true },
      failing: ['vault 3: refused (403 AuthorizationPermissionMismatch)'],
    });
  });

  test('answers although the vault does not', async () => {
    const world = serviceWith(['google-health'], google);
    world.vault.readSecret = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No.'));
    await expect(readHealth(world.ports)).resolves.toEqual({
      configured: false,
      ready: { tokens: false, texts: false, emails: false },
      missing: [],
      failing: ['vault: no answer'],
    });
  });

  test('asks each once, however many ask at once; again after a minute, or ten seconds after a failure', async () => {
    const world = serviceWith(['google-health'], google);
    const readSecret = jest.spyOn(world.vault, 'readSecret');
    const peek = (world.queues.peek = refuse('QUEUE_UNAVAILABLE'));
    const get = jest.spyOn(world.tables.alarms, 'get');
    const calls = () => [readSecret, get, peek].map(({ mock }) => mock.calls.length);
    const ask = () => Promise.all(Array.from({ length: 20 }, () => readHealth(world.ports)));
    await ask();
    expect(calls()).toEqual([1, 2, 1]);
    world.clock.advance(9_999);
    await ask();
    expect(calls()).toEqual([1, 2, 1]);
    world.clock.advance(1);
    await ask();
    expect(calls()).toEqual([1, 2, 2]);
    world.clock.advance(50_000);
    await ask();
    expect(calls()).toEqual([2, 4, 3]);
  });

  test('costs a stranger no call to the vault for a secret that is missing or refused, either', async () => {
    const world = serviceWith(['google-health']);
    const readSecret = jest.spyOn(world.vault, 'readSecret');
    for (let visit = 0; visit < 20; visit += 1) await readReadiness(world.ports);
    expect(readSecret).toHaveBeenCalledTimes(1);
    world.vault.secrets.set(google, new Secret('client-secret-value'));
    world.clock.advance(10_000);
    await expect(availableProviders(world.ports)).resolves.toHaveLength(1);
  });
});

describe('a provider that was switched off', () => {
  const off = async (world: TestWorld) => {
    await raiseAlarm(world.ports, 'provider switched off');
    return (await availableProviders(world.ports)).map(({ id }) => id);
  };

  test('is not offered beside its successor, and is again when it serves somebody', async () => {
    const world = serviceWith(['google-health', 'fitbit'], google, fitbit);
    await expect(off(world)).resolves.toEqual(['google-health']);
    await endAlarm(world.ports, 'provider switched off');
    world.clock.advance(60_000);
    await expect(availableProviders(world.ports)).resolves.toHaveLength(2);
  });

  test('is all that there is where its successor is not set up', async () => {
    await expect(off(serviceWith(['fitbit'], fitbit))).resolves.toEqual(['fitbit']);
  });

  test('is offered while nobody can say that it is off', async () => {
    const world = serviceWith(['google-health', 'fitbit'], google, fitbit);
    world.tables.alarms.get = () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.'));
    await expect(availableProviders(world.ports)).resolves.toHaveLength(2);
  });
});
