/** What programs are answered when something goes wrong. */
import * as z from 'zod';
import { errorCodes } from '../../error-codes';

export const errorCode = z
  .enum(Object.keys(errorCodes) as [keyof typeof errorCodes])
  .meta({ id: 'ErrorCode', description: describeCodes() });

function describeCodes(): string {
  const lines = Object.entries(errorCodes).map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
  return ['What went wrong, as a name that does not change.', '', ...lines].join('\n');
}

/** The answer of every error. */
export const problem = z
  .object({
    error: z.string().describe('What went wrong and what to do, for people. The words can change.'),
    code: errorCode,
  })
  .meta({ id: 'Problem', description: 'The answer of every error.' });
