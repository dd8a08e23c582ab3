import { inspect } from 'node:util';

/**
 * A value that must not be seen: a token, a client secret, a phone number. It prints as `[secret]` in strings,
 * JSON and `util.inspect`. Only adapters call `reveal()`; a lint rule keeps it that way.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Lets the domain compare two secrets without seeing them. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
