/** What every worker has at hand: the time, chance, and the log. */

export interface Clock {
  now(): number;
  /** Does not jump when the machine's clock is set; only differences mean anything. */
  monotonicMs(): number;
  sleep(ms: number): Promise<void>;
  /** Calls again and again until the returned function is called. */
  every(ms: number, call: () => void): () => void;
}

export interface Random {
  /** An opaque id: 128 random bits, lower-case hexadecimal. */
  id(): string;
  /** 256 random bits, base64url: a state, a code verifier, a ticket, a key. */
  secret(): string;
}

export type LogFields = Partial<
  Record<'run' | 'batch' | 'connection' | 'provider' | 'reason' | 'outcome' | 'code' | 'job', string> &
    Record<'consent' | 'generation' | 'count' | 'attempt' | 'status', number> &
    Record<'expiresAt' | 'retryAt', number> &
    Record<'alarm' | 'kind' | 'message' | 'body' | 'function' | 'error' | 'answer' | 'stack', string> &
    Record<'caller' | 'principal' | 'address', string>
>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** An event name and an allow-list of fields. Objects, bodies, headers and URLs cannot be logged. */
export type Log = Record<LogLevel, (event: string, fields?: LogFields) => void>;
/** Where finished lines go: the logger of an invocation, or the console. */
export type LogSink = Record<LogLevel, (line: string) => void>;
