/** CSV that people open in a spreadsheet. */
import type { UnparseConfig } from 'papaparse';

/** Without this mark Excel reads ü as two other letters. */
export const byteOrderMark = '\uFEFF';

/**
 * A cell that begins like a formula must not become one in a spreadsheet. The library's own pattern lets pass what has several lines, as a note
 * can have.
 */
export const forSpreadsheets = { escapeFormulae: /^[=+\-@\t\r]/ } satisfies UnparseConfig;
