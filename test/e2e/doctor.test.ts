/** The doctor, asked over HTTP: well in a world that works, and each finding seen bad by breaking what it looks at. */
import { readConfig } from '../../src/config';
import { alarmKey } from '../../src/domain/store/row-keys';
import { examine } from '../../src/domain/operation/doctor/examine';
import type { Finding } from '../../src/domain/operation/doctor/say-finding';
import { findingCodes, providerIds, type FindingCode } from '../../src/model';
import { settingNamesOf } from '../../src/providers/settings';
import { createServices, type Services } from '../../src/services';
import { service, useLocalService, world } from '../support/local-service';
import type { Call } from '../../local/serve';

let onCall: ((call: Call) => Response | undefined) | undefined;

useLocalService({
  tap: { before: (call) => Promise.resolve(onCall?.(call) ?? 'go on') },
  settings: { OPERATOR_PHONE: '' },
});

afterEach(() => {
  world.keyVault.faults.clear();
  onCall = undefined;
});

async function ask(): Promise<{ status: string; findings: Finding[] }> {
  const response = await fetch(`${service.url}/api/ops/doctor`);
  expect(response.status).toBe(200);
  return (await response.json()) as { status: string; findings: Finding[] };
}

/** The same settings as the service that runs, but for those given; a start reads them all anew. */
function servicesWith(settings: Readonly<Record<string, string>>): Services {
  return createServices(readConfig({ ...service.settings, ...settings }), silent);
}
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** All that is not good. */
async function problems(services: Services = service.services) {
  const findings = await examine(services);
  return findings
    .filter(({ state }) => state !== 'good')
    .map(({ code, about, state, what }) => [about === undefined ? code : `${code} ${about}`, state, what]);
}

test('where everything works, nothing is bad, and each finding says what was seen', async () => {
  const { status, findings } = await ask();
  expect(findings.filter(({ state }) => state !== 'good')).toEqual([]);
  expect(status).toBe('well');
  const seen = new Set(findings.map(({ code }) => code));
  const here: FindingCode[] = findingCodes.filter((code) => code !== 'SETTINGS');
  expect([...seen]).toEqual(here);
  expect(findings.filter(({ code }) => code === 'REDIRECT').map(({ about }) => about)).toEqual(providerIds);
});

test('it leaves no row and no job behind, and sends nothing', async () => {
  const before = world.phone.texts().length;
  const jobs: string[] = [];
  const { queues, ...others } = service.services;
  const services: Services = {
    ...others,
    queues: {
      ...queues,
      async enqueue(job, delayMs) {
        const cancel = await queues.enqueue(job, delayMs);
        jobs.push(`${job.kind} in`);
        return async () => {
          await cancel();
          jobs.push(`${job.kind} out`);
        };
      },
    },
  };
  await examine(services);
  expect(jobs).toEqual(['check-battery in', 'check-battery out']);
  for await (const row of services.tables.logins.list()) expect(row).toBeUndefined();
  expect(world.phone.texts()).toHaveLength(before);
});

test('a vault that lets nobody write', async () => {
  world.keyVault.faults.switchOn('ForbiddenByRbac', 'set');
  expect(await problems()).toEqual([
    [
      'VAULT_WRITE',
      'bad',
      'Key Vault does not let the service write, so no token set can be stored (403 ForbiddenByRbac).',
    ],
  ]);
});

test('a vault that lets nobody read', async () => {
  world.keyVault.faults.switchOn('ForbiddenByFirewall', 'read');
  const found = await problems(servicesWith({}));
  expect(found[0]).toEqual([
    'VAULT_READ',
    'bad',
    'Key Vault does not let the service read (403 ForbiddenByFirewall).',
  ]);
  expect(found.map(([code]) => code)).not.toContain('VAULT_WRITE');
});

test('a storage account that refuses the service', async () => {
  const { connectionString } = world.azurite;
  const AzureWebJobsStorage = connectionString.replace(
    /AccountKey=[^;]+/,
    `AccountKey=${Buffer.from('another').toString('base64')}`,
  );
  const found = await problems(servicesWith({ AzureWebJobsStorage }));
  expect(found.map(([code, state]) => [code, state])).toEqual([
    ['TABLES', 'bad'],
    ['QUEUES', 'bad'],
    ['ALARMS', 'unknown'],
  ]);
});

describe('texts', () => {
  test('without a number', async () => {
    expect(await problems(servicesWith({ SMS_FROM: '' }))).toEqual([
      ['TEXTS', 'bad', 'No text can be sent, because SMS_FROM is not set.'],
    ]);
  });

  test.each(['Fitbit Svc', '12345'])('from %s as well as from a number', async (from) => {
    expect(await problems(servicesWith({ SMS_FROM: from, SMS_COUNTRIES: 'DE,FR' }))).toEqual([]);
  });

  test('from a name to where carriers take none', async () => {
    const settings = { SMS_FROM: 'Fitbit Svc', SMS_COUNTRIES: 'US,DE,PR' };
    expect(await problems(servicesWith(settings))).toEqual([
      ['TEXTS', 'bad', 'Texts come from a name, and carriers in US, PR take texts from numbers only.'],
    ]);
  });

  test('in a dry run', async () => {
    expect(await problems(servicesWith({ SMS_MODE: 'log' }))).toEqual([
      ['TEXTS', 'unknown', 'SMS_MODE is "log": texts are written to the log.'],
    ]);
  });

  test.each([
    [403, 'Communication Services does not let the service send a text (403).'],
    [503, 'Communication Services answers with 503.'],
  ])('that Communication Services answers with %i', async (status, what) => {
    onCall = ({ request }) =>
      new URL(request.url).pathname === '/sms' ? new Response('', { status }) : undefined;
    expect(await problems()).toEqual([['TEXTS', 'bad', what]]);
  });
});

