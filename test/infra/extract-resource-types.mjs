// Makes test/infra/resource-types.json from a clone of https://github.com/Azure/bicep-types-az:
//   node test/infra/extract-resource-types.mjs <path of the clone>
// For each resource type and API version that infra/ uses: which of the property names in infra/ it has, which of them it
// requires or only answers, and the values it knows. Run it, and `npm run format`, when infra/ uses something new; a name that
// is not in the result afterwards is not Azure's.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const clone = process.argv[2];
const git = (...args) =>
  execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();

const infra = join(import.meta.dirname, '..', '..', 'infra');
const text = ['main.bicep', ...readdirSync(join(infra, 'modules')).map((name) => join('modules', name))]
  .map((name) => readFileSync(join(infra, name), 'utf8'))
  .join('\n');
const used = [...new Set(text.match(/(?<=')Microsoft\.[\w.]+(\/\w+)+@[\w-]+(?=')/g))].sort();
/** Written or read anywhere in infra/. */
const names = new Set(text.match(/\b\w+(?=\s*:)|(?<=[.])\w+/g));

const files = git('ls-tree', '-r', '--name-only', 'HEAD', 'generated').split('\n');

function findType(type) {
  const [name, version] = type.split('@');
  const folder = `/${name.split('/')[0]}/${version}/types.json`.toLowerCase();
  for (const file of files.filter((each) => each.toLowerCase().endsWith(folder))) {
    const all = JSON.parse(git('show', `HEAD:${file}`));
    const found = all.find(
      (each) => each.$type === 'ResourceType' && each.name.toLowerCase() === type.toLowerCase(),
    );
    if (found) return describe(all, found.body);
  }
  throw new Error(`${type} is not in ${clone}`);
}

function describe(all, { $ref }) {
  const type = all[Number($ref.split('/').at(-1))];
  switch (type.$type) {
    case 'ObjectType':
      return {
        properties: describeAll(all, type.properties),
        ...(type.additionalProperties ? { others: describe(all, type.additionalProperties) } : {}),
      };
    case 'DiscriminatedObjectType':
      return {
        by: type.discriminator,
        properties: describeAll(all, type.baseProperties),
        cases: Object.fromEntries(
          Object.entries(type.elements).map(([name, each]) => [
            name,
            text.includes(`'${name}'`) ? describe(all, each) : {},
          ]),
        ),
      };
    case 'ArrayType':
      return { items: describe(all, type.itemType) };
    case 'UnionType': {
      const members = type.elements.map((each) => describe(all, each));
      const values = members.flatMap((each) => each.values ?? []);
      // Where any string is allowed, these are the ones that Azure knew; a new one would not be in the list.
      return { is: 'string', values };
    }
    case 'StringLiteralType':
      return { is: 'string', values: [type.value] };
    case 'StringType': {
      return { is: 'string' };
    }
    case 'IntegerType':
      return { is: 'number' };
    case 'BooleanType':
      return { is: 'boolean' };
    default:
      return {};
  }
}

function describeAll(all, properties) {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name, { flags }]) => names.has(name) || flags & 1)
      .map(([name, { type, flags }]) => [
        name,
        {
          ...(flags & 1 ? { required: true } : {}),
          ...(flags & 2 ? { readOnly: true } : {}),
          ...(names.has(name) ? describe(all, type) : {}),
        },
      ]),
  );
}

const types = Object.fromEntries(used.map((type) => [type, findType(type)]));
const source = {
  repository: 'https://github.com/Azure/bicep-types-az',
  commit: git('rev-parse', 'HEAD'),
  license: 'MIT',
};
const target = join(import.meta.dirname, 'resource-types.json');
writeFileSync(target, `${JSON.stringify({ source, types }, null, 1)}\n`);
console.log(`${used.length} types, ${target}`);
