/**
 * The template agrees with the service and with Azure's type definitions. What this cannot show is that Azure takes it:
 * docs/deploying.md, "What has not been run".
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import packageJson from '../../package.json';
import { readConfig, settingNames } from '../../src/config';
import { register, type App } from '../../src/functions/register';
import { alarmNames, runKinds } from '../../src/model';
import { paths } from '../../src/paths';
import type { Services } from '../../src/services';
import parameterFile from '../../infra/main.parameters.json';
import resourceTypes from './resource-types.json';
import {
  allOf,
  childrenOf,
  literalOf,
  moduleProblems,
  nameProblems,
  parse,
  project,
  propertiesOf,
  propertyOf,
  readInfra,
  resourceProblems,
  syntaxErrors,
  type BicepFile,
} from './bicep';

const read = (path: string) => readFileSync(join(project, path), 'utf8');

/** Settings that have no place in Azure, and why. */
const notInAzure = {
  AzureWebJobsStorage: 'a connection string, for Azurite; Azure has the account name and no keys',
  IDENTITY_ENDPOINT: 'set by the platform where there is an identity',
  WEBSITE_INSTANCE_ID: 'set by the platform',
  WEBSITE_HOSTNAME: 'set by the platform',
  GOOGLE_HEALTH_SIMULATOR_URL: 'loopback only',
  FITBIT_SIMULATOR_URL: 'loopback only',
  TIME_FACTOR: 'refused in Azure',
};

/** For the Functions host, not for the service. */
const hostSettings = [
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];

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

let files: ReadonlyMap<string, BicepFile>;
let main: BicepFile;
const moduleNamed = (name: string) => files.get(`infra/modules/${name}.bicep`)!;
const everything = () => [...files.values()];
const resources = () =>
  everything().flatMap(({ declarations }) => declarations.filter(({ kind }) => kind === 'resource'));

beforeAll(async () => {
  files = await readInfra();
  main = files.get('infra/main.bicep')!;
});

describe('the Bicep files', () => {
  test('are Bicep', () => {
    expect(everything().flatMap(syntaxErrors)).toEqual([]);
  });

  test('use only names that are declared, and all of them', () => {
    expect(everything().flatMap(nameProblems)).toEqual([]);
  });

  test('give each module what it asks for, and take what it puts out', () => {
    expect(everything().flatMap((file) => moduleProblems(files, file))).toEqual([]);
    const used = main.declarations.filter(({ kind }) => kind === 'module').map(({ of }) => `infra/${of}`);
    expect(used.sort()).toEqual([...files.keys()].filter((path) => path !== main.path).sort());
  });

  test('describe resources as Azure knows them', () => {
    expect(everything().flatMap(resourceProblems)).toEqual([]);
    const used = [...new Set(resources().map(({ of }) => of))].sort();
    expect(Object.keys(resourceTypes.types)).toEqual(used);
  });

  test('pin API versions that are not previews, but for the one type that has no other', () => {
    const previews = resources().filter(({ of }) => of.endsWith('preview'));
    expect([...new Set(previews.map(({ of }) => of))]).toEqual([
      'Microsoft.Insights/diagnosticSettings@2021-05-01-preview',
    ]);
  });

  test('load only files that are there, and every query is loaded', () => {
    const loaded = everything().flatMap(({ path, root }) =>
      allOf(root, 'call_expression')
        .filter((call) => childrenOf(call)[0]!.text === 'loadTextContent')
        .map((call) => join(dirname(path), literalOf(childrenOf(childrenOf(call)[1]!)[0]!)!)),
    );
    const there = readdirSync(join(project, 'infra/queries')).map((name) => `infra/queries/${name}`);
    expect(loaded.sort()).toEqual(there.sort());
  });

  test('say of every resource why it is so', () => {
    const silent = everything().flatMap(({ path, declarations }) =>
      declarations
        .filter(
          ({ kind, existing, node }) =>
            kind === 'resource' && !existing && node.previousNamedSibling?.type !== 'comment',
        )
        .map(({ name }) => `${path} ${name}`),
    );
    expect(silent).toEqual([]);
  });
});

