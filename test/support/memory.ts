/** In-memory ports. The contract suites run on them and on the real adapters, which is what keeps them honest. */
import { createHmac } from 'node:crypto';
import { AppError } from '../../src/errors';
import type { Job, TokenSet } from '../../src/model';
import type {
  Clock,
  Email,
  EmailAnswer,
  GroupTable,
  Kept,
  KeyedHash,
  Key,
  KeyRange,
  Log,
  LogFields,
  LogLevel,
  PublishedToken,
  PublishedTokens,
  Queues,
  Random,
  Row,
  SavedTokenSet,
  Sms,
  SmsAnswer,
  Table,
  Tables,
  Vault,
  WebhookAddress,
  WebhookAnswer,
  Webhooks,
} from '../../src/ports';
import type { Secret } from '../../src/secret';

export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** Time that moves only when told to; sleeping moves it. */
export function createFakeClock(startMs = Date.parse('2026-11-21T06:00:00Z')): FakeClock {
  let elapsedMs = 0;
  const repeated = new Set<{ nextMs: number; everyMs: number; call: () => void }>();
  const advance = (ms: number): void => {
    elapsedMs += ms;
    for (const each of repeated) {
      // A process that was frozen finds one call waiting, however many it missed.
      if (each.nextMs > elapsedMs) continue;
      each.nextMs = elapsedMs + each.everyMs;
      each.call();
    }
  };
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: (ms) => {
      advance(ms);
      return Promise.resolve();
    },
    every: (everyMs, call) => {
      const each = { nextMs: elapsedMs + everyMs, everyMs, call };
      repeated.add(each);
      return () => repeated.delete(each);
    },
    advance,
  };
}

/** Ids that can be told apart in a test: id-1, id-2, token-3. */
export function createCountingRandom(): Random {
  let count = 0;
  return {
    id: () => `id-${(count += 1)}`,
    // As long as 256 bits in base64url, so that it is a key.
    secret: () => `token-${(count += 1)}-`.padEnd(43, 'x'),
  };
}

export interface MemoryTable<T> extends GroupTable<T> {
  values(): T[];
  rows(): Row<T>[];
}

function byKey({ key: a }: Row<unknown>, { key: b }: Row<unknown>): number {
  if (a.partition !== b.partition) return a.partition < b.partition ? -1 : 1;
  return a.row < b.row ? -1 : 1;
}

export function createMemoryTable<T>(): MemoryTable<T> {
  const rows = new Map<string, Row<T>>();
  let version = 0;
  const idOf = (key: Key) => `${key.partition}\n${key.row}`;
  const conflict = () => new AppError('CONFLICT', 'The record was changed by somebody else.');
  const put = (key: Key, value: T): Row<T> => {
    const row = { key, etag: `etag-${(version += 1)}`, value };
    rows.set(idOf(key), row);
    return row;
  };
  return {
    get: (key) => Promise.resolve(rows.get(idOf(key))),
    insert: (key, value) =>
      rows.has(idOf(key)) ? Promise.reject(conflict()) : Promise.resolve(put(key, value)),
    replace: ({ key, etag }, value) =>
      rows.get(idOf(key))?.etag === etag ? Promise.resolve(put(key, value)) : Promise.reject(conflict()),
    remove: ({ key, etag }) => {
      if (rows.get(idOf(key))?.etag !== etag) return Promise.reject(conflict());
      rows.delete(idOf(key));
      return Promise.resolve();
    },
    writeTogether: (changes) => {
      const isStale = changes.some((change) => {
        switch (change.kind) {
          case 'insert':
            return rows.has(idOf(change.key));
          case 'replace':
            return rows.get(idOf(change.row.key))?.etag !== change.row.etag;
          case 'remove':
            return !rows.has(idOf(change.key));
          case 'put':
            return false;
        }
      });
      if (isStale) return Promise.reject(conflict());
      for (const change of changes) {
        if (change.kind === 'remove') rows.delete(idOf(change.key));
        else put(change.kind === 'replace' ? change.row.key : change.key, change.value);
      }
      return Promise.resolve();
    },
    async *list(partition, range) {
      await Promise.resolve();
      const within = (key: string, among: KeyRange): boolean => key >= among.from && key < among.before;
      const found = [...rows.values()].filter(({ key }) => {
        if (typeof partition === 'string' && key.partition !== partition) return false;
        if (typeof partition === 'object' && !within(key.partition, partition)) return false;
        return !range || within(key.row, range);
      });
      yield* found.sort(byKey);
    },
    values: () => [...rows.values()].map(({ value }) => value),
    rows: () => [...rows.values()],
  };
}

export type MemoryTables = {
  [Name in keyof Tables]: Tables[Name] extends Table<infer T> ? MemoryTable<T> : never;
};

