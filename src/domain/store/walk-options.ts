/** What a walk is told: which rows it visits, and how. */
import type { Row, Table } from '../../ports';

export interface Visit {
  /**
   * Counts something for the whole pass, over all invocations. A row counts once, however often it is visited: what it counted is kept
   * together with the note that the pass has come past it.
   *
   * @returns how many were counted before this one. A shard does not know what the others have counted, so
   * the shards take turns behind the first rows: of seven, each returns every seventh place
   */
  count(name: string, by?: number): number;
}

export interface Walk<T> {
  readonly name: string;
  readonly table: Table<T>;
  readonly visit: (row: Row<T>, at: Visit) => unknown;
  /** Names what the pass is for: there is one pass for it, and one for something else is not gone on with. */
  readonly id?: string;
  /** A pass that began more recently is not repeated. */
  readonly everyMs?: number;
  /** A row whose visit failed is visited again when the pass goes on; otherwise the next pass comes by anyway. */
  readonly repeatsFailed?: boolean;
  /** More than the first rows are left to one job for each range. */
  readonly hasShards?: boolean;
}
