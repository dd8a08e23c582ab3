/**
 * Says where in the sources a line of a stack is, for the files that are deployed: the line in one of ours, or the file of a package; infra/slim-map.mjs makes their maps. The map beside a file is read when the first error
 * asks for it: with `--enable-source-maps` every start would pay for it, and Azure has no way to set that without a slower start.
 * Node's own `SourceMap` would hold up everything for a second and keep 100 MB; this one looks through the text and keeps the places found.
 */
import { readFileSync } from 'node:fs';

interface SourceMapFile {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** @param folder of the built files; lines of other files, or of a file without a map, are left as they are */
export function createSourcePositions(folder: string): (stack: string) => string {
  const maps = new Map<string, SourceMapFile | undefined>();
  // Errors come from the same places again and again, and each look through a map takes a while.
  const known = new Map<string, string>();
  const place = folder.replace(/[^\w]/g, '\\$&');
  // A module is named by its address, a script by its path.
  const positionPattern = new RegExp(`(?:file://)?(${place}[\\\\/][\\w.-]+\\.m?js):(\\d+):(\\d+)`, 'g');
  return (stack) =>
    stack.replace(positionPattern, (built, file: string, line: string, column: string) => {
      if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
      const map = maps.get(file);
      const origin = known.get(built) ?? (map && findOrigin(map, Number(line), Number(column))) ?? built;
      known.set(built, origin);
      return origin;
    });
}

function readMap(path: string): SourceMapFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SourceMapFile;
  } catch {
    return undefined;
  }
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf = new Map([...digits].map((digit, value) => [digit.charCodeAt(0), value]));
const comma = ','.charCodeAt(0);
const semicolon = ';'.charCodeAt(0);

/**
 * Lines are parted by `;`, the segments of a line by `,`. A segment has, each as the difference to the one before it: column (from 0
 * in each line), source, line and column there; sometimes a name. A number is written in digits of five bits, the lowest first.
 */
function findOrigin({ sources, mappings }: SourceMapFile, line: number, column: number): string | undefined {
  let atLine = 1;
  let found: string | undefined;
  const at = [0, 0, 0, 0, 0];
  let field = 0;
  let number = 0;
  let shift = 0;
  for (let index = 0; index <= mappings.length && atLine <= line; index += 1) {
    const code = index === mappings.length ? semicolon : mappings.charCodeAt(index);
    if (code === comma || code === semicolon) {
      const [builtColumn = 0, source = 0, sourceLine = 0] = at;
      if (field >= 4 && atLine === line && builtColumn < column) {
        const name = (sources[source] ?? '').replace(/^(\.\.\/)+/, '');
        // The lines of packages are not in the map.
        found = name.startsWith('node_modules/') ? name : `${name}:${sourceLine + 1}`;
      }
      field = 0;
      if (code === semicolon) {
        atLine += 1;
        at[0] = 0;
      }
      continue;
    }
    const digit = valueOf.get(code) ?? 0;
    number += (digit & 31) << shift;
    shift += 5;
    if (digit >= 32) continue;
    at[field] = (at[field] ?? 0) + (number & 1 ? -(number >> 1) : number >> 1);
    field += 1;
    number = 0;
    shift = 0;
  }
  return found;
}