describe('mails', () => {
  test('that Communication Services refuses', async () => {
    onCall = ({ request }) =>
      new URL(request.url).pathname === '/emails:send' ? new Response('', { status: 403 }) : undefined;
    const what = 'Communication Services does not let the service send a mail (403).';
    expect(await problems()).toEqual([['MAILS', 'bad', what]]);
  });

  test('that nobody has set up are no problem', async () => {
    expect(await problems(servicesWith({ EMAIL_FROM: '' }))).toEqual([]);
  });
});

describe('providers', () => {
  const ids = Object.fromEntries(providerIds.map((id) => [settingNamesOf(id).clientId, '']));

  test('none is set up', async () => {
    expect(await problems(servicesWith(ids))).toEqual([
      ['PROVIDER', 'bad', 'No provider is set up, so nobody can connect.'],
      ['CLOCK', 'unknown', 'There was no clock to compare with.'],
    ]);
  });

  test('one does not know the client', async () => {
    expect(await problems(servicesWith({ FITBIT_CLIENT_ID: 'another' }))).toEqual([
      ['CLIENT fitbit', 'bad', 'Fitbit refuses the client.'],
      ['REDIRECT fitbit', 'bad', 'Fitbit shows an error in place of its consent page.'],
    ]);
  });

  test('a secret is wrong, or is not there', async () => {
    onCall = ({ request }) => {
      const { pathname } = new URL(request.url);
      return pathname.startsWith('/secrets/fitbit-client-secret')
        ? Response.json({ error: { code: 'SecretNotFound' } }, { status: 404 })
        : undefined;
    };
    expect(await problems(servicesWith({ LOG_LEVEL: 'error' }))).toEqual([
      ['CLIENT fitbit', 'bad', 'The secret fitbit-client-secret is not in Key Vault.'],
    ]);
  });

  test('one answers nothing', async () => {
    onCall = ({ server }) => (server === 'Fitbit simulator' ? new Response('', { status: 502 }) : undefined);
    expect((await problems()).map(([code, state]) => [code, state])).toEqual([
      ['CLIENT fitbit', 'unknown'],
      ['REDIRECT fitbit', 'unknown'],
    ]);
  });
});

test.each([
  [{ ROTATION_SCHEDULE: '0 0 0 * * 1' }, 'Tokens are rotated only every 7 days.'],
  [{ BATTERY_SCHEDULE: '0 0 6 * * *' }, 'Batteries are read only every 24 hours.'],
])('schedules that are too sparse: %j', async (given, sentence) => {
  const found = await problems(servicesWith(given));
  expect(found.map(([code, state]) => [code, state])).toEqual([['SCHEDULES', 'bad']]);
  expect(found[0]![2]).toContain(sentence);
});

test('a clock that is two minutes late', async () => {
  const clock = { ...service.services.clock, now: () => Date.now() - 120_000 };
  expect(await problems({ ...service.services, clock })).toEqual([
    ['CLOCK', 'bad', expect.stringMatching(/^The clock is 1[12]\d seconds behind that of Google Health\.$/)],
  ]);
});

test('an authentication that somebody has switched off', async () => {
  const found = await examine(servicesWith({ ENTRA_CLIENT_ID: '00000000-0000-0000-0000-000000000004' }));
  expect(found.filter(({ state }) => state !== 'good')).toEqual([
    {
      code: 'SIGN_IN',
      state: 'bad',
      what: 'ENTRA_CLIENT_ID is set, but App Service authentication is off.',
      todo: 'Switch it on again: "azd provision" does.',
    },
  ]);
});

test('another site at the public address, and none', async () => {
  const PUBLIC_URL = world.phone.url;
  const [found] = await problems(servicesWith({ PUBLIC_URL }));
  expect(found).toEqual([
    'ADDRESS',
    'bad',
    `Something else than this service answers at ${PUBLIC_URL} (404).`,
  ]);
  const [nobody] = await problems(servicesWith({ PUBLIC_URL: 'http://127.0.0.1:1' }));
  expect(nobody?.slice(0, 2)).toEqual(['ADDRESS', 'unknown']);
});

test('alarms that are on', async () => {
  const { tables } = service.services;
  const now = Date.now();
  const row = await tables.alarms.insert(alarmKey('client refused'), {
    name: 'client refused',
    since: now,
    lastSeenAt: now,
  });
  expect(await problems()).toEqual([['ALARMS', 'bad', 'Alarms are on: client refused.']]);
  expect((await ask()).status).toBe('unwell');
  await tables.alarms.remove(row);
});