describe('a mistake in a Bicep file is noticed:', () => {
  let parser: Parser;
  beforeAll(async () => {
    parser = new Parser();
    parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
  });
  const problemsOf = (path: string, wrong: readonly [string, string]) => {
    const text = read(path);
    expect(text).toContain(wrong[0]);
    const file = parse(parser, path, text.replace(...wrong));
    const others = new Map([...files, [path, file]]);
    const broken = syntaxErrors(file);
    if (broken.length > 0) return broken;
    return [
      ...nameProblems(file),
      ...resourceProblems(file),
      ...[...others.values()].flatMap((each) => moduleProblems(others, each)),
    ];
  };

  test.each<[what: string, path: string, wrong: [string, string], problem: string]>([
    ['a brace too few', 'storage', ["{ name: 'Standard_LRS' }", "{ name: 'Standard_LRS'"], 'account'],
    [
      'a property that is not Azure’s',
      'storage',
      ['allowSharedKeyAccess', 'allowSharedKeys'],
      'there is no property allowSharedKeys',
    ],
    ['a value that is not Azure’s', 'storage', ["'TLS1_2'", "'TLS12'"], 'TLS12 is not one of'],
    ['a property that is missing', 'vault', ['    tenantId: tenant().tenantId\n', ''], 'tenantId is missing'],
    [
      'a property that only Azure sets',
      'texts',
      ['dataLocation: dataLocation', "dataLocation: dataLocation\n    hostName: 'x'"],
      'hostName cannot be set',
    ],
    [
      'a text for a number',
      'events',
      ['queueMessageTimeToLiveInSeconds: -1', "queueMessageTimeToLiveInSeconds: '-1'"],
      'is a text',
    ],
    [
      'an API version that is not known',
      'app',
      ['serverfarms@2024-11-01', 'serverfarms@2024-11-02'],
      'is not in resource-types.json',
    ],
    [
      'an output of a resource that is not there',
      'app',
      ['site.properties.defaultHostName', 'site.properties.hostName'],
      'has no properties.hostName',
    ],
    ['a name that nobody declared', 'app', ['plan.id', 'farm.id'], 'nothing is called farm'],
    [
      'a parameter too many',
      'app',
      ['param token string', 'param token string\nparam more string'],
      'more is not used',
    ],
    [
      'a parameter that nobody gives',
      'logs',
      ['param days int', 'param days int\nparam cap int'],
      'modules/logs.bicep needs cap',
    ],
    [
      'a function that does not exist',
      'app',
      ['!empty(setting.value)', '!isEmpty(setting.value)'],
      'no function is called isEmpty',
    ],
    [
      'a destination that Event Grid does not have',
      'events',
      ["'StorageQueue'", "'Queue'"],
      'no endpointType',
    ],
  ])('%s', (_, name, wrong, problem) => {
    expect(problemsOf(`infra/modules/${name}.bicep`, wrong).join('\n')).toContain(problem);
  });
});

