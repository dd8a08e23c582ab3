/** What one instance of the service remembers from call to call, one token set a connection, in memory only. */
import type { ConnectionId, TokenSet } from '../model';
import type { RecentTokenSets } from '../ports';

export function createRecentTokenSets(): RecentTokenSets {
  const sets = new Map<ConnectionId, TokenSet>();
  return {
    get(connection, now) {
      const set = sets.get(connection);
      if (!set || set.expiresAt > now) return set;
      sets.delete(connection);
      return undefined;
    },
    keep: (set) => void sets.set(set.connection, set),
  };
}
