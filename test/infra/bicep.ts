/**
 * Reads the Bicep files of infra/ by the tree-sitter grammar, and says what a compiler would mind: names that nobody declared
 * or uses, parameters of modules, and resources that are not as Azure's type definitions (resource-types.json) want them.
 * It is no compiler: it knows no types of expressions, and of functions only how many arguments they take.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';
import resourceTypes from './resource-types.json';

export const project = join(__dirname, '..', '..');

/** What a value may be; an empty one may be anything. */
interface Shape {
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly others?: Shape;
  readonly by?: string;
  readonly cases?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly is?: string;
  readonly values?: readonly string[];
}
const shapes: Readonly<Record<string, Shape | undefined>> = resourceTypes.types;

export interface Declaration {
  readonly kind: 'param' | 'var' | 'resource' | 'module' | 'output';
  readonly name: string;
  readonly node: Node;
  /** The value; of a loop or a condition, what stands in it. */
  readonly value: Node | undefined;
  /** Of a resource `Microsoft.X/y@version`, of a module its path. */
  readonly of: string;
  readonly existing: boolean;
  readonly decorators: readonly string[];
}

export interface BicepFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly root: Node;
  readonly declarations: readonly Declaration[];
  readonly get: (name: string) => Declaration | undefined;
}

export async function readInfra(): Promise<ReadonlyMap<string, BicepFile>> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')));
  const modules = readdirSync(join(project, 'infra/modules')).map((name) => `infra/modules/${name}`);
  const paths = ['infra/main.bicep', ...modules];
  return new Map(paths.map((path) => [path, parse(parser, path, readFileSync(join(project, path), 'utf8'))]));
}

export function parse(parser: Parser, path: string, text: string): BicepFile {
  const root = parser.parse(text)!.rootNode;
  const declarations = declarationsOf(root);
  return { path, text, root, declarations, get: (name) => declarations.find((each) => each.name === name) };
}

const kinds: Readonly<Record<string, Declaration['kind']>> = {
  parameter_declaration: 'param',
  variable_declaration: 'var',
  resource_declaration: 'resource',
  module_declaration: 'module',
  output_declaration: 'output',
};

function declarationsOf(root: Node): Declaration[] {
  const found: Declaration[] = [];
  let decorators: string[] = [];
  for (const node of childrenOf(root)) {
    const kind = kinds[node.type];
    if (node.type === 'decorators') decorators = childrenOf(node).map((each) => each.text);
    if (!kind) continue;
    const [name, of, value] = childrenOf(node);
    const typed = kind === 'resource' || kind === 'module';
    found.push({
      kind,
      name: name!.text,
      node,
      value: innerOf(typed || of?.type === 'type' ? value : of),
      of: typed ? literalOf(of!)! : '',
      existing: node.children.some((each) => each?.type === 'existing'),
      decorators,
    });
    decorators = [];
  }
  return found;
}

export function childrenOf(node: Node): Node[] {
  return node.namedChildren.filter((each): each is Node => each !== null && each.type !== 'comment');
}

function innerOf(node: Node | undefined): Node | undefined {
  if (node?.type === 'for_statement' || node?.type === 'if_statement')
    return innerOf(childrenOf(node).at(-1));
  return node;
}

/** @returns nothing for a string with something filled in */
export function literalOf(node: Node): string | undefined {
  if (node.type !== 'string') return undefined;
  const parts = childrenOf(node);
  return parts.every(({ type }) => type === 'string_content')
    ? parts.map(({ text }) => text).join('')
    : undefined;
}

export function propertiesOf(object: Node | undefined): Map<string, Node> {
  const entries = object?.type === 'object' ? childrenOf(object) : [];
  return new Map(
    entries.map((entry) => {
      const [key, value] = childrenOf(entry);
      return [literalOf(key!) ?? key!.text, value!];
    }),
  );
}

/** `propertyOf(object, 'properties', 'sku', 'name')` */
export function propertyOf(object: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((node, name) => propertiesOf(node).get(name), object);
}

export function allOf(node: Node, type: string): Node[] {
  return [...(node.type === type ? [node] : []), ...childrenOf(node).flatMap((each) => allOf(each, type))];
}

const at = ({ path }: BicepFile, node: Node) => `${path}:${node.startPosition.row + 1}`;

export function syntaxErrors(file: BicepFile): string[] {
  const bad = (node: Node): Node[] => [
    ...(node.isError || node.isMissing ? [node] : []),
    ...node.children.flatMap((each) => (each ? bad(each) : [])),
  ];
  return bad(file.root).map((node) => `${at(file, node)} ${node.text.slice(0, 40)}`);
}

// ---- Names ----

