// Makes a source map small enough to deploy. It says in which line of our own sources something is, and in which file of a package. Columns, the
// lines of packages and the names that were shortened are fifteen times as large, and a stack that an error leaves in the log is read without them.

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf = new Map([...digits].map((digit, value) => [digit, value]));

/** @returns a source map (version 3) with a segment wherever another line of ours, or another file of a package, begins */
export function slimMap({ version, sources, mappings }) {
  const isOurs = sources.map((source) => !source.includes('node_modules/'));
  const kept = { source: 0, line: 0 };
  const at = { source: 0, line: 0 };
  const lines = mappings.split(';').map((line) => {
    let column = 0;
    let keptColumn = 0;
    let last;
    const segments = [];
    for (const segment of line === '' ? [] : line.split(',')) {
      const [byColumn, bySource, byLine] = decode(segment);
      column += byColumn;
      if (bySource === undefined) continue;
      at.source += bySource;
      at.line += byLine;
      const place = { source: at.source, line: isOurs[at.source] ? at.line : 0 };
      const name = `${place.source} ${place.line}`;
      if (name === last) continue;
      const fields = [column - keptColumn, place.source - kept.source, place.line - kept.line, 0];
      segments.push(fields.map(encode).join(''));
      last = name;
      keptColumn = column;
      Object.assign(kept, place);
    }
    return segments.join(',');
  });
  return { version, sources, names: [], mappings: lines.join(';') };
}

function decode(segment) {
  const fields = [];
  let number = 0;
  let shift = 0;
  for (const digit of segment) {
    const value = valueOf.get(digit);
    number += (value & 31) << shift;
    shift += 5;
    if (value >= 32) continue;
    fields.push(number & 1 ? -(number >> 1) : number >> 1);
    number = 0;
    shift = 0;
  }
  return fields;
}

function encode(field) {
  let number = field < 0 ? (-field << 1) | 1 : field << 1;
  let text = '';
  do {
    const rest = number >> 5;
    text += digits[(number & 31) | (rest > 0 ? 32 : 0)];
    number = rest;
  } while (number > 0);
  return text;
}
