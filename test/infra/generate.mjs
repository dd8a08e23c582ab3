// Files and parts of files that say again what the source says. Of settings (src/setting-table.ts): the sample, a table in docs/reference.md, the
// parameters of infra/main.bicep, and infra/main.parameters.json. Of functions (src/functions/register.ts and description/): the tables in
// docs/reference.md. Of providers (src/model/provider-table.ts and src/providers/): a table in docs/reference.md and one in docs/client.md, and in
// infra/main.bicep whether refresh tokens rotate.
//   npm run check     compares them
//   npm run format    writes them anew
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const meanings = await readComments('src/setting-table.ts');
const { settings, keyOf, functions, descriptions, pathOf, providers } = await load(`
  import { createRecordingApp } from './local/runner/recording-app';
  import { register, withoutServices } from './src/functions/register';
  const { app, functions } = createRecordingApp();
  register(app, { ...withoutServices, digestSchedule: '%DIGEST_SCHEDULE%' });
  export { functions };
  export { descriptions, pathOf } from './src/functions/description/document';
  export { settings } from './src/setting-table';
  import { perProvider, providerIds, providerTable } from './src/model/provider-table';
  import { createProviders } from './src/providers';
  import { settingNamesOf } from './src/providers/settings';
  const keys = providerIds.flatMap((id) => Object.entries(settingNamesOf(id)).map(([key, name]) => [name, key]));
  export const keyOf = new Map(keys);
  const described = createProviders(perProvider(() => ({ optionalScopes: [] })));
  export const providers = [...described.values()].map((provider) => ({ ...provider, row: providerTable[provider.id] }));
`);
const rows = [...settings].map(([name, setting]) => {
  const meaning = meanings.get(keyOf.get(name) ?? name);
  if (!meaning) throw new Error(`${name} has no comment in src/setting-table.ts that says what it means.`);
  return { name, meaning, parameter: camelCase(name), ...setting };
});
const backgroundTable = await makeBackgroundTable();
const ofOperator = rows.filter(({ setBy }) => setBy === undefined);

const reference = await generate('docs/reference.md', (text) =>
  ['Pages', 'Staff', 'Operator', 'Platform'].reduce(
    (all, tag) => replaceTable(all, tag, httpTable(tag)),
    [
      ['Providers', providersTable()],
      ['Settings', settingsTable()],
      ['By itself', backgroundTable],
    ].reduce((all, [heading, table]) => replaceTable(all, heading, table), text),
  ),
);
const bicep = await generate('infra/main.bicep', replaceSettings);
const files = [
  reference,
  await generate('docs/client.md', (text) => replaceTable(text, 'Providers', clientTable())),
  bicep,
  await generate('local.settings.sample.json', sample),
  await generate('infra/main.parameters.json', () => parameters(bicep.after)),
];
for (const { path, before, after } of files) {
  if (after === before) continue;
  if (process.argv.includes('--write')) await writeFile(path, after);
  else {
    console.error(`${path} does not say what src/ says: npm run format`);
    process.exitCode = 1;
  }
}

async function generate(path, make) {
  const before = await readFile(path, 'utf8');
  const made = make(before);
  const options = await resolveConfig(path);
  return {
    path,
    before,
    after: path.endsWith('.json') ? await format(made, { ...options, filepath: path }) : made,
  };
}

function sample() {
  const ofTheHost = {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '2097152',
    AzureWebJobsDisableHomepage: 'true',
  };
  const ours = rows
    .filter(({ setBy, sample }) => setBy === undefined || setBy === 'nobody' || sample !== undefined)
    .map(({ name, sample, usual }) => [name, sample ?? usual ?? '']);
  return JSON.stringify({ IsEncrypted: false, Values: { ...ofTheHost, ...Object.fromEntries(ours) } });
}

function providersTable() {
  return makeTable(
    ['provider', 'id', 'client secret in Key Vault', 'refresh tokens', 'simulator'],
    providers.map(({ id, name, clientSecretName, rotatesRefreshToken, row }) => [
      name,
      `\`${id}\``,
      `\`${clientSecretName}\``,
      rotatesRefreshToken ? 'rotate' : 'stay',
      `port ${row.simulatorPort}`,
    ]),
  );
}

function clientTable() {
  return makeTable(
    [
      'provider',
      '`provider`',
      'scope for devices, asked for when none is named',
      'refresh tokens',
      '`introspect`',
    ],
    providers.map(({ id, name, scopes, rotatesRefreshToken, introspection }) => [
      name,
      `\`'${id}'\``,
      `\`${scopes.device}\``,
      rotatesRefreshToken ? 'rotate' : 'stay',
      introspection ? 'yes' : 'no',
    ]),
  );
}

/** Settings that mean the same, such as those of providers, have one row. */
function settingsTable() {
  const groups = Map.groupBy(rows, ({ meaning, setBy, usual, inAzure }) =>
    JSON.stringify([meaning, setBy, usual ?? inAzure]),
  );
  return makeTable(
    ['setting', 'default', 'meaning'],
    [...groups.values()].map((group) => {
      const [{ meaning, usual, inAzure }] = group;
      const value = usual || inAzure;
      return [group.map(({ name }) => `\`${name}\``).join(', '), value ? `\`${value}\`` : '', meaning];
    }),
  );
}

