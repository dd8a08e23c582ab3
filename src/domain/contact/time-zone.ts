/** The time zone of a wearer: the one they chose, or the one their provider says. */
import type { Connection } from '../../model';

/** The wearer's choice, else the provider's, else UTC. */
export function zoneOf({ preferences, timeZone }: Pick<Connection, 'preferences' | 'timeZone'>): string {
  return [preferences?.timeZone, timeZone].find((zone) => zone !== undefined && isTimeZone(zone)) ?? 'UTC';
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
