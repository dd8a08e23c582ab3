/** What each setting has to look like when it is there. */
import { isSupportedCountry } from 'libphonenumber-js/max';
import * as z from 'zod';
import { isLoopback } from './loopback';
import { wholeNumber } from './whole-number';
import { choices, perProvider, providerIds, type ProviderId } from './model';
import { readSchedule } from './ncrontab';
import { optionalScopes } from './providers';
import { settingNamesOf, type ProviderSettings } from './providers/settings';

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .transform((text) => text.replace(/\/+$/, ''));
/** Plain http is for loopback only. */
const secureUrl = url.refine((text) => text.startsWith('https:') || isLoopback(text), {
  error: 'must begin with https:; plain http is allowed only for loopback addresses',
});
/** With blanks or commas between, each once. */
const secureUrls = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine((all) => all.every((each) => secureUrl.safeParse(each).success), {
    error: 'must be a list of https addresses, such as https://tokens-2.vault.azure.net',
  })
  .transform((all) => [...new Set(all.map((each) => secureUrl.parse(each)))]);
const simulatorUrl = url.refine(isLoopback, {
  error: 'must be a loopback address, because a simulator takes the place of the provider there',
});
/** Scheme, host and port; paths are ours. */
const origin = secureUrl.refine((text) => new URL(text).origin === text, {
  error: 'must be an origin without a path, such as https://tokens.example.com',
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
    error: 'must be a list of country codes, such as US, CA',
  });
/** Pages that people come back to: https, or plain http on this machine. */
const addresses = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine((all) => all.every(isReturnAddress), {
    error: 'must be a list of https addresses without a query, such as https://study.example.org/join',
  });
/** They may have a query, and hold a key in it. */
const webhookUrls = z
  .string()
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))])
  .refine((all) => all.every(isWebhookUrl), {
    error:
      'must be a list of https addresses without a user and a fragment, such as https://study.example.org/webhooks',
  });
const notEmail = 'must be an e-mail address such as alerts@example.com';
/** azd writes it into JSON as it is. */
const freeText = z
  .string()
  .regex(/^[^"\\]*$/, {
    error: 'must not contain a quotation mark or a backslash, because azd cannot pass them on',
  })
  .regex(/^\P{Cc}*$/u, { error: 'must not contain a line break or another control character' });
