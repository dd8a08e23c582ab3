/** docs/client.md as a program, and its table as pairs. */
import { readFileSync } from 'node:fs';

const text = readFileSync('docs/client.md', 'utf8');

/** The blocks of TypeScript in their order. */
export const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

/** A call of fitbit-node, and what takes its place. */
export const equivalents = [...text.matchAll(/^\| `(old\.[^`]+)` \| `([^`]+)` \|$/gm)].map(
  ([, before = '', after = '']) => [before, after] as const,
);
