/** What a failed call failed with, so that a test can look at all of it. */
import { AppError } from '../../src/errors';

/** @throws when the work succeeds or fails with anything else: an adapter lets no error of an SDK through */
export async function appErrorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('An AppError was expected.', { cause: error });
  return error;
}
