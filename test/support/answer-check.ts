/** Holds an answer of the service to its OpenAPI description, and what was sent too where the service took it. */
import * as z from 'zod';
import type { AnnouncedAnswer } from '../../local/runner/announced-answers';
import { registeredHttp } from '../../local/runner/registered-routes';
import { describeApi, pathOf } from '../../src/functions/description/document';

type Json = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema: Json }>>;

interface Operation {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content } | undefined>>;
}

const routes = registeredHttp().map(({ name, options }) => {
  const { route = '', methods = [], authLevel = 'anonymous' } = options;
  return { name, route, methods, authLevel };
});
/** With Entra sign-in, which has every answer that there is without it. */
const document = describeApi({ routes, publicUrl: 'https://tokens.example.org', callers: 'entra' });

/**
 * @param isStrange the sender sends what nobody should: the service may take it all the same, because it ignores what it does not know
 * @returns a sentence for each thing that the description does not have
 */
export function checkAnswer(answer: AnnouncedAnswer, isStrange = false): readonly string[] {
  const route = routes.find(({ name }) => name === answer.name);
  if (!route) return [`"${answer.name}" is not registered.`];
  const path = pathOf(route);
  const method = answer.method.toLowerCase();
  const operation = document.paths[path]?.[method] as Operation | undefined;
  if (!operation) return [`The description has no ${method} ${path}.`];
  const sent = isStrange ? [] : checkSent(operation, answer);
  return [...checkReceived(operation, answer), ...sent].map(
    (problem) => `${answer.method} ${path}, answered with ${answer.status}: ${problem}`,
  );
}

function checkReceived(
  { responses }: Operation,
  { status, headers, body, method }: AnnouncedAnswer,
): string[] {
  const described = responses[headers['x-answered-by'] === undefined ? String(status) : 'default'];
  if (!described) return ['the description does not have this status.'];
  // The host leaves out the body of an answer to HEAD.
  if (method === 'HEAD') return [];
  const { content } = described;
  if (body === '') {
    return content && !content['*/*'] ? ['the description promises a body, and there is none.'] : [];
  }
  const type = essenceOf(headers['content-type']);
  const schema = (content?.[type] ?? content?.['*/*'])?.schema;
  if (!schema) return [`the description does not have a body of the type "${type}" here.`];
  return type === 'application/json' ? judge(schema, parseJson(body), 'the body') : [];
}

/** What the service refused need not be as described. */
function checkSent({ requestBody }: Operation, { status, sent }: AnnouncedAnswer): string[] {
  if (!requestBody || status >= 400) return [];
  const { content } = requestBody;
  const type = essenceOf(sent.type ?? '');
  const isFormInParts = type === 'multipart/form-data' && content[type] !== undefined;
  if (content['*/*'] || type === 'text/csv' || isFormInParts) return [];
  const form = content['application/x-www-form-urlencoded'];
  if (form) return judge(form.schema, Object.fromEntries(new URLSearchParams(sent.body)), 'the form');
  // The service reads JSON whatever the type says.
  return judge(content['application/json']!.schema, parseJson(sent.body), 'what was sent');
}

function essenceOf(type = ''): string {
  return type.split(';')[0]!.trim().toLowerCase();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const made = new Map<Json, z.ZodType>();

function judge(schema: Json, value: unknown, what: string): string[] {
  const shape = made.get(schema) ?? toShape(schema);
  made.set(schema, shape);
  const { error } = shape.safeParse(value);
  return error ? [`${what} is not as described:\n${z.prettifyError(error)}`] : [];
}

/** The description lets objects have more properties, so that it can grow. Here they have those that it names and no others. */
function toShape(schema: Json): z.ZodType {
  const whole = { ...schema, $defs: document.components.schemas };
  const text = JSON.stringify(close(whole)).replaceAll('"#/components/schemas/', '"#/$defs/');
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  // zod reads a pattern without the flag that JSON Schema gives it, and would take `\\p{L}` for other characters.
  const kept = Object.entries(schema).filter(
    ([name, value]) => name !== 'pattern' || !String(value).includes('\\p{'),
  );
  const closed = Object.fromEntries(kept.map(([name, value]) => [name, close(value)]));
  const isOpen = closed['type'] === 'object' && 'properties' in closed && !('additionalProperties' in closed);
  return isOpen ? { ...closed, additionalProperties: false } : closed;
}
