/** One operation as OpenAPI 3.1 writes it. */
import * as z from 'zod';
import { errorCodes } from '../../error-codes';
import type { AppRole, CallerKind } from '../../model';
import { problem } from '../../model/answers/problem';
import type { Route } from '../routes';
import { statusOf } from '../http/error-status';
import type { ErrorCode } from '../../errors';
import {
  json,
  type CodedStatus,
  type Content,
  type Described,
  type DescribedAnswer,
  type DescribedFunction,
} from './plain-operation';
import type { Schema, Schemas } from './schema';

export interface Surroundings {
  readonly schemas: Schemas;
  readonly described: DescribedFunction;
  readonly route: Route;
  readonly callers: CallerKind;
}

export function describeOperation(
  {
    name,
    operation,
    isHead,
  }: { readonly name: string; readonly operation: Described; readonly isHead: boolean },
  { schemas, described, route, callers }: Surroundings,
): Schema {
  const { summary, description, query, body } = operation;
  const guarded = route.authLevel !== 'anonymous';
  const answers = answersOf(operation, guarded ? callers : undefined);
  const parameters = [...partsOf(described), ...parametersOf(schemas, query)];
  return {
    operationId: name,
    tags: [described.tag],
    summary: isHead ? `${summary}, without the body` : summary,
    description,
    ...(described.deprecated && { deprecated: true }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: contentOf(schemas, body) } }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, describeAnswer(schemas, answer, isHead)]),
    ),
    security: guarded ? [securityOf(described.role, callers)] : [],
  };
}

/** A status that has an answer of its own and errors too has either. */
function answersOf(
  { answers, errors = [], mayComeAgain }: Described,
  callers: CallerKind | undefined,
): Described['answers'] {
  const all: Record<string, DescribedAnswer> = { ...answers };
  if (callers !== undefined)
    all['401'] = {
      description: 'The function key is missing or wrong: the platform answers, without a body.',
    };
  const coded = [
    ...errors,
    ...(callers === undefined ? [] : callErrors),
    ...(callers === 'entra' ? signInErrors : []),
  ];
  for (const [status, pairs] of Map.groupBy(coded, ([status]) => status)) {
    const codes = [...new Set(pairs.map(([, code]) => code))];
    all[status] = withErrors(all[status], codes, mayComeAgain === true);
  }
  return all;
}

/** Every call refuses a parameter that it does not have; a call to the provider's API can be refused for other reasons. */
const callErrors: readonly CodedStatus[] = [[statusOf('INPUT_INVALID'), 'INPUT_INVALID']];

const signInErrors: readonly CodedStatus[] = (['NOT_SIGNED_IN', 'ROLE_MISSING'] as const).map((code) => [
  statusOf(code),
  code,
]);

function withErrors(
  answer: DescribedAnswer | undefined,
  codes: readonly ErrorCode[],
  mayComeAgain: boolean,
): DescribedAnswer {
  const meanings = codes.map((code) => `- \`${code}\`: ${errorCodes[code]}`).join('\n');
  const refused = problem.extend({ code: z.enum(codes).describe('Which of these it is.') });
  const shape = answer?.content?.['application/json'];
  const headers = {
    ...(mayComeAgain && { 'Retry-After': 'In how many seconds to ask again, if that is known.' }),
    ...(codes.includes('NOT_SIGNED_IN') && { 'WWW-Authenticate': 'Bearer' }),
  };
  return {
    description: [...(answer ? [answer.description] : []), `An error:\n\n${meanings}`].join('\n\n'),
    content: { ...answer?.content, ...json(shape ? z.union([shape, refused]) : refused) },
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

function describeAnswer(
  schemas: Schemas,
  { description, content, headers }: DescribedAnswer,
  isHead: boolean,
): Schema {
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, says]) => [
          name,
          { description: says, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...(content && !isHead && { content: contentOf(schemas, content) }),
  };
}

function contentOf(schemas: Schemas, content: Content): Schema {
  return Object.fromEntries(
    Object.entries(content).map(([type, shape]) => [type, { schema: schemas.of(shape) }]),
  );
}

function partsOf({ parts = {} }: DescribedFunction): Schema[] {
  return Object.entries(parts).map(([name, description]) => {
    return { name, in: 'path', required: true, description, schema: { type: 'string' } };
  });
}

function parametersOf(schemas: Schemas, query: z.ZodObject | undefined): Schema[] {
  return Object.entries(query?.shape ?? {}).map(([name, shape]) => {
    const { description, ...schema } = schemas.of(shape as z.ZodType);
    const required = !(shape as z.ZodType).safeParse(undefined).success;
    return { name, in: 'query', required, ...(description !== undefined && { description }), schema };
  });
}

function securityOf(role: AppRole | undefined, callers: CallerKind): Schema {
  return { functionKey: [], ...(callers === 'entra' && { entra: role === undefined ? [] : [role] }) };
}
