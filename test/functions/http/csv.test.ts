import Papa from 'papaparse';
import { forSpreadsheets } from '../../../src/functions/http/csv';

test.each([
  ['=1+1', "'=1+1"],
  ['=HYPERLINK(A2)\nplease call', "'=HYPERLINK(A2)\nplease call"],
  ['+4\r\n5', "'+4\r\n5"],
  ['-5', "'-5"],
  ['@SUM(A1)\u2028', "'@SUM(A1)\u2028"],
  ['\t=1', "'\t=1"],
  ['a=1\n=2', 'a=1\n=2'],
  ['P-17', 'P-17'],
])('%j is text in a spreadsheet', (typed, cell) => {
  const csv = Papa.unparse([{ note: typed, site: 'Leeds' }], forSpreadsheets);
  const { data } = Papa.parse(csv, { newline: '\r\n' });
  expect(data).toEqual([
    ['note', 'site'],
    [cell, 'Leeds'],
  ]);
});
