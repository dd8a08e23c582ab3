/** What each setting has to look like when it is there. */
import { isSupportedCountry } from 'libphonenumber-js/max';
import * as z from 'zod';
import { isLoopback } from './loopback';
import { choices, perProvider, providerIds, type ProviderId } from './model';
import { readSchedule } from './ncrontab';
import { optionalScopes } from './providers';
import { settingNamesOf, type ProviderSettings } from './providers/settings';

const url = z
  .url({ protocol: /^https?$/, error: 'is not an http(s) address' })
  .transform((text) => text.replace(/\/+$/, ''));
/** Plain http is for loopback only. */
const secureUrl = url.refine((text) => text.startsWith('https:') || isLoopback(text), {
  error: 'has to be https: plain http is accepted for loopback addresses only',
});
const simulatorUrl = url.refine(isLoopback, {
  error: 'stands in for a provider and is accepted for loopback addresses only',
});
/** Scheme, host and port; paths are ours. */
const origin = secureUrl.refine((text) => new URL(text).origin === text, {
  error: 'has to be an origin such as https://tokens.example.com, without a path',
});
const ncrontab = z.string().superRefine((text, context) => {
  try {
    readSchedule(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as SyntaxError).message });
  }
});
/** ISO 3166, as libphonenumber-js knows them. */
const countries = z
  .string()
  .transform((text) =>
    text
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  )
  .refine((codes) => codes.length > 0 && codes.every((code) => isSupportedCountry(code)), {
    error: 'is not a list of country codes such as US, CA',
  });
/** Pages that people come back to: https, or plain http on this machine. */
const addresses = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine((all) => all.every(isReturnAddress), {
    error: 'is not a list of https addresses without a query, such as https://study.example.org/join',
  });
/** azd writes it into JSON as it is. */
const freeText = z
  .string()
  .regex(/^[^"\\]*$/, { error: 'has a quotation mark or a backslash, which azd cannot hand on' })
  .regex(/^\P{Cc}*$/u, { error: 'has a line break or another control character' });
/** How many texts: per day, or per month for the monthly budget. */
const limit = z.coerce
  .number({ error: 'is not a number' })
  .int({ error: 'is not a whole number' })
  .positive({ error: 'is not above 0' });
const clientId = z.guid({ error: 'is not a client id (a GUID)' });
const localStorage = z.string().refine(isLocalStorage, {
  error:
    'has to point at Azurite on a loopback address; in Azure, leave it out and set AzureWebJobsStorage__accountName: keys are not used there',
});

function providerSettings(id: ProviderId) {
  return z.object({
    clientId: z.string().optional(),
    optionalScopes: optionalScopes[id].default([]),
    simulatorUrl: simulatorUrl.optional(),
  });
}

/** By name, those of the providers by their ids. The sample settings hold all but those Azure sets. */
const settings = z.object({
  PUBLIC_URL: origin.optional(),
  KEY_VAULT_URI: secureUrl,
  AzureWebJobsStorage: localStorage.optional(),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, { error: 'is not the name of a storage account' })
    .optional(),
  AZURE_CLIENT_ID: clientId.optional(),
  ENTRA_CLIENT_ID: clientId.optional(),
  IDENTITY_ENDPOINT: z.string().optional(),
  WEBSITE_INSTANCE_ID: z.string().optional(),
  WEBSITE_HOSTNAME: z.string().optional(),
  ROTATION_SCHEDULE: ncrontab,
  BATTERY_SCHEDULE: ncrontab,
  WATCHDOG_SCHEDULE: ncrontab,
  HOUSEKEEPING_SCHEDULE: ncrontab,
  providers: z.object(perProvider(providerSettings)),
  ACS_ENDPOINT: secureUrl.optional(),
  SMS_FROM: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\d{3,6})$/, {
      error: 'is neither a number like +18005551234, a short code, nor an alphanumeric sender',
    })
    .optional(),
  OPERATOR_PHONE: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, { error: 'is not a number like +14255550123' })
    .optional(),
  BATTERY_THRESHOLD: z.coerce
    .number({ error: 'is not a number' })
    .int({ error: 'is not a whole number' })
    .min(choices.threshold.least, { error: `is below ${choices.threshold.least} (percent)` })
    .max(choices.threshold.most, { error: `is above ${choices.threshold.most} (percent)` })
    .default(20),
  ALERT_ON_SCALES: z.stringbool({ error: 'is neither true nor false' }).default(false),
  SERVICE_NAME: z
    .string()
    .max(30, { error: 'is longer than 30 characters' })
    .regex(/^[A-Za-z0-9 .,()&+-]+$/, { error: 'has characters that not every phone can show' })
    .default('Fitbit Token Service'),
  OPERATOR_CONTACT: z
    .string()
    .regex(/^([^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+|https:\/\/[^\s"\\]+)$/, {
      error: 'is neither an e-mail address nor an https address',
    })
    .optional(),
  SHARED_WITH: freeText.max(80, { error: 'is longer than 80 characters' }).optional(),
  RETURN_ADDRESSES: addresses.default([]),
  SMS_COUNTRIES: countries.default(['US', 'CA', 'PR']),
  INVITE_CODE: freeText
    .min(6, { error: 'is shorter than 6 characters' })
    .max(100, { error: 'is longer than 100 characters' })
    .optional(),
  LIMIT_TEXTS_PER_NUMBER: limit.default(5),
  LIMIT_TEXTS_PER_CLIENT: limit.default(20),
  LIMIT_TEXTS_PER_PREFIX: limit.default(20),
  LIMIT_TEXTS_PER_DAY: limit.default(200),
  LIMIT_TEXTS_PER_WEARER: limit.default(10),
  SMS_BUDGET_PER_DAY: limit.default(1_000),
  SMS_BUDGET_PER_MONTH: limit.default(10_000),
  SMS_MODE: z.enum(['send', 'log'], { error: 'is neither send nor log' }).default('send'),
  TIME_FACTOR: z.coerce
    .number({ error: 'is not a number' })
    .positive({ error: 'is not above 0' })
    .max(1, { error: 'is above 1' })
    .default(1),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'is none of debug, info, warn, error' })
    .default('info'),
});

