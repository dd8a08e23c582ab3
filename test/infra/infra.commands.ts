/**
 * The template agrees with the service. That it is Bicep, and that resources are as Azure's types know them, is what
 * check.mjs asks the compiler, which also compares all that Azure would be asked for with the two snapshots: what only they say is not
 * said here again. That Azure takes it nobody can show here: docs/deploying.md, "What has not been run".
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import packageJson from '../../package.json';
import { readConfig } from '../../src/config';
import { settingNames, settings } from '../../src/setting-table';
import { register, withoutServices } from '../../src/functions/register';
import type { App } from '../../src/functions/routes';
import { alarmNames, appRoles, perProvider, providerIds, runKinds } from '../../src/model';
import { paths } from '../../src/paths';
import { createProviders } from '../../src/providers';
import registration from '../../infra/entra-app.json';
import parameterFile from '../../infra/main.parameters.json';
import first from './first.snapshot.json';
import isolated from './isolated.snapshot.json';
import { leastSettings } from '../support/least-settings';

const project = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(join(project, path), 'utf8');
const bicepFiles = [
  'main.bicep',
  ...readdirSync(join(project, 'infra/modules')).map((name) => `modules/${name}`),
];

interface Compiled {
  readonly parameters: Record<string, { readonly type: string; readonly defaultValue?: string }>;
  readonly variables: Record<string, Record<string, string>>;
  readonly outputs: Record<string, { readonly value: string }>;
  readonly resources: Record<
    string,
    {
      readonly properties: {
        readonly template: Compiled;
        readonly parameters: Record<string, { readonly value: string }>;
      };
    }
  >;
}

/** What azd hands to Azure. Without the .NET SDK there is no compiler, and these tests are left out; CI has it. */
const compiled = compile();
const withCompiler = compiled ? test : test.skip;
const main = compiled!;

function compile(): Compiled | undefined {
  const text = execFileSync(
    process.execPath,
    [join(project, 'test/infra/compiler.mjs'), 'build', '--stdout', 'infra/main.bicep'],
    { encoding: 'utf8', maxBuffer: 1e8 },
  );
  return text === '' ? undefined : (JSON.parse(text) as Compiled);
}

const providers = createProviders(perProvider(() => ({ optionalScopes: [] })));

type Resource = (typeof first.predictedResources)[number];
/** What such a deployment would ask Azure for, as far as it can be known without Azure. */
function resources(snapshot: { predictedResources: unknown }, type: string): Resource[] {
  return (snapshot.predictedResources as Resource[]).filter((resource) => resource.type === type);
}
function properties<Shape>(snapshot: { predictedResources: unknown }, type: string): Shape {
  return resources(snapshot, type)[0]!.properties as unknown as Shape;
}

/** Flex Consumption refuses them, or takes them from somewhere else. */
const notOnFlex =
  /FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD|WEBSITE_CONTENT|WEBSITE_NODE_DEFAULT_VERSION|WEBSITE_TIME_ZONE|\bTZ\b|WEBSITE_VNET_ROUTE_ALL|WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT|FUNCTIONS_WORKER_PROCESS_COUNT|FUNCTIONS_MAX_HTTP_CONCURRENCY/;

/**
 * Properties of a site that are Azure's, and that Flex Consumption refuses: "Flex Consumption plan deprecations" at
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings
 */
const siteNotOnFlex = [
  ...[
    'alwaysOn',
    'containerSize',
    'ftpsState',
    'functionAppScaleLimit',
    'functionsRuntimeScaleMonitoringEnabled',
  ],
  ...['isReserved', 'isXenon', 'javaVersion', 'linuxFxVersion', 'netFrameworkVersion', 'powerShellVersion'],
  ...['preWarmedInstanceCount', 'use32BitWorkerProcess', 'vnetRouteAllEnabled', 'windowsFxVersion'],
];

/** The parameter that a setting is taken from. */
const parameterOf = (value = '') => /^\[parameters\('(\w+)'\)\]$/.exec(value)?.[1] ?? '';

