/**
 * What the Key Vault emulator knows: secrets, their versions, and what was deleted and can still be recovered.
 * It keeps the rules of the real vault and knows nothing of HTTP. It promises what the real one does, and no more:
 * a set never overwrites but adds a version, and nothing can be compared and swapped.
 */
import { randomBytes } from 'node:crypto';

/** What a caller may say about a version. A property left out of an update keeps its value. */
export interface SecretProperties {
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly enabled?: boolean | undefined;
  /** Epoch seconds, for information only: the vault answers outside these times too. */
  readonly notBefore?: number | undefined;
  readonly expires?: number | undefined;
}

export interface SecretVersion extends SecretProperties {
  /** 32 hex digits. */
  readonly version: string;
  readonly value: string;
  readonly enabled: boolean;
  /** Epoch seconds, whole: two versions of one second cannot be told apart by their times. */
  readonly created: number;
  readonly updated: number;
}

export interface Secret {
  /** As written by the first set; looked up without regard to case. */
  readonly name: string;
  /** Oldest first, never empty. */
  readonly versions: readonly SecretVersion[];
  /** Epoch seconds; there only while the secret is deleted. */
  readonly deletedAt?: number;
  /** Epoch milliseconds: until then the deletion goes on, and nobody can see, recover or purge it. */
  readonly deletingUntil?: number;
}

/** A secret and the version of it that a call is about. */
export interface Found {
  readonly secret: Secret;
  readonly version: SecretVersion;
}

/** Everything stored, as plain data. */
export interface KeyVaultSnapshot {
  readonly secrets: readonly Secret[];
}

export interface SecretStoreOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For how long what was deleted can be brought back, 7 to 90. */
  readonly recoverableDays: number;
  /** What was deleted stays recoverable until its time is over, whoever asks. */
  readonly purgeProtection: boolean;
  /** How long a deletion takes. */
  readonly deletionMs: number;
  /** Where they are kept, by their names in small letters. */
  readonly secrets: Map<string, Secret>;
}

