/** What a device is called wherever a person reads of it: as its wearer has named it, or else by its model. */
import type { Preferences, Reading } from '../../model';

/** @param row of the device's record */
export function nameOf(
  preferences: Pick<Preferences, 'deviceNames'> | undefined,
  row: string,
  { model }: Pick<Reading, 'model'>,
): string {
  return preferences?.deviceNames?.[row] ?? model;
}
