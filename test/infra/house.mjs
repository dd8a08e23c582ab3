// No two files of the program have one name, so that a name leads to one place; only an index and the words of each language do. And
// the picture of the floors in docs/architecture.md is drawn from the imports of src/domain. An arrow that follows from others is left out.
//   npm run check     looks at the names and compares the picture
//   npm run format    draws it anew
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
const document = 'docs/architecture.md';
const roomOf = (path) => /^src\/domain\/([^/]+)\//.exec(path)?.[1];

const isAlike = (path) => basename(path) === 'index.ts' || /^src\/pages\/words\/[a-z]{2}\//.test(path);
const files = globSync('{src,local}/**/*.ts').filter((path) => !isAlike(path));
for (const [name, paths] of Map.groupBy(files, (path) => basename(path))) {
  if (paths.length === 1) continue;
  console.error(`Two files have the name ${name}: ${paths.join(', ')}. Give one of them a name of its own.`);
  process.exitCode = 1;
}

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
