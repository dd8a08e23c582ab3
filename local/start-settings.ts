/**
 * What `npm start` takes from local.settings.json and the environment, which wins as with Core Tools. A value that is the sample's
 * says nothing, so that a copy of the sample changes nothing. A client id of one's own makes its provider the real one.
 */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import sample from '../local.settings.sample.json';
import { readConfig } from '../src/config';
import { perProvider, providerIds, type ProviderId, type Times } from '../src/model';
import { settingNamesOf } from '../src/providers/settings';
import { settingNames, settings as settingTable } from '../src/setting-table';
import { azureSchedules } from './azure-schedules';
import { nameOf } from './provider-names';
import { coordinator, operator } from './people';

type Values = Readonly<Record<string, string | undefined>>;

export interface StartSettings {
  /** Over those of the world. */
  readonly settings: Readonly<Record<string, string>>;
  /** Over those of the settings: what takes hours in Azure takes seconds, as long as every provider is simulated. */
  readonly times: Partial<Times>;
  /** Providers that are asked themselves; the others are simulated. */
  readonly real: readonly ProviderId[];
  readonly clientSecrets: Readonly<Partial<Record<ProviderId, string>>>;
  /** What a person should know about it. */
  readonly notes: readonly string[];
}

/** The local world has these itself. */
const ofTheWorld = [...settingTable].flatMap(([name, { setBy }]) =>
  setBy === 'template' || setBy === 'platform' || name === 'AzureWebJobsStorage' ? [name] : [],
);

/** Beside the sample's. */
const usual = {
  SHARED_WITH: 'Example Platform',
  OPERATOR_PHONE: operator.phone,
  OPERATOR_EMAIL: operator.email,
  DIGEST_EMAIL: coordinator.email,
};

const sampleValues: Values = sample.Values;
const clientSecretSettings = perProvider((id) => settingNamesOf(id).clientId.replace(/_ID$/, '_SECRET'));

/** @throws ConfigInvalid, as in Azure */
export function chooseStartSettings(file: Values, environment: Values): StartSettings {
  const given = { ...differing(file), ...differing(pick(environment, settingNames)) };
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => settingNames.includes(name)));
  const unused = ofTheWorld.filter((name) => name in own);
  for (const name of unused) delete own[name];
  const real = providerIds.filter((id) => isReal(own, id));
  const settings = {
    ...usual,
    // A real provider must not be asked every five seconds.
    ...(real.length > 0 && azureSchedules),
    // Not the simulator: its address stands in the world's settings.
    ...Object.fromEntries(real.map((id) => [settingNamesOf(id).simulatorUrl, ''])),
    ...own,
  };
  readConfig({ ...sampleValues, ...settings });
  const secrets = pick({ ...file, ...environment }, Object.values(clientSecretSettings));
  return {
    settings,
    times: real.length > 0 ? {} : shortTimes(own),
    real,
    clientSecrets: Object.fromEntries(
      real.flatMap((id) => {
        const secret = secrets[clientSecretSettings[id]]?.trim();
        return secret ? [[id, secret]] : [];
      }),
    ),
    notes: [
      ...unused.map((name) => `${name} is not used: npm start has its own.`),
      ...unknownNames(file).map((name) => `${name} in local.settings.json is no setting of the service.`),
    ],
  };
}

/** With a simulator of one's own the provider is simulated too. */
function isReal(own: Values, id: ProviderId): boolean {
  const { clientId, simulatorUrl } = settingNamesOf(id);
  return Boolean(own[clientId]) && !own[simulatorUrl];
}

function differing(values: Values): Record<string, string> {
  return pick(
    values,
    Object.keys(values).filter((name) => values[name] !== sampleValues[name]),
  );
}

function pick(values: Values, names: readonly string[]): Record<string, string> {
  const there = names.map((name) => [name, values[name]] as const);
  return Object.fromEntries(there.filter((each): each is [string, string] => each[1] !== undefined));
}

function unknownNames(file: Values): string[] {
  const known = [...settingNames, ...Object.keys(sampleValues), ...Object.values(clientSecretSettings)];
  // Those of the host itself.
  return Object.keys(file).filter(
    (name) => !known.includes(name) && !/^(AzureWebJobs|FUNCTIONS_)/.test(name),
  );
}

/** What takes minutes, hours or a day in Azure; what follows a schedule only as long as that is the sample's. */
function shortTimes(own: Values): Partial<Times> {
  return {
    retryMs: [2_000, 3_000, 3_000, 5_000, 10_000],
    refusalRecheckMs: 10_000,
    retirementConfirmMs: 15_000,
    reportsOverdueMs: 60_000,
    webhookRetryMs: [2_000, 3_000, 3_000, 5_000, 10_000, 20_000],
    ...(!('BATTERY_SCHEDULE' in own) && { batteryOverdueMs: 20_000, checkToldMs: 25_000 }),
    ...(!('ROTATION_SCHEDULE' in own) && { rotationOverdueMs: 60_000 }),
  };
}

const settingsFile = z.object({
  IsEncrypted: z.boolean().optional(),
  Values: z.record(z.string(), z.string()),
});

/** @returns nothing if there is no file @throws Error that says what is wrong with it, and shows no value */
export function readSettingsFile(path: string): Values {
  if (!existsSync(path)) return {};
  const read = settingsFile.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!read.success) {
    throw new Error(
      `${path} has to be JSON without comments, with an object "Values" whose values are texts, like local.settings.sample.json.`,
    );
  }
  if (read.data.IsEncrypted) throw new Error(`${path} is encrypted. Run: func settings decrypt`);
  return read.data.Values;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** What to say when there is no client secret, and nobody to ask. */
export function missingSecret(id: ProviderId): string {
  return `${settingNamesOf(id).clientId} is a client of the real ${nameOf(id)}, and its client secret is missing. Set ${clientSecretSettings[id]} in the environment or in local.settings.json.`;
}
