/**
 * Every setting. The comment above each is what docs/reference.md says of it, and the description of its parameter in infra/main.bicep.
 * `npm run format` writes both, and local.settings.sample.json and infra/main.parameters.json, in the order of this table.
 */
import { perProvider, providerIds, providerTable, type ProviderId } from './model/provider-table';
import { readOptionalScopes } from './providers/optional-scopes';
import { settingNamesOf, type ProviderSettings } from './providers/settings';
import * as format from './setting-formats';

/** What only files that are written from this table say of a setting. */
interface About {
  /** Its value in the sample, where that is not what is taken when it is not there. */
  readonly sample?: string;
  /**
   * Who sets it in Azure, if not the operator with a parameter of the deployment: the template, from what it makes; the platform; or nobody,
   * because it is for the local world.
   */
  readonly setBy?: 'template' | 'platform' | 'nobody';
  /** What its parameter is unless the operator sets it; empty if this is absent. */
  readonly inAzure?: string;
  /** Its parameter stays out of the history of deployments, because it is personal or opens something. */
  readonly isSecure?: true;
  /** The name of its parameter, if it is not the setting's own in camel case. */
  readonly parameter?: string;
}

interface Setting<T> extends About {
  readonly read: format.Format<T>;
  readonly isRequired?: true;
  /** What is read when it is not there. */
  readonly usual?: string;
}

function required<T>(read: format.Format<T>, about: About = {}): Setting<T> {
  return { read, isRequired: true, ...about };
}

function optional<T>(read: format.Format<T>, about: About = {}): Setting<T | undefined> {
  return { read, ...about };
}

function otherwise<T>(usual: string, read: format.Format<T>, about: About = {}): Setting<T> {
  return { read, usual, ...about };
}

const platform = { setBy: 'platform' } as const;

