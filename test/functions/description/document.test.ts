/** The OpenAPI description: everything that is registered is in it and nothing else. */
import { registeredHttp } from '../../../local/runner/registered-routes';
import { errorCodes } from '../../../src/error-codes';
import { describeApi, descriptions, type ApiDocument } from '../../../src/functions/description/document';
import * as z from 'zod';
import { runWebhookJob } from '../../../src/domain/messages/send-webhook';
import { endSharing } from '../../../src/domain/wearer/personal-page';
import { eventTypes, type CallerKind } from '../../../src/model';
import { webhook } from '../../../src/model/answers/webhook';
import { createWorldWithPlatform, platform } from '../../support/webhooks';
import { connectWearer, recordOf } from '../../support/world';

const publicUrl = 'https://tokens.example.org';
const registered = registeredHttp().map(({ name, options }) => {
  const { route = '', methods = [], authLevel = 'anonymous' } = options;
  return { name, route, methods, authLevel };
});

function describeFor(callers: CallerKind): ApiDocument {
  return describeApi({ routes: registered, publicUrl, callers });
}

/** Written out again, so that the document is compared with something that is not made of it. */
function pathOf(route: string): string {
  return route.startsWith('{ignored') ? '/' : `/${route.replace('{*', '{')}`;
}

const document = describeFor('key');
const described = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
);

test('the paths are those of register.ts, each with its methods, and no others', () => {
  const theirs = registered.flatMap(({ route, methods }) =>
    methods.map((method) => `${method} ${pathOf(route)}`),
  );
  expect(described.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
    theirs.sort(),
  );
});

test('every description belongs to a function that is registered, and every method of it too', () => {
  const theirs = Object.entries(descriptions).flatMap(([name, { methods }]) =>
    Object.keys(methods)
      .filter((method) => method !== 'head')
      .map((method) => `${method} ${name}`),
  );
  const ours = registered.flatMap(({ name, methods }) =>
    methods.filter((method) => method !== 'HEAD').map((method) => `${method.toLowerCase()} ${name}`),
  );
  expect(theirs.sort()).toEqual(ours.sort());
});

test('a function or a method without a description is refused by its name', () => {
  const [route] = registered;
  const named = (more: object) => () =>
    describeApi({ routes: [{ ...route!, ...more }], publicUrl, callers: 'key' });
  expect(named({ name: 'newFunction' })).toThrow('The function "newFunction" has no description.');
  expect(named({ name: 'opsStatus', methods: ['DELETE'] })).toThrow(
    'The method DELETE of the function "opsStatus" has no description.',
  );
});

test('what is registered with a key names the key, and with Entra sign-in the role besides', () => {
  const securityOf = (from: ApiDocument, path: string): unknown => from.paths[path]?.['get']?.['security'];
  const entra = describeFor('entra');
  expect(Object.keys(document.components.securitySchemes)).toEqual(['functionKey']);
  expect(Object.keys(entra.components.securitySchemes)).toEqual(['functionKey', 'entra']);
  expect(securityOf(document, '/api/ops/status')).toEqual([{ functionKey: [] }]);
  expect(securityOf(entra, '/api/ops/status')).toEqual([{ functionKey: [], entra: ['operator'] }]);
  expect(securityOf(entra, '/api/connections')).toEqual([{ functionKey: [], entra: ['platform'] }]);
  expect(securityOf(entra, '/api/openapi.json')).toEqual([]);
  const open = described.filter(({ operation }) => (operation['security'] as unknown[]).length === 0);
  const anonymous = registered.filter(({ authLevel }) => authLevel === 'anonymous');
  expect(new Set(open.map(({ path }) => path))).toEqual(new Set(anonymous.map(({ route }) => pathOf(route))));
});

test('every operation says in words what it is and does, and every parameter what it is', () => {
  const wordless = described.flatMap(({ path, method, operation }) => {
    const { summary, description, parameters = [] } = operation as Worded;
    const unnamed = parameters.filter((each) => !each.description).map(({ name }) => name);
    return summary && description && unnamed.length === 0 ? [] : [`${method} ${path} ${unnamed.join()}`];
  });
  expect(wordless).toEqual([]);
});

interface Worded {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
}

test('there is a webhook for every type of event, with the headers that are sent', () => {
  expect(Object.keys(document.webhooks)).toEqual([...eventTypes]);
  const post = document.webhooks['battery.low']?.['post'] as {
    readonly parameters: readonly { readonly name: string }[];
  };
  expect(post).toMatchObject({
    operationId: 'onBatteryLow',
    requestBody: {
      content: { 'application/json': { schema: { properties: { type: { const: 'battery.low' } } } } },
    },
  });
  expect(post.parameters.map(({ name }) => name)).toEqual([
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
  ]);
});

test('what is sent has the shape of the description', async () => {
  const world = createWorldWithPlatform();
  await connectWearer(world, 'fitbit', { sharedWith: platform });
  await endSharing(world.ports, 'wearer-1');
  const [event] = recordOf(world).events!;
  await runWebhookJob(world.ports, {
    kind: 'send-webhook',
    connection: 'wearer-1',
    delivery: { event: event!, address: 'first', attempt: 0 },
  });
  expect(z.strictObject(webhook.shape).parse(JSON.parse(world.webhooks.sent[0]!.body))).toMatchObject({
    type: 'connection.sharing_ended',
    data: { connection: 'wearer-1', provider: 'fitbit', state: 'connected' },
  });
});

test('the codes of errors are the closed list, each with what it means', () => {
  const { ErrorCode } = document.components.schemas;
  expect(ErrorCode?.['enum']).toEqual(Object.keys(errorCodes));
  expect(ErrorCode?.['description']).toContain(
    '- `NOT_SHARED`: The wearer was not told that access is shared',
  );
});

test.each<[path: string, method: string, status: string, codes: string[]]>([
  ['/api/connections/{id}/access-token', 'get', '403', ['NOT_SHARED']],
  [
    '/api/connections/{id}/access-token',
    'get',
    '409',
    ['VAULT_BEHIND', 'GRANT_REFUSED', 'PROVIDER_RETIRED', 'RECONNECT_REQUIRED'],
  ],
  ['/api/connections/{id}/label', 'put', '409', ['LABEL_TAKEN']],
  ['/api/ops/invites', 'post', '411', ['LENGTH_MISSING']],
])('%s %s says which codes come with %s', (path, method, status, codes) => {
  const responses = document.paths[path]?.[method]?.['responses'] as Record<string, Answered>;
  expect(responses[status]?.content['application/json']?.schema.properties.code.enum).toEqual(codes);
});

interface Answered {
  readonly content: Readonly<
    Record<
      string,
      { readonly schema: { readonly properties: { readonly code: { readonly enum: string[] } } } }
    >
  >;
}
