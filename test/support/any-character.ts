import fc from 'fast-check';

/**
 * A unit for `fc.string`: any character of Unicode, without halves of one. `'binary'` is the same, but takes seconds to make a table of
 * them all.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));
