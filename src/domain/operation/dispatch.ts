/** A run: the timer only dispatches, one job for each active connection; a queue brings each job to a worker. */
import { hasCode } from '../../errors';
import type {
  CheckJob,
  Connection,
  ConnectionId,
  RotateJob,
  Run,
  RunKind,
  Settings,
  Times,
  Work,
} from '../../model';
import type { Ports } from '../../ports';
import { isWorthRefreshing } from '../rotation/decide-refresh';
import { runKey } from '../store/row-keys';
import { beginTurn, endTurn } from '../store/turn';
import { walk } from '../store/walk';
import { firstRows } from '../store/walk-course';
import { findProblems, pickFindings } from './findings';
import { isLeftUndone, takeUp } from './left-undone';
import { lineOf, pace, spreadJobs } from './pacing';

type DispatchNeeds = Pick<
  Ports,
  'clock' | 'keyedHash' | 'log' | 'providers' | 'queues' | 'random' | 'tables'
> &
  Pick<Settings, 'policy'>;

export interface Dispatched {
  readonly run: string;
  /** Connections that have got a job so far. */
  readonly count: number;
  /** Everybody has one. Otherwise a job goes on. */
  readonly complete: boolean;
}

/** @param workMs how long it may take here; a job goes on after that */
export async function dispatchRotation(ports: DispatchNeeds, workMs?: number): Promise<Dispatched> {
  return dispatch(ports, rotations, await beginRun(ports, rotations), { workMs });
}

export async function dispatchBatteryCheck(ports: DispatchNeeds, workMs?: number): Promise<Dispatched> {
  return dispatch(ports, checks, await beginRun(ports, checks), { workMs });
}

/** Nothing happens when everybody has a job. */
export async function goOnDispatching(ports: DispatchNeeds, kind: RunKind, shard?: number): Promise<void> {
  const jobs = kind === rotations.kind ? rotations : checks;
  const run = await findUnfinished(ports, jobs);
  if (run) await dispatch(ports, jobs, run, { shard });
}

interface Jobs {
  readonly kind: Exclude<RunKind, 'delivery-report'>;
  readonly work: Work;
  readonly spreadMs: (times: Times) => number;
  readonly make: (connection: ConnectionId, run: string, runStartedAt: number) => RotateJob | CheckJob;
}

const rotations: Jobs = {
  kind: 'rotate-token',
  work: 'rotate-tokens',
  spreadMs: ({ rotationSpreadMs }) => rotationSpreadMs,
  make: (connection, run, runStartedAt) => ({
    kind: 'rotate-token',
    ...{ connection, run, runStartedAt, attempt: 0 },
  }),
};

const checks: Jobs = {
  kind: 'check-battery',
  work: 'check-batteries',
  spreadMs: ({ checkSpreadMs }) => checkSpreadMs,
  make: (connection, run, runStartedAt) => ({ kind: 'check-battery', connection, run, runStartedAt }),
};

/**
 * Connections whose grant is dead are left out: asking again would only be refused again.
 *
 * @throws what the stores throw, after everybody who could get a job has got one
 */
