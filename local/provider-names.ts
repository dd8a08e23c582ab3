/** What people call the providers. */
import { providerIds, providerTable, type ProviderId } from '../src/model';
import type { World } from './world';

export const nameOf = (id: ProviderId): string => providerTable[id].name;

/** As somebody types it on a command line. */
export function readProviderId(text: string): ProviderId {
  const found = providerIds.find((id) => id === text);
  if (!found) throw new Error(`There is no provider "${text}". Choose one of ${providerIds.join(', ')}.`);
  return found;
}

/** Where the simulators are, a line each. */
export function simulatorLines({ simulators }: World): string {
  return providerIds.map((id) => `  ${`${nameOf(id)} simulator`.padEnd(28)}${simulators[id].url}`).join('\n');
}
