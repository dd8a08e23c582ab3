import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A value that must not be seen: a token, a client secret, a phone number, an e-mail address. It prints as `[secret]` in strings,
 * JSON and `util.inspect`. Only adapters call `reveal()`, `client/tokens.ts` for the program that owns the tokens, and
 * `model/stored-fields.ts`, which says how a secret is stored; a lint rule keeps it that way.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Timing-safe: how long it takes says nothing about how much is the same. */
  equals(other: Secret): boolean {
    return timingSafeEqual(digestOf(this.#value), digestOf(other.#value));
  }

  /** HMAC-SHA256 of a text with this value as the key, in hex: what a request carries that is signed with a client secret. */
  sign(text: string): string {
    return createHmac('sha256', this.#value).update(text).digest('hex');
  }

  /** Whether it stands in what somebody else has sent, in clear. */
  standsIn(content: Uint8Array | string): boolean {
    return Buffer.from(content).includes(this.#value);
  }

  /** The part that many have in common, such as the numbers of one range. */
  withoutLast(characters: number): Secret {
    return new Secret(this.#value.slice(0, -characters));
  }

  /** The part behind the last of these marks, such as the domain of an e-mail address; all of it where there is none. */
  behind(mark: string): Secret {
    return new Secret(this.#value.slice(this.#value.lastIndexOf(mark) + 1));
  }

  /** Without a mark and what follows it until the last of another mark, such as the tag in `ada+home@example.org`. */
  withoutTag(mark: string, end: string): Secret {
    const endsAt = this.#value.lastIndexOf(end);
    const tag = this.#value.indexOf(mark, 1);
    const isTagged = tag > 0 && tag < endsAt;
    return new Secret(isTagged ? this.#value.slice(0, tag) + this.#value.slice(endsAt) : this.#value);
  }

  /** For addresses, which nobody means differently in capital letters. */
  inSmallLetters(): Secret {
    return new Secret(this.#value.toLowerCase());
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

function digestOf(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
