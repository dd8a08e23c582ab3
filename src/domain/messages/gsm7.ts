/**
 * The alphabet of a cheap text (3GPP TS 23.038, "GSM 7 bit default alphabet"). One character outside it turns the whole
 * text into UCS-2, of which a segment holds 70 characters instead of 160.
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Each of these follows an escape, so it takes two places. */
const extension = new Set('\f^{}\\[~]|€');

const isIn = (character: string): boolean => basic.has(character) || extension.has(character);

/** Replacements for characters that NFKD does not turn into something in the alphabet. */
const substitutes: ReadonlyMap<string, string> = new Map([
  ...['‘', '’', '‚', '‛', '‹', '›', '`', '´', 'ʼ', '′'].map((quote) => [quote, "'"] as const),
  ...['“', '”', '„', '‟', '«', '»', '″'].map((quote) => [quote, '"'] as const),
  ...['‐', '‑', '‒', '–', '—', '―', '−'].map((dash) => [dash, '-'] as const),
  ['\t', ' '],
  ['\u2028', '\n'],
  ['\u2029', '\n'],
  ['⁄', '/'],
  ['×', 'x'],
  ['•', '*'],
  ['·', '.'],
  ['ı', 'i'],
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ð', 'd'],
  ['Ð', 'D'],
  ['þ', 'th'],
  ['Þ', 'Th'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['ẞ', 'ß'],
]);

/** Keeps what is in the alphabet, writes the rest as it can, and drops what it cannot: accents, emoji, other scripts. */
export function toGsm7(text: string): string {
  return [...text.normalize('NFC')].map(writeCharacter).join('');
}

function writeCharacter(character: string): string {
  if (isIn(character)) return character;
  const substitute = substitutes.get(character);
  if (substitute !== undefined) return substitute;
  return [...character.normalize('NFKD')]
    .map((part) => (isIn(part) ? part : (substitutes.get(part) ?? '')))
    .join('');
}

export function isGsm7(text: string): boolean {
  return [...text].every(isIn);
}

/** How many of the 160 places of a segment a text takes that is in the alphabet. */
export function septets(text: string): number {
  return [...text].reduce((sum, character) => sum + (extension.has(character) ? 2 : 1), 0);
}
