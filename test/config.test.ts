import { functionTimeout } from '../host.json';
import sample from '../local.settings.sample.json';
import { usualPorts } from '../local/world';
import type { ConfigInvalid } from '../src/config';
import { readConfig, type Environment } from '../src/config';
import { hasCode } from '../src/errors';
import { defaultTimes, perProvider } from '../src/model';
import { settingNames, settings } from '../src/setting-table';
import { leastSettings } from './support/least-settings';

const secret = 'hunter2-must-not-be-seen';
const azurite =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;';

const local: Environment = leastSettings;
const { PUBLIC_URL: _, AzureWebJobsStorage: __, ...inEither } = leastSettings;
const azure: Environment = {
  ...inEither,
  WEBSITE_HOSTNAME: 'tokens-1.azurewebsites.net',
  KEY_VAULT_URI: 'https://tokens.vault.azure.net/',
  AzureWebJobsStorage__accountName: 'tokensstorage1',
  IDENTITY_ENDPOINT: 'http://169.254.255.2:8081/msi/token',
};

const clientId = '11111111-2222-3333-4444-555555555555';

/** What is wrong, line by line, as the operator reads it. */
function problemsOf(environment: Environment): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    expect(hasCode(error, 'CONFIG_INVALID')).toBe(true);
    const { message, cause } = error as Error;
    expect(message).not.toContain(secret);
    expect(cause).toBeUndefined();
    const [title, ...problems] = message.split('\n- ');
    expect(title).toBe('The settings have problems:');
    return problems;
  }
  return [];
}
const problemsWith = (more: Environment) => problemsOf({ ...local, ...more });