describe('the settings', () => {
  const settings = () => {
    const own = [...propertiesOf(main.get('operatorSettings')!.value).keys()];
    const made = allOf(propertyOf(main.get('app')!.value, 'params', 'settings')!, 'object');
    return [...own, ...made.flatMap((object) => [...propertiesOf(object).keys()])];
  };

  test('that the template sets are those that the service reads', () => {
    const read = settingNames.filter((name) => !(name in notInAzure));
    expect(settings().sort()).toEqual(read.sort());
    expect(settingNames).toEqual(expect.arrayContaining(Object.keys(notInAzure)));
  });

  test('for the host reach storage and telemetry by identity, and none is one that Flex Consumption refuses', () => {
    expect([...propertiesOf(moduleNamed('app').get('hostSettings')!.value).keys()]).toEqual(hostSettings);
    const names = [...settings(), ...hostSettings];
    expect(names.filter((name) => notOnFlex.test(name))).toEqual([]);
    expect(
      everything().filter(({ root }) =>
        allOf(root, 'string').some(({ text }) => /@Microsoft\.KeyVault/.test(text)),
      ),
    ).toEqual([]);
  });

  test('of the site are those that Flex Consumption takes', () => {
    const properties = propertyOf(moduleNamed('app').get('site')!.value, 'properties')!;
    const names = [properties, propertyOf(properties, 'siteConfig')!].flatMap((object) => [
      ...propertiesOf(object).keys(),
    ]);
    expect(names).toContain('minTlsVersion');
    expect(names.filter((name) => siteNotOnFlex.includes(name))).toEqual([]);
  });

  test('that nobody has set yet make a service that starts', () => {
    const set = (name: string) => literalOf(main.get(name)!.value!)!;
    const values = propertiesOf(main.get('operatorSettings')!.value);
    const given = [...values].map(([name, { text }]) => [name, set(text)] as const);
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
    expect(config.providers['google-health'].clientId).toBeUndefined();
  });

  test('come from environment variables of the same name', () => {
    for (const [name, { text }] of propertiesOf(main.get('operatorSettings')!.value)) {
      const parameter = (parameterFile.parameters as Record<string, { value: string } | undefined>)[text];
      expect([name, parameter?.value]).toEqual([name, `\${${name}}`]);
    }
  });

  test('hold no secret of a provider: those are set in the vault by hand', () => {
    expect(Object.keys(parameterFile.parameters).filter((name) => /secret|token|key/i.test(name))).toEqual(
      [],
    );
    expect(main.get('inviteCode')!.decorators).toContain('@secure()');
    expect(main.get('operatorPhone')!.decorators).toContain('@secure()');
    expect(moduleNamed('app').get('settings')!.decorators).toContain('@secure()');
  });
});

describe('the parameter file', () => {
  const variables = Object.values(parameterFile.parameters).map(
    ({ value }) => /^\$\{(\w+)\}$/.exec(value)?.[1],
  );

  test('maps every parameter, but the time of the deployment', () => {
    const parameters = main.declarations.filter(
      ({ kind, name }) => kind === 'param' && name !== 'deployedAt',
    );
    expect(Object.keys(parameterFile.parameters).sort()).toEqual(parameters.map(({ name }) => name).sort());
    expect(variables).not.toContain(undefined);
  });

  test('reads no variable that the template writes, so that an answer never becomes a setting', () => {
    const outputs = main.declarations.filter(({ kind }) => kind === 'output').map(({ name }) => name);
    expect(outputs.filter((name) => variables.includes(name))).toEqual(['AZURE_LOCATION']);
  });

  test('is told everything that has no default by azd itself', () => {
    const needed = main.declarations
      .filter(({ kind, value }) => kind === 'param' && !value)
      .map(({ name }) => name);
    expect(needed).toEqual(['environmentName', 'location']);
  });
});