const emailAddress = z
  .string()
  .max(254, { error: notEmail })
  .regex(/^[^\s@<>",;\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, { error: notEmail });
/** `lead@example.org,Leeds=anna@example.org`: the name of a site before an address limits it to that site. */
const digestAddresses = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map((entry) => {
        const at = entry.lastIndexOf('=');
        return { site: at < 0 ? undefined : entry.slice(0, at).trim(), address: entry.slice(at + 1).trim() };
      }),
  )
  .refine((all) => all.every(({ site, address }) => site !== '' && emailAddress.safeParse(address).success), {
    error:
      'must be a list of e-mail addresses such as lead@example.org,Leeds=anna@example.org, where a site before an address limits it to that site',
  });
/** How many texts: per day, or per month for the monthly budget. */
const aboveZero = { error: 'must be a whole number above 0' };
const limit = z.coerce.number(aboveZero).int(aboveZero).positive(aboveZero);
const factor = { error: 'must be a number above 0 and at most 1' };
const clientId = z.guid({
  error: 'must be a client id: a GUID such as 00000000-0000-0000-0000-000000000000',
});
const localStorage = z.string().refine(isLocalStorage, {
  error:
    'must point at Azurite on a loopback address. In Azure, remove it and set AzureWebJobsStorage__accountName, because keys are not used there',
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
  KEY_VAULT_URIS: secureUrls.default([]),
  AzureWebJobsStorage: localStorage.optional(),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, {
      error: 'must be the name of a storage account: 3 to 24 lowercase letters and digits',
    })
    .optional(),
  AZURE_CLIENT_ID: clientId.optional(),
  ENTRA_CLIENT_ID: clientId.optional(),
  IDENTITY_ENDPOINT: z.string().optional(),
  WEBSITE_INSTANCE_ID: z.string().optional(),
  WEBSITE_HOSTNAME: z.string().optional(),
  // The platform writes True; whatever else it writes one day is not.
  WEBSITE_AUTH_ENABLED: z
    .string()
    .transform((value) => value.toLowerCase() === 'true')
    .default(false),
  ROTATION_SCHEDULE: ncrontab,
  BATTERY_SCHEDULE: ncrontab,
  WATCHDOG_SCHEDULE: ncrontab,
  HOUSEKEEPING_SCHEDULE: ncrontab,
  DIGEST_SCHEDULE: ncrontab.default('0 0 7 * * *'),
  DIGEST_EMAIL: digestAddresses.default([]),
  providers: z.object(perProvider(providerSettings)),
  ACS_ENDPOINT: secureUrl.optional(),
  SMS_FROM: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\d{3,6})$/, {
      error:
        'must be a number such as +18005551234, a short code such as 12345, or a sender name of up to 11 letters and digits',
    })
    .optional(),
  EMAIL_FROM: emailAddress.optional(),
  OPERATOR_EMAIL: emailAddress.optional(),
  OPERATOR_PHONE: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, { error: 'must be a number such as +14255550123' })
    .optional(),
  BATTERY_THRESHOLD: wholeNumber(choices.threshold, ' (percent)').default(20),
  ALERT_ON_SCALES: z.stringbool({ error: 'must be true or false' }).default(false),
  SERVICE_NAME: z
    .string()
    .max(30, { error: 'must be at most 30 characters long' })
    .regex(/^[A-Za-z0-9 .,()&+-]+$/, {
      error:
        'may only contain letters, digits, spaces and . , ( ) & + -, because not every phone shows other characters',
    })
    .default('Fitbit Token Service'),
  OPERATOR_CONTACT: z
    .string()
    .regex(/^([^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+|https:\/\/[^\s"\\]+)$/, {
      error: 'must be an e-mail address or an https address',
    })
    .optional(),
  PUBLISH_ACCESS_TOKENS: z.stringbool({ error: 'must be true or false' }).default(false),
  SHARED_WITH: freeText.max(80, { error: 'must be at most 80 characters long' }).optional(),
  RETURN_ADDRESSES: addresses.default([]),
  WEBHOOK_URLS: webhookUrls.default([]),
  SMS_COUNTRIES: countries.default(['US', 'CA', 'PR']),
  INVITE_CODE: freeText
    .min(6, { error: 'must be at least 6 characters long' })
    .max(100, { error: 'must be at most 100 characters long' })
    .optional(),
  LIMIT_TEXTS_PER_NUMBER: limit.default(5),
  LIMIT_TEXTS_PER_CLIENT: limit.default(20),
  LIMIT_TEXTS_PER_PREFIX: limit.default(20),
  LIMIT_TEXTS_PER_DAY: limit.default(200),
  LIMIT_TEXTS_PER_WEARER: limit.default(10),
  SMS_BUDGET_PER_DAY: limit.default(1_000),
  SMS_BUDGET_PER_MONTH: limit.default(10_000),
  SMS_MODE: z.enum(['send', 'log'], { error: 'must be send or log' }).default('send'),
  TIME_FACTOR: z.coerce.number(factor).positive(factor).max(1, factor).default(1),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' })
    .default('info'),
});

export const settingNames = Object.keys(settings.shape).flatMap((name) =>
  name === 'providers' ? providerIds.flatMap((id) => Object.values(settingNamesOf(id))) : [name],
);

export type SettingValues = z.output<typeof settings>;

interface ReadSettings {
  /** Absent when something is wrong. */
  readonly values?: SettingValues;
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
  return isAddress(text) && new URL(text).search === '';
}

function isWebhookUrl(text: string): boolean {
  return isAddress(text) && !/["\\]/.test(text);
}

/** https, or plain http on this machine, without a user and a fragment. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hash, username, password } = new URL(text);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && isLoopback(text));
  return isSecure && hash + username + password === '';
}