const table = {
  /** For Azurite. In Azure `AzureWebJobsStorage__accountName` takes its place, because keys are not used there. */
  AzureWebJobsStorage: optional(format.localStorage, {
    sample: 'UseDevelopmentStorage=true',
    setBy: 'nobody',
  }),
  /** The storage account, reached by managed identity. */
  AzureWebJobsStorage__accountName: optional(format.accountName, { setBy: 'template' }),
  /** The client id of the user-assigned identity. */
  AZURE_CLIENT_ID: optional(format.clientId, { setBy: 'template' }),
  /** Says that the service runs in Azure. */
  IDENTITY_ENDPOINT: optional(format.anyText, platform),
  /** Says that the service runs in Azure. */
  WEBSITE_INSTANCE_ID: optional(format.anyText, platform),
  /** The app's own host name, for when `PUBLIC_URL` is not set. */
  WEBSITE_HOSTNAME: optional(format.anyText, platform),
  /** Says whether App Service authentication is on. */
  WEBSITE_AUTH_ENABLED: otherwise('', format.platformFlag, platform),
  /** The origin under which people reach the service, such as `https://tokens.example.com`. In Azure it is the app's own host name unless you set another. */
  PUBLIC_URL: optional(format.origin, { sample: 'http://127.0.0.1:7071' }),
  /** `https://<vault>.vault.azure.net`, which holds client secrets, keys and token sets. Never exchange it for another one. */
  KEY_VAULT_URI: required(format.secureUrl, { sample: 'https://127.0.0.1:7180', setBy: 'template' }),
  /**
   * Further vaults, with commas between. A new connection begins in the vault that holds the fewest, and stays there
   * ([more than one vault](deploying.md#more-than-one-vault)).
   */
  KEY_VAULT_URIS: otherwise('', format.secureUrls, { sample: '', setBy: 'template' }),
  /** When the service rotates tokens; NCRONTAB, UTC. */
  ROTATION_SCHEDULE: required(format.ncrontab, { sample: '*/20 * * * * *', inAzure: '0 0 */6 * * *' }),
  /** When the service checks batteries, every 15 minutes to once a day; NCRONTAB, UTC. */
  BATTERY_SCHEDULE: required(format.ncrontab, { sample: '*/5 * * * * *', inAzure: '0 0 * * * *' }),
  /** When the watchdog looks for what has not succeeded for too long; NCRONTAB, UTC. */
  WATCHDOG_SCHEDULE: required(format.ncrontab, { sample: '*/30 * * * * *', inAzure: '0 15 * * * *' }),
  /** When coordinators get the morning digest, at most once a day; NCRONTAB, UTC. */
  DIGEST_SCHEDULE: otherwise('0 0 7 * * *', format.ncrontab, {
    sample: '0 * * * * *',
    inAzure: '0 0 7 * * *',
  }),
  /** When housekeeping removes old records; NCRONTAB, UTC. */
  HOUSEKEEPING_SCHEDULE: required(format.ncrontab, { sample: '0 */10 * * * *', inAzure: '0 30 * * * *' }),
  ...settingsOfProviders(),
  /** The address of Communication Services. */
  ACS_ENDPOINT: optional(format.secureUrl, { sample: 'http://127.0.0.1:7183', setBy: 'template' }),
  /**
   * The number, short code or name to text from. A toll-free number takes weeks; until then the service runs without one. Nobody can answer a
   * name, so texts and pages then speak of the personal page in place of STOP.
   */
  SMS_FROM: optional(format.sender, { sample: '+18005550100' }),
  /**
   * The address that e-mails come from, of a domain that is linked to the same Communication Services resource; in Azure, if it is empty,
   * that of the managed domain, if there is one. With it wearers can choose e-mail in place of texts; without it no e-mail is sent.
   */
  EMAIL_FROM: optional(format.emailAddress, { sample: 'fitbit-token-service@example.com' }),
  /** The number to which alarms are texted; if it is empty, none are. */
  OPERATOR_PHONE: optional(format.phoneNumber, { isSecure: true }),
  /**
   * The address to which alarms are mailed, once `EMAIL_FROM` is set. Azure writes to it too when an alert rule fires; if it is empty, the rules
   * fire and tell nobody.
   */
  OPERATOR_EMAIL: optional(format.emailAddress),
  /**
   * Who gets the morning digest, once `EMAIL_FROM` is set: e-mail addresses with commas between; `Leeds=anna@example.org` limits one to a site
   * ([operations](operations.md#the-morning-digest)).
   */
  DIGEST_EMAIL: otherwise('', format.digestAddresses, { isSecure: true }),
  /** A battery at or below this percentage is low, 5 to 50; each wearer can choose their own. */
  BATTERY_THRESHOLD: otherwise('20', format.threshold),
  /** Whether scales raise alerts too. */
  ALERT_ON_SCALES: otherwise('false', format.flag),
  /** The service's name on pages and in texts. */
  SERVICE_NAME: otherwise('Fitbit Token Service', format.serviceName),
  /** An e-mail or https address for people to write to. */
  OPERATOR_CONTACT: optional(format.contact, { sample: 'operator@example.com' }),
  /** Countries whose numbers may be texted; a number without a country code belongs to the first. */
  SMS_COUNTRIES: otherwise('US,CA,PR', format.countries, { sample: 'US,CA,GB,DE,ES,FR' }),
  /**
   * The client id of an app registration. When it is set, `ops/*` and `connections/*` ask for a Microsoft Entra sign-in with an app role, besides the
   * function key ([deploying](deploying.md#microsoft-entra-sign-in)).
   */
  ENTRA_CLIENT_ID: optional(format.clientId),
  /** A word that people have to enter to sign up; without it everybody can. */
  INVITE_CODE: optional(format.freeText({ least: 6, most: 100 }), { isSecure: true }),
  /**
   * Who else may use a wearer's access, in the words that pages then show; if it is empty, nobody may
   * ([tokens](tokens.md#for-your-own-platform)).
   */
  SHARED_WITH: optional(format.freeText({ most: 80 })),
  /**
   * `true` keeps the access token of each shared connection in a Key Vault secret of its own; does nothing without `SHARED_WITH`
   * ([tokens](tokens.md#a-published-secret)).
   */
  PUBLISH_ACCESS_TOKENS: otherwise('false', format.flag, { parameter: 'publishAccess' }),
  /**
   * Addresses to which wearers may go back after a sign-up with an invite, with commas between, such as `https://study.example.org/join`: that address
   * and those below it ([tokens](tokens.md#invites)).
   */
  RETURN_ADDRESSES: otherwise('', format.addresses, { sample: 'http://127.0.0.1:7071' }),
  /**
   * https addresses, with commas between, to which the service sends what happens to shared connections, everything to each. An address may have a key in it. Does nothing
   * without `SHARED_WITH` ([webhooks](webhooks.md)).
   */
  WEBHOOK_URLS: otherwise('', format.webhookUrls, { isSecure: true }),
  /**
   * Texts a day that somebody at a page can provoke to one number; it also limits the codes that one connection and one account can ask for
   * ([SECURITY.md](../SECURITY.md#sms-pumping)). E-mails have limits of the same size, counted by themselves; `ada+1@example.org` counts as
   * `ada@example.org`, and an address that was unsubscribed is mailed a confirmation once a day.
   */
  LIMIT_TEXTS_PER_NUMBER: otherwise('5', format.limit, { sample: '100' }),
  /** Texts a day that can be provoked from one client address. */
  LIMIT_TEXTS_PER_CLIENT: otherwise('20', format.limit, { sample: '1000' }),
  /** Texts a day that somebody at a page can provoke to one range of numbers. */
  LIMIT_TEXTS_PER_PREFIX: otherwise('20', format.limit, { sample: '1000' }),
  /** Texts a day that can be provoked overall; as a limit on e-mails, no domain gets more than half of it. */
  LIMIT_TEXTS_PER_DAY: otherwise('200', format.limit, { sample: '1000' }),
  /** Texts about batteries a day to one wearer. */
  LIMIT_TEXTS_PER_WEARER: otherwise('10', format.limit, { sample: '100' }),
  /** Texts a day overall, without e-mails; what strangers and wearers ask for takes at most half of them. An alarm tells the operator when they are used up. */
  SMS_BUDGET_PER_DAY: otherwise('1000', format.limit),
  /** Texts a month overall, without e-mails; shared out like those of a day. */
  SMS_BUDGET_PER_MONTH: otherwise('10000', format.limit),
  /** `send`; or `log` for a dry run: alerts are written to the log instead (codes and personal links that somebody waits for are still sent). */
  SMS_MODE: otherwise('send', format.smsMode),
  /** For drills in the local world: multiplies all delays, by more than 0 and at most 1. */
  TIME_FACTOR: otherwise('1', format.factor, { setBy: 'nobody' }),
  /** The least level that is logged: `debug`, `info`, `warn` or `error`. Above `info` the runs are not logged. */
  LOG_LEVEL: otherwise('info', format.logLevel, { inAzure: 'info' }),
};