/** Timers and queues: what each does is said by the comment above its row. */
async function makeBackgroundTable() {
  const comments = await readComments('src/functions/register.ts');
  const isPoison = ({ name }) => name.endsWith('Poison');
  const ours = functions.filter(({ kind }) => kind !== 'http');
  const rows = ours
    .filter((each) => !isPoison(each))
    .map(({ name, kind, options: { schedule, queueName } }) => {
      const meaning = comments.get(name);
      if (!meaning)
        throw new Error(`${name} has no comment in src/functions/register.ts that says what it does.`);
      return [`\`${name}\``, `${kind} \`${schedule ?? queueName}\``, meaning];
    });
  const poisoned = ours.filter(isPoison).map(({ name }) => `\`${name}\``);
  return makeTable(
    ['function', 'trigger', 'what it does'],
    [
      ...rows,
      [
        poisoned.join(', '),
        'queue `…-poison`',
        'Notes a job that failed five times, and raises an alarm; an event for a platform is kept for another attempt.',
      ],
    ],
  );
}

/** A row for each method, or for several that do the same. */
function httpTable(tag) {
  const rows = functions.flatMap(({ name, kind, options }) => {
    const described = descriptions[name];
    if (kind === 'http' && !described)
      throw new Error(`${name} has no description in src/functions/description.`);
    if (described?.tag !== tag) return [];
    const wordsOf = (method) => {
      const { summary, description } = described.methods[method.toLowerCase()];
      return `${summary}. ${description}`.replace(/\s+/g, ' ');
    };
    const methods = options.methods.filter((method) => method !== 'HEAD');
    const key = options.authLevel === 'function' ? ', function key' : '';
    return [...Map.groupBy(methods, wordsOf)].map(([words, same]) => [
      `\`${name}\``,
      `\`${same.join('/')} ${pathOf(options)}\`${key}`,
      words,
    ]);
  });
  return makeTable(['function', 'request', 'what it does'], rows);
}

function makeTable(heads, rows) {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function replaceTable(text, heading, table) {
  const begin = `<!-- ${heading}: npm run format writes this table -->\n\n`;
  return replaceBetween(text, begin, '\n\n<!-- end -->', table);
}

function replaceSettings(text) {
  const parts = ofOperator.map(({ meaning, parameter, inAzure, isSecure, read }) => {
    const allowed = read.values && [...(inAzure ? [] : ['']), ...read.values];
    return [
      ...(isSecure ? ['@secure()'] : []),
      `@description(${quote(plain(meaning))})`,
      ...(allowed ? [`@allowed([${allowed.map(quote).join(', ')}])`] : inAzure ? ['@minLength(1)'] : []),
      `param ${parameter} string = ${quote(inAzure ?? '')}`,
    ].join('\n');
  });
  const variable = [
    'var operatorSettings = {',
    ...ofOperator.map(({ name, parameter }) => `  ${name}: ${parameter}`),
    '}',
  ];
  const rotating = providers.filter(({ rotatesRefreshToken }) => rotatesRefreshToken);
  const clientIds = rotating.map(({ clientIdSetting }) => `\${${camelCase(clientIdSetting)}}`);
  const rotates = [
    '// Whether a provider has a client whose refresh tokens rotate.',
    `var tokensRotate = !empty('${clientIds.join('')}')`,
  ];
  const begin = '// npm run format writes from here to the next heading, from src/setting-table.ts.\n\n';
  return replaceBetween(
    text,
    begin,
    '\n\n// ----',
    [...parts, variable.join('\n'), rotates.join('\n')].join('\n\n'),
  );
}

/** azd reads each parameter from the environment variable of the same name, except these. */
function parameters(template) {
  const ofAzd = {
    environmentName: 'AZURE_ENV_NAME',
    location: 'AZURE_LOCATION',
    principalId: 'AZURE_PRINCIPAL_ID',
    principalType: 'AZURE_PRINCIPAL_TYPE',
  };
  const variables = {
    ...ofAzd,
    ...Object.fromEntries(ofOperator.map(({ name, parameter }) => [parameter, name])),
  };
  const named = [...template.matchAll(/^param (\w+) /gm)]
    .map(([, name]) => name)
    // The template takes the time itself.
    .filter((name) => name !== 'deployedAt')
    .map((name) => [name, { value: `\${${variables[name] ?? upperCase(name)}}` }]);
  return JSON.stringify({
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(named),
  }).replaceAll('{"value"', '{ "value"');
}

function replaceBetween(text, begin, end, part) {
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`There is no part between "${begin}" and "${end}".`);
  return text.slice(0, from) + part + text.slice(to);
}

function quote(text) {
  return `'${text.replace(/['\\]|\$\{/g, '\\$&')}'`;
}

/** Links lead nowhere from a template. */
function plain(markdown) {
  return markdown.replace(/ \(\[[^\]]*\]\([^)]*\)\)/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

function camelCase(name) {
  return name.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

function upperCase(name) {
  return name.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/** What the comment above each property of an object says, or above each call with a name, by that name. */
async function readComments(path) {
  const file = ts.createSourceFile(path, await readFile(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const comments = new Map();
  const nameOf = (node) => {
    if (ts.isPropertyAssignment(node)) return node.name.getText();
    const [first] = (ts.isExpressionStatement(node) && node.expression.arguments) || [];
    return first && ts.isStringLiteral(first) ? first.text : undefined;
  };
  const visit = (node) => {
    const [doc] = nameOf(node) === undefined ? [] : ts.getJSDocCommentsAndTags(node);
    if (doc) comments.set(nameOf(node), ts.getTextOfJSDocComment(doc.comment).replaceAll('\n', ' '));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return comments;
}

/** In a file, because packages are found from there. */
async function load(contents) {
  const outfile = '.cache/generate.mjs';
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  await build({ stdin, bundle: true, outfile, format: 'esm', platform: 'node', packages: 'external' });
  return import(`${root}${outfile}`);
}
