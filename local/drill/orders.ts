/** What parent and worker say to each other. Plain data: it travels between processes. */

/** Shortcuts that each undo one rule of the rotation; the drill has to notice every one of them. */
export const rotationBreakNames = ['latest-version', 'one-replay', 'use-before-save', 'lease-only'] as const;
export type RotationBreakName = (typeof rotationBreakNames)[number] | SearchedBreakName;
/** Only the search finds it: two workers have to freeze at certain calls. */
export const searchedBreakName = 'no-fence';
type SearchedBreakName = typeof searchedBreakName;

/** The same for the sending of messages. */
export const messageBreakNames = [
  'send-before-claim',
  'new-id-on-repeat',
  'state-before-row',
  'no-recheck',
] as const;
export type MessageBreakName = (typeof messageBreakNames)[number];

export const drillNames = ['rotation', 'messages'] as const;
export type DrillName = (typeof drillNames)[number];

export interface WorkerOptions {
  readonly name: string;
  /** What the app settings would be. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly hostJsonPath: string;
  readonly messageLeaseMs: number;
  /** Which functions it runs; the others would only cost time. */
  readonly about: DrillName;
  readonly broken?: RotationBreakName | MessageBreakName | undefined;
}

export type Order =
  /** Begin to poll the queues. */
  | { readonly do: 'poll' }
  /** Take no more jobs, finish those under way, and end. */
  | { readonly do: 'finish' }
  /** What a timer does, in a process that polls nothing. */
  | { readonly do: 'run a timer'; readonly id: number; readonly timer: string }
  /** Later processes start faster by it. */
  | { readonly do: 'keep what is compiled'; readonly id: number }
  /** Several rotators on one connection, beside the queues. */
  | {
      readonly do: 'rotate';
      readonly id: number;
      readonly connection: string;
      readonly startedAt: number;
      readonly rotators: number;
    };

export type Report =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly id: number; readonly outcomes: readonly string[] }
  | { readonly is: 'failed'; readonly id: number; readonly message: string };

/** A request's header that says who makes it; it never reaches Azurite. */
export const tagHeader = 'x-drill';

/** Who makes a request, and for which connection. */
export interface Tag {
  readonly worker: string;
  /** Empty when the request belongs to no rotation: polling, say. */
  readonly connection: string;
  /** Which of the worker's rotations it is, counted. */
  readonly rotation: string;
  /** Every connection this worker has a rotation of under way: a kill hits them all. */
  readonly inFlight: readonly string[];
}

export function writeTag({ worker, connection, rotation, inFlight }: Tag): string {
  return [worker, connection, rotation, inFlight.join(',')].join(';');
}

export function readTag(text: string | null): Tag | undefined {
  if (text === null) return undefined;
  const [worker = '', connection = '', rotation = '', inFlight = ''] = text.split(';');
  return { worker, connection, rotation, inFlight: inFlight.split(',').filter(Boolean) };
}