export const settingNames = Object.keys(settings.shape).flatMap((name) =>
  name === 'providers' ? providerIds.flatMap((id) => Object.values(settingNamesOf(id))) : [name],
);

export type Settings = z.output<typeof settings>;

interface ReadSettings {
  /** Absent when something is wrong. */
  readonly values?: Settings;
  /** What is wrong with each setting, the first thing only; no value is in it. */
  readonly wrong: ReadonlyMap<string, string>;
}

export function readSettings(given: ReadonlyMap<string, string>): ReadSettings {
  const providers = perProvider((id) =>
    Object.fromEntries(Object.entries(settingNamesOf(id)).map(([key, name]) => [key, given.get(name)])),
  );
  const parsed = settings.safeParse({ ...Object.fromEntries(given), providers });
  const wrong = new Map<string, string>();
  for (const { path, code, message } of parsed.error?.issues ?? []) {
    const name = nameAt(path);
    if (wrong.has(name)) continue;
    wrong.set(name, !given.has(name) && code === 'invalid_type' ? 'is missing' : message);
  }
  return parsed.success ? { values: parsed.data, wrong } : { wrong };
}

function nameAt([name, id, key]: readonly PropertyKey[]): string {
  return name === 'providers'
    ? settingNamesOf(id as ProviderId)[key as keyof ProviderSettings]
    : String(name);
}

/** Azurite's short form, or a connection string all of whose endpoints are on loopback. */
function isLocalStorage(connectionString: string): boolean {
  if (connectionString === 'UseDevelopmentStorage=true') return true;
  const parts = connectionString.split(';').map((part) => part.split('=', 1)[0]?.trim().toLowerCase());
  // Both would send a service without an endpoint of its own somewhere else.
  if (parts.includes('endpointsuffix') || parts.includes('developmentstorageproxyuri')) return false;
  return ['Blob', 'Queue', 'Table'].every((service) => {
    const endpoints = [...connectionString.matchAll(new RegExp(`${service}Endpoint=([^;]*)`, 'gi'))];
    return endpoints.length > 0 && endpoints.every(([, endpoint = '']) => isLoopback(endpoint));
  });
}

function isReturnAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return (
    (protocol === 'https:' || (protocol === 'http:' && isLoopback(text))) &&
    search + hash + username + password === ''
  );
}
