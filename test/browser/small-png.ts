/** Makes a screenshot several times smaller: pages have few colours, and a palette of them says as much. */
import { PNG } from 'pngjs';
import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const mostColours = 256;

export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  /** A colour is a pixel of four bytes (red, green, blue, alpha) as one number, the first byte lowest. */
  readonly palette: readonly number[];
  /** Of the palette, one for each pixel. */
  readonly indexes: Buffer;
}

/** The most frequent colours stay exactly as they are; only some greys at the edges of letters become their neighbours. */
export function reduceColours(png: Buffer): SmallPicture {
  const { width, height, data } = PNG.sync.read(png);
  const colours = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = byCount.slice(0, mostColours);
  const indexOf = new Map(
    byCount.map((colour, index) => [colour, index < mostColours ? index : nearest(palette, colour)]),
  );
  const indexes = Buffer.alloc(colours.length);
  for (let pixel = 0; pixel < indexes.length; pixel += 1) indexes[pixel] = indexOf.get(colours[pixel]!)!;
  return { width, height, palette, indexes };
}

function nearest(palette: readonly number[], wanted: number): number {
  let best = 0;
  let least = Infinity;
  for (let index = 0; index < palette.length; index += 1) {
    const distance = distanceOf(palette[index]!, wanted);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function distanceOf(a: number, b: number): number {
  const red = (a & 0xff) - (b & 0xff);
  const green = ((a >> 8) & 0xff) - ((b >> 8) & 0xff);
  const blue = ((a >> 16) & 0xff) - ((b >> 16) & 0xff);
  return red * red + green * green + blue * blue;
}

/** Red, green, blue and alpha of each pixel. */
export function pixelsOf({ palette, indexes }: SmallPicture): Uint8Array {
  const colours = new Uint32Array(indexes.length);
  for (let pixel = 0; pixel < colours.length; pixel += 1) colours[pixel] = palette[indexes[pixel]!]!;
  return new Uint8Array(colours.buffer);
}

export function writePng({ width, height, palette, indexes }: SmallPicture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1) {
    indexes.copy(rows, row * (width + 1) + 1, row * width, (row + 1) * width);
  }
  const colours = Buffer.from(
    palette.flatMap((colour) => [colour & 0xff, (colour >> 8) & 0xff, (colour >> 16) & 0xff]),
  );
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}
