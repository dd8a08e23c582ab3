/** What a device is called wherever a person reads of it: as its wearer has named it, or else by its model. */
import type { Device, MessageFacts, Preferences, Reading } from '../../model';

/** @param row of the device's record */
export function nameOf(
  preferences: Pick<Preferences, 'deviceNames'> | undefined,
  row: string,
  { model }: Pick<Reading, 'model'>,
): string {
  return preferences?.deviceNames?.[row] ?? model;
}

/** With its number where another device has the same name; for pages. Texts put the number behind a name that they may have to cut. */
export function titleOf(
  preferences: Pick<Preferences, 'deviceNames'> | undefined,
  row: string,
  { reading, number }: Pick<Device, 'reading' | 'number'>,
): string {
  return withNumber(nameOf(preferences, row, reading), number);
}

/** What a text has to know of it. */
export function nameFacts(
  preferences: Pick<Preferences, 'deviceNames'> | undefined,
  row: string,
  { reading, number }: Pick<Device, 'reading' | 'number'>,
): Pick<MessageFacts, 'model' | 'isNamed' | 'number'> {
  const isNamed = preferences?.deviceNames?.[row] === undefined ? undefined : true;
  return { model: nameOf(preferences, row, reading), isNamed, number };
}

export function withNumber(name: string, number: number | undefined): string {
  return number === undefined ? name : `${name} (${number})`;
}

export interface Named {
  readonly row: string;
  readonly name: string;
  /** The one that it has had. */
  readonly number?: number | undefined;
}

/**
 * Numbers for devices of the same name, from 1. A device keeps its number while another one has its name.
 *
 * @returns by row; nothing for a device whose name is its own
 */
export function numberAlike(devices: readonly Named[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const alike of Map.groupBy(devices, ({ name }) => name.trim().toLowerCase()).values()) {
    if (alike.length < 2) continue;
    const taken = new Set<number>();
    const inOrder = alike.toSorted(
      (a, b) => (a.number ?? Infinity) - (b.number ?? Infinity) || (a.row < b.row ? -1 : 1),
    );
    for (const { row, number } of inOrder) {
      let free = 1;
      while (taken.has(free)) free += 1;
      const own = number === undefined || taken.has(number) ? free : number;
      taken.add(own);
      numbers.set(row, own);
    }
  }
  return numbers;
}
