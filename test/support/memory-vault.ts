/** The vault, published tokens and keyed hashes in memory. A contract suite runs on this vault and on the real one, which keeps it honest. */
import { createHmac } from 'node:crypto';
import { AppError } from '../../src/errors';
import type { TokenSet } from '../../src/model';
import type {
  Clock,
  Kept,
  KeyedHash,
  PublishedToken,
  PublishedTokens,
  SavedTokenSet,
  Vault,
} from '../../src/ports';
import type { Secret } from '../../src/secret';

export interface MemoryVault extends Vault {
  /** Every token set ever saved, oldest first. */
  readonly saved: (SavedTokenSet & { readonly savedAt: number; readonly vault: string | undefined })[];
  /** More vaults than the first: tests add their names. */
  readonly further: string[];
  readonly secrets: Map<string, Secret>;
  /** When a vault that protects what was deleted forgets it; undefined lets it be purged at once. */
  forgetsAt: number | undefined;
  /** How long a deletion takes: until then what was deleted cannot be purged. */
  deletionMs: number;
  /** What was deleted and is not purged, and since when: `wearer-1 2` for a connection and a consent, after the name of a further vault. */
  readonly deleted: Map<string, number>;
}

export function createMemoryVault(clock: Pick<Clock, 'now'>): MemoryVault {
  const saved: MemoryVault['saved'] = [];
  const secrets = new Map<string, Secret>();
  const deleted = new Map<string, number>();
  let count = 0;
  const nameOf = ({ id, vault: place }: Kept, consent: number): string =>
    [...(place === undefined ? [] : [place]), id, consent].join(' ');
  const of = ({ id, vault: place }: Kept, consent: number) =>
    saved.filter(({ set, vault: at }) => set.connection === id && set.consent === consent && at === place);
  const vault: MemoryVault = {
    saved,
    secrets,
    deleted,
    further: [],
    forgetsAt: undefined,
    deletionMs: 0,
    readTokenSet: (connection, consent, version) => {
      const versions = of(connection, consent);
      return Promise.resolve(
        version === undefined ? versions.at(-1) : versions.find((candidate) => candidate.version === version),
      );
    },
    readTokenSetsSince: (connection, consent, version) => {
      const versions = of(connection, consent);
      const since = versions.find((candidate) => candidate.version === version)?.savedAt ?? 0;
      return Promise.resolve(versions.filter(({ savedAt }) => savedAt >= since));
    },
    saveTokenSet: (set: TokenSet, at) => {
      const version = `version-${(count += 1)}`;
      saved.push({ version, set, savedAt: clock.now(), vault: at?.vault });
      return Promise.resolve(version);
    },
    deleteTokenSets: (connection, consent) => {
      const gone = of(connection, consent);
      for (const each of gone) saved.splice(saved.indexOf(each), 1);
      if (gone.length > 0) deleted.set(nameOf(connection, consent), clock.now());
      return Promise.resolve(gone.length > 0 ? vault.forgetsAt : undefined);
    },
    purgeTokenSets: (connection, consent) => {
      const name = nameOf(connection, consent);
      const deletedAt = deleted.get(name);
      if (deletedAt === undefined || vault.forgetsAt !== undefined) {
        return Promise.resolve(deletedAt && vault.forgetsAt);
      }
      if (clock.now() < deletedAt + vault.deletionMs) {
        return Promise.reject(new AppError('DELETION_RUNNING', 'Still being deleted.'));
      }
      deleted.delete(name);
      return Promise.resolve(undefined);
    },
    readSecret: (name) => Promise.resolve(secrets.get(name)),
    tryWriting: () => Promise.resolve(),
  };
  return vault;
}

export interface MemoryPublishedTokens extends PublishedTokens {
  /** By name, and that of a further vault before it: every version that was written, the last one stands. */
  readonly versions: Map<string, PublishedToken[]>;
  readonly deleted: Map<string, PublishedToken[]>;
}

export function createMemoryPublishedTokens(): MemoryPublishedTokens {
  const placeOf = ({ vault }: Pick<Kept, 'vault'>, name: string): string =>
    vault === undefined ? name : `${vault}/${name}`;
  const versions = new Map<string, PublishedToken[]>();
  const deleted = new Map<string, PublishedToken[]>();
  return {
    versions,
    deleted,
    read: (at, secret) => Promise.resolve(versions.get(placeOf(at, secret))?.at(-1)),
    write: (at, secret, token) => {
      const name = placeOf(at, secret);
      const gone = deleted.get(name);
      if (gone) {
        deleted.delete(name);
        versions.set(name, gone);
        return Promise.reject(new AppError('SECRET_DELETED', 'It is being brought back.'));
      }
      versions.set(name, [...(versions.get(name) ?? []), token]);
      return Promise.resolve();
    },
    remove: (at, secret) => {
      const name = placeOf(at, secret);
      const gone = versions.get(name);
      if (gone) deleted.set(name, gone);
      versions.delete(name);
      return Promise.resolve(undefined);
    },
    purge: (at, secret) => {
      deleted.delete(placeOf(at, secret));
      return Promise.resolve(undefined);
    },
  };
}

/** The same everywhere, so that a test can know what is derived from it. */
export function createMemoryKeyedHash(): KeyedHash {
  return {
    mac: (purpose, ...parts) => {
      const plain = parts.map((part) => (typeof part === 'object' ? part.reveal() : part));
      const text = JSON.stringify([purpose, ...plain]);
      return Promise.resolve(createHmac('sha256', 'memory').update(text).digest('base64url'));
    },
  };
}
