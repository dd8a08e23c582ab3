/** Everything the domain needs from outside. Adapters implement it; tests bring their own. */
import type { TokenSet } from '../model';
import type { Http } from './exchange';
import type { Queues } from './job-queues';
import type { Providers } from './provider';
import type { Tables } from './record-tables';
import type { Clock, Log, Random } from './runtime';
import type { Email, EmailAddresses, PhoneNumbers, Sms, Webhooks } from './senders';
import type { Journal, KeyedHash, PublishedTokens, RecentSecrets, Seal, Vault } from './vault';

export * from './exchange';
export * from './job-queues';
export * from './provider';
export * from './record-tables';
export * from './runtime';
export * from './senders';
export * from './vault';

/**
 * Everything outside that the domain reaches. A function names the few that it uses, and beside them the settings
 * (`Settings` in model/policy.ts).
 */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly http: Http;
  readonly tables: Tables;
  readonly vault: Vault;
  readonly publishedTokens: PublishedTokens;
  readonly journal: Journal;
  readonly recentSecrets: RecentSecrets;
  readonly accessSeal: Seal;
  /** The answer to a program that the access is shared with: JSON (RFC 6749 §5.1), without the refresh token. */
  readonly writeTokenAnswer: (set: TokenSet, now: number) => string;
  readonly keyedHash: KeyedHash;
  readonly phoneNumbers: PhoneNumbers;
  readonly emailAddresses: EmailAddresses;
  readonly queues: Queues;
  readonly sms: Sms;
  readonly email: Email;
  readonly webhooks: Webhooks;
  readonly providers: Providers;
}
