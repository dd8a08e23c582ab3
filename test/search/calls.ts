/** What workers do and ask for: the tasks that they are started for, and their calls of ports. */

/** What somebody is started for: a job of a queue, or a request that nobody repeats. */
export interface Task {
  readonly name: string;
  readonly dueAt: number;
  readonly isJob: boolean;
  /** Says in one line all that decides what it does. */
  readonly line: string;
  readonly run: (worker: Worker) => Promise<unknown>;
  readonly deliveries?: number;
}

/** What a caller sees instead of the answer. */
export interface Failure {
  readonly key: string;
  readonly words: string;
  readonly isApplied: boolean;
  readonly settle: () => Promise<unknown>;
}

export interface Call {
  /** The same for every call of its kind: what exactly it asks for follows from what its worker has been told. */
  readonly name: string;
  /** For the story. */
  readonly words: () => string;
  /** What reads only leaves nothing behind. */
  readonly isRead: boolean;
  readonly apply: () => Promise<unknown>;
  readonly failures: readonly Failure[];
}

export interface Worker {
  readonly name: string;
  readonly call: (call: Call) => Promise<unknown>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly every: (ms: number, call: () => void) => () => void;
  readonly random: (prefix: string) => string;
}
