/** Tables of records, and which there are. */
import type * as model from '../model';

export interface Key {
  readonly partition: string;
  readonly row: string;
}
export interface Row<T> {
  readonly key: Key;
  readonly etag: string;
  readonly value: T;
}
/** Records with compare-and-swap. `CONFLICT` when a row exists already, has changed, or is gone. */
export interface Table<T> {
  get(key: Key): Promise<Row<T> | undefined>;
  insert(key: Key, value: T): Promise<Row<T>>;
  replace(row: Row<T>, value: T): Promise<Row<T>>;
  remove(row: Row<T>): Promise<void>;
  /**
   * All of it, one partition or a range of them, or a range of the rows of a partition; in order.
   *
   * @param atOnce how many rows one answer brings, for whoever may need few of them; 1,000 at most
   */
  list(partition?: string | KeyRange, rows?: KeyRange, atOnce?: number): AsyncIterable<Row<T>>;
}
/** A table in which several rows of one partition change together: all of them or none. */
export interface GroupTable<T> extends Table<T> {
  /**
   * Writes all changes or none. The first one must be an insert or a replace: a write that was sent again after a lost answer knows its
   * own work by it. A `put` and a `remove` look at no ETag, so they are for rows that only change together with the first.
   *
   * @param changes 1 to 100, of different rows of one partition
   * @throws AppError `CONFLICT` if a row to be inserted exists already, one to be replaced has changed, or one to be removed is not there
   */
  writeTogether(changes: readonly GroupChange<T>[]): Promise<void>;
}
export type GroupChange<T> =
  | { readonly kind: 'insert' | 'put'; readonly key: Key; readonly value: T }
  | { readonly kind: 'replace'; readonly row: Row<T>; readonly value: T }
  | { readonly kind: 'remove'; readonly key: Key };
export interface KeyRange {
  readonly from: string;
  readonly before: string;
}
export interface Tables {
  readonly connections: Table<model.Connection>;
  readonly identities: Table<model.Identity>;
  readonly logins: Table<model.PendingLogin>;
  readonly confirmations: Table<model.Confirmation>;
  readonly links: Table<model.PersonalLink>;
  readonly numbers: Table<model.NumberUse>;
  readonly optOuts: Table<model.OptOut>;
  readonly consents: Table<model.TextConsentProof>;
  readonly counters: Table<model.Counter>;
  readonly campaigns: Table<model.Campaign>;
  readonly invites: Table<model.Invite>;
  readonly devices: Table<model.Device>;
  readonly readings: Table<model.StoredReading>;
  readonly messages: Table<model.Message>;
  readonly runs: Table<model.Run>;
  readonly passes: Table<model.Pass>;
  readonly alarms: Table<model.Alarm>;
  readonly undelivered: Table<model.UndeliveredEvent>;
  readonly digests: Table<model.DigestMark>;
  readonly board: GroupTable<model.BoardRow>;
}