describe('settings that are good', () => {
  test('for a developer need no more than two addresses, a storage and when to run', () => {
    expect(readConfig(local)).toEqual({
      publicUrl: 'http://localhost:7071',
      keyVaultUris: ['https://localhost:8443'],
      storage: { kind: 'local', connectionString: 'UseDevelopmentStorage=true' },
      identity: { kind: 'developer' },
      providers: perProvider(() => ({ optionalScopes: [] })),
      sms: {},
      email: {},
      digestTo: [],
      digestSchedule: '0 0 7 * * *',
      webhookUrls: [],
      callers: 'local',
      staffSignIn: 'local link',
      policy: {
        batteryThreshold: 20,
        alertOnScales: false,
        publishesTokens: false,
        serviceName: 'Fitbit Token Service',
        countries: ['US', 'CA', 'PR'],
        returnAddresses: [],
        dryRun: false,
        limits: {
          perNumber: 5,
          perClient: 20,
          perPrefix: 20,
          perDay: 200,
          perWearer: 10,
          budgetPerDay: 1_000,
          budgetPerMonth: 10_000,
        },
        times: defaultTimes,
      },
      logLevel: 'info',
    });
  });

  test.each(['IDENTITY_ENDPOINT', 'WEBSITE_INSTANCE_ID'])('know by %s that this is Azure', (name) => {
    const { IDENTITY_ENDPOINT: _, ...elsewhere } = azure;
    expect(readConfig(elsewhere).identity.kind).toBe('developer');
    expect(readConfig({ ...elsewhere, [name]: 'x' }).identity.kind).toBe('managed identity');
  });

  test('in Azure use the names of the platform and the managed identity', () => {
    expect(readConfig(azure)).toMatchObject({
      publicUrl: 'https://tokens-1.azurewebsites.net',
      keyVaultUris: ['https://tokens.vault.azure.net'],
      storage: {
        kind: 'azure',
        tableUrl: 'https://tokensstorage1.table.core.windows.net',
        queueUrl: 'https://tokensstorage1.queue.core.windows.net',
      },
      identity: { kind: 'managed identity', clientId: undefined },
    });
  });

  test.each<[string, Environment, string]>([
    ['locally by nothing', local, 'local'],
    ['in Azure by a function key', azure, 'key'],
    ['with an app registration by a sign-in too', { ...azure, ENTRA_CLIENT_ID: clientId }, 'entra'],
    ['on one machine too, for tests', { ...local, ENTRA_CLIENT_ID: clientId }, 'entra'],
  ])('know callers %s', (_, environment, callers) => {
    expect(readConfig(environment).callers).toBe(callers);
  });

  test.each<[string, Environment, string]>([
    ['locally by a link', local, 'local link'],
    ['in Azure not at all without an app registration', { ...azure, WEBSITE_AUTH_ENABLED: 'True' }, 'off'],
    ['nor while the authentication is off', { ...azure, ENTRA_CLIENT_ID: clientId }, 'off'],
    [
      'nor while the platform says so',
      { ...azure, ENTRA_CLIENT_ID: clientId, WEBSITE_AUTH_ENABLED: 'False' },
      'off',
    ],
    ['by the platform', { ...azure, ENTRA_CLIENT_ID: clientId, WEBSITE_AUTH_ENABLED: 'True' }, 'platform'],
  ])('let staff in %s', (_, environment, staffSignIn) => {
    expect(readConfig(environment).staffSignIn).toBe(staffSignIn);
  });

  test('of every kind end up in their places', () => {
    const config = readConfig({
      ...azure,
      PUBLIC_URL: 'https://tokens.example.com/',
      AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
      GOOGLE_HEALTH_CLIENT_ID: 'google-client',
      GOOGLE_HEALTH_OPTIONAL_SCOPES: '  openid   email ',
      FITBIT_CLIENT_ID: 'fitbit-client',
      FITBIT_OPTIONAL_SCOPES: 'profile',
      ACS_ENDPOINT: 'https://sms.communication.azure.com/',
      SMS_FROM: '+18005551234',
      EMAIL_FROM: 'alerts@example.com',
      OPERATOR_PHONE: '+14255550123',
      OPERATOR_EMAIL: 'operator@example.com',
      BATTERY_THRESHOLD: '25',
      ALERT_ON_SCALES: 'true',
      SERVICE_NAME: 'Ada & Co. (Trackers)',
      OPERATOR_CONTACT: 'help@example.com',
      SMS_COUNTRIES: 'de, at CH',
      INVITE_CODE: 'open sesame',
      LIMIT_TEXTS_PER_NUMBER: '1',
      LIMIT_TEXTS_PER_CLIENT: '2',
      LIMIT_TEXTS_PER_PREFIX: '3',
      LIMIT_TEXTS_PER_DAY: '4',
      LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({
      publicUrl: 'https://tokens.example.com',
      identity: { kind: 'managed identity', clientId: '11111111-2222-3333-4444-555555555555' },
      providers: {
        'google-health': {
          clientId: 'google-client',
          optionalScopes: ['openid', 'email'],
          simulatorUrl: undefined,
        },
        fitbit: { clientId: 'fitbit-client', optionalScopes: ['profile'], simulatorUrl: undefined },
      },
      sms: { endpoint: 'https://sms.communication.azure.com', from: '+18005551234' },
      email: { endpoint: 'https://sms.communication.azure.com', from: 'alerts@example.com' },
      policy: {
        batteryThreshold: 25,
        alertOnScales: true,
        publishesTokens: false,
        serviceName: 'Ada & Co. (Trackers)',
        countries: ['DE', 'AT', 'CH'],
        limits: { perNumber: 1, perClient: 2, perPrefix: 3, perDay: 4 },
      },
      operatorPhone: '+14255550123',
      operatorEmail: 'operator@example.com',
      operatorContact: 'help@example.com',
      inviteCode: 'open sesame',
      logLevel: 'debug',
    });
  });

  test('send nobody an e-mail about alarms as long as there is no address to send it from', () => {
    const address = { OPERATOR_EMAIL: 'operator@example.com' };
    expect(readConfig({ ...azure, ...address }).operatorEmail).toBeUndefined();
    expect(readConfig({ ...azure, ...address, EMAIL_FROM: 'alerts@example.com' }).operatorEmail).toBe(
      'operator@example.com',
    );
  });

  test('give each address of a digest its sites, and everything where it stands without one', () => {
    const digest = (DIGEST_EMAIL: string) =>
      readConfig({ ...azure, EMAIL_FROM: 'alerts@example.com', DIGEST_EMAIL }).digestTo;
    expect(digest('lead@example.org, Leeds = anna@example.org,York=anna@example.org,')).toEqual([
      { address: 'lead@example.org', sites: undefined },
      { address: 'anna@example.org', sites: ['Leeds', 'York'] },
    ]);
    expect(digest('Leeds=anna@example.org,anna@example.org')).toEqual([
      { address: 'anna@example.org', sites: undefined },
    ]);
    expect(readConfig({ ...azure, DIGEST_EMAIL: 'lead@example.org' }).digestTo).toEqual([]);
  });

  test('locally name simulators', () => {
    const { providers, sms } = readConfig({
      ...local,
      GOOGLE_HEALTH_SIMULATOR_URL: 'http://127.0.0.1:9001/',
      FITBIT_SIMULATOR_URL: 'http://localhost:9000',
      ACS_ENDPOINT: 'http://localhost:9002',
    });
    expect(providers['google-health'].simulatorUrl).toBe('http://127.0.0.1:9001');
    expect(providers.fitbit.simulatorUrl).toBe('http://localhost:9000');
    expect(sms.endpoint).toBe('http://localhost:9002');
  });

  test.each(settingNames.filter((name) => !(name in local)))(
    'may leave %s blank, which is absent',
    (name) => {
      expect(readConfig({ ...local, [name]: '   ' })).toEqual(readConfig(local));
    },
  );

  test('lose the spaces around them', () => {
    // Schedules are read by the host as well, which would take a tab for a part of the last field.
    const end = (name: string) => (name.endsWith('_SCHEDULE') ? ' ' : '\t');
    const padded = Object.fromEntries(
      Object.entries(local).map(([name, value]) => [name, `  ${value}${end(name)}`]),
    );
    expect(readConfig(padded)).toEqual(readConfig(local));
  });

  test('are the only ones that are read', () => {
    expect(readConfig({ ...local, PATH: secret, FUNCTIONS_WORKER_RUNTIME: 'node' })).toEqual(
      readConfig(local),
    );
  });

  test.each([
    ['tokens-1.azurewebsites.net', 'https://tokens-1.azurewebsites.net'],
    ['localhost:7071', 'http://localhost:7071'],
    ['127.0.0.1:7071', 'http://127.0.0.1:7071'],
  ])('take the public address from the host name %s', (WEBSITE_HOSTNAME, publicUrl) => {
    expect(readConfig({ ...local, PUBLIC_URL: undefined, WEBSITE_HOSTNAME }).publicUrl).toBe(publicUrl);
  });

  test('prefer a public address of their own to the host name', () => {
    expect(readConfig({ ...azure, PUBLIC_URL: 'https://tokens.example.com' }).publicUrl).toBe(
      'https://tokens.example.com',
    );
  });

  test.each<[string, string, unknown]>([
    ['BATTERY_THRESHOLD', '5', { policy: { batteryThreshold: 5 } }],
    ['BATTERY_THRESHOLD', '50', { policy: { batteryThreshold: 50 } }],
    ['ALERT_ON_SCALES', 'True', { policy: { alertOnScales: true } }],
    ['ALERT_ON_SCALES', '1', { policy: { alertOnScales: true } }],
    ['ALERT_ON_SCALES', 'false', { policy: { alertOnScales: false } }],
    ['ALERT_ON_SCALES', '0', { policy: { alertOnScales: false } }],
    ['LOG_LEVEL', 'error', { logLevel: 'error' }],
    ['SMS_FROM', '12345', { sms: { from: '12345' } }],
    ['SMS_FROM', 'Fitbit Svc', { sms: { from: 'Fitbit Svc' } }],
    [
      'RETURN_ADDRESSES',
      'https://study.example.org/join, http://127.0.0.1:7071',
      { policy: { returnAddresses: ['https://study.example.org/join', 'http://127.0.0.1:7071'] } },
    ],
    ['SERVICE_NAME', 'x'.repeat(30), { policy: { serviceName: 'x'.repeat(30) } }],
    ['OPERATOR_CONTACT', 'https://example.com/help', { operatorContact: 'https://example.com/help' }],
    ['SMS_COUNTRIES', 'us', { policy: { countries: ['US'] } }],
    ['SMS_COUNTRIES', 'GB,,  IE,', { policy: { countries: ['GB', 'IE'] } }],
    ['INVITE_CODE', 'sesame', { inviteCode: 'sesame' }],
    ['LIMIT_TEXTS_PER_DAY', '100000', { policy: { limits: { perDay: 100_000 } } }],
    ['PUBLIC_URL', 'https://tokens.example.com///', { publicUrl: 'https://tokens.example.com' }],
    ['PUBLIC_URL', 'HTTPS://Tokens.Example.com/', { publicUrl: 'https://tokens.example.com' }],
    ['KEY_VAULT_URI', 'http://127.0.0.1:8443', { keyVaultUris: ['http://127.0.0.1:8443'] }],
    ['AzureWebJobsStorage', azurite, { storage: { kind: 'local', connectionString: azurite } }],
    ['ROTATION_SCHEDULE', '0  0 */4 1-5 * MON', {}],
  ])('take %s=%s', (name, value, expected) => {
    expect(readConfig({ ...local, [name]: value })).toMatchObject(expected as object);
  });
});

test('access tokens are published only if wearers are told of a party', () => {
  const publishes = { ...local, PUBLISH_ACCESS_TOKENS: 'true' };
  expect(readConfig(publishes).policy.publishesTokens).toBe(false);
  expect(readConfig({ ...publishes, SHARED_WITH: 'a sleep study' }).policy.publishesTokens).toBe(true);
});

describe('addresses for webhooks', () => {
  const shared = { ...local, SHARED_WITH: 'a sleep study' };

  test('further vaults follow the first, each once', () => {
    const KEY_VAULT_URIS =
      'https://two.vault.azure.net/, https://tokens.vault.azure.net https://two.vault.azure.net';
    expect(readConfig({ ...azure, KEY_VAULT_URIS }).keyVaultUris).toEqual([
      'https://tokens.vault.azure.net',
      'https://two.vault.azure.net',
    ]);
  });

  test('are a list, each once, and can hold a key in the query', () => {
    const WEBHOOK_URLS =
      'https://a.example.org/h?key=1, http://127.0.0.1:7186/ https://a.example.org/h?key=1';
    expect(readConfig({ ...shared, WEBHOOK_URLS }).webhookUrls).toEqual([
      'https://a.example.org/h?key=1',
      'http://127.0.0.1:7186/',
    ]);
  });

  test('are told nothing without a party that wearers are told of', () => {
    expect(readConfig({ ...local, WEBHOOK_URLS: 'https://a.example.org' }).webhookUrls).toEqual([]);
  });

  test('are not on the machine itself in Azure', () => {
    const WEBHOOK_URLS = `https://a.example.org, https://localhost/${secret}`;
    expect(problemsOf({ ...azure, SHARED_WITH: 'a sleep study', WEBHOOK_URLS })).toEqual([
      'WEBHOOK_URLS must not contain a loopback address, because those are for the local world only',
    ]);
  });
});

test('an alarm about webhooks is not over between two attempts that fail', () => {
  const { times } = readConfig(local).policy;
  expect(Math.max(...times.webhookRetryMs)).toBeLessThan(times.rotationOverdueMs);
});

test('the times stand in the order that keeps a refresh token from being lost', () => {
  const { times } = readConfig(local).policy;
  const pickUpMs = 5_000;
  const repeatWindowMs = 120_000;
  expect(times.providerTimeoutMs).toBeLessThan(times.leaseMs);
  expect(times.leaseMs).toBeLessThanOrEqual(times.replayMs[0]!);
  expect(times.replayMs.at(-1)! + pickUpMs + times.providerTimeoutMs).toBeLessThan(repeatWindowMs);
  expect(times.refusalRecheckMs).toBeGreaterThan(10 * 60_000);
  expect(times.smsSendMs).toBeLessThan(times.smsClaimMs);
  expect(times.smsClaimMs).toBeLessThan(times.smsResendMs);
});

test('work over all connections has less than half of the time of an invocation, and runs have time to spare', () => {
  const { times } = readConfig(local).policy;
  const [hours = 0, minutes = 0] = functionTimeout.split(':').map(Number);
  expect(times.workMs * 2).toBeLessThan((hours * 60 + minutes) * 60_000);
  // Hourly, and a quarter of an hour for those that are late.
  expect(times.checkSpreadMs + 15 * 60_000).toBeLessThanOrEqual(3_600_000);
  const sixHourly = readConfig({ ...local, ROTATION_SCHEDULE: '0 0 */6 * * *' }).policy.times;
  expect(sixHourly.rotationSpreadMs).toBe(4 * 3_600_000);
  const hourly = readConfig({ ...local, ROTATION_SCHEDULE: '0 0 * * * *' }).policy.times;
  expect(hourly.rotationSpreadMs).toBe(40 * 60_000);
});

test.each([
  ['0 0 * * * *', 420],
  ['0 0 */6 * * *', 420],
  ['0 30 2,14 * * *', 780],
  ['0 30 2 * * *', 1_500],
])('rotations by %s are overdue after %i min', (schedule, min) => {
  const { rotationOverdueMs } = readConfig({ ...local, ROTATION_SCHEDULE: schedule }).policy.times;
  expect(rotationOverdueMs / 60_000).toBe(min);
});

test.each([
  ['0 */15 * * * *', 75, 11.25],
  ['0 20 * * * *', 120, 45],
  ['0 0 */6 * * *', 420, 45],
  ['0 0 12 * * *', 1_500, 45],
  ['0 0 12 * * 1', 1_500, 45],
])(
  'checks of batteries by %s are overdue after %i min, and their jobs spread over %d',
  (schedule, ...min) => {
    const { batteryOverdueMs, checkSpreadMs } = readConfig({ ...local, BATTERY_SCHEDULE: schedule }).policy
      .times;
    expect([batteryOverdueMs, checkSpreadMs].map((ms) => ms / 60_000)).toEqual(min);
  },
);

describe('the factor that shortens all times', () => {
  test('keeps their proportions, for drills on one machine', () => {
    const { times } = readConfig({ ...local, TIME_FACTOR: '0.01' }).policy;
    expect(times).toMatchObject({
      providerTimeoutMs: 100,
      leaseMs: 200,
      replayMs: [200, 450, 700],
      smsResendMs: 2_400,
    });
    expect(Object.keys(times)).toEqual(Object.keys(readConfig(local).policy.times));
  });

  test('is refused in Azure: the providers keep their own time', () => {
    expect(problemsOf({ ...azure, TIME_FACTOR: '0.5' })).toEqual([
      'TIME_FACTOR must be removed: it works only in the local world, because the providers and Azure keep their own time',
    ]);
    expect(problemsOf({ ...azure, TIME_FACTOR: '1' })).toEqual([]);
  });
});

describe('a setting that is wrong', () => {
  const secretUrl = `https://user:${secret}@example.com`;
  const remoteStorage = `DefaultEndpointsProtocol=https;AccountName=real;AccountKey=${secret};EndpointSuffix=core.windows.net`;
  const notLocal =
    'AzureWebJobsStorage must point at Azurite on a loopback address. In Azure, remove it and set AzureWebJobsStorage__accountName, because keys are not used there';
  const notSender =
    'SMS_FROM must be a number such as +18005551234, a short code such as 12345, or a sender name of up to 11 letters, digits and blanks';
  const notCron = 'must be an NCRONTAB expression of six fields (second minute hour day month weekday)';
  const notHttps = 'must begin with https:; plain http is allowed only for loopback addresses';
  const notSimulator =
    'must be a loopback address, because a simulator takes the place of the provider there';

  const notContact = 'must be an e-mail address or an https address';
  const notCountries = 'must be a list of country codes, such as US, CA';
  const notOrigin = 'must be an origin without a path, such as https://tokens.example.com';

  const notGoogleScopes =
    'names a scope that is neither one of Google Health, such as googlehealth.sleep.readonly, nor openid, email or profile: with it Google refuses every call';

  test.each<[string, string, string]>([
    ['GOOGLE_HEALTH_OPTIONAL_SCOPES', secret, `GOOGLE_HEALTH_OPTIONAL_SCOPES ${notGoogleScopes}`],
    ['PUBLIC_URL', `https://tokens.example.com/${secret}`, `PUBLIC_URL ${notOrigin}`],
    ['PUBLIC_URL', `https://tokens.example.com?code=${secret}`, `PUBLIC_URL ${notOrigin}`],
    ['PUBLIC_URL', `https://user:${secret}@tokens.example.com`, `PUBLIC_URL ${notOrigin}`],
    [
      'AZURE_CLIENT_ID',
      secret,
      'AZURE_CLIENT_ID must be a client id: a GUID such as 00000000-0000-0000-0000-000000000000',
    ],
    [
      'ENTRA_CLIENT_ID',
      secret,
      'ENTRA_CLIENT_ID must be a client id: a GUID such as 00000000-0000-0000-0000-000000000000',
    ],
    [
      'ENTRA_CLIENT_ID',
      `api://${clientId}`,
      'ENTRA_CLIENT_ID must be a client id: a GUID such as 00000000-0000-0000-0000-000000000000',
    ],
    ['SMS_FROM', '1234567', notSender],
    ['SMS_FROM', '12', notSender],
    ['PUBLIC_URL', secret, 'PUBLIC_URL must be an http or https address'],
    ['PUBLIC_URL', `ftp://${secret}`, 'PUBLIC_URL must be an http or https address'],
    ['PUBLIC_URL', `http://${secret}.example.com`, `PUBLIC_URL ${notHttps}`],
    ['PUBLIC_URL', `http://localhost@${secret}.example.com`, `PUBLIC_URL ${notHttps}`],
    ['KEY_VAULT_URI', `tokens-${secret}`, 'KEY_VAULT_URI must be an http or https address'],
    ['KEY_VAULT_URI', `http://${secret}.vault.azure.net`, `KEY_VAULT_URI ${notHttps}`],
    [
      'KEY_VAULT_URIS',
      `https://two.vault.azure.net http://${secret}.vault.azure.net`,
      'KEY_VAULT_URIS must be a list of https addresses, such as https://tokens-2.vault.azure.net',
    ],
    [
      'ACS_ENDPOINT',
      `endpoint=https://x/;accesskey=${secret}`,
      'ACS_ENDPOINT must be an http or https address',
    ],
    ['ACS_ENDPOINT', `http://${secret}.communication.azure.com`, `ACS_ENDPOINT ${notHttps}`],
    ['FITBIT_SIMULATOR_URL', secretUrl, `FITBIT_SIMULATOR_URL ${notSimulator}`],
    ['FITBIT_SIMULATOR_URL', secret, 'FITBIT_SIMULATOR_URL must be an http or https address'],
    ['GOOGLE_HEALTH_SIMULATOR_URL', secretUrl, `GOOGLE_HEALTH_SIMULATOR_URL ${notSimulator}`],
    [
      'GOOGLE_HEALTH_SIMULATOR_URL',
      `http://localhost.${secret}.com`,
      `GOOGLE_HEALTH_SIMULATOR_URL ${notSimulator}`,
    ],
    ['AzureWebJobsStorage', remoteStorage, notLocal],
    ['AzureWebJobsStorage', secret, notLocal],
    [
      'AzureWebJobsStorage',
      'BlobEndpoint=http://127.0.0.1:10000/a;QueueEndpoint=http://127.0.0.1:10001/a',
      notLocal,
    ],
    [
      'AzureWebJobsStorage',
      `BlobEndpoint=http://127.0.0.1:1/;AccountName=real;AccountKey=${secret}`,
      notLocal,
    ],
    ['AzureWebJobsStorage', `${azurite}EndpointSuffix=core.windows.net`, notLocal],
    ['AzureWebJobsStorage', `${azurite}DevelopmentStorageProxyUri=${secretUrl}`, notLocal],
    ['AzureWebJobsStorage', `${azurite}tableendpoint=${secretUrl}`, notLocal],
    ['AzureWebJobsStorage', 'BlobEndpoint=;QueueEndpoint=;TableEndpoint=', notLocal],
    ['AzureWebJobsStorage', `${azurite}FileEndpoint=http://127.0.0.1;QueueEndpoint=${secretUrl}`, notLocal],
    ['AzureWebJobsStorage', `BlobEndpoint=${secretUrl};TableEndpoint=http://127.0.0.1:10002/a`, notLocal],
    ['AzureWebJobsStorage', `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=${secretUrl}`, notLocal],
    [
      'AzureWebJobsStorage__accountName',
      secret,
      'AzureWebJobsStorage__accountName must be the name of a storage account: 3 to 24 lowercase letters and digits',
    ],
    [
      'AzureWebJobsStorage__accountName',
      'ab',
      'AzureWebJobsStorage__accountName must be the name of a storage account: 3 to 24 lowercase letters and digits',
    ],
    [
      'AZURE_CLIENT_ID',
      secret,
      'AZURE_CLIENT_ID must be a client id: a GUID such as 00000000-0000-0000-0000-000000000000',
    ],
    ['ROTATION_SCHEDULE', secret, `ROTATION_SCHEDULE ${notCron}`],
    ['ROTATION_SCHEDULE', '0 */6 * * *', `ROTATION_SCHEDULE ${notCron}`],
    ['ROTATION_SCHEDULE', '0 0 */6 * * * 2026', `ROTATION_SCHEDULE ${notCron}`],
    ['BATTERY_SCHEDULE', '%BATTERY%', `BATTERY_SCHEDULE ${notCron}`],
    ['SMS_FROM', secret, notSender],
    ['SMS_FROM', '+0123456', notSender],
    ...['lead', '=lead@example.org', `Leeds=${secret}`].map((value): [string, string, string] => [
      'DIGEST_EMAIL',
      value,
      'DIGEST_EMAIL must be a list of e-mail addresses such as lead@example.org,Leeds=anna@example.org, where a site before an address limits it to that site',
    ]),
    ['EMAIL_FROM', secret, 'EMAIL_FROM must be an e-mail address such as alerts@example.com'],
    ['EMAIL_FROM', 'alerts@localhost', 'EMAIL_FROM must be an e-mail address such as alerts@example.com'],
    ['SMS_FROM', '+1 425 555 0123', notSender],
    ['BATTERY_THRESHOLD', secret, 'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)'],
    ['BATTERY_THRESHOLD', '20%', 'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)'],
    ['BATTERY_THRESHOLD', '20.5', 'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)'],
    ['BATTERY_THRESHOLD', '4', 'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)'],
    ['BATTERY_THRESHOLD', '51', 'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)'],
    ['BATTERY_THRESHOLD', '0.5', 'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)'],
    ['OPERATOR_PHONE', secret, 'OPERATOR_PHONE must be a number such as +14255550123'],
    ['OPERATOR_PHONE', '4255550123', 'OPERATOR_PHONE must be a number such as +14255550123'],
    ['SERVICE_NAME', 'x'.repeat(31), 'SERVICE_NAME must be at most 30 characters long'],
    [
      'SERVICE_NAME',
      'Ada’s Trackers',
      'SERVICE_NAME may only contain letters, digits, spaces and . , ( ) & + -, because not every phone shows other characters',
    ],
    [
      'SERVICE_NAME',
      'Trackers {link}',
      'SERVICE_NAME may only contain letters, digits, spaces and . , ( ) & + -, because not every phone shows other characters',
    ],
    [
      'SERVICE_NAME',
      '<b>Trackers</b>',
      'SERVICE_NAME may only contain letters, digits, spaces and . , ( ) & + -, because not every phone shows other characters',
    ],
    ...[
      secret,
      `http://${secret}.example.com`,
      `https://example.com/?${secret}`,
      `https://example.com/#${secret}`,
      `https://${secret}@example.com/`,
      `javascript:${secret}`,
    ].map((bad): [string, string, string] => [
      'RETURN_ADDRESSES',
      `https://study.example.org/join, ${bad}`,
      'RETURN_ADDRESSES must be a list of https addresses without a query, such as https://study.example.org/join',
    ]),
    ...[
      secret,
      `http://${secret}.example.com`,
      `https://example.com/#${secret}`,
      `https://${secret}@example.com/`,
      `https://example.com/"${secret}`,
    ].map((bad): [string, string, string] => [
      'WEBHOOK_URLS',
      `https://study.example.org/webhooks, ${bad}`,
      'WEBHOOK_URLS must be a list of https addresses without a user and a fragment, such as https://study.example.org/webhooks',
    ]),
    ['OPERATOR_CONTACT', secret, `OPERATOR_CONTACT ${notContact}`],
    ['OPERATOR_CONTACT', `http://${secret}.example.com`, `OPERATOR_CONTACT ${notContact}`],
    ['OPERATOR_CONTACT', `javascript:${secret}`, `OPERATOR_CONTACT ${notContact}`],
    ['OPERATOR_CONTACT', `${secret}@localhost`, `OPERATOR_CONTACT ${notContact}`],
    ['OPERATOR_CONTACT', `a@b.example, ${secret}@b.example`, `OPERATOR_CONTACT ${notContact}`],
    ['SMS_COUNTRIES', secret, `SMS_COUNTRIES ${notCountries}`],
    ['SMS_COUNTRIES', 'US, XX', `SMS_COUNTRIES ${notCountries}`],
    ['SMS_COUNTRIES', 'United States', `SMS_COUNTRIES ${notCountries}`],
    ['SMS_COUNTRIES', ', ,', `SMS_COUNTRIES ${notCountries}`],
    ['INVITE_CODE', 'short', 'INVITE_CODE must be at least 6 characters long'],
    [
      'INVITE_CODE',
      'open "sesame"',
      'INVITE_CODE must not contain a quotation mark or a backslash, because azd cannot pass them on',
    ],
    [
      'INVITE_CODE',
      'open\\sesame',
      'INVITE_CODE must not contain a quotation mark or a backslash, because azd cannot pass them on',
    ],
    ['INVITE_CODE', secret.repeat(5), 'INVITE_CODE must be at most 100 characters long'],
    ...['NUMBER', 'CLIENT', 'PREFIX', 'DAY'].flatMap((per): [string, string, string][] => [
      [`LIMIT_TEXTS_PER_${per}`, secret, `LIMIT_TEXTS_PER_${per} must be a whole number above 0`],
      [`LIMIT_TEXTS_PER_${per}`, '0', `LIMIT_TEXTS_PER_${per} must be a whole number above 0`],
      [`LIMIT_TEXTS_PER_${per}`, '-1', `LIMIT_TEXTS_PER_${per} must be a whole number above 0`],
      [`LIMIT_TEXTS_PER_${per}`, '1.5', `LIMIT_TEXTS_PER_${per} must be a whole number above 0`],
    ]),
    ['TIME_FACTOR', secret, 'TIME_FACTOR must be a number above 0 and at most 1'],
    ['TIME_FACTOR', '0', 'TIME_FACTOR must be a number above 0 and at most 1'],
    ['TIME_FACTOR', '1.5', 'TIME_FACTOR must be a number above 0 and at most 1'],
    ['ALERT_ON_SCALES', secret, 'ALERT_ON_SCALES must be true or false'],
    ['PUBLISH_ACCESS_TOKENS', secret, 'PUBLISH_ACCESS_TOKENS must be true or false'],
    ['LOG_LEVEL', secret, 'LOG_LEVEL must be debug, info, warn or error'],
    ['LOG_LEVEL', 'INFO', 'LOG_LEVEL must be debug, info, warn or error'],
  ])('%s=%s is named with what is wrong about it, and without its value', (name, value, problem) => {
    expect(problemsWith({ [name]: value })).toEqual([problem]);
  });

  test.each(['PUBLIC_URL', ...[...settings].flatMap(([name, { isRequired }]) => (isRequired ? [name] : []))])(
    '%s is missing',
    (name) => {
      expect(problemsWith({ [name]: undefined })).toEqual([`${name} is missing`]);
      expect(problemsWith({ [name]: '  ' })).toEqual([`${name} is missing`]);
    },
  );

  test('is the storage when neither form of it is there', () => {
    expect(problemsWith({ AzureWebJobsStorage: undefined })).toEqual([
      'AzureWebJobsStorage or AzureWebJobsStorage__accountName is missing',
    ]);
  });

  test('is one of many: all of them are in one error', () => {
    const wrong = {
      KEY_VAULT_URI: undefined,
      ROTATION_SCHEDULE: secret,
      ACS_ENDPOINT: `http://${secret}`,
      BATTERY_THRESHOLD: `${secret}%`,
      LOG_LEVEL: secret,
    };
    expect(problemsWith(wrong)).toEqual([
      'KEY_VAULT_URI is missing',
      `ROTATION_SCHEDULE ${notCron}`,
      `ACS_ENDPOINT ${notHttps}`,
      'BATTERY_THRESHOLD must be a whole number from 5 to 50 (percent)',
      'LOG_LEVEL must be debug, info, warn or error',
    ]);
  });

  test('does not hide that others are missing', () => {
    expect(problemsOf({ LOG_LEVEL: secret })).toEqual([
      'KEY_VAULT_URI is missing',
      'ROTATION_SCHEDULE is missing',
      'BATTERY_SCHEDULE is missing',
      'WATCHDOG_SCHEDULE is missing',
      'HOUSEKEEPING_SCHEDULE is missing',
      'LOG_LEVEL must be debug, info, warn or error',
      'PUBLIC_URL is missing',
      'AzureWebJobsStorage or AzureWebJobsStorage__accountName is missing',
    ]);
  });

  test('is the public address when the host has no name either, beside a storage that is missing', () => {
    expect(
      problemsWith({ PUBLIC_URL: undefined, WEBSITE_HOSTNAME: '', AzureWebJobsStorage: undefined }),
    ).toEqual([
      'PUBLIC_URL is missing',
      'AzureWebJobsStorage or AzureWebJobsStorage__accountName is missing',
    ]);
  });
});

test.each(['ROTATION_SCHEDULE', 'BATTERY_SCHEDULE', 'WATCHDOG_SCHEDULE', 'HOUSEKEEPING_SCHEDULE'])(
  '%s is read in the grammar of the host, white space included',
  (name) => {
    const never = 'names days that no month has, so it would never run';
    const notHour = 'has a field for the hour that Azure does not read (0 to 23; *, ranges, lists and steps)';
    const notWeekday =
      'has a field for the weekday that Azure does not read (0 to 6, or names such as mon; *, ranges, lists and steps)';
    expect(problemsWith({ [name]: '0 0 25 * * *' })).toEqual([`${name} ${notHour}`]);
    expect(problemsWith({ [name]: '0 0 0 * * 5#2' })).toEqual([`${name} ${notWeekday}`]);
    expect(problemsWith({ [name]: '0 0 0 30 2 *' })).toEqual([`${name} ${never}`]);
    expect(problemsWith({ [name]: ' 0 0 */6 * * MON-FRI ' })).toEqual([]);
    expect(problemsWith({ [name]: '0 0 0 * * *\n' })).toEqual([`${name} ${notWeekday}`]);
  },
);

test('the error has the names of the bad settings, each once, and nothing else', () => {
  let error: unknown;
  try {
    readConfig({ ...local, AzureWebJobsStorage: undefined, SMS_FROM: secret, INVITE_CODE: 'a"\n' });
  } catch (thrown) {
    error = thrown;
  }
  expect((error as ConfigInvalid).settings).toEqual([
    'SMS_FROM',
    'INVITE_CODE',
    'AzureWebJobsStorage',
    'AzureWebJobsStorage__accountName',
  ]);
});

describe('a Key Vault reference that Azure could not resolve', () => {
  const reference = `@Microsoft.KeyVault(SecretUri=https://tokens.vault.azure.net/secrets/${secret}/)`;
  const unresolved = (name: string) =>
    `${name} is a Key Vault reference that Azure could not resolve; check the name of the secret and the role of the identity that the app uses`;

  test.each(settingNames)('in %s is named as that, and as nothing else', (name) => {
    expect(problemsWith({ [name]: reference })).toEqual([unresolved(name)]);
  });

  test('is listed beside the other problems', () => {
    const problems = problemsWith({ FITBIT_CLIENT_ID: reference, SMS_FROM: reference, LOG_LEVEL: secret });
    expect(problems.sort()).toEqual(
      [
        unresolved('FITBIT_CLIENT_ID'),
        unresolved('SMS_FROM'),
        'LOG_LEVEL must be debug, info, warn or error',
      ].sort(),
    );
  });
});

test('the sample settings fit the usual ports of the local world', () => {
  const address = (port: number) => `127.0.0.1:${port}`;
  expect(sample.Values).toMatchObject({
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    KEY_VAULT_URI: `https://${address(usualPorts.keyVault)}`,
    ACS_ENDPOINT: `http://${address(usualPorts.phone)}`,
  });
});

test('what the deployment sets by default is what the service takes anyhow, where it takes something', () => {
  const different = [...settings].filter(
    ([, { usual, inAzure }]) => usual !== undefined && inAzure !== undefined && usual !== inAzure,
  );
  expect(different).toEqual([]);
});
