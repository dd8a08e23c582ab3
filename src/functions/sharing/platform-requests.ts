/** What platforms send: bodies and queries. */
import * as z from 'zod';
import { labelPattern } from '../../domain/connection/labels';
import { wholeNumber } from '../../whole-number';

export const mostPerPage = 500;
const usualPerPage = 100;

export const labelBody = z.strictObject({
  label: z.string().regex(labelPattern).nullable().describe('The label; null takes it away.'),
});

export const refusedBody = z.strictObject({
  refused: z.string().min(1).describe('The access token that the provider has refused.'),
});

export const listQuery = z.object({
  limit: wholeNumber({ least: 1, most: mostPerPage })
    .default(usualPerPage)
    .describe('How many connections a page may have.'),
  after: z.string().optional().describe('`next` of the page before.'),
  label: z.string().optional().describe('Only the connection that has this label.'),
  outsideId: z
    .string()
    .optional()
    .describe('Only connections of wearers who have this id in another system.'),
});
