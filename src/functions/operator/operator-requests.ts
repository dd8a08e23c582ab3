/** The bodies that the operator sends. */
import * as z from 'zod';
import { labelPattern } from '../../domain/connection/labels';
import { mostPerStatus } from '../../domain/operation/status';
import { connectionId, providerIds } from '../../model';
import { wholeNumber } from '../../whole-number';

/** One connection or all. */
export const someConnections = z.union([
  z.strictObject({ connection: connectionId.describe('The id of the connection.') }),
  z.strictObject({ all: z.literal(true).describe('All connections.') }),
]);

export const campaignOrder = z.strictObject({
  provider: z.enum(providerIds).describe('The provider that goes away.'),
});

/** Sites are also in the names of app roles, `coordinator:<site>`. */
export const siteName = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, {
    error:
      'must have 1 to 60 letters, digits, spaces, dots, dashes or underscores, and begin with a letter or digit',
  });

export const statusQuery = z.object({
  limit: wholeNumber({ least: 1, most: mostPerStatus })
    .default(mostPerStatus)
    .describe('How many connections a page may have.'),
  after: z.string().optional().describe('`next` of the page before, which was asked for in the same order.'),
  attention: z
    .literal('1')
    .optional()
    .describe('Only connections that need attention, the most urgent first.'),
});

const optional = <T extends z.ZodType>(shape: T) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() === '' ? undefined : value),
    shape.optional(),
  );

export const inviteOrder = z
  .strictObject({
    label: optional(
      z.string().regex(labelPattern, {
        error:
          'must have 1 to 64 letters, digits, dots, dashes, underscores or @, and begin with a letter or digit',
      }),
    ).describe('The label that the connection gets; such an invite works once.'),
    outsideId: optional(
      z.string().trim().max(100, { error: 'must be at most 100 characters long' }),
    ).describe('The id of the wearer in another system.'),
    site: optional(siteName).describe('Where the wearer takes part, such as a clinic.'),
    returnTo: optional(z.string().max(500, { error: 'must be at most 500 characters long' })).describe(
      'Where the wearer can go back to: an address of `RETURN_ADDRESSES` or below one.',
    ),
    uses: optional(wholeNumber({ least: 1, most: 500 })).describe(
      'How many people can sign up with it; 1 if it is absent.',
    ),
    days: optional(wholeNumber({ least: 1, most: 365 })).describe(
      'For how long it works; 30 if it is absent.',
    ),
  })
  .refine(({ label, uses = 1 }) => label === undefined || uses === 1, {
    path: ['uses'],
    error: 'must be 1 if there is a label, because a label belongs to one connection',
  });

/** The columns of a CSV of invites. */
export const inviteColumns = 'label,outsideId,returnTo,uses,days,site';
export const mostInvitesAtOnce = 500;
