/** Visits rows side by side, and tells up to which one nothing has to be visited again. */
import type { Row } from '../../ports';
import type { Counts } from './turn';

interface Visitor<T> {
  /** @returns what the row counted; `undefined` if it needs a second visit */
  pay(row: Row<T>): Promise<Counts | undefined>;
  isOver(): boolean;
  /** Called for each row that needs no second visit, and no row before it either. */
  settle(row: Row<T>, own: Counts): void;
  /** Comes after each visit. */
  rest?(): Promise<void>;
}

interface Visited {
  /** How many visits were begun, and how many rows from the first on need no second one. */
  readonly begun: number;
  readonly settled: number;
  /** There are no other rows, and none needs a second visit. */
  readonly isAll: boolean;
}

/**
 * Side by side, and begun in their order. One visit is made, however little time there is.
 *
 * @throws what the rows throw, when all visits have come to their end
 */
export async function visitInOrder<T>(
  rows: Iterator<Row<T>> | AsyncIterator<Row<T>>,
  width: number,
  { pay, isOver, settle, rest }: Visitor<T>,
): Promise<Visited> {
  let begun = 0;
  let settled = 0;
  let hasEnded = false;
  let hasFailed = false;
  let isStopped = false;
  /** From the first one on that is still being visited, as far as none has failed. */
  const open: { readonly row: Row<T>; own?: Counts | undefined }[] = [];
  const work = async (): Promise<void> => {
    while (!hasEnded && !(begun > 0 && isOver())) {
      const read = await rows.next();
      if (read.done) {
        hasEnded = true;
        return;
      }
      if (begun > 0 && isOver()) {
        isStopped = true;
        return;
      }
      begun += 1;
      const entry: (typeof open)[number] = { row: read.value };
      if (!hasFailed) open.push(entry);
      entry.own = await pay(read.value);
      const place = open.indexOf(entry);
      if (!entry.own && place >= 0) {
        hasFailed = true;
        open.length = place;
      }
      for (let first = open[0]; first?.own; first = open[0]) {
        open.shift();
        settled += 1;
        settle(first.row, first.own);
      }
      await rest?.();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: width }, work));
  const failed = ends.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return { begun, settled, isAll: hasEnded && !isStopped && settled === begun };
}
