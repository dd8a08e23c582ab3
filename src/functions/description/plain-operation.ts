/** One operation of the HTTP API in plain data. */
import type * as z from 'zod';
import { storeFailures, type ErrorCode } from '../../errors';
import type { AppRole } from '../../model';
import type { Answers } from '../http/answers';
import { statusOf } from '../http/error-status';
import { explainFailure } from '../sharing/failure-answer';

/** `head` only where its statuses are not those of `get`. */
export type Method = 'head' | 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Shapes by content type; no content at all where there is none. */
export type Content = Readonly<Record<string, z.ZodType>>;

export interface DescribedAnswer {
  readonly description: string;
  readonly content?: Content;
  /** What each header says, by its name. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Described {
  readonly summary: string;
  readonly description: string;
  readonly query?: z.ZodObject;
  readonly body?: Content;
  /** Those that it gives of its own accord, by status, or `default`. */
  readonly answers: Readonly<Record<string, DescribedAnswer>>;
  /** The errors that it answers in JSON, each code with its status. */
  readonly errors?: readonly CodedStatus[];
  /** An error may say when to ask again. */
  readonly mayComeAgain?: boolean;
}

export type CodedStatus = readonly [status: number, code: ErrorCode];

export interface DescribedFunction {
  readonly tag: string;
  /** The parts of the path that are not fixed. */
  readonly parts?: Readonly<Record<string, string>>;
  /** The app role of a caller who signs in with Microsoft Entra. */
  readonly role?: AppRole;
  readonly deprecated?: boolean;
  readonly methods: Readonly<Partial<Record<Method, Described>>>;
}

/** A description for every function that answers HTTP, by its name. */
export type Descriptions = Readonly<Record<string, DescribedFunction>>;

export interface ProgramOperation extends Pick<Described, 'summary' | 'description' | 'query' | 'body'> {
  /** The function's own table: its shapes by status. */
  readonly shapes: Answers;
  /** What each of these statuses means. */
  readonly says: Readonly<Record<number, string>>;
  /** The codes of errors that it throws, besides those that every operation throws. */
  readonly refuses?: readonly ErrorCode[];
  /** The codes of failures to use a connection, which have statuses of their own and may say when to ask again. */
  readonly fails?: readonly ErrorCode[];
}

/** What any operation can throw that reads or writes a store. */
const always: readonly ErrorCode[] = [...storeFailures, 'CONFLICT', 'RECORD_UNREADABLE', 'UNEXPECTED'];

/** What goes wrong with a body. */
export const badBody = ['INPUT_INVALID', 'LENGTH_MISSING'] as const;

/** What reading or refreshing the tokens of one connection can throw. */
export const badTokens = ['CONNECTION_UNKNOWN', 'NOT_CONFIGURED', 'TOKEN_NOT_SAVED', 'VAULT_BEHIND'] as const;

export function program(operation: ProgramOperation): Described {
  const { shapes, says, refuses = [], fails = [], ...described } = operation;
  return {
    ...described,
    answers: Object.fromEntries(
      Object.entries(shapes).map(([status, shape]) => [status, jsonOf(says[Number(status)] ?? '', shape)]),
    ),
    errors: [
      ...[...always, ...refuses].map((code) => [statusOf(code), code] as const),
      ...fails.map((code) => [explainFailure(code).status, code] as const),
    ],
    mayComeAgain: fails.length > 0,
  };
}

export function jsonOf(description: string, shape: z.ZodType): DescribedAnswer {
  return { description, content: json(shape) };
}

export function json(shape: z.ZodType): Content {
  return { 'application/json': shape };
}
