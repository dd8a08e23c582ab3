/**
 * Whether delivery reports come at all. STOP comes the same way, so nobody may notice for weeks that none arrives. The first
 * text without a report begins a run of its own kind, and any report completes it.
 */
import type { Run, Settings } from '../../model';
import type { Ports } from '../../ports';
import { change, insertOnce } from '../store/compare-and-swap';
import { runKey } from '../store/row-keys';

const kind = 'delivery-report';
/** One report can get lost, so a single text raises no alarm. */
const fewestTexts = 2;

export async function noteTextLeft({
  tables: { runs },
  clock,
  random,
}: Pick<Ports, 'clock' | 'random' | 'tables'>): Promise<void> {
  const startedAt = clock.now();
  const known = await runs.get(runKey(kind));
  const first: Run = { kind, id: random.id(), startedAt, count: 1 };
  if (!known && (await insertOnce(runs, runKey(kind), first))) return;
  await change(runs, runKey(kind), (before): Run | undefined => {
    if (!isAwaited(before)) return { ...before, startedAt, count: 1 };
    return before.count < fewestTexts ? { ...before, count: before.count + 1 } : undefined;
  });
}

export async function noteReportCame({
  tables: { runs },
  clock,
}: Pick<Ports, 'clock' | 'tables'>): Promise<void> {
  await change(runs, runKey(kind), (before): Run | undefined =>
    isAwaited(before) ? { ...before, completedAt: Math.max(clock.now(), before.startedAt) } : undefined,
  );
}

export async function areReportsMissing({
  tables,
  clock,
  policy,
}: Pick<Ports, 'clock' | 'tables'> & Pick<Settings, 'policy'>): Promise<boolean> {
  const run = (await tables.runs.get(runKey(kind)))?.value;
  if (!run || !isAwaited(run) || run.count < fewestTexts) return false;
  return clock.now() - run.startedAt > policy.times.reportsOverdueMs;
}

function isAwaited({ startedAt, completedAt = 0 }: Run): boolean {
  return completedAt < startedAt;
}