describe('the template and the service agree on', () => {
  test('the Node version', () => {
    const runtime = propertyOf(
      moduleNamed('app').get('site')!.value,
      'properties',
      'functionAppConfig',
      'runtime',
    );
    expect(literalOf(propertyOf(runtime, 'name')!)).toBe('node');
    expect(literalOf(propertyOf(runtime, 'version')!)).toBe(packageJson.devDependencies.node.split('.')[0]);
    expect(packageJson.engines.node).toBe(`>=${literalOf(propertyOf(runtime, 'version')!)!}`);
  });

  test('the schedules that README.md names', () => {
    const readme = read('README.md');
    for (const name of ['ROTATION', 'BATTERY', 'WATCHDOG', 'HOUSEKEEPING']) {
      const documented = new RegExp(`%${name}_SCHEDULE%\`, [\\w-]+ly \`([^\`]+)\``).exec(readme)?.[1];
      const parameter = propertyOf(main.get('operatorSettings')!.value, `${name}_SCHEDULE`)!.text;
      expect([name, literalOf(main.get(parameter)!.value!)]).toEqual([name, documented]);
    }
  });

  test('the queues', () => {
    const queues: string[] = [];
    const app: App = {
      http: () => undefined,
      timer: () => undefined,
      storageQueue: (_name, { queueName }) => void queues.push(queueName),
    };
    register(app, {} as Services);
    const { declarations, get } = moduleNamed('storage');
    const jobs = childrenOf(get('jobQueues')!.value!).map(literalOf);
    const events = declarations.find(({ name }) => name === 'smsEvents')!;
    const made = [...jobs, literalOf(propertyOf(events.value, 'name')!)];
    // The host makes the poison queues.
    expect(made.sort()).toEqual(queues.filter((name) => !name.endsWith('-poison')).sort());
  });

  test('the events of Communication Services, which wait as long as they can', () => {
    const delivery = moduleNamed('events').get('delivery')!.value;
    const source = read('src/functions/sms-events.ts');
    const types = childrenOf(propertyOf(delivery, 'properties', 'filter', 'includedEventTypes')!).map(
      literalOf,
    );
    expect(types).toEqual(source.match(/Microsoft\.Communication\.\w+/g));
    const timeToLive = propertyOf(
      propertyOf(delivery, 'properties', 'deliveryWithResourceIdentity', 'destination', 'properties'),
      'queueMessageTimeToLiveInSeconds',
    );
    expect(timeToLive!.text).toBe('-1');
  });

  test('the secrets that are set by hand', () => {
    const documented = new Set(read('docs/deploying.md').match(/--name [a-z-]+-client-secret/g));
    const inSource = ['google-health', 'fitbit'].map(
      (name) => `--name ${/'([a-z-]+-client-secret)'/.exec(read(`src/providers/${name}.ts`))![1]}`,
    );
    expect([...documented].sort()).toEqual(inSource.sort());
  });

  test('the tag by which azd finds the app', () => {
    const site = moduleNamed('app').get('site')!.value;
    expect(propertyOf(site, 'tags')!.text).toContain("'azd-service-name': 'app'");
    expect(read('azure.yaml')).toMatch(/^services:\n(?: *#.*\n)* {2}app:\n/m);
  });

  test('the redirect address and that of the sign-up', () => {
    expect(main.get('REDIRECT_URI')!.value!.text).toBe(`'\${origin}${paths.callback}'`);
    expect(main.get('SIGN_UP_URL')!.value!.text).toBe(`'\${origin}${paths.signUp}'`);
  });
});

describe('the first deployment', () => {
  test('does not fail because of tables that are not there yet', () => {
    const rule = propertyOf(allOf(moduleNamed('alerts').get('alert')!.value!, 'object')[0]!, 'properties')!;
    expect(propertyOf(rule, 'skipQueryValidation')?.text).toBe('true');
  });

  test('goes on where Azure refuses the events of texts: nothing waits for them', () => {
    expect(main.text.match(/\bevents\.outputs\b/g)).toBeNull();
    expect(moduleNamed('events').declarations.filter(({ kind }) => kind === 'output')).toEqual([]);
  });

  test('keeps telemetry no longer than it is told to', () => {
    const names = childrenOf(moduleNamed('logs').get('telemetryTables')!.value!).map(literalOf);
    expect(names).toEqual(expect.arrayContaining(['AppRequests', 'AppTraces', 'AppExceptions']));
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

  test.each(queries)('%s asks for events, fields and names that the service logs', (_, query) => {
    const body = query.replace(/^\/\/.*$/gm, '');
    const texts = [...body.matchAll(/"([^"]*)"/g)].map(([, text]) => text!);
    const events = texts.filter((text) => /^[a-z]+\.[a-z_]+$/.test(text));
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect([event, code.includes(`'${event}'`)]).toEqual([event, true]);
    const fields = [...body.matchAll(/\bline(?:\.(\w+)|\["(\w+)"\])/g)].map(
      ([, plain, quoted]) => plain ?? quoted!,
    );
    const logged = /const allowed[^=]*= \{([^}]*)\}/.exec(read('src/adapters/log.ts'))![1]!;
    const known = ['event', ...[...logged.matchAll(/(\w+):/g)].map(([, field]) => field!)];
    expect(fields.filter((field) => !known.includes(field))).toEqual([]);
    const named = texts.filter((text) => !events.includes(text) && !fields.includes(text));
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

  test('count on lines that are never sampled away', () => {
    const { logging } = JSON.parse(read('host.json')) as {
      logging: { applicationInsights: { samplingSettings: { isEnabled: boolean; excludedTypes?: string } } };
    };
    const { isEnabled, excludedTypes = '' } = logging.applicationInsights.samplingSettings;
    expect(!isEnabled || excludedTypes.split(';').includes('Trace')).toBe(true);
  });
});

describe('roles', () => {
  /** Ids of built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
  const builtIn: Readonly<Record<string, string>> = {
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
    '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
    'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a': 'Storage Queue Data Message Sender',
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
    '09976791-48a7-449e-bb21-39d1a415f350': 'Communication and Email Service Owner',
    '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  };

  test('are assigned on one resource each, by a name that stays, with the reason above', () => {
    const assigned = everything().flatMap((file) =>
      file.declarations
        .filter(({ of, existing }) => of.startsWith('Microsoft.Authorization/roleAssignments@') && !existing)
        .map(({ name, node, value }) => {
          const definition = propertyOf(value, 'properties', 'roleDefinitionId')!;
          const asked = childrenOf(childrenOf(definition)[1]!)[1]!;
          const [variable, key] = asked.text.split('.');
          const found = file.get(variable!)!.value!;
          const id = literalOf(key === undefined ? found : propertyOf(found, key)!)!;
          expect(propertyOf(value, 'name')!.text).toMatch(/^guid\(/);
          expect(file.get(propertyOf(value, 'scope')!.text)?.kind).toBe('resource');
          const lines = file.text.split('\n').slice(0, node.startPosition.row);
          const end = lines.findLastIndex((line) => !line.startsWith('//'));
          expect(lines.slice(end + 1).join(' ')).toContain(builtIn[id]);
          return [name, propertyOf(value, 'scope')!.text, builtIn[id]];
        }),
    );
    expect(assigned).toEqual([
      ['hostOwnsBlobs', 'account', 'Storage Blob Data Owner'],
      ['appWorksQueues', 'account', 'Storage Queue Data Contributor'],
      ['appKeepsRecords', 'account', 'Storage Table Data Contributor'],
      ['appKeepsTokens', 'vault', 'Key Vault Secrets Officer'],
      ['appSendsTexts', 'communication', 'Communication and Email Service Owner'],
      ['appSendsTelemetry', 'insights', 'Monitoring Metrics Publisher'],
      ['operatorSetsSecrets', 'vault', 'Key Vault Secrets Officer'],
      ['topicWritesEvents', 'queue', 'Storage Queue Data Message Sender'],
    ]);
  });
});

describe('the package', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    mkdirSync(join(folder, 'dist'));
    for (const file of ['package.json', 'host.json', 'LICENSE'])
      writeFileSync(join(folder, file), read(file));
    writeFileSync(join(folder, 'dist/main.js'), '// the bundle');
    writeFileSync(join(folder, 'dist/main.js.map'), '{}');
    writeFileSync(join(folder, 'local.settings.json'), '{"Values":{}}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('holds the bundle, host.json and a package.json that names the bundle; nothing else', () => {
    execFileSync(process.execPath, [join(project, 'infra/package.mjs')], { cwd: folder });
    const target = join(folder, /^ {4}dist: (.+)$/m.exec(read('azure.yaml'))![1]!);
    const files = readdirSync(target, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1));
    expect(files.sort()).toEqual(['LICENSE', 'dist/main.js', 'host.json', 'package.json']);
    const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(manifest)).toEqual(['name', 'version', 'private', 'license', 'main', 'engines']);
    expect(manifest['main']).toBe('dist/main.js');
  });

  test('is built before it is laid out, and not again in Azure', () => {
    const yaml = read('azure.yaml');
    expect(yaml.match(/run: npm ci && npm run build && node infra\/package\.mjs$/gm)).toHaveLength(2);
    expect(yaml).toContain('remoteBuild: false');
    // azd would refuse js and ts here, because .funcignore leaves node_modules out.
    expect(yaml).toContain('language: custom');
    expect(read('.funcignore')).toMatch(/^node_modules$/m);
  });

  test('needs nothing that is not in it but what the Functions worker brings', () => {
    const outside = /entryPoints: \['src\/main\.ts'\][\s\S]*?external: \[([^\]]*)\]/.exec(
      read('build.mjs'),
    )![1];
    expect(outside).toBe("'@azure/functions-core'");
  });
});