export function createMemoryTables(): MemoryTables {
  return {
    connections: createMemoryTable(),
    identities: createMemoryTable(),
    logins: createMemoryTable(),
    confirmations: createMemoryTable(),
    links: createMemoryTable(),
    numbers: createMemoryTable(),
    optOuts: createMemoryTable(),
    consents: createMemoryTable(),
    counters: createMemoryTable(),
    campaigns: createMemoryTable(),
    invites: createMemoryTable(),
    readings: createMemoryTable(),
    devices: createMemoryTable(),
    messages: createMemoryTable(),
    runs: createMemoryTable(),
    passes: createMemoryTable(),
    alarms: createMemoryTable(),
    digests: createMemoryTable(),
    undelivered: createMemoryTable(),
    board: createMemoryTable(),
  };
}

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

/** Whom a job is about. */
export function connectionOf(job: Job): string | undefined {
  return 'connection' in job ? job.connection : undefined;
}

export interface MemoryQueues extends Queues {
  /** Those that were taken back are gone. */
  readonly jobs: { readonly job: Job; readonly delayMs: number }[];
}

export function createMemoryQueues(): MemoryQueues {
  const jobs: MemoryQueues['jobs'] = [];
  return {
    jobs,
    peek: () => Promise.resolve(),
    enqueue: (job, delayMs = 0) => {
      const entry = { job, delayMs };
      jobs.push(entry);
      return Promise.resolve(() => {
        const at = jobs.indexOf(entry);
        if (at >= 0) jobs.splice(at, 1);
        return Promise.resolve();
      });
    },
  };
}

export interface MemorySms extends Sms {
  missing: string[];
  from: string | undefined;
  readonly sent: Parameters<Sms['send']>[0][];
  /** What the next sends answer; accepted when empty. */
  readonly answers: SmsAnswer[];
}

export function createMemorySms(): MemorySms {
  const sent: MemorySms['sent'] = [];
  const answers: SmsAnswer[] = [];
  return {
    missing: [],
    from: '+18005550100',
    sent,
    answers,
    send: (text) => {
      const { fillIn, ...plain } = text;
      sent.push({ ...plain, body: filled(text.body, fillIn) });
      return Promise.resolve(answers.shift() ?? { kind: 'accepted', smsId: `sms-${sent.length}` });
    },
    reach: () => Promise.resolve(400),
  };
}

export interface MemoryEmail extends Email {
  missing: string[];
  readonly sent: Parameters<Email['send']>[0][];
  /** What the next sends answer; accepted when empty. */
  readonly answers: EmailAnswer[];
}

export function createMemoryEmail(): MemoryEmail {
  const sent: MemoryEmail['sent'] = [];
  const answers: EmailAnswer[] = [];
  return {
    missing: [],
    sent,
    answers,
    reach: () => Promise.resolve(400),
    send: (mail) => {
      const { fillIn, ...plain } = mail;
      const { unsubscribeAt } = mail;
      sent.push({
        ...plain,
        body: filled(mail.body, fillIn),
        ...(unsubscribeAt !== undefined && { unsubscribeAt: filled(unsubscribeAt, fillIn) }),
      });
      return Promise.resolve(answers.shift() ?? { kind: 'accepted' });
    },
  };
}

function filled(body: string, fillIn: Readonly<Record<string, Secret>> = {}): string {
  return Object.entries(fillIn).reduce((text, [at, value]) => text.replace(at, value.reveal()), body);
}

export interface MemoryWebhooks extends Webhooks {
  addresses: WebhookAddress[];
  readonly sent: {
    readonly address: string;
    readonly id: string;
    readonly at: number;
    readonly body: string;
  }[];
  /** What the next sends come to; 200 when empty. */
  readonly answers: (WebhookAnswer | AppError)[];
  prepared: number;
}

export function createMemoryWebhooks(): MemoryWebhooks {
  const sent: MemoryWebhooks['sent'] = [];
  const answers: MemoryWebhooks['answers'] = [];
  const webhooks: MemoryWebhooks = {
    addresses: [],
    sent,
    answers,
    prepared: 0,
    prepare: () => {
      webhooks.prepared += 1;
      return Promise.resolve();
    },
    send: ({ origin }, webhook) => {
      const answer = answers.shift() ?? { kind: 'answered', status: 200 };
      if (answer instanceof AppError) return Promise.reject(answer);
      sent.push({ address: origin, ...webhook });
      return Promise.resolve(answer);
    },
  };
  return webhooks;
}

export interface MemoryLog extends Log {
  readonly entries: { level: LogLevel; event: string; fields: LogFields }[];
  events(): string[];
}

export function createMemoryLog(): MemoryLog {
  const entries: MemoryLog['entries'] = [];
  const write =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      entries.push({ level, event, fields });
    };
  return {
    entries,
    events: () => entries.map(({ event }) => event),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
