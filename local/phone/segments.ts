/**
 * Counts what a carrier charges for: the segments of a text. One character outside the GSM-7 alphabet (an
 * emoji, a curly quote) turns the whole text into UCS-2, which holds less than half as much (3GPP TS 23.038).
 */

export interface SegmentCount {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
}

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Each of these takes two places: an escape and the character. */
const extension = new Set('\f^{}\\[~]|€');

export function countSegments(text: string): SegmentCount {
  const characters = [...text];
  if (characters.every((character) => basic.has(character) || extension.has(character))) {
    const sizes = characters.map((character) => (extension.has(character) ? 2 : 1));
    return { encoding: 'GSM-7', segments: fill(sizes, 160, 153) };
  }
  const sizes = characters.map((character) => character.length);
  return { encoding: 'UCS-2', segments: fill(sizes, 70, 67) };
}

/** Characters are never cut in two, so a segment may stay one place short; division would miss that. */
function fill(sizes: readonly number[], alone: number, joined: number): number {
  if (sizes.reduce((sum, size) => sum + size, 0) <= alone) return 1;
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > joined) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return segments;
}
