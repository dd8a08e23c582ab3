/**
 * Every setting, read and checked once. Malformed settings are one error that lists every problem by the
 * setting's name and never shows a value; what is not configured yet (a provider's client, the SMS number) is
 * simply absent, and the service says so where it matters.
 */
import { isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { IdentityOptions } from './adapters/azure-credential';
import { AppError } from './errors';
import { isLoopback } from './loopback';
import { choices, type CallerKind, type Policy, type ProviderId, type Times } from './model';
import { readGaps, readSchedule } from './ncrontab';
import type { LogLevel } from './ports';
import { fitbitOptionalScopes, googleHealthOptionalScopes } from './providers/scopes';
import type { ProviderSettings } from './providers/settings';

export interface Config {
  readonly publicUrl: string;
  readonly keyVaultUri: string;
  readonly storage:
    | { readonly kind: 'local'; readonly connectionString: string }
    | { readonly kind: 'azure'; readonly tableUrl: string; readonly queueUrl: string };
  readonly identity: IdentityOptions;
  readonly providers: Record<ProviderId, ProviderSettings>;
  readonly sms: { readonly endpoint?: string | undefined; readonly from?: string | undefined };
  readonly operatorPhone: string | undefined;
  readonly operatorContact: string | undefined;
  readonly callers: CallerKind;
  /** Without it anyone may sign up. */
  readonly inviteCode: string | undefined;
  readonly policy: Policy;
  readonly logLevel: LogLevel;
}

/** docs/architecture.md, "Times", says why each stands in this order to the others. */
const times: Times = {
  providerTimeoutMs: 10_000,
  attemptMs: 5_000,
  leaseMs: 20_000,
  leaseRenewMs: 5_000,
  leaseRetryMs: 5_000,
  replayMs: [20_000, 45_000, 70_000],
  retryMs: [20_000, 25_000, 25_000, 300_000, 1_800_000],
  saveMs: 300_000,
  expiryMarginMs: 60_000,
  refusalRecheckMs: 15 * 60_000,
  retirementConfirmMs: 3 * 3_600_000,
  retiredMs: 30 * 24 * 3_600_000,
  failureBudgetMs: 3 * 24 * 3_600_000,
  loginMs: 10 * 60_000,
  codeMs: 10 * 60_000,
  confirmMs: 24 * 3_600_000,
  smsSendMs: 10_000,
  smsClaimMs: 60_000,
  smsResendMs: 240_000,
  rotationOverdueMs: 7 * 3_600_000,
  batteryOverdueMs: 2 * 3_600_000,
  checkToldMs: 6 * 3_600_000,
  reportsOverdueMs: 24 * 3_600_000,
  jobStepMs: 100,
  rotationSpreadMs: 2 * 3_600_000,
  checkSpreadMs: 45 * 60_000,
  workMs: 240_000,
  sweepEveryMs: 20 * 3_600_000,
  readingsMs: 90 * 24 * 3_600_000,
  messagesMs: 365 * 24 * 3_600_000,
};

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
/** azd writes it into JSON as it is. */
const freeText = z
  .string()
  .regex(/^[^"\\]*$/, { error: 'has a quotation mark or a backslash, which azd cannot hand on' })
  .regex(/^\P{Cc}*$/u, { error: 'has a line break or another control character' });
/** Per day. */
const limit = z.coerce
  .number({ error: 'is not a number' })
  .int({ error: 'is not a whole number' })
  .positive({ error: 'is not above 0' });
const clientId = z.guid({ error: 'is not a client id (a GUID)' });
const localStorage = z.string().refine(isLocalStorage, {
  error:
    'has to point at Azurite on a loopback address; in Azure, leave it out and set AzureWebJobsStorage__accountName: keys are not used there',
});

/** What each setting has to look like when it is there. The sample settings hold all but those Azure sets. */
const settings = {
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
  GOOGLE_HEALTH_CLIENT_ID: z.string().optional(),
  GOOGLE_HEALTH_OPTIONAL_SCOPES: googleHealthOptionalScopes.optional(),
  GOOGLE_HEALTH_SIMULATOR_URL: simulatorUrl.optional(),
  FITBIT_CLIENT_ID: z.string().optional(),
  FITBIT_OPTIONAL_SCOPES: fitbitOptionalScopes.optional(),
  FITBIT_SIMULATOR_URL: simulatorUrl.optional(),
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
} satisfies Record<string, z.ZodType>;

export const settingNames = Object.keys(settings);

export type Environment = Readonly<Record<string, string | undefined>>;

/** Says what is wrong, by name, and shows no value. */
export class ConfigInvalid extends AppError {
  /** Each begins with the name of its setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('CONFIG_INVALID', `The settings have problems:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }

  /** The names of the bad settings, each once. */
  get settings(): readonly string[] {
    return [
      ...new Set(this.problems.flatMap((problem) => /^(\w+)(?: or (\w+))?/.exec(problem)?.slice(1) ?? [])),
    ].filter((name) => name !== undefined);
  }
}

/** @throws ConfigInvalid, naming every setting that is wrong */
export function readConfig(environment: Environment): Config {
  const present = settingNames
    .map((name) => [name, trim(name, environment[name])] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const problems = present
    .filter(([, value]) => value?.startsWith('@Microsoft.KeyVault('))
    .map(([name]) => `${name} is a Key Vault reference that Azure could not resolve`);
  const parsed = z.object(settings).safeParse(Object.fromEntries(present));
  if (!parsed.success) {
    for (const { path, code, message } of parsed.error.issues) {
      const absent = !present.some(([name]) => name === path[0]);
      if (problems.some((problem) => problem.startsWith(`${String(path[0])} `))) continue;
      problems.push(`${String(path[0])} ${absent && code === 'invalid_type' ? 'is missing' : message}`);
    }
  }
  const has = (name: string): boolean => present.some(([known]) => known === name);
  if (!has('PUBLIC_URL') && !has('WEBSITE_HOSTNAME')) problems.push('PUBLIC_URL is missing');
  if (!has('AzureWebJobsStorage') && !has('AzureWebJobsStorage__accountName')) {
    problems.push('AzureWebJobsStorage or AzureWebJobsStorage__accountName is missing');
  }
  const values = parsed.data;
  const publicUrl = values && (values.PUBLIC_URL ?? hostUrl(values.WEBSITE_HOSTNAME));
  const storage = values && readStorage(values);
  if (storage?.kind === 'azure' && values?.TIME_FACTOR !== 1) {
    problems.push('TIME_FACTOR is for the local world only: the providers and Azure keep their own time');
  }
  if (problems.length > 0 || !publicUrl || !storage) throw new ConfigInvalid(problems);
  return {
    publicUrl,
    keyVaultUri: values.KEY_VAULT_URI,
    storage,
    identity: {
      // Either one says that this is Azure and no developer's machine.
      kind: (values.IDENTITY_ENDPOINT ?? values.WEBSITE_INSTANCE_ID) ? 'managed identity' : 'developer',
      clientId: values.AZURE_CLIENT_ID,
    },
    providers: {
      'google-health': {
        clientId: values.GOOGLE_HEALTH_CLIENT_ID,
        optionalScopes: values.GOOGLE_HEALTH_OPTIONAL_SCOPES ?? [],
        simulatorUrl: values.GOOGLE_HEALTH_SIMULATOR_URL,
      },
      fitbit: {
        clientId: values.FITBIT_CLIENT_ID,
        optionalScopes: values.FITBIT_OPTIONAL_SCOPES ?? [],
        simulatorUrl: values.FITBIT_SIMULATOR_URL,
      },
    },
    sms: { endpoint: values.ACS_ENDPOINT, from: values.SMS_FROM },
    operatorPhone: values.OPERATOR_PHONE,
    operatorContact: values.OPERATOR_CONTACT,
    callers: values.ENTRA_CLIENT_ID === undefined ? keyOrNone(storage) : 'entra',
    inviteCode: values.INVITE_CODE,
    policy: {
      batteryThreshold: values.BATTERY_THRESHOLD,
      alertOnScales: values.ALERT_ON_SCALES,
      serviceName: values.SERVICE_NAME,
      sharedWith: values.SHARED_WITH,
      countries: values.SMS_COUNTRIES,
      limits: {
        perNumber: values.LIMIT_TEXTS_PER_NUMBER,
        perClient: values.LIMIT_TEXTS_PER_CLIENT,
        perPrefix: values.LIMIT_TEXTS_PER_PREFIX,
        perDay: values.LIMIT_TEXTS_PER_DAY,
        perWearer: values.LIMIT_TEXTS_PER_WEARER,
        budgetPerDay: values.SMS_BUDGET_PER_DAY,
        budgetPerMonth: values.SMS_BUDGET_PER_MONTH,
      },
      dryRun: values.SMS_MODE === 'log',
      times: timesOf(values.TIME_FACTOR, values.BATTERY_SCHEDULE),
    },
    logLevel: values.LOG_LEVEL,
  };
}

/** Locally nobody checks a key. */
function keyOrNone({ kind }: Config['storage']): CallerKind {
  return kind === 'local' ? 'local' : 'key';
}

const mostGapMs = 24 * 3_600_000;
/** How much later than its time a run may be. */
const lateMs = 3_600_000;

/** A check of batteries is overdue by its own schedule, and its jobs have begun before the next one drops them. */
function timesOf(factor: number, batterySchedule: string): Times {
  const scaled = scaleTimes(factor);
  const { shortestMs, longestMs } = readGaps(readSchedule(batterySchedule));
  return {
    ...scaled,
    batteryOverdueMs: Math.min(longestMs, mostGapMs) + lateMs * factor,
    checkSpreadMs: Math.min(scaled.checkSpreadMs, 0.75 * shortestMs),
  };
}

/** For drills: everything waits in proportion, so that nothing waits for real minutes. */
function scaleTimes(factor: number): Times {
  const scaled = Object.entries(times).map(([name, value]: [string, number | readonly number[]]) => [
    name,
    typeof value === 'number' ? value * factor : value.map((each) => each * factor),
  ]);
  return Object.fromEntries(scaled) as unknown as Times;
}

/** The host reads schedules as they are, and knows no white space in them but blanks. */
function trim(name: string, value: string | undefined): string | undefined {
  return name.endsWith('_SCHEDULE') ? value?.replace(/^ +| +$/g, '') : value?.trim();
}

/** What the platform calls the app, until a domain of its own is set. */
function hostUrl(hostname: string | undefined): string | undefined {
  if (hostname === undefined) return undefined;
  return isLoopback(`http://${hostname}`) ? `http://${hostname}` : `https://${hostname}`;
}

function readStorage(values: {
  AzureWebJobsStorage?: string | undefined;
  AzureWebJobsStorage__accountName?: string | undefined;
}): Config['storage'] | undefined {
  const { AzureWebJobsStorage: connectionString, AzureWebJobsStorage__accountName: account } = values;
  if (connectionString !== undefined) return { kind: 'local', connectionString };
  if (account === undefined) return undefined;
  return {
    kind: 'azure',
    tableUrl: `https://${account}.table.core.windows.net`,
    queueUrl: `https://${account}.queue.core.windows.net`,
  };
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
