/** What the search is about: a beginning, what may happen, and what must be true at the end of every schedule. */
import type { Run } from './explore';

export interface Violation {
  /** The rule that was broken. */
  readonly kind: string;
  readonly why: string;
}

/** What became of one schedule. */
export interface Shown {
  readonly violations: readonly Violation[];
  /** It lies outside the promise, for this reason. */
  readonly outside?: string | undefined;
}

export interface How {
  /** A rule of the protocol that is taken away. */
  readonly broken?: string | undefined;
  /** Nothing goes wrong but that processes are killed and freeze. */
  readonly stopsOnly?: boolean | undefined;
  /** Hears the story. */
  readonly tell?: ((line: string) => void) | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly words: string;
  readonly play: (how: How) => Run<Shown>;
}
