/** The CSV of invites: rows as a spreadsheet saved them come in, and rows with links go out in the same form. */
import { AppError } from '../../errors';
import { inviteColumns, mostInvitesAtOnce } from './operator-requests';
import { byteOrderMark, forSpreadsheets } from '../http/csv';
import { quoted } from '../http/read-request';

/** What a spreadsheet had saved, kept for the answer. */
interface CsvForm {
  readonly delimiter: string;
  readonly hasMark: boolean;
}

export interface CsvRow {
  /** As a spreadsheet counts it: the names of the columns are row 1. */
  readonly name: string;
  readonly cells: Readonly<Record<string, string>>;
}

function refuse(why: string): never {
  throw new AppError('INPUT_INVALID', why);
}

const isBlank = (cells: Readonly<Record<string, unknown>>): boolean =>
  Object.values(cells).flat().join('').trim() === '';
const nameOfRow = (at: number): string => `Row ${at + 2}`;

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('The CSV is not in UTF-8. In Excel, save it as “CSV UTF-8”.');
  }
}

/** @throws AppError `INPUT_INVALID`, naming the row */
export async function readInviteRows(
  bytes: Uint8Array,
): Promise<{ readonly rows: CsvRow[]; readonly form: CsvForm }> {
  const { default: Papa } = await import('papaparse');
  const text = decode(bytes);
  const hasMark = text.startsWith(byteOrderMark);
  const { data, errors, meta } = Papa.parse<Record<string, string>>(hasMark ? text.slice(1) : text, {
    header: true,
  });
  const problem = errors.find(
    ({ code, row }) => code !== 'UndetectableDelimiter' && !(row !== undefined && isBlank(data[row] ?? {})),
  );
  if (problem) refuse(`${nameOfRow(problem.row ?? 0)} of the CSV cannot be read: ${problem.message}.`);
  const rows = data
    .map((cells, at) => ({ name: nameOfRow(at), cells }))
    .filter(({ cells }) => !isBlank(cells));
  const unknown = (meta.fields ?? []).filter((name) => !inviteColumns.split(',').includes(name));
  if (rows.length === 0 || unknown.length > 0) {
    const stranger = unknown.length > 0 ? ` ${quoted(unknown[0]!)} is not one of them.` : '';
    refuse(
      `The first row of the CSV must name columns from this list: ${inviteColumns}.${stranger} At least one more row must follow.`,
    );
  }
  if (rows.length > mostInvitesAtOnce) {
    refuse(`One request makes at most ${mostInvitesAtOnce} invites. Send the others in another request.`);
  }
  return { rows, form: { delimiter: meta.delimiter, hasMark } };
}

/** Two invites with one label would leave the second wearer without it. @throws AppError `INPUT_INVALID` */
export function refuseSameLabels(
  rows: readonly { readonly name: string; readonly label?: string | undefined }[],
): void {
  const firstWith = new Map<string, string>();
  for (const { name, label } of rows) {
    if (label === undefined) continue;
    const first = firstWith.get(label);
    if (first !== undefined) {
      refuse(
        `${name} is not right: label is that of ${first.toLowerCase()}, and a label belongs to one connection.`,
      );
    }
    firstWith.set(label, name);
  }
}

export async function writeInviteRows(
  made: readonly Readonly<Record<string, string | undefined>>[],
  { delimiter, hasMark }: CsvForm,
): Promise<string> {
  const { default: Papa } = await import('papaparse');
  const ifAny = (name: string): string[] => (made.some((row) => row[name] !== undefined) ? [name] : []);
  const columns = ['label', 'outsideId', ...ifAny('site'), 'link', 'expiresAt', ...ifAny('note')];
  const body = Papa.unparse([...made], { columns, delimiter, ...forSpreadsheets });
  return `${hasMark ? byteOrderMark : ''}${body}\r\n`;
}
