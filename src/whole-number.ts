/** A whole number as people type it: in a setting, in JSON, in a CSV or in a query. */
import * as z from 'zod';

/** @param unit follows the numbers in what is said of a wrong one */
export function wholeNumber({ least, most }: { readonly least: number; readonly most: number }, unit = '') {
  const error = `must be a whole number from ${least} to ${most}${unit}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}