/** The names that a call such as `createObject('A', …, 'B', …)` makes; values may hold calls, but no capital names in quotes. */
function keysIn(expression: string): string[] {
  return [...expression.matchAll(/'(\w+)', (?=reference|if\(|join\()/g)].map(([, name = '']) => name);
}

describe('the Bicep files', () => {
  test('pin API versions that are not previews, but for the one type that has no other', () => {
    const versions = [...first.predictedResources, ...isolated.predictedResources].map(
      ({ type, apiVersion }) => `${type}@${apiVersion}`,
    );
    expect([...new Set(versions.filter((version) => version.endsWith('preview')))]).toEqual([
      'Microsoft.Insights/diagnosticSettings@2021-05-01-preview',
    ]);
  });

  test('load every query', () => {
    const loaded = bicepFiles.flatMap((file) =>
      [...read(`infra/${file}`).matchAll(/loadTextContent\('\.\.\/queries\/([\w.-]+)'\)/g)].map(
        ([, name]) => name!,
      ),
    );
    expect(loaded.sort()).toEqual(readdirSync(join(project, 'infra/queries')).sort());
  });

  test('say of every resource why it is so', () => {
    const silent = bicepFiles.flatMap((file) =>
      read(`infra/${file}`)
        .split('\n')
        .flatMap((line, i, lines) => {
          if (!line.startsWith('resource ') || line.includes(' existing ')) return [];
          const before = lines.slice(0, i).findLast((above) => !above.startsWith('@'))!;
          return before.startsWith('// ') ? [] : [`${file}: ${line}`];
        }),
    );
    expect(silent).toEqual([]);
  });

  withCompiler(
    'take every parameter as a text, because azd drops what it cannot read as anything else',
    () => {
      const types = Object.values(main.parameters).map(({ type }) => type);
      expect([...new Set(types)].sort()).toEqual(['securestring', 'string']);
    },
  );
});

describe('the settings', () => {
  const app = () => main.resources['app']!.properties;
  const ofTheTemplate = () => keysIn(app().parameters['settings']!.value);

  withCompiler('that the template takes from what it makes are those that the service has from it', () => {
    const read = [...settings].filter(([, { setBy }]) => setBy === 'template').map(([name]) => name);
    // The operator can set it, and the template otherwise.
    expect(ofTheTemplate().sort()).toEqual([...read, 'EMAIL_FROM'].sort());
  });

  withCompiler('for the host reach storage and telemetry by identity, and keep large bodies out', () => {
    const host = app().template.variables['hostSettings']!;
    expect(host).toEqual({
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: "[parameters('identityClientId')]",
      APPLICATIONINSIGHTS_CONNECTION_STRING: "[parameters('insightsConnectionString')]",
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING:
        "[format('ClientId={0};Authorization=AAD', parameters('identityClientId'))]",
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '2097152',
      AzureWebJobsDisableHomepage: 'true',
    });
    const names = [...settingNames, ...Object.keys(host)];
    expect(names.filter((name) => notOnFlex.test(name))).toEqual([]);
    expect(JSON.stringify(main)).not.toContain('@Microsoft.KeyVault');
  });

  test('of the site are those that Flex Consumption takes', () => {
    const site = properties<{ siteConfig: object }>(first, 'Microsoft.Web/sites');
    const names = [...Object.keys(site), ...Object.keys(site.siteConfig)];
    expect(names).toContain('minTlsVersion');
    expect(names.filter((name) => siteNotOnFlex.includes(name))).toEqual([]);
  });

  withCompiler('that nobody has set yet make a service that starts', () => {
    const given = Object.entries(main.variables['operatorSettings']!).map(
      ([name, value]) => [name, main.parameters[parameterOf(value)]!.defaultValue!] as const,
    );
    const config = readConfig({
      ...Object.fromEntries(given.filter(([, value]) => value !== '')),
      KEY_VAULT_URI: 'https://kv-abc.vault.azure.net/',
      ACS_ENDPOINT: 'https://acs-abc.unitedstates.communication.azure.com',
      AzureWebJobsStorage__accountName: 'stabc',
      AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000001',
      WEBSITE_HOSTNAME: 'func-abc.azurewebsites.net',
      IDENTITY_ENDPOINT: 'http://127.0.0.1/token',
    });
    expect(config.storage.kind).toBe('azure');
    expect(config.publicUrl).toBe('https://func-abc.azurewebsites.net');
    expect(Object.values(config.providers).map(({ clientId }) => clientId)).toEqual(
      providerIds.map(() => undefined),
    );
  });

  withCompiler('come from environment variables of the same name', () => {
    for (const [name, value] of Object.entries(main.variables['operatorSettings']!)) {
      const parameters: Record<string, { value: string } | undefined> = parameterFile.parameters;
      expect([name, parameters[parameterOf(value)]?.value]).toEqual([name, `\${${name}}`]);
    }
  });

  withCompiler('hold no secret of a provider: those are set in the vault by hand', () => {
    expect(Object.keys(parameterFile.parameters).filter((name) => /secret|token|key/i.test(name))).toEqual(
      [],
    );
    const secure = Object.entries(main.parameters).filter(([, { type }]) => type === 'securestring');
    expect(secure.map(([name]) => name)).toEqual(
      expect.arrayContaining(['operatorPhone', 'digestEmail', 'inviteCode', 'webhookUrls']),
    );
    expect(app().template.parameters['settings']!.type).toBe('secureObject');
  });
});

describe('the parameter file', () => {
  const variables = Object.values(parameterFile.parameters).map(
    ({ value }) => /^\$\{(\w+)\}$/.exec(value)?.[1],
  );

  withCompiler('maps every parameter, but the time of the deployment', () => {
    const parameters = Object.keys(main.parameters).filter((name) => name !== 'deployedAt');
    expect(Object.keys(parameterFile.parameters).sort()).toEqual(parameters.sort());
    expect(variables).not.toContain(undefined);
  });

  withCompiler(
    'reads no variable that the template writes, so that an answer never becomes a setting',
    () => {
      const outputs = Object.keys(main.outputs);
      expect(outputs.filter((name) => variables.includes(name))).toEqual(['AZURE_LOCATION']);
    },
  );

  withCompiler('is told everything that has no default by azd itself', () => {
    const needed = Object.entries(main.parameters).filter(
      ([, { defaultValue }]) => defaultValue === undefined,
    );
    expect(needed.map(([name]) => name)).toEqual(['environmentName', 'location']);
  });
});

/** The queues that functions wait for. */
function queuesOfFunctions(): string[] {
  const queues: string[] = [];
  const app: App = {
    http: () => undefined,
    timer: () => undefined,
    storageQueue: (_name, { queueName }) => void queues.push(queueName),
  };
  register(app, withoutServices);
  return queues.sort();
}

describe('the template and the service agree on', () => {
  interface Site {
    readonly functionAppConfig: { readonly runtime: { readonly name: string; readonly version: string } };
  }

  test('the Node version', () => {
    const { runtime } = properties<Site>(first, 'Microsoft.Web/sites').functionAppConfig;
    const pinned = new Set(Object.values(packageJson.optionalDependencies));
    expect([...pinned].map((version) => version.split('.')[0])).toEqual([runtime.version]);
    expect(runtime.name).toBe('node');
    expect(packageJson.engines.node).toBe(`>=${runtime.version}`);
  });

  test('the queues, with those for jobs that failed', () => {
    const made = resources(first, 'Microsoft.Storage/storageAccounts/queueServices/queues');
    expect(made.map(({ name }) => name.split('/').at(-1)!).sort()).toEqual(queuesOfFunctions());
  });

  withCompiler('the provider whose refreshes may not wait for an instance', () => {
    const rotating = [...providers.values()].filter(({ rotatesRefreshToken }) => rotatesRefreshToken);
    expect(rotating).not.toEqual([]);
    const condition = JSON.stringify(main.variables['tokensRotate']);
    expect([...condition.matchAll(/(\w+)ClientId/g)].map(([name]) => name)).toEqual(
      rotating.map(({ clientIdSetting }) =>
        parameterOf(main.variables['operatorSettings']![clientIdSetting]),
      ),
    );
  });

  test('the events of Communication Services', () => {
    const { filter } = properties<{ filter: { includedEventTypes: string[] } }>(
      first,
      'Microsoft.EventGrid/systemTopics/eventSubscriptions',
    );
    expect(filter.includedEventTypes).toEqual(
      read('src/functions/event-grid.ts').match(/Microsoft\.Communication\.\w+/g),
    );
  });

  test('the client secrets that are set by hand', () => {
    const documented = new Set(read('docs/deploying.md').match(/[a-z-]+-client-secret/g));
    const inSource = [...providers.values()].map(({ clientSecretName }) => clientSecretName);
    expect([...documented].sort()).toEqual(inSource.sort());
  });

  test('the tag by which azd finds the app', () => {
    const [site] = resources(first, 'Microsoft.Web/sites');
    expect((site as { tags?: object }).tags).toMatchObject({ 'azd-service-name': 'app' });
    expect(read('azure.yaml')).toMatch(/^services:\n(?: *#.*\n)* {2}app:\n/m);
  });

  withCompiler('the redirect address and that of the sign-up', () => {
    const origin =
      "if(empty(variables('publicOrigin')), reference('app').outputs.origin.value, variables('publicOrigin'))";
    expect(main.outputs['REDIRECT_URI']!.value).toBe(`[format('{0}${paths.callback}', ${origin})]`);
    expect(main.outputs['SIGN_UP_URL']!.value).toBe(`[format('{0}${paths.signUp}', ${origin})]`);
    // However PUBLIC_URL is written, they are the service's own: a provider compares them letter by letter.
    const { publicUrl } = readConfig({ ...leastSettings, PUBLIC_URL: 'https://Tokens.example.com/' });
    expect(publicUrl).toBe('https://tokens.example.com');
    expect(isolated.outputs).toMatchObject({
      REDIRECT_URI: publicUrl + paths.callback,
      SIGN_UP_URL: publicUrl + paths.signUp,
    });
  });
});

describe('a deployment', () => {
  const template = read('infra/main.bicep');

  test('saves every query that is no alert', () => {
    const saved = resources(first, 'Microsoft.OperationalInsights/workspaces/savedSearches');
    const questions = readdirSync(join(project, 'infra/queries')).filter(
      (name) => !name.startsWith('alert-'),
    );
    expect(saved.map(({ name }) => `${name.split('/').at(-1)}.kql`).sort()).toEqual(questions.sort());
  });

  test('changes the tables and searches of a workspace one after the other, and makes nothing wait for them', () => {
    expect(read('infra/modules/log-details.bicep').match(/^@batchSize\(1\)\nresource \w+/gm)).toEqual([
      '@batchSize(1)\nresource tables',
      '@batchSize(1)\nresource saved',
    ]);
    expect(template).not.toContain('logDetails.outputs');
  });

  test('goes on where Azure refuses the events of texts: nothing waits for them, and a setting leaves them out', () => {
    expect(template).not.toContain('events.outputs');
    expect(template).toContain("module events 'modules/events.bicep' = if (deliveryReports == 'true') {");
  });

  test('stores no address of a request, in which a personal link can be, and shows logs to nobody without a role on the workspace', () => {
    for (const deployment of [first, isolated]) {
      const [rule] = resources(deployment, 'Microsoft.Insights/dataCollectionRules');
      expect(rule).toMatchObject({ kind: 'WorkspaceTransforms' });
      const flows = rule?.properties?.dataFlows as { streams: string[]; transformKql: string }[];
      expect(flows.map(({ streams, transformKql }) => [...streams, transformKql])).toEqual([
        ['Microsoft-Table-AppRequests', 'source | project-away Url, Properties'],
        [
          'Microsoft-Table-AppTraces',
          'source | where Message !contains "/m/" and Message !contains "/confirm-email/" and Message !contains "/u/"',
        ],
      ]);
      const workspaces = resources(deployment, 'Microsoft.OperationalInsights/workspaces');
      const features = workspaces.map(({ properties }) => properties?.features);
      expect(features).toEqual(
        features.map(() => ({ disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: false })),
      );
      const named = workspaces.map(({ properties }) => properties?.defaultDataCollectionRuleResourceId);
      expect(named.at(-1)).toBe(rule?.id);
    }
    // The queries do without what is taken away.
    for (const name of readdirSync(join(project, 'infra/queries'))) {
      expect(read(`infra/queries/${name}`)).not.toMatch(/\bUrl\b|AppRequests[^)]*Properties/);
    }
  });

  test('keeps telemetry no longer than it is told to', () => {
    const tables = resources(first, 'Microsoft.OperationalInsights/workspaces/tables');
    expect(tables.map(({ name }) => name.split('/')[1])).toEqual(
      expect.arrayContaining(['AppRequests', 'AppTraces', 'AppExceptions']),
    );
  });
});

describe('the queries', () => {
  const source = (folder: string): string =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(join(folder, name)))
      .join('\n');
  const code = source('src');
  const queries = readdirSync(join(project, 'infra/queries')).map(
    (name) => [name, read(`infra/queries/${name}`)] as const,
  );

  test('are Kusto over tables and columns that there are, and those with a mistake are noticed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'queries-'));
    const wrong = { 'column.kql': 'AppTraces | where Mesage has "x"', 'table.kql': 'traces | take 1' };
    for (const [name, query] of Object.entries(wrong)) writeFileSync(join(folder, name), query);
    const files = [
      ...queries.map(([name]) => join(project, 'infra/queries', name)),
      ...Object.keys(wrong).map((name) => join(folder, name)),
    ];
    const { stdout } = spawnSync(process.execPath, [join(project, 'test/infra/queries.mjs'), ...files], {
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect(stdout.match(/^\S+ \S+ .*'\w+'/gm)).toEqual([
      "column.kql: KS142 The name 'Mesage'",
      "table.kql: KS204 The name 'traces'",
    ]);
  });

  /** Lines that the Functions host writes itself. */
  const hostWords = ['unable to load entry point', 'failed indexing'];

  test.each(queries)('%s asks for events, fields and names that the service logs', (_, query) => {
    const body = query.replace(/^\/\/.*$/gm, '');
    const texts = [...body.matchAll(/"([^"]*)"/g)].map(([, text]) => text!);
    const events = texts.filter((text) => /^[a-z]+\.[a-z_]+$/.test(text));
    expect(events.length + texts.filter((text) => hostWords.includes(text)).length).toBeGreaterThan(0);
    for (const event of events) expect([event, code.includes(`'${event}'`)]).toEqual([event, true]);
    const fields = [...body.matchAll(/\bline(?:\.(\w+)|\["(\w+)"\])/g)].map(
      ([, plain, quoted]) => plain ?? quoted!,
    );
    const logged = /const allowed[^=]*= \{([^}]*)\}/.exec(read('src/adapters/log.ts'))![1]!;
    const known = ['event', ...[...logged.matchAll(/(\w+):/g)].map(([, field]) => field!)];
    expect(fields.filter((field) => !known.includes(field))).toEqual([]);
    const named = texts.filter((text) => text !== '' && ![...events, ...fields, ...hostWords].includes(text));
    expect(named.filter((name) => ![...alarmNames, ...runKinds].includes(name as never))).toEqual([]);
  });

  test('of the rules raise every alarm once', () => {
    const without = (query: string) => [...query.matchAll(/"([^"]*)"/g)].map(([, text]) => text!);
    const general = without(read('infra/queries/alert-alarm.kql')).filter((text) =>
      alarmNames.includes(text as never),
    );
    expect(general).toEqual(['jobs poisoned', 'sms budget used up']);
    expect(read('infra/queries/alert-poisoned.kql')).toContain('job.poisoned');
    expect(read('infra/queries/alert-sms-budget.kql')).toContain('sms budget used up');
  });

  const { logging } = JSON.parse(read('host.json')) as {
    logging: {
      logLevel: Record<string, string>;
      applicationInsights: { samplingSettings: { isEnabled: boolean; excludedTypes?: string } };
    };
  };

  test('count on lines that are never sampled away', () => {
    const { isEnabled, excludedTypes = '' } = logging.applicationInsights.samplingSettings;
    expect(!isEnabled || excludedTypes.split(';').includes('Trace')).toBe(true);
  });

  test('are not drowned: of a job there are its own lines and one row of the host, of an idle app there is nothing', () => {
    expect(logging.logLevel).toEqual({
      default: 'Information',
      // Every poll of every queue.
      'Azure.Core': 'Error',
      // "Executing", "Trigger Details" and "Executed" of every job; the service's own lines have LOG_LEVEL.
      Function: 'Warning',
      'Function.*.User': 'Debug',
      // Averages by function, every half minute.
      'Host.Aggregator': 'Warning',
      // The rows of AppRequests.
      'Host.Results': 'Information',
    });
  });
});

describe('Entra sign-in', () => {
  withCompiler('and the service that asks for roles are switched on by one parameter', () => {
    const value = "[parameters('entraClientId')]";
    expect(main.parameters['entraClientId']!.defaultValue).toBe('');
    expect(main.variables['operatorSettings']!['ENTRA_CLIENT_ID']).toBe(value);
    expect(main.resources['app']!.properties.parameters['entraClientId']).toEqual({ value });
  });

  test('knows the app roles that the service asks for, and the Azure CLI may get tokens', () => {
    expect(registration.appRoles.map(({ value }) => value)).toEqual(appRoles);
    const allowed = registration.appRoles.map(({ value, allowedMemberTypes }) => [value, allowedMemberTypes]);
    expect(allowed).toEqual([
      ['operator', ['User', 'Application']],
      ['platform', ['User', 'Application']],
      ['coordinator', ['User']],
    ]);
    expect(registration.appRoles.every(({ isEnabled }) => isEnabled)).toBe(true);
    // Without a client secret the platform asks Entra for an ID token straight away.
    expect(registration.web.implicitGrantSettings.enableIdTokenIssuance).toBe(true);
    const { requestedAccessTokenVersion, oauth2PermissionScopes, preAuthorizedApplications } =
      registration.api;
    const ids = [...registration.appRoles, ...oauth2PermissionScopes].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect([requestedAccessTokenVersion, registration.signInAudience]).toEqual([2, 'AzureADMyOrg']);
    expect(preAuthorizedApplications).toEqual([
      {
        appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        delegatedPermissionIds: oauth2PermissionScopes.map(({ id }) => id),
      },
    ]);
  });
});

describe('roles', () => {
  /** Ids of built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
  const builtIn: Readonly<Record<string, string>> = {
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
    '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
    'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': 'Storage Queue Data Message Sender',
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
    '09976791-48a7-449e-bb21-39d1a415f350': 'Communication and Email Service Owner',
    '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  };
  interface Assignment {
    readonly roleDefinitionId: string;
    readonly principalId: string;
    readonly principalType: string | null;
  }
  const assignments = (snapshot: typeof first | typeof isolated) =>
    resources(snapshot, 'Microsoft.Authorization/roleAssignments').map(({ id, name, properties }) => {
      const { roleDefinitionId, principalId, principalType } = properties as unknown as Assignment;
      const on =
        /\/providers\/(?:[\w.]+\/)(?:\w+\/[\w-]+\/)*(\w+\/[\w-]+?)(?:-?\w{13})?(?:'|\/providers)/.exec(
          id,
        )![1]!;
      const who = /userAssignedIdentities\/(id-(?:events-)?)/.exec(principalId)?.[1] ?? principalId;
      const role = roleDefinitionId.split('/').at(-1)!;
      // Named after the principal: Azure refuses to give the same name to another.
      if (name.startsWith('['))
        expect(name).toMatch(new RegExp(`^\\[guid\\(.*\\.principalId, '${role}'\\)\\]$`));
      return [on, builtIn[role], who, principalType];
    });

  test('are assigned on one resource each, to the identity that needs them', () => {
    expect(assignments(first)).toEqual([
      ['storageAccounts/st', 'Storage Blob Data Owner', 'id-', 'ServicePrincipal'],
      ['storageAccounts/st', 'Storage Queue Data Contributor', 'id-', 'ServicePrincipal'],
      ['storageAccounts/st', 'Storage Table Data Contributor', 'id-', 'ServicePrincipal'],
      ['vaults/kv', 'Key Vault Secrets Officer', 'id-', 'ServicePrincipal'],
      ['communicationServices/acs', 'Communication and Email Service Owner', 'id-', 'ServicePrincipal'],
      ['components/appi', 'Monitoring Metrics Publisher', 'id-', 'ServicePrincipal'],
      ['vaults/kv', 'Key Vault Secrets Officer', '00000000-0000-0000-0000-000000000003', null],
      ['queues/sms-events', 'Storage Queue Data Message Sender', 'id-events-', 'ServicePrincipal'],
      ['containers/dead-letters', 'Storage Blob Data Contributor', 'id-events-', 'ServicePrincipal'],
    ]);
    expect(assignments(isolated).find(([, , who]) => !who!.startsWith('id-'))?.[3]).toBe('User');
  });

  test('have the reason above', () => {
    const texts = ['access', 'events'].map((name) => read(`infra/modules/${name}.bicep`));
    const reasons = texts.flatMap((text) => [
      ...text.matchAll(/((?:^\/\/ .*\n)+)resource \w+ 'Microsoft\.Authorization/gm),
    ]);
    expect(reasons.map(([, reason = '']) => /^\/\/ (.*?)(?:,|:| for )/.exec(reason)![1])).toEqual(
      assignments(first).map(([, role]) => role),
    );
  });
});

describe('the package', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    mkdirSync(join(folder, 'dist'));
    for (const file of ['package.json', 'host.json', 'LICENSE'])
      writeFileSync(join(folder, file), read(file));
    for (const file of ['main.mjs', 'main.mjs.map', 'sdk-A1B2.mjs', 'sdk-A1B2.mjs.map'])
      writeFileSync(join(folder, 'dist', file), '');
    writeFileSync(join(folder, 'local.settings.json'), '{"Values":{}}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('holds the bundle with its source map, host.json and a package.json that names the bundle; nothing else', () => {
    execFileSync(process.execPath, [join(project, 'infra/package.mjs')], { cwd: folder });
    const target = join(folder, /^ {4}dist: (.+)$/m.exec(read('azure.yaml'))![1]!);
    const files = readdirSync(target, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1));
    expect(files.sort()).toEqual([
      'LICENSE',
      'dist/main.mjs',
      'dist/main.mjs.map',
      'dist/sdk-A1B2.mjs',
      'dist/sdk-A1B2.mjs.map',
      'host.json',
      'package.json',
    ]);
    const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(manifest)).toEqual(['name', 'version', 'private', 'license', 'main', 'engines']);
    expect(manifest['main']).toBe('dist/main.mjs');
  });

  test('is built before it is laid out, and not again in Azure', () => {
    const yaml = read('azure.yaml');
    expect(yaml.match(/^ +npm ci$/gm)).toHaveLength(2);
    expect(yaml.match(/^ +npm run package$/gm)).toHaveLength(2);
    expect(packageJson.scripts.package).toBe('node build.mjs && node infra/package.mjs');
    // PowerShell 5.1 cannot read it.
    expect(yaml.replace(/^ *#.*$/gm, '')).not.toContain('&&');
    expect(yaml).toContain('remoteBuild: false');
    // azd would refuse js and ts here, because .funcignore leaves node_modules out.
    expect(yaml).toContain('language: custom');
    expect(read('.funcignore')).toMatch(/^node_modules$/m);
  });

  test('is looked at after it was uploaded, and an operator whom nobody would tell is warned', () => {
    const yaml = read('azure.yaml');
    expect(yaml.match(/npm run after-deploy$/gm)).toHaveLength(2);
    const warn = /if \[ -z "\$OPERATOR_EMAIL"[\s\S]*?fi$/m.exec(yaml)![0];
    const say = (OPERATOR_EMAIL: string) =>
      execFileSync('sh', ['-c', warn], { encoding: 'utf8', env: { ...process.env, OPERATOR_EMAIL } });
    expect(say('')).toContain('WARNING: OPERATOR_EMAIL is empty.');
    expect(say('operator@example.com')).toBe('');
  });

  test('needs nothing that is not in it but what the Functions worker brings', () => {
    const outside = /entryPoints: \['src\/main\.ts'\][\s\S]*?external: \[([^\]]*)\]/.exec(
      read('build.mjs'),
    )![1];
    expect(outside).toBe("'@azure/functions-core'");
  });
});