/** These rows are made from the list of providers, so the type of the table does not name them. `readSettings` returns their values as `providers`. */
function settingsOfProviders(): object {
  const all = providerIds.flatMap((id) => {
    const names = settingNamesOf(id);
    const own = Object.entries(settingsOf(id)) as [keyof ProviderSettings, Setting<unknown>][];
    return own.map(([key, setting]) => [names[key], setting]);
  });
  return Object.fromEntries(all) as object;
}

function settingsOf(id: ProviderId): { [K in keyof ProviderSettings]-?: Setting<ProviderSettings[K]> } {
  return {
    /** The OAuth client id. A provider without one is not offered. */
    clientId: optional(format.anyText, { sample: 'local-client' }),
    /**
     * Scopes to ask for besides the scope for devices, with spaces or commas between; the wearer may refuse them. For Google the last part of the name is
     * enough (`sleep.readonly`). A scope of another API is refused when the service starts, because Google would refuse every call with it.
     * `openid email` lets a sign-up that fails name the account that was chosen.
     */
    optionalScopes: otherwise('', (text) => readOptionalScopes(id, text)),
    /** The address of a simulator; loopback only. */
    simulatorUrl: optional(format.simulatorUrl, {
      sample: `http://127.0.0.1:${providerTable[id].simulatorPort}`,
      setBy: 'nobody',
    }),
  };
}

/** By name. */
export const settings: ReadonlyMap<string, Setting<unknown>> = new Map(Object.entries(table));

export const settingNames = [...settings.keys()];

export type SettingValues = {
  readonly [Name in keyof typeof table]: (typeof table)[Name] extends Setting<infer T> ? T : never;
} & { readonly providers: Readonly<Record<ProviderId, ProviderSettings>> };

interface ReadSettings {
  /** Absent when something is wrong. */
  readonly values?: SettingValues;
  /** What is wrong with each setting; no value is in it. */
  readonly wrong: ReadonlyMap<string, string>;
}

export function readSettings(given: ReadonlyMap<string, string>): ReadSettings {
  const wrong = new Map<string, string>();
  const values: Record<string, unknown> = {};
  for (const [name, { read, isRequired, usual }] of settings) {
    const text = given.get(name) ?? usual;
    try {
      if (text !== undefined) values[name] = read(text);
      else if (isRequired) format.refuse('is missing');
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      wrong.set(name, error.message);
    }
  }
  const providers = perProvider((id) => {
    const { clientId, optionalScopes, simulatorUrl } = settingNamesOf(id);
    return {
      clientId: values[clientId],
      optionalScopes: values[optionalScopes],
      simulatorUrl: values[simulatorUrl],
    };
  });
  return wrong.size > 0 ? { wrong } : { values: { ...values, providers } as unknown as SettingValues, wrong };
}
