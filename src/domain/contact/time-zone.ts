/** The time zone of a wearer: the one they chose, or the one their provider says. */
import type { Connection } from '../../model';

/** The wearer's choice, else the provider's, else UTC. */
export function zoneOf({ preferences, timeZone }: Pick<Connection, 'preferences' | 'timeZone'>): string {
  return [preferences?.timeZone, timeZone].find((zone) => zone !== undefined && isTimeZone(zone)) ?? 'UTC';
}

/** Every check and every text asks, and `Intl` takes long to say. There are some 600 zones. */
const zones = new Set<string>();

export function isTimeZone(name: string): boolean {
  if (zones.has(name)) return true;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Other ways of writing a zone are taken, and not remembered: there are too many.
    if (timeZone === name) zones.add(name);
    return true;
  } catch {
    return false;
  }
}