/** How many arguments each takes that infra/ calls. */
const functions: Readonly<Record<string, readonly [least: number, most: number]>> = {
  cidrSubnet: [3, 3],
  contains: [2, 2],
  empty: [1, 1],
  environment: [0, 0],
  filter: [2, 2],
  guid: [1, Infinity],
  items: [1, 1],
  loadTextContent: [1, 2],
  map: [2, 2],
  replace: [3, 3],
  subscription: [0, 0],
  subscriptionResourceId: [2, Infinity],
  tenant: [0, 0],
  toLower: [1, 1],
  union: [2, Infinity],
  uniqueString: [1, Infinity],
  utcNow: [0, 1],
};
const decorators: Readonly<Record<string, readonly [least: number, most: number]>> = {
  allowed: [1, 1],
  description: [1, 1],
  maxLength: [1, 1],
  maxValue: [1, 1],
  metadata: [1, 1],
  minLength: [1, 1],
  minValue: [1, 1],
  secure: [0, 0],
};

/** Names that are used and not declared, declared and not used, declared twice; functions nobody knows. */
export function nameProblems(file: BicepFile): string[] {
  const problems: string[] = [];
  const used = new Set<string>();
  const check = (node: Node, local: ReadonlySet<string>): void => {
    const children = childrenOf(node);
    switch (node.type) {
      case 'identifier':
        if (local.has(node.text)) return;
        used.add(node.text);
        if (!file.get(node.text)) problems.push(`${at(file, node)} nothing is called ${node.text}`);
        return;
      case 'call_expression': {
        const [name, list] = children;
        const known = (node.parent?.type === 'decorator' ? decorators : functions)[name!.text];
        const count = childrenOf(list!).length;
        if (!known) problems.push(`${at(file, node)} no function is called ${name!.text}`);
        else if (count < known[0] || count > known[1]) {
          problems.push(`${at(file, node)} ${name!.text} does not take ${count} arguments`);
        }
        return check(list!, local);
      }
      case 'object_property': {
        const [key, value] = children;
        if (key!.type !== 'identifier') check(key!, local);
        return check(value!, local);
      }
      case 'for_statement': {
        const variables = [...allOf(node, 'loop_variable'), ...allOf(node, 'loop_enumerator')];
        const simple = variables.length === 0;
        const names = simple ? [children[0]!.text] : variables.map(({ text }) => text);
        const [, ...rest] = children;
        const inside = new Set([...local, ...names]);
        return rest.forEach((each) => check(each, inside));
      }
      case 'lambda_expression': {
        const [parameters, body] = children;
        return check(body!, new Set([...local, ...allOf(parameters!, 'identifier').map(({ text }) => text)]));
      }
      case 'type':
        return;
      default:
        return children.forEach((each) => check(each, local));
    }
  };
  for (const node of childrenOf(file.root)) {
    const declares = node.type in kinds;
    // The name itself is no use of it.
    childrenOf(node).forEach((each, i) => (declares && i === 0 ? undefined : check(each, new Set())));
  }
  // An output may be called as what it puts out.
  const inside = file.declarations.filter(({ kind }) => kind !== 'output');
  for (const [i, { kind, name, node }] of inside.entries()) {
    if (inside.findIndex((each) => each.name === name) !== i)
      problems.push(`${at(file, node)} a second ${name}`);
    if ((kind === 'param' || kind === 'var') && !used.has(name))
      problems.push(`${at(file, node)} ${name} is not used`);
  }
  return problems;
}

// ---- Modules ----

export function moduleProblems(files: ReadonlyMap<string, BicepFile>, file: BicepFile): string[] {
  const problems: string[] = [];
  const targetOf = ({ of }: Declaration) => files.get(normalize(join(dirname(file.path), of)));
  for (const module of file.declarations.filter(({ kind }) => kind === 'module')) {
    const target = targetOf(module);
    if (!target) {
      problems.push(`${at(file, module.node)} there is no ${module.of}`);
      continue;
    }
    const given = propertiesOf(propertyOf(module.value, 'params'));
    const parameters = target.declarations.filter(({ kind }) => kind === 'param');
    for (const [name, node] of given) {
      if (target.get(name)?.kind !== 'param')
        problems.push(`${at(file, node)} ${module.of} has no parameter ${name}`);
    }
    for (const { name, value } of parameters) {
      if (!value && !given.has(name)) problems.push(`${at(file, module.node)} ${module.of} needs ${name}`);
    }
  }
  for (const node of allOf(file.root, 'member_expression')) {
    const [module, property, output] = pathOf(node) ?? [];
    const declaration = module === undefined ? undefined : file.get(module);
    if (declaration?.kind !== 'module' || property !== 'outputs' || output === undefined) continue;
    const known = targetOf(declaration)?.declarations.some(
      ({ kind, name }) => kind === 'output' && name === output,
    );
    if (!known) problems.push(`${at(file, node)} ${declaration.of} puts out no ${output}`);
  }
  return problems;
}

