/**
 * Says where in the sources a line of a stack is, for the one file that is deployed. The map beside it is read when the first error
 * asks for it: with `--enable-source-maps` every start would pay for it, and Azure has no way to set that without a slower start.
 */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';

/** @param file the built file; a stack without its name, or a file without a map, is left as it is */
export function createSourcePositions(file: string): (stack: string) => string {
  let map: SourceMap | undefined;
  let isRead = false;
  const positionPattern = new RegExp(`${file.replace(/[^\w]/g, '\\$&')}:(\\d+):(\\d+)`, 'g');
  return (stack) =>
    stack.replace(positionPattern, (built, line: string, column: string) => {
      if (!isRead) map = readMap(`${file}.map`);
      isRead = true;
      const origin = map?.findOrigin(Number(line), Number(column));
      if (!origin || !('fileName' in origin)) return built;
      const { fileName, lineNumber, columnNumber } = origin;
      return `${fileName.replace(/^(\.\.\/)+/, '')}:${lineNumber}:${columnNumber}`;
    });
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
