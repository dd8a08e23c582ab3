/**
 * What every trigger has in common: its logs go to the invocation's own logger, and an error leaves it without a
 * stack trace, a token or somebody else's message. The host logs what a handler throws.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type * as z from 'zod';
import { AppError, describeFailure, describeThrown, type ErrorCode, isStoreFailure } from '../errors';
import { connectionId, type ConnectionId } from '../model';
import type { LogFields, LogSink } from '../ports';
import type { Services } from '../services';
import { statusOf } from './http/error-status';

type Answer = HttpResponseInit;

/** Reads the id in the route. @throws AppError `CONNECTION_UNKNOWN` for what cannot be one */
export function connectionIdOf({ params }: HttpRequest): ConnectionId {
  const id = connectionId.safeParse(params['id']);
  if (id.success) return id.data;
  throw noSuchConnection();
}

const noSuch = 'There is no such connection.';

export function noSuchConnection(): AppError {
  return new AppError('CONNECTION_UNKNOWN', noSuch);
}

/** How an error is shown: a page for people, in words of its own; JSON for programs, with the sentence. */
export type ShowError = (status: number, sentence: string, error: unknown) => Answer | Promise<Answer>;

export function onHttp(
  services: Services,
  showError: ShowError,
  handle: (request: HttpRequest, context: InvocationContext) => Promise<Answer>,
): (request: HttpRequest, context: InvocationContext) => Promise<Answer> {
  return (request, context) => {
    const answer = async (): Promise<Answer> => {
      try {
        return await handle(request, context);
      } catch (error) {
        logError(services, context, error);
        const { code } = describeFailure(error);
        return showError(statusOf(code), sentenceOf(code, error), error);
      }
    };
    return services.inInvocation(sinkOf(context), answer);
  };
}

export function onTimer(
  services: Services,
  handle: () => Promise<unknown>,
): (timer: unknown, context: InvocationContext) => Promise<void> {
  return (_timer, context) => run(services, context, handle);
}

/** A message of another shape will never be better: it is logged and dropped instead of tried again. */
export function onQueue<T>(
  services: Services,
  shape: z.ZodType<T>,
  handle: (job: T) => Promise<unknown>,
): (message: unknown, context: InvocationContext) => Promise<void> {
  return (message, context) => {
    const job = shape.safeParse(message);
    const work = async (): Promise<unknown> =>
      job.success
        ? handle(job.data)
        : services.log.error('job.unreadable', { function: context.functionName });
    return run(services, context, work, job.success ? fieldsOf(job.data) : {});
  };
}

/** Every line about a job names its connection and the run or the batch of replays that it belongs to. */
function fieldsOf(job: unknown): LogFields {
  const { run, batch, connection } = (job ?? {}) as Partial<Record<'run' | 'batch' | 'connection', unknown>>;
  const named = Object.entries({ run, batch, connection });
  return Object.fromEntries(named.filter(([, value]) => typeof value === 'string'));
}

function run(
  services: Services,
  context: InvocationContext,
  work: () => Promise<unknown>,
  fields: LogFields = {},
): Promise<void> {
  const carryOut = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logError(services, context, error);
      // Thrown again so that the platform counts the failure and delivers a job once more.
      throw new Error(`${context.functionName} failed: ${describeFailure(error).code}`);
    }
  };
  return services.inInvocation(sinkOf(context), carryOut, fields);
}

export function sinkOf(context: InvocationContext): LogSink {
  return {
    debug: (line) => context.debug(line),
    info: (line) => context.info(line),
    warn: (line) => context.warn(line),
    error: (line) => context.error(line),
  };
}

const callersMistakes: readonly ErrorCode[] = [
  'INPUT_INVALID',
  'LENGTH_MISSING',
  'NOT_SIGNED_IN',
  'ROLE_MISSING',
  'CONNECTION_UNKNOWN',
  'LINK_REPLACED',
  'LIMIT_REACHED',
];

/** Names and places, no messages: a message of a library may hold anything. */
function logError({ log }: Services, { functionName }: InvocationContext, error: unknown): void {
  // A caller's mistake is not our failure, and nobody may fill the log with stack traces.
  if (error instanceof AppError && callersMistakes.includes(error.code)) {
    return log.info('request.refused', { function: functionName, code: error.code });
  }
  log.error('function.failed', {
    function: functionName,
    ...describeFailure(error),
    ...describeThrown(error),
  });
}

function sentenceOf(code: ErrorCode, error: unknown): string {
  if (code === 'VAULT_MISSING')
    return 'The settings do not name the vault that the tokens of this connection are in. See docs/deploying.md, "More than one vault".';
  if (isStoreFailure(code))
    return 'A store that this service needs did not answer. Please start again in a minute.';
  switch (code) {
    case 'INPUT_INVALID':
    case 'NOT_SIGNED_IN':
    case 'ROLE_MISSING':
    case 'LENGTH_MISSING':
    case 'LIMIT_REACHED':
    case 'NOT_CONFIGURED':
      return (error as AppError).message;
    case 'CONNECTION_UNKNOWN':
      return noSuch;
    case 'LINK_REPLACED':
      return 'The personal link has been replaced meanwhile. Please use the new one.';
    case 'TOKEN_NOT_SAVED':
      return 'A new token set could not be stored. If this connection fails from now on, its wearer has to sign up again.';
    case 'VAULT_BEHIND':
      return 'Key Vault holds an older token set than the connection points at. See docs/operations.md, "A vault that was deleted or restored".';
    default:
      return 'Something went wrong on our side. Please start again in a minute.';
  }
}
