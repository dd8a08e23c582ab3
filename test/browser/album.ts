/** The pictures in docs: compared with the pages of now, or taken anew where SCREENSHOTS is set. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { pixelsOf, reduceColours, writePng, type SmallPicture } from './small-png';

const docs = resolve('docs');
const folder = join(docs, 'screenshots');
/** Another version of Chromium draws a few pixels at the edges of a box differently; a letter that changes is more. */
const mostDifferent = 10;
/** How different a colour has to be, from 0 to 1. Pixelmatch leaves out the soft edges of letters by itself. */
const colourThreshold = 0.1;

export interface Album {
  /** @param file in docs */
  take(page: Page, file: string, whole?: boolean): Promise<void>;
  /** Also where pages take pictures of their own: what is in docs and was not taken shows no page any more. */
  findStale(): Promise<string[]>;
  /** What to do about them. */
  readonly advice: string;
}

export async function openAlbum(anew: boolean): Promise<Album> {
  const { default: pixelmatch } = await import('pixelmatch');
  const newest = await mkdtemp(join(tmpdir(), 'pictures-'));
  await mkdir(folder, { recursive: true });
  const stale: string[] = [];
  const taken = new Set<string>();

  function compare(before: Buffer, now: SmallPicture): string | undefined {
    const { width, height, data } = PNG.sync.read(before);
    if (width !== now.width || height !== now.height) {
      return `was ${width} x ${height}, is ${now.width} x ${now.height}`;
    }
    const differs = pixelmatch(data, pixelsOf(now), undefined, width, height, { threshold: colourThreshold });
    return differs > mostDifferent ? `${differs} pixels differ` : undefined;
  }

  return {
    async take(page, file, whole = true) {
      taken.add(file);
      const path = join(docs, file);
      const png = await page.screenshot({ fullPage: whole, caret: 'hide', animations: 'disabled' });
      const now = reduceColours(png);
      if (anew) {
        await writeFile(path, writePng(now));
        return;
      }
      const before = await readFile(path).catch(() => undefined);
      const difference = before ? compare(before, now) : 'is missing';
      if (difference === undefined) return;
      stale.push(`docs/${file} ${difference}`);
      await writeFile(join(newest, file.replace('/', '-')), png);
    },
    async findStale() {
      const there = (await readdir(docs, { recursive: true })).filter((file) => file.endsWith('.png'));
      const orphans = there.map((file) => file.replaceAll('\\', '/')).filter((file) => !taken.has(file));
      if (anew) await Promise.all(orphans.map((file) => rm(join(docs, file))));
      else stale.push(...orphans.map((file) => `docs/${file} shows no page any more`));
      if (stale.length === 0) await rm(newest, { recursive: true });
      return stale;
    },
    advice:
      `Take the pictures anew with "SCREENSHOTS=1 npm run test:browser -- pictures", look at them, and commit them. ` +
      `What the pages look like now is in ${newest}.`,
  };
}
