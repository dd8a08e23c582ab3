/**
 * Every setting, read and checked once. Malformed settings are one error that lists every problem by the
 * setting's name and never shows a value; what is not configured yet (a provider's client, the SMS number) is
 * simply absent, and the service says so where it matters.
 */
import type { IdentityOptions } from './adapters/azure-credential';
import { AppError } from './errors';
import { isLoopback } from './loopback';
import type { CallerKind, Policy, ProviderId, StaffSignIn, Times } from './model';
import { defaultTimes } from './model/times';
import { readGaps, readSchedule } from './ncrontab';
import type { LogLevel } from './ports';
import type { ProviderSettings } from './providers/settings';
import { readSettings, settingNames, type SettingValues } from './setting-table';

export interface Config {
  readonly publicUrl: string;
  /** The first vault, and then the further ones. */
  readonly keyVaultUris: readonly [string, ...string[]];
  readonly storage:
    | { readonly kind: 'local'; readonly connectionString: string }
    | { readonly kind: 'azure'; readonly tableUrl: string; readonly queueUrl: string };
  readonly identity: IdentityOptions;
  readonly providers: Record<ProviderId, ProviderSettings>;
  readonly sms: { readonly endpoint?: string | undefined; readonly from?: string | undefined };
  readonly email: { readonly endpoint?: string | undefined; readonly from?: string | undefined };
  /** Where events about shared connections are sent. */
  readonly webhookUrls: readonly string[];
  readonly operatorPhone: string | undefined;
  /** Absent as long as no e-mail can be sent: in Azure the same address is where alert rules write to. */
  readonly operatorEmail: string | undefined;
  /** Who gets a digest, and the only sites that it is about. Nobody as long as no e-mail can be sent. */
  readonly digestTo: readonly { readonly address: string; readonly sites: readonly string[] | undefined }[];
  readonly digestSchedule: string;
  readonly operatorContact: string | undefined;
  readonly callers: CallerKind;
  readonly staffSignIn: StaffSignIn;
  /** Without it anyone may sign up. */
  readonly inviteCode: string | undefined;
  readonly policy: Policy;
  readonly logLevel: LogLevel;
}

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
  const present = new Map(
    settingNames
      .map((name) => [name, trim(name, environment[name] ?? '')] as const)
      .filter(([, value]) => value !== ''),
  );
  const { values, wrong } = readSettings(present);
  const unresolved = [...present]
    .filter(([, value]) => value.startsWith('@Microsoft.KeyVault('))
    .map(
      ([name]) =>
        [
          name,
          'is a Key Vault reference that Azure could not resolve; check the name of the secret and the role of the identity that the app uses',
        ] as const,
    );
  const problems = [...new Map([...wrong, ...unresolved])].map(([name, what]) => `${name} ${what}`);
  if (!present.has('PUBLIC_URL') && !present.has('WEBSITE_HOSTNAME')) problems.push('PUBLIC_URL is missing');
  if (!present.has('AzureWebJobsStorage') && !present.has('AzureWebJobsStorage__accountName')) {
    problems.push('AzureWebJobsStorage or AzureWebJobsStorage__accountName is missing');
  }
  const publicUrl = values && (values.PUBLIC_URL ?? hostUrl(values.WEBSITE_HOSTNAME));
  const storage = values && readStorage(values);
  if (storage?.kind === 'azure' && values?.TIME_FACTOR !== 1) {
    problems.push(
      'TIME_FACTOR must be removed: it works only in the local world, because the providers and Azure keep their own time',
    );
  }
  if (storage?.kind === 'azure' && values?.WEBHOOK_URLS.some(isLoopback)) {
    problems.push(
      'WEBHOOK_URLS must not contain a loopback address, because those are for the local world only',
    );
  }
  if (problems.length > 0 || !publicUrl || !storage) throw new ConfigInvalid(problems);
  return {
    publicUrl,
    keyVaultUris: [
      values.KEY_VAULT_URI,
      ...values.KEY_VAULT_URIS.filter((uri) => uri !== values.KEY_VAULT_URI),
    ],
    storage,
    identity: {
      // Either one says that this is Azure and no developer's machine.
      kind: (values.IDENTITY_ENDPOINT ?? values.WEBSITE_INSTANCE_ID) ? 'managed identity' : 'developer',
      clientId: values.AZURE_CLIENT_ID,
    },
    providers: values.providers,
    sms: { endpoint: values.ACS_ENDPOINT, from: values.SMS_FROM },
    email: { endpoint: values.ACS_ENDPOINT, from: values.EMAIL_FROM },
    // Both end with the sharing: the operator can then stop all programs by one setting, and the service goes on.
    webhookUrls: values.SHARED_WITH === undefined ? [] : values.WEBHOOK_URLS,
    operatorPhone: values.OPERATOR_PHONE,
    operatorEmail: values.EMAIL_FROM === undefined ? undefined : values.OPERATOR_EMAIL,
    digestTo: values.EMAIL_FROM === undefined ? [] : perAddress(values.DIGEST_EMAIL),
    digestSchedule: values.DIGEST_SCHEDULE,
    operatorContact: values.OPERATOR_CONTACT,
    callers: values.ENTRA_CLIENT_ID === undefined ? keyOrNone(storage) : 'entra',
    staffSignIn: staffSignIn(storage, values),
    inviteCode: values.INVITE_CODE,
    policy: {
      batteryThreshold: values.BATTERY_THRESHOLD,
      alertOnScales: values.ALERT_ON_SCALES,
      serviceName: values.SERVICE_NAME,
      sharedWith: values.SHARED_WITH,
      publishesTokens: values.PUBLISH_ACCESS_TOKENS && values.SHARED_WITH !== undefined,
      returnAddresses: values.RETURN_ADDRESSES,
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
      times: timesOf(values.TIME_FACTOR, values),
    },
    logLevel: values.LOG_LEVEL,
  };
}

