/** Makes a screenshot several times smaller: pages have few colours, and a palette of them says as much. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const mostColours = 256;

/** @param png as Chromium writes it: 8 bits a channel, RGB or RGBA, not interlaced */
export function makeSmall(png: Buffer): Buffer {
  const { width, height, pixels, channels } = decode(png);
  return encode(width, height, toPalette(pixels, channels));
}

interface Indexed {
  readonly palette: readonly number[];
  readonly indexes: Buffer;
}

/** The most frequent colours stay exactly as they are; only some greys at the edges of letters become their neighbours. */
function toPalette(pixels: Buffer, channels: number): Indexed {
  const colourAt = (at: number) => (pixels[at]! << 16) | (pixels[at + 1]! << 8) | pixels[at + 2]!;
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += channels) {
    const colour = colourAt(at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = byCount.slice(0, mostColours);
  const indexOf = new Map(byCount.map((colour) => [colour, nearestColour(palette, colour)]));
  const indexes = Buffer.alloc(pixels.length / channels);
  for (let index = 0; index < indexes.length; index += 1) {
    indexes[index] = indexOf.get(colourAt(index * channels))!;
  }
  return { palette, indexes };
}

function nearestColour(palette: readonly number[], wanted: number): number {
  const exact = palette.indexOf(wanted);
  if (exact >= 0) return exact;
  const distances = palette.map((colour) =>
    [16, 8, 0].reduce(
      (sum, shift) => sum + (((colour >> shift) & 0xff) - ((wanted >> shift) & 0xff)) ** 2,
      0,
    ),
  );
  return distances.indexOf(Math.min(...distances));
}

function decode(png: Buffer): { width: number; height: number; pixels: Buffer; channels: number } {
  const chunks = [...readChunks(png)];
  const header = chunks.find(({ type }) => type === 'IHDR')!.data;
  const [width, height, depth, colours, interlaced] = [
    header.readUInt32BE(0),
    header.readUInt32BE(4),
    header[8],
    header[9],
    header[12],
  ];
  const channels = colours === 6 ? 4 : 3;
  if (depth !== 8 || (colours !== 2 && colours !== 6) || interlaced !== 0) {
    throw new Error('This is not a PNG as Chromium writes it.');
  }
  const raw = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  return { width, height, channels, pixels: unfilter(raw, width * channels, height, channels) };
}

/** Every row begins with how it was predicted from what is left of it and above it. */
function unfilter(raw: Buffer, rowLength: number, height: number, channels: number): Buffer {
  const pixels = Buffer.alloc(rowLength * height);
  for (let row = 0; row < height; row += 1) {
    const start = row * (rowLength + 1) + 1;
    const predict = predictors[raw[start - 1]!]!;
    for (let column = 0; column < rowLength; column += 1) {
      const at = row * rowLength + column;
      const left = column >= channels ? pixels[at - channels]! : 0;
      const above = row > 0 ? pixels[at - rowLength]! : 0;
      const corner = row > 0 && column >= channels ? pixels[at - rowLength - channels]! : 0;
      pixels[at] = (raw[start + column]! + predict(left, above, corner)) & 0xff;
    }
  }
  return pixels;
}

const predictors: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  nearest,
];

/** Paeth's predictor. */
function nearest(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function encode(width: number, height: number, { palette, indexes }: Indexed): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1) {
    indexes.copy(rows, row * (width + 1) + 1, row * width, (row + 1) * width);
  }
  const colours = Buffer.from(
    palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]),
  );
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function* readChunks(png: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}