/** `['account', 'properties', 'name']` for `account.properties.name`; an element of a list is as the list. */
function pathOf(node: Node): string[] | undefined {
  if (node.type === 'identifier') return [node.text];
  const [object, property] = childrenOf(node);
  if (node.type === 'subscript_expression') return pathOf(object!);
  const before = node.type === 'member_expression' ? pathOf(object!) : undefined;
  return before && [...before, property!.text];
}

// ---- Resources ----

/** Bicep's own. */
const notAzures = ['parent', 'scope', 'dependsOn'];

export function resourceProblems(file: BicepFile): string[] {
  const problems: string[] = [];
  for (const { of, node, value, existing } of file.declarations.filter(({ kind }) => kind === 'resource')) {
    const shape = shapes[of];
    if (!shape) problems.push(`${at(file, node)} ${of} is not in resource-types.json`);
    else if (existing && !propertiesOf(value).has('name')) problems.push(`${at(file, node)} which one?`);
    else if (!existing) problems.push(...objectProblems(file, value!, shape, notAzures));
  }
  for (const node of allOf(file.root, 'member_expression')) problems.push(...readProblems(file, node));
  return problems;
}

function objectProblems(
  file: BicepFile,
  object: Node,
  shape: Shape,
  besides: readonly string[] = [],
): string[] {
  const given = propertiesOf(object);
  const chosen = shape.by === undefined ? undefined : given.get(shape.by);
  const named = shape.cases?.[(chosen && literalOf(chosen)) ?? ''];
  if (shape.by !== undefined && !named) return [`${at(file, object)} no ${shape.by} that Azure knows`];
  const properties: Readonly<Record<string, Shape>> = { ...shape.properties, ...named?.properties };
  const missing = Object.entries(properties)
    .filter(([name, { required, readOnly }]) => required === true && readOnly !== true && !given.has(name))
    .map(([name]) => `${at(file, object)} ${name} is missing`);
  const wrong = [...given].flatMap(([name, value]) => {
    if (besides.includes(name)) return [];
    const each = properties[name] ?? shape.others;
    if (!each) return [`${at(file, value)} there is no property ${name}`];
    if (each.readOnly === true) return [`${at(file, value)} ${name} cannot be set`];
    return valueProblems(file, value, each);
  });
  return [...missing, ...wrong];
}

function valueProblems(file: BicepFile, node: Node, shape: Shape): string[] {
  switch (node.type) {
    case 'object':
      if (shape.is !== undefined || shape.items) return [`${at(file, node)} is an object`];
      return shape.properties ? objectProblems(file, node, shape) : [];
    case 'array':
      if (shape.is !== undefined || shape.properties) return [`${at(file, node)} is a list`];
      return childrenOf(node).flatMap((each) => valueProblems(file, each, shape.items ?? {}));
    case 'for_statement':
      return valueProblems(file, innerOf(node)!, shape.items ?? {});
    case 'ternary_expression':
      return childrenOf(node)
        .slice(1)
        .flatMap((each) => valueProblems(file, each, shape));
    case 'parenthesized_expression':
      return childrenOf(node).flatMap((each) => valueProblems(file, each, shape));
    case 'identifier': {
      const variable = file.get(node.text);
      const value = variable?.kind === 'var' ? childrenOf(variable.node)[1] : undefined;
      return value ? valueProblems(file, value, shape) : [];
    }
    case 'string': {
      const text = literalOf(node);
      if (shape.properties || shape.items || (shape.is ?? 'string') !== 'string')
        return [`${at(file, node)} is a text`];
      const known = text === undefined || shape.values === undefined || shape.values.includes(text);
      return known ? [] : [`${at(file, node)} ${text} is not one of ${shape.values.join(', ')}`];
    }
    case 'number':
    case 'boolean':
      if (shape.properties || shape.items || (shape.is ?? node.type) !== node.type) {
        return [`${at(file, node)} is a ${node.type}`];
      }
      return [];
    default:
      return [];
  }
}

/** A property that is read from a resource has to be there, too. */
function readProblems(file: BicepFile, node: Node): string[] {
  const [name, ...path] = pathOf(node) ?? [];
  const resource = name === undefined ? undefined : file.get(name);
  if (resource?.kind !== 'resource') return [];
  let shape: Shape | undefined = shapes[resource.of];
  for (const each of path) shape = shape?.properties?.[each] ?? shape?.others;
  return shape ? [] : [`${at(file, node)} ${resource.of} has no ${path.join('.')}`];
}
