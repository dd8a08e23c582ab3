/** What one instance of the service remembers of the operator's secrets, in memory only. */
import type { RecentSecrets } from '../ports';
import type { Secret } from '../secret';

export function createRecentSecrets(): RecentSecrets {
  const known = new Map<string, { readonly secret: Secret; readonly until: number }>();
  return {
    get(name, now) {
      const found = known.get(name);
      if (!found || found.until > now) return found?.secret;
      known.delete(name);
      return undefined;
    },
    keep: (name, secret, until) => void known.set(name, { secret, until }),
    forget: (name) => void known.delete(name),
  };
}
