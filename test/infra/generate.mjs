// Files and parts of files that say again what src/setting-table.ts says: the sample settings, the table of settings in docs/reference.md, the
// settings among the parameters of infra/main.bicep, and infra/main.parameters.json.
//   npm run check     compares them
//   npm run format    writes them anew
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const source = 'src/setting-table.ts';
const meanings = await readComments(source);
const { settings, keyOf } = await load(`
  export { settings } from './${source}';
  import { providerIds } from './src/model/names';
  import { settingNamesOf } from './src/providers/settings';
  const keys = providerIds.flatMap((id) => Object.entries(settingNamesOf(id)).map(([key, name]) => [name, key]));
  export const keyOf = new Map(keys);
`);
const rows = [...settings].map(([name, setting]) => {
  const meaning = meanings.get(keyOf.get(name) ?? name);
  if (!meaning) throw new Error(`${name} has no comment in ${source} that says what it means.`);
  return { name, meaning, parameter: camelCase(name), ...setting };
});
const ofOperator = rows.filter(({ setBy }) => setBy === undefined);

const reference = await generate('docs/reference.md', (text) => replaceTable(text, settingsTable()));
const bicep = await generate('infra/main.bicep', replaceSettings);
const files = [
  reference,
  bicep,
  await generate('local.settings.sample.json', sample),
  await generate('infra/main.parameters.json', () => parameters(bicep.after)),
];
for (const { path, before, after } of files) {
  if (after === before) continue;
  if (process.argv.includes('--write')) await writeFile(path, after);
  else {
    console.error(`${path} does not say what ${source} says: npm run format`);
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

/** Settings that mean the same, such as those of providers, have one row. */
function settingsTable() {
  const groups = Map.groupBy(rows, ({ meaning, setBy, usual, inAzure }) =>
    JSON.stringify([meaning, setBy, usual ?? inAzure]),
  );
  return [
    '| setting | default | meaning |',
    '| --- | --- | --- |',
    ...[...groups.values()].map((group) => {
      const [{ meaning, usual, inAzure }] = group;
      const value = usual || inAzure;
      const names = group.map(({ name }) => `\`${name}\``).join(', ');
      return `| ${names} | ${value ? `\`${value}\`` : ''} | ${meaning} |`;
    }),
  ].join('\n');
}

function replaceTable(text, table) {
  return replaceBetween(
    text,
    '<!-- npm run format writes this table from src/setting-table.ts -->\n\n',
    '\n\n<!-- end -->',
    table,
  );
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
  const begin = '// npm run format writes from here to the next heading, from src/setting-table.ts.\n\n';
  return replaceBetween(text, begin, '\n\n// ----', [...parts, variable.join('\n')].join('\n\n'));
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

/** What the comment above each property of an object says, by the property's name. */
async function readComments(path) {
  const file = ts.createSourceFile(path, await readFile(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const comments = new Map();
  const visit = (node) => {
    if (ts.isPropertyAssignment(node)) {
      const [doc] = ts.getJSDocCommentsAndTags(node);
      if (doc) comments.set(node.name.getText(), ts.getTextOfJSDocComment(doc.comment).replaceAll('\n', ' '));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return comments;
}

async function load(contents) {
  const stdin = { contents, resolveDir: root, loader: 'ts' };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'esm', platform: 'node' });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
