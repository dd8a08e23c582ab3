/** What the morning digest remembers. */
import * as z from 'zod';
import { boardRanks } from './board';
import type { RecordOf } from './stored-fields';

/**
 * A connection that is on the list of those who need attention, and the day (UTC, `2026-11-29`) whose digest tells it as new. One
 * more record, without a rank, names the last day whose digest was recorded.
 */
export interface DigestMark extends RecordOf<typeof digestMarkShape> {}
export const digestMarkShape = z.object({
  day: z.string(),
  rank: z.enum(boardRanks).optional(),
});
