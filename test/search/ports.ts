/**
 * The in-memory ports as one worker sees them: each call stands still until the scheduler lets it go on, and can end in all
 * the ways in which a remote call can. New calls of a port come along by themselves.
 */
import { createJournal } from '../../src/adapters/journal';
import { createRecentSecrets } from '../../src/adapters/recent-secrets';
import type { SealedTokenSet } from '../../src/adapters/records';
import { AppError, type ErrorCode } from '../../src/errors';
import type { Job, Settings } from '../../src/model';
import type { Email, Http, Ports, Sms, Table } from '../../src/ports';
import { nameSealed } from './fingerprint';
import { describeCall } from './story';
import type { Call, Failure, Worker } from './calls';

/** What all workers share. */
export interface Stores {
  readonly ports: Ports & Settings;
  readonly journal: Table<SealedTokenSet>;
  readonly startMs: number;
  readonly now: () => number;
  readonly enqueue: (job: Job, delayMs: number) => () => void;
  /** Nothing may be read after it was written by whom it concerns, such as a vault that takes nothing for a while. */
  readonly refuses?: ((port: string, method: string) => boolean) | undefined;
}

type Settle = () => Promise<unknown>;
interface Kind {
  readonly refused: Settle;
  readonly lost: Settle;
  readonly more?: readonly Failure[];
}

function failsWith(code: ErrorCode): Settle {
  return () => Promise.reject(new AppError(code, 'The search refused it.'));
}

function kindOf(code: ErrorCode): Kind {
  return { refused: failsWith(code), lost: failsWith(code) };
}

/** The client repeats a write whose answer was lost, and then meets what it wrote itself. */
const metItself: Failure = {
  key: 'own conflict',
  words: 'the answer is lost, and the repeat meets its own write',
  isApplied: true,
  settle: failsWith('CONFLICT'),
};

function failuresOf({ refused, lost, more = [] }: Kind, isRead: boolean): Failure[] {
  const refusal: Failure = { key: 'refuse', words: 'refused', isApplied: false, settle: refused };
  if (isRead) return [refusal];
  return [
    refusal,
    { key: 'lose', words: 'applied, and the answer is lost', isApplied: true, settle: lost },
    ...more,
  ];
}

type Method = (...args: unknown[]) => unknown;

export function portsOf(worker: Worker, stores: Stores): Ports & Settings {
  const { ports } = stores;

  const make = (port: string, method: string, args: readonly unknown[], kind: Kind, apply: Settle): Call => {
    // Even a read of the provider's leaves something behind: it shows that its answer has arrived.
    const isRead = port !== 'http' && /^(get|list|read|find|is)/.test(method);
    const out = stores.refuses?.(port, method) === true;
    return {
      name: `${port} ${method}`,
      words: () => describeCall(port, method, args),
      isRead,
      apply: out ? kind.refused : apply,
      failures: out ? [] : failuresOf(kind, isRead),
    };
  };
  const call = (port: string, method: string, args: readonly unknown[], kind: Kind, apply: Settle) =>
    worker.call(make(port, method, args, kind, apply));

  const wrap = <T extends object>(port: string, inner: T, kind: Kind): T =>
    new Proxy(inner, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const method = String(name);
        const invoke = (args: unknown[]) => (value as Method).apply(target, args);
        if (method === 'list') {
          return async function* (...args: unknown[]) {
            const read = () => all(invoke(args) as AsyncIterable<unknown>);
            yield* (await call(port, method, args, kind, read)) as unknown[];
          };
        }
        return (...args: unknown[]) => call(port, method, args, kind, async () => invoke(args));
      },
    });

  const writeKind: Kind = { ...kindOf('TABLE_UNAVAILABLE'), more: [metItself] };
  const wrapTable = <T extends object>(name: string, table: T): T => wrap(name, table, writeKind);
  // At the first use: a worker is started for each schedule and asks few tables.
  const wrapTables = (tables: Ports['tables']): Ports['tables'] => {
    const wrapped: Record<string, object> = {};
    const get = (_: unknown, name: keyof Ports['tables']): object =>
      (wrapped[name] ??= wrapTable<object>(name, tables[name]));
    return new Proxy(tables, { get }) as Ports['tables'];
  };

  const journalTable: Table<SealedTokenSet> = {
    ...stores.journal,
    insert: (key, value) => {
      nameSealed(value.sealed, `sealed by ${worker.random('seal')}`);
      return stores.journal.insert(key, value);
    },
  };

  const cancelled: Kind = { refused: () => Promise.resolve(), lost: () => Promise.resolve() };

  return {
    ...ports,
    clock: {
      now: () => stores.startMs + stores.now(),
      monotonicMs: () => stores.now(),
      sleep: worker.sleep,
      every: worker.every,
    },
    random: {
      id: () => worker.random('id'),
      secret: () => worker.random('token').padEnd(43, 'x'),
    },
    tables: wrapTables(ports.tables),
    vault: wrap('vault', ports.vault, kindOf('VAULT_UNAVAILABLE')),
    journal: createJournal(wrapTable('journal', journalTable)),
    recentSecrets: createRecentSecrets(),
    http: ((request) => call('http', 'send', [request], httpKind, () => ports.http(request))) as Http,
    sms: {
      missing: ports.sms.missing,
      from: ports.sms.from,
      canBeAnswered: ports.sms.canBeAnswered,
      send: ((text) => call('sms', 'send', [text], smsKind, () => ports.sms.send(text))) as Sms['send'],
      reach: () => ports.sms.reach(),
    },
    email: {
      missing: ports.email.missing,
      send: ((mail) => call('email', 'send', [mail], smsKind, () => ports.email.send(mail))) as Email['send'],
      reach: () => ports.email.reach(),
    },
    queues: {
      peek: () => ports.queues.peek(),
      enqueue: (async (job: Job, delayMs = 0) => {
        const queueKind = kindOf('QUEUE_UNAVAILABLE');
        const enqueue = () => Promise.resolve(stores.enqueue(job, delayMs));
        const cancel = (await call('queue', 'enqueue', [job, delayMs], queueKind, enqueue)) as () => void;
        return async () =>
          void (await call('queue', 'cancel', [job], cancelled, () => Promise.resolve(cancel())));
      }) as Ports['queues']['enqueue'],
    },
  };
}

const httpKind: Kind = {
  refused: () => Promise.resolve({ answered: false, sent: false }),
  lost: () => Promise.resolve({ answered: false, sent: true }),
  more: [
    {
      key: 'lose request',
      words: 'lost on its way, which nobody can know',
      isApplied: false,
      settle: () => Promise.resolve({ answered: false, sent: true }),
    },
  ],
};

const smsKind: Kind = {
  refused: () => Promise.resolve({ kind: 'unavailable', status: 503 }),
  lost: () => Promise.resolve({ kind: 'unknown' }),
  more: [
    {
      key: 'lose request',
      words: 'lost on its way, which nobody can know',
      isApplied: false,
      settle: () => Promise.resolve({ kind: 'unknown' }),
    },
  ],
};

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
