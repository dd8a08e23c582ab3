/**
 * The OpenAPI 3.1 description of everything that answers HTTP, and of the webhooks. Paths, methods and keys are those that were registered, and schemas are made
 * of the shapes that the functions' types come from. Only words are written by hand.
 */
import { version } from '../../../package.json';
import type { CallerKind } from '../../model';
import type { Route } from '../routes';
import { describeOperation } from './describe-operation';
import type { DescribedFunction, Descriptions, Method } from './plain-operation';
import { operatorFunctions } from './operator-operations';
import { createSchemas, type Schema } from './schema';
import { describeWebhooks } from './webhook-operations';
import { sharingFunctions } from './platform-operations';
import { staffPageFunctions } from './staff-page-operations';
import { wearerPageFunctions } from './wearer-page-operations';

export const descriptions: Descriptions = {
  ...operatorFunctions,
  ...sharingFunctions,
  ...wearerPageFunctions,
  ...staffPageFunctions,
};

export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly publicUrl: string;
  readonly callers: CallerKind;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
  readonly [other: string]: unknown;
}

/** @throws Error that names the function or the method that has no description */
export function describeApi({ routes, publicUrl, callers }: ApiOptions): ApiDocument {
  const schemas = createSchemas();
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const described = descriptions[route.name];
    if (!described) throw new Error(`The function "${route.name}" has no description.`);
    const path = (paths[pathOf(route)] ??= {});
    for (const method of route.methods) {
      path[method.toLowerCase()] = describeOperation(
        { name: operationId(route, method), ...readMethod(route.name, described, method) },
        { schemas, described, route, callers },
      );
    }
  }
  const webhooks = describeWebhooks(schemas);
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: publicUrl }],
    tags,
    paths,
    webhooks,
    components: { schemas: schemas.components, securitySchemes: securitySchemes(callers) },
  };
}

const info = {
  title: 'Fitbit Token Service',
  version,
  summary: 'Keeps Fitbit connections alive and batteries charged.',
  description:
    'Everything that the service answers over HTTP: pages for people, calls of the operator, and calls of platforms with whom wearers share their access. `HEAD` works wherever `GET` does. A request with a body needs a Content-Length. A call refuses a parameter in the query that is not listed for it, except calls to the API of a provider, which pass the query on. Answers may get new properties.',
  license: { name: 'MIT', identifier: 'MIT' },
};

const tags = [
  { name: 'Pages', description: 'Pages for people.' },
  { name: 'Staff', description: 'Pages for those who look after wearers.' },
  { name: 'Operator', description: 'Calls of the person who runs the service.' },
  { name: 'Platform', description: 'Calls of programs with whom wearers share their access.' },
];

function securitySchemes(callers: CallerKind): Record<string, Schema> {
  return {
    functionKey: {
      type: 'apiKey',
      in: 'header',
      name: 'x-functions-key',
      description: 'A key of the function app. On a developer’s machine nobody checks it.',
    },
    ...(callers === 'entra' && {
      entra: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'A token of Microsoft Entra for the app registration of this service, with the app role that the operation names. It is needed besides the key.',
      },
    }),
  };
}

/** A route as OpenAPI writes it: no constraints, and no mark for a part that may hold slashes. */
export function pathOf({ route }: Pick<Route, 'route'>): string {
  const parts = route.split('/').filter((part) => !/^\{\w+:maxlength\(0\)\?\}$/.test(part));
  return `/${parts.join('/').replaceAll('{*', '{')}`;
}

/** The function's name for its first method, and with the method behind it for every other. */
function operationId({ name, methods }: Route, method: string): string {
  const [main] = methods.filter((each) => each !== 'HEAD');
  return method === main ? name : name + method.charAt(0) + method.slice(1).toLowerCase();
}

function readMethod(name: string, { methods }: DescribedFunction, method: string) {
  const isHead = method === 'HEAD';
  const own = methods[method.toLowerCase() as Method];
  const operation = isHead ? (own ?? methods.get) : own;
  if (!operation) throw new Error(`The method ${method} of the function "${name}" has no description.`);
  return { operation, isHead };
}
