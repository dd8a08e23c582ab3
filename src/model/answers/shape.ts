/**
 * What the shapes of answers to programs have in common. Types are taken from these shapes and nothing else is: the program never
 * loads them, and only the description of the HTTP API does, on first use.
 */
import * as z from 'zod';
import type { DeepReadonly } from '../stored-fields';

/** The answer of this shape, as the function that makes it sees it. */
export type AnswerOf<S extends z.ZodType> = DeepReadonly<z.output<S>>;

/** A time in UTC, such as `2026-11-21T06:00:00.000Z`. */
export const time = z.iso.datetime();
export const count = z.int().nonnegative();