async function dispatch(
  ports: DispatchNeeds,
  jobs: Jobs,
  begun: Run,
  part: { readonly workMs?: number | undefined; readonly shard?: number | undefined },
): Promise<Dispatched> {
  const { id: run, startedAt } = begun;
  const turn = beginTurn(ports, part);
  const delayAt = spreadJobs(ports, {
    kind: jobs.kind,
    spreadMs: jobs.spreadMs(ports.policy.times),
    expected: placesOf(begun),
  });
  const inTurn = part.shard === undefined ? undefined : pace(ports, mostOfShard);
  const walked = await walk(ports, turn, {
    name: jobs.kind,
    id: run,
    table: ports.tables.connections,
    repeatsFailed: true,
    hasShards: true,
    async visit({ value: connection }, { count }) {
      const provider = ports.providers.get(connection.provider)!;
      const enqueue = async (job: RotateJob | CheckJob, delayMs: number): Promise<void> => {
        if (inTurn) await inTurn();
        await ports.queues.enqueue(job, delayMs);
      };
      for (const finding of findProblems(ports, connection)) count(finding);
      if (isLeftUndone(connection))
        await takeUp(ports, connection, (job) => enqueue(job, delayAt(count('left undone'))));
      const state = stateOf(ports, connection);
      count(state);
      if (state !== 'active') return;
      const delayMs = delayAt(count(lineOf(provider)), provider.callsPerMinute);
      await enqueue(jobs.make(connection.id, run, startedAt), delayMs);
      count('jobs');
    },
  });
  const { active = 0, waiting = 0, gone = 0, jobs: count = 0 } = walked.counts;
  ports.log.info('run.dispatched', { run, count, job: jobs.kind });
  await endTurn(ports, jobs.work, [walked]);
  if (walked.isDone) {
    const haveLeft = waiting + gone > 0 && waiting <= mostWhoLeft;
    const somebodyAt = active > 0 ? startedAt : haveLeft ? undefined : begun.somebodyAt;
    const findings = { at: startedAt, counts: pickFindings(walked.counts) };
    await recordRun(ports, { ...begun, completedAt: ports.clock.now(), count, somebodyAt, findings });
  }
  return { run, count, complete: walked.isDone };
}

/**
 * Jobs in a second. A queue takes some 2,000 messages a second. Sixteen shards put in 1,360 of them; the rest is for the messages that workers
 * delete.
 */
const mostOfShard = 85;

/** The places of the shards begin behind the first rows, and leave gaps among them: so there are more places than jobs. */
function placesOf({ previousCount = 0 }: Run): number {
  return previousCount > firstRows ? previousCount + firstRows : previousCount;
}

/** One wearer who has to reconnect may have left; when several have to, and nobody else is there, that is no coincidence. */
const mostWhoLeft = 1;

/** A connection without a job waits for a new consent, or is gone: closed, or never completed. */
function stateOf(
  ports: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
): 'active' | 'waiting' | 'gone' {
  if (isActive(ports, connection)) return 'active';
  return connection.closedAt === undefined && connection.pointer ? 'waiting' : 'gone';
}

/** One that did not come to its end, unless its last job should have begun by now. */
async function findUnfinished(
  ports: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>,
  { kind, spreadMs }: Jobs,
): Promise<Run | undefined> {
  const known = (await ports.tables.runs.get(runKey(kind)))?.value;
  return known && isUnfinished(known) && ports.clock.now() - known.startedAt < spreadMs(ports.policy.times)
    ? known
    : undefined;
}

function isUnfinished({ startedAt, completedAt = 0 }: Run): boolean {
  return completedAt < startedAt;
}

async function beginRun(
  ports: Pick<Ports, 'clock' | 'random' | 'tables'> & Pick<Settings, 'policy'>,
  jobs: Jobs,
): Promise<Run> {
  const unfinished = await findUnfinished(ports, jobs);
  if (unfinished) return unfinished;
  const { kind } = jobs;
  const known = (await ports.tables.runs.get(runKey(kind)))?.value;
  const run: Run = {
    ...{ kind, id: ports.random.id(), startedAt: ports.clock.now(), count: 0 },
    completedAt: known?.completedAt,
    previousCount: known && isUnfinished(known) ? known.previousCount : known?.count,
    somebodyAt: known?.somebodyAt,
    findings: known?.findings,
  };
  await recordRun(ports, run);
  return run;
}

async function recordRun({ tables: { runs } }: Pick<Ports, 'tables'>, run: Run): Promise<void> {
  const known = await runs.get(runKey(run.kind));
  try {
    await (known ? runs.replace(known, run) : runs.insert(runKey(run.kind), run));
  } catch (error) {
    // Two runs of a kind at once: either of them is a sign of life.
    if (!hasCode(error, 'CONFLICT')) throw error;
  }
}

/** A consent that was saved and not committed is finished by whoever works on the connection next. */
function isActive(
  { policy, clock }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  connection: Connection,
): boolean {
  if (connection.closedAt !== undefined) return false;
  if (connection.consentReserved > (connection.pointer?.consent ?? 0)) return true;
  return connection.pointer !== undefined && isWorthRefreshing(connection, policy, clock.now());
}