/** What the vault refuses. The message may hold names, never values. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly status: 400 | 403 | 404 | 409;
  readonly code: string;
  readonly innerCode: string | undefined;
  constructor(status: VaultError['status'], code: string, message: string, innerCode?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.innerCode = innerCode;
  }
}

export type SecretStore = ReturnType<typeof createSecretStore>;

export function createSecretStore({
  now,
  recoverableDays,
  purgeProtection,
  deletionMs,
  secrets,
}: SecretStoreOptions) {
  const purgeTimeOf = (deletedAt: number): number => deletedAt + recoverableDays * 24 * 60 * 60;
  const nowSeconds = (): number => Math.floor(now() / 1000);
  const keep = (secret: Secret): void => void secrets.set(secret.name.toLowerCase(), secret);

  const find = (name: string): Secret | undefined => {
    const secret = secrets.get(name.toLowerCase());
    if (secret?.deletedAt === undefined || nowSeconds() < purgeTimeOf(secret.deletedAt)) return secret;
    secrets.delete(name.toLowerCase());
    return undefined;
  };
  const findActive = (name: string): Secret | undefined => {
    const secret = find(name);
    return secret?.deletedAt === undefined ? secret : undefined;
  };
  const demandActive = (name: string): Secret => findActive(name) ?? fail(secretNotFound(name));
  const demandDeleted = (name: string): Secret => {
    const secret = find(name);
    if (secret?.deletedAt === undefined || isBeingDeleted(secret)) return fail(deletedSecretNotFound(name));
    return secret;
  };
  const isBeingDeleted = ({ deletingUntil = 0 }: Secret): boolean => now() < deletingUntil;
  const all = (): Secret[] =>
    [...secrets.values()].map(({ name }) => find(name)).filter((it) => it !== undefined);

  return {
    /** Adds a version, which becomes the latest one. Twice the same call makes two versions. */
    set(name: string, value: string, properties: SecretProperties): Found {
      const existing = find(name);
      if (existing && isBeingDeleted(existing)) fail(isDeleting(existing.name));
      if (existing?.deletedAt !== undefined) fail(nameIsDeleted(existing.name));
      const version: SecretVersion = {
        ...properties,
        version: randomBytes(16).toString('hex'),
        value,
        enabled: properties.enabled ?? true,
        created: nowSeconds(),
        updated: nowSeconds(),
      };
      const secret = { name: existing?.name ?? name, versions: [...(existing?.versions ?? []), version] };
      keep(secret);
      return { secret, version };
    },

    /** The latest version unless one is named. */
    get(name: string, versionId?: string): Found {
      const secret = demandActive(name);
      const version = pickVersion(secret, versionId);
      if (!version.enabled) fail(secretDisabled());
      return { secret, version };
    },

    update(name: string, versionId: string | undefined, changes: SecretProperties): Found {
      const secret = demandActive(name);
      const old = pickVersion(secret, versionId);
      const version: SecretVersion = {
        ...old,
        contentType: changes.contentType ?? old.contentType,
        tags: changes.tags ?? old.tags,
        enabled: changes.enabled ?? old.enabled,
        notBefore: changes.notBefore ?? old.notBefore,
        expires: changes.expires ?? old.expires,
        updated: nowSeconds(),
      };
      keep({ ...secret, versions: secret.versions.map((it) => (it === old ? version : it)) });
      return { secret, version };
    },

    delete(name: string): Found {
      const times = { deletedAt: nowSeconds(), deletingUntil: now() + deletionMs };
      const secret = { ...demandActive(name), ...times };
      keep(secret);
      return { secret, version: pickVersion(secret) };
    },

    getDeleted(name: string): Found {
      const secret = demandDeleted(name);
      const version = pickVersion(secret);
      if (!version.enabled) fail(deletedAndDisabled());
      return { secret, version };
    },

    recover(name: string): Found {
      const { deletedAt: _, deletingUntil: __, ...secret } = demandDeleted(name);
      keep(secret);
      return { secret, version: pickVersion(secret) };
    },

    purge(name: string): void {
      const existing = find(name);
      if (existing && isBeingDeleted(existing)) fail(isDeleting(existing.name));
      const secret = demandDeleted(name);
      if (purgeProtection) fail(purgeProtected());
      secrets.delete(secret.name.toLowerCase());
    },

    /** Every secret that is not deleted, with its latest version. */
    list(): Found[] {
      return all()
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map((secret) => ({ secret, version: pickVersion(secret) }));
    },

    /** Every version, oldest first; none for a name that is not there, as the real vault has it. */
    listVersions(name: string): Found[] {
      const secret = findActive(name);
      return secret ? secret.versions.map((version) => ({ secret, version })) : [];
    },

    listDeleted(): Found[] {
      return all()
        .filter((secret) => secret.deletedAt !== undefined && !isBeingDeleted(secret))
        .map((secret) => ({ secret, version: pickVersion(secret) }));
    },

    /** When what was deleted is forgotten, in epoch seconds. */
    purgeTimeOf,

    snapshot(): KeyVaultSnapshot {
      return structuredClone({ secrets: all() });
    },

    /** Forgets everything and takes this instead. */
    restore(snapshot: KeyVaultSnapshot): void {
      secrets.clear();
      for (const secret of structuredClone(snapshot.secrets)) keep(secret);
    },
  };
}

function pickVersion(secret: Secret, versionId?: string): SecretVersion {
  const version = versionId
    ? secret.versions.find((it) => it.version === versionId.toLowerCase())
    : secret.versions.at(-1);
  return version ?? fail(secretNotFound(`${secret.name}/${versionId}`));
}

function fail(error: VaultError): never {
  throw error;
}

function secretNotFound(id: string): VaultError {
  return new VaultError(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
  );
}

function deletedSecretNotFound(name: string): VaultError {
  return new VaultError(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
}

function secretDisabled(): VaultError {
  const message = 'Operation get is not allowed on a disabled secret.';
  return new VaultError(403, 'Forbidden', message, 'SecretDisabled');
}

function deletedAndDisabled(): VaultError {
  return new VaultError(
    403,
    'Forbidden',
    'Operation get is not allowed on a disabled secret.',
    'AccessDenied',
  );
}

function isDeleting(name: string): VaultError {
  return new VaultError(
    409,
    'Conflict',
    `Secret ${name} is currently being deleted.`,
    'ObjectIsBeingDeleted',
  );
}

function purgeProtected(): VaultError {
  const message =
    'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.';
  return new VaultError(403, 'Forbidden', message);
}

function nameIsDeleted(name: string): VaultError {
  const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused.`;
  return new VaultError(409, 'Conflict', message, 'ObjectIsDeletedButRecoverable');
}
