import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sample from '../../local.settings.sample.json';
import { azureSchedules } from '../../local/azure-schedules';
import { chooseStartSettings, missingSecret, readSettingsFile } from '../../local/start-settings';

const ofNobody = chooseStartSettings({}, {});

describe('the settings of npm start', () => {
  test('are the usual ones without a file, and with a copy of the sample', () => {
    expect(ofNobody).toMatchObject({
      settings: {
        SHARED_WITH: 'Example Platform',
        OPERATOR_PHONE: '+14255550100',
        OPERATOR_EMAIL: 'operator@example.com',
        DIGEST_EMAIL: 'coordinator@example.com',
      },
      real: [],
      clientSecrets: {},
      notes: [],
    });
    expect(ofNobody.times).toMatchObject({ batteryOverdueMs: 20_000, rotationOverdueMs: 60_000 });
    expect(chooseStartSettings(sample.Values, {})).toEqual(ofNobody);
  });

  test('come from the file, and from the environment before it', () => {
    const { settings } = chooseStartSettings(
      { ...sample.Values, SMS_COUNTRIES: 'DE', BATTERY_THRESHOLD: '30', OPERATOR_PHONE: '+491711234567' },
      { SMS_COUNTRIES: 'FR', PATH: '/bin', RETURN_ADDRESSES: 'https://study.example.org/join' },
    );
    expect(settings).toEqual({
      SHARED_WITH: 'Example Platform',
      SMS_COUNTRIES: 'FR',
      BATTERY_THRESHOLD: '30',
      OPERATOR_PHONE: '+491711234567',
      OPERATOR_EMAIL: 'operator@example.com',
      DIGEST_EMAIL: 'coordinator@example.com',
      RETURN_ADDRESSES: 'https://study.example.org/join',
    });
  });

  test('with a client id make one provider the real one, in its own time, and leave the other simulated', () => {
    const chosen = chooseStartSettings(
      { ...sample.Values, GOOGLE_HEALTH_CLIENT_ID: 'mine', GOOGLE_HEALTH_CLIENT_SECRET: 'of the file' },
      { GOOGLE_HEALTH_CLIENT_SECRET: ' of the environment ', FITBIT_CLIENT_SECRET: 'of nobody' },
    );
    expect(chosen.real).toEqual(['google-health']);
    expect(chosen.settings).toMatchObject({
      GOOGLE_HEALTH_CLIENT_ID: 'mine',
      GOOGLE_HEALTH_SIMULATOR_URL: '',
      ...azureSchedules,
    });
    expect(chosen.settings).not.toHaveProperty('FITBIT_SIMULATOR_URL');
    expect(chosen.times).toEqual({});
    expect(chosen.clientSecrets).toEqual({ 'google-health': 'of the environment' });
    expect(JSON.stringify(chosen.settings)).not.toContain('of the');
  });

  test('keep a provider simulated that has a simulator of its own, and its own schedule at the real one', () => {
    expect(
      chooseStartSettings({}, { FITBIT_CLIENT_ID: 'mine', FITBIT_SIMULATOR_URL: 'http://127.0.0.1:9000' }),
    ).toMatchObject({ real: [], settings: { FITBIT_SIMULATOR_URL: 'http://127.0.0.1:9000' } });
    const { settings } = chooseStartSettings(
      {},
      { FITBIT_CLIENT_ID: 'mine', BATTERY_SCHEDULE: '0 */20 * * * *' },
    );
    expect(settings).toMatchObject({ ...azureSchedules, BATTERY_SCHEDULE: '0 */20 * * * *' });
  });

  test('with a schedule of their own leave the times that follow from it', () => {
    const { times } = chooseStartSettings({}, { BATTERY_SCHEDULE: '0 0 * * * *' });
    expect(times).not.toHaveProperty('batteryOverdueMs');
    expect(times).toMatchObject({ rotationOverdueMs: 60_000, refusalRecheckMs: 10_000 });
  });

  test('that are malformed give the error of Azure, which names each and shows no value', () => {
    const begin = (): unknown =>
      chooseStartSettings(
        { BATTERY_THRESHOLD: 'seventeen' },
        { ROTATION_SCHEDULE: 'often', FITBIT_OPTIONAL_SCOPES: 'gossip' },
      );
    expect(begin).toThrow(/^The settings have problems:\n(- [A-Z_]+ [^\n]+\n?){3}$/);
    expect(begin).toThrow(/- BATTERY_THRESHOLD must be a whole number from 5 to 50/);
    expect(begin).not.toThrow(/seventeen/);
  });

  test('that belong to the world, or to nobody, are named and left out', () => {
    const { settings, notes } = chooseStartSettings(
      { KEY_VAULT_URI: 'https://real.vault.azure.net', BATERY_THRESHOLD: '5', AzureWebJobsDashboard: '' },
      { ACS_ENDPOINT: 'https://real.communication.azure.com' },
    );
    expect(settings).toEqual(ofNobody.settings);
    expect(notes).toEqual([
      'KEY_VAULT_URI is not used: npm start has its own.',
      'ACS_ENDPOINT is not used: npm start has its own.',
      'BATERY_THRESHOLD in local.settings.json is no setting of the service.',
    ]);
  });

  test('say where a missing client secret belongs', () => {
    expect(missingSecret('google-health')).toBe(
      'GOOGLE_HEALTH_CLIENT_ID is a client of the real Google Health, and its client secret is missing. Set GOOGLE_HEALTH_CLIENT_SECRET in the environment or in local.settings.json.',
    );
  });
});

describe('the file of settings', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    const path = join(folder, 'local.settings.json');
    writeFileSync(path, text);
    return () => readSettingsFile(path);
  };

  test('need not be there', () => {
    expect(readSettingsFile(join(folder, 'none.json'))).toEqual({});
  });

  test('is read as Core Tools write it', () => {
    expect(read('\uFEFF{ "IsEncrypted": false, "Values": { "A": "b" }, "Host": {} }')()).toEqual({ A: 'b' });
  });

  test.each(['{ "Values": { "A": "private", } }', '{}', '{ "Values": { "A": 1 } }', '[]'])(
    '%s is refused',
    (text) => {
      expect(read(text)).toThrow(
        /has to be JSON without comments, with an object "Values" whose values are texts/,
      );
      expect(read(text)).not.toThrow(/private/);
    },
  );

  test('is refused when it is encrypted', () => {
    expect(read('{ "IsEncrypted": true, "Values": { "A": "b" } }')).toThrow(
      /is encrypted\. Run: func settings decrypt/,
    );
  });
});