/** An address without a site gets everything, whatever else is said of it. */
function perAddress(entries: SettingValues['DIGEST_EMAIL']): Config['digestTo'] {
  return [...Map.groupBy(entries, ({ address }) => address)].map(([address, of]) => {
    const sites = of.map(({ site }) => site).filter((site) => site !== undefined);
    return { address, sites: sites.length === of.length ? sites : undefined };
  });
}

/** Locally nobody checks a key. */
function keyOrNone({ kind }: Config['storage']): CallerKind {
  return kind === 'local' ? 'local' : 'key';
}

/** Entra sign-in can be tried out on a developer's machine too; without it a link opens the board there. */
function staffSignIn({ kind }: Config['storage'], values: SettingValues): StaffSignIn {
  if (values.ENTRA_CLIENT_ID === undefined) return kind === 'local' ? 'local link' : 'off';
  return values.WEBSITE_AUTH_ENABLED ? 'platform' : 'off';
}

const mostGapMs = 24 * 3_600_000;
/** How much later than its time a run may be. */
const lateMs = 3_600_000;

/** A run is overdue by its own schedule, a rotation after seven hours at the earliest. The jobs of a check have begun before the next one drops them. */
function timesOf(
  factor: number,
  schedules: Pick<SettingValues, 'ROTATION_SCHEDULE' | 'BATTERY_SCHEDULE'>,
): Times {
  const scaled = scaleTimes(factor);
  const overdueMs = (gapMs: number): number => Math.min(gapMs, mostGapMs) + lateMs * factor;
  const { shortestMs, longestMs } = readGaps(readSchedule(schedules.BATTERY_SCHEDULE));
  const rotation = readGaps(readSchedule(schedules.ROTATION_SCHEDULE));
  return {
    ...scaled,
    batteryOverdueMs: overdueMs(longestMs),
    rotationOverdueMs: Math.max(scaled.rotationOverdueMs, overdueMs(rotation.longestMs)),
    rotationGapMs: rotation.longestMs,
    rotationSpreadMs: Math.min(scaled.rotationSpreadMs, (2 / 3) * rotation.shortestMs),
    checkGapMs: longestMs,
    checkSpreadMs: Math.min(scaled.checkSpreadMs, 0.75 * shortestMs),
  };
}

/** For drills: everything waits in proportion, so that nothing waits for real minutes. */
function scaleTimes(factor: number): Times {
  const scaled = Object.entries(defaultTimes).map(([name, value]: [string, number | readonly number[]]) => [
    name,
    typeof value === 'number' ? value * factor : value.map((each) => each * factor),
  ]);
  return Object.fromEntries(scaled) as unknown as Times;
}

/** The host reads schedules as they are, and knows no white space in them but blanks. */
function trim(name: string, value: string): string {
  return name.endsWith('_SCHEDULE') ? value.replace(/^ +| +$/g, '') : value.trim();
}

/** What the platform calls the app, until a domain of its own is set. */
function hostUrl(hostname: string | undefined): string | undefined {
  if (hostname === undefined) return undefined;
  return isLoopback(`http://${hostname}`) ? `http://${hostname}` : `https://${hostname}`;
}

function readStorage({
  AzureWebJobsStorage: connectionString,
  AzureWebJobsStorage__accountName: account,
}: SettingValues): Config['storage'] | undefined {
  if (connectionString !== undefined) return { kind: 'local', connectionString };
  if (account === undefined) return undefined;
  return {
    kind: 'azure',
    tableUrl: `https://${account}.table.core.windows.net`,
    queueUrl: `https://${account}.queue.core.windows.net`,
  };
}
