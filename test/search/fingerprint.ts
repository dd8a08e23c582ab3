/** What a value says as one line, secrets included, so that two states can be told apart. */
import { Secret } from '../../src/secret';

const known = new WeakMap<object, string>();
/** What is sealed looks different each time. What was sealed is known by who did it. */
const sealed = new Map<string, string>();

export function nameSealed(text: string, name: string): void {
  sealed.set(text, name);
}

export function forgetSealed(): void {
  sealed.clear();
}

/** A row or a token set is never changed in place: it is read once, and stands for a digest from then on. */
export function lineOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return writePlain(value);
  const before = known.get(value);
  if (before !== undefined) return before;
  const line = writeObject(value);
  if (!('etag' in value || 'journalKey' in value)) return line;
  const short = digest(line);
  known.set(value, short);
  return short;
}

function writePlain(value: unknown): string {
  if (typeof value === 'string') return sealed.get(value) ?? JSON.stringify(value);
  return typeof value === 'function' ? 'f' : String(value);
}

function writeObject(value: object): string {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Error) return `${value.name} ${'code' in value ? String(value.code) : value.message}`;
  if (Array.isArray(value)) return `[${value.map(lineOf).join()}]`;
  if (value instanceof Uint8Array) return 'bytes';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${name}:${lineOf(field)}`).join()}}`;
}

/** By its own name, because in jest's context each look at a global costs a hundred times more than the multiplication. */
const { imul } = Math;

/**
 * Of 64 bits: two multiplicative hashes (FNV and a relative) side by side. Many times faster than those of node:crypto on
 * lines this short.
 */
export function digest(...lines: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (const line of lines) {
    for (let at = 0; at < line.length; at += 1) {
      const code = line.charCodeAt(at);
      a = imul(a ^ code, 0x01000193);
      b = imul(b ^ code, 0x85ebca6b);
      b ^= b >>> 13;
    }
    a = imul(a ^ 0x1f, 0x01000193);
    b = imul(b ^ 0x1f, 0xc2b2ae35);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36).padStart(7, '0');
}
