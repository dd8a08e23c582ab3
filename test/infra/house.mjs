// The picture of the floors in docs/architecture.md, drawn from the imports of src/domain. An arrow that follows from others is
// left out.
//   npm run check     compares it
//   npm run format    draws it anew
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const document = 'docs/architecture.md';
const roomOf = (path) => /^src\/domain\/([^/]+)\//.exec(path)?.[1];

const { output } = await cruise(['src/domain'], {
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
});
const below = new Map();
for (const { source, dependencies } of output.modules) {
  const from = roomOf(source);
  if (from === undefined) continue;
  if (!below.has(from)) below.set(from, new Set());
  for (const { resolved } of dependencies) {
    const to = roomOf(resolved);
    if (to !== undefined && to !== from) below.get(from).add(to);
  }
}

const isReached = (from, to) => [...below.get(from)].some((next) => next === to || isReached(next, to));
const arrows = [...below].flatMap(([from, all]) =>
  [...all]
    .filter((to) => ![...all].some((other) => other !== to && isReached(other, to)))
    .map((to) => `  ${from} --> ${to}`),
);
const picture = ['```mermaid', 'flowchart TD', ...arrows.sort(), '```'].join('\n');

const text = await readFile(document, 'utf8');
const drawn = text.replace(/```mermaid\nflowchart TD\n[^`]*```/, picture);
if (process.argv.includes('--write')) await writeFile(document, drawn);
else if (drawn !== text || !text.includes(picture)) {
  console.error(
    `The picture of the floors in ${document} is not what the imports say. npm run format draws it anew.`,
  );
  process.exitCode = 1;
}
