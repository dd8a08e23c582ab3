/**
 * `npm run pacing -- --connections 100000`: hours of a service with many connections in virtual time. The code that hands
 * out jobs and carries them out is the real one; the stores are simulated, and the vault keeps to the limits of Key Vault.
 * With `--housekeeping` it plays one day of housekeeping, by the age of the connections.
 * With `--dispatch` a run is handed out and not carried out, to a thousand connections and to as many as are given.
 */
import { parseArgs } from 'node:util';
import { readProviderId } from './provider-names';
import { play } from './pacing/play';
import { playDispatch } from './pacing/play-dispatch';
import { playHousekeeping } from './pacing/play-housekeeping';
import { vaultLimits, type Load } from './pacing/late-stores';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    instances: { type: 'string', default: '40' },
    hours: { type: 'string', default: '7' },
    provider: { type: 'string', default: 'fitbit' },
    break: { type: 'string' },
    dispatch: { type: 'boolean', default: false },
    housekeeping: { type: 'boolean', default: false },
    'call-ms': { type: 'string', default: '10' },
  },
});

async function main(): Promise<void> {
  const played = await play({
    connections: Number(values.connections),
    instances: Number(values.instances),
    hours: Number(values.hours),
    provider: readProviderId(values.provider),
    spreads: values.break !== 'at-once',
  });
  const load = (name: string, { most, refused, total }: Load, limit: number): string =>
    `${name}: ${most} in any ten seconds at the most (limit ${limit}), ${total} in all, ${refused} refused`;
  const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;
  console.log(
    [
      `${values.connections} connections at ${values.provider}, ${values.instances} instances, ${values.hours} hours`,
      load('new secrets', played.creates, vaultLimits.creates),
      load('other calls of the vault', played.others, vaultLimits.others),
      `rotations: ${played.rotated}, the last one of a run ${minutes(played.lastRotatedMs)} after its start; the longest gap of a connection ${minutes(played.longestGapMs)}`,
      `checks: ${played.checked}, dropped ${played.dropped}, failed ${played.failed}`,
      `handing out the jobs of a run took ${minutes(played.dispatchMs)} at the most; jobs at work at the same time: ${played.mostAtWork}`,
      `jobs thrown ${played.thrown}, poisoned ${played.poisoned}`,
    ].join('\n'),
  );
  if (played.poisoned > 0 || played.creates.refused > 0 || played.others.refused > 0) process.exitCode = 1;
}

/** "How long" is about the stores alone: what the processor of an instance takes for a job is not in it. */
async function mainDispatch(): Promise<void> {
  const [callMs, many] = [Number(values['call-ms']), Number(values.connections)];
  for (const connections of [1_000, many]) {
    const whole = await playDispatch({ connections, callMs });
    const { jobs, isComplete, tookMs, mostTaken, mostBegun, memoryMb } = whole;
    const again = await playDispatch({ connections, callMs, againAfterMs: 1_000 });
    const died = await playDispatch({ connections, callMs, dies: true });
    console.log(
      [
        `${connections} connections, ${callMs} ms a call`,
        `jobs: ${jobs}, connections without one: ${whole.without}, with two: ${whole.twice}; the run is ${isComplete ? '' : 'not '}complete`,
        `handing them out took ${(tookMs / 1_000).toFixed(1)} s; the queue took at most ${mostTaken} in a second, of which at most ${mostBegun} begin in the same second`,
        `memory: ${memoryMb.toFixed(1)} MB above what it was before`,
        `every shard delivered twice: connections without a job ${again.without}, with two ${again.twice}`,
        `a worker that died after 700 jobs: connections without a job ${died.without}, with two ${died.twice}; it took ${(died.tookMs / 1_000).toFixed(1)} s`,
      ].join('\n'),
    );
    const isWrong = [whole, again, died].some((each) => each.without > 0 || !each.isComplete);
    if (isWrong || whole.twice + again.twice > 0) process.exitCode = 1;
  }
}

async function mainHousekeeping(): Promise<void> {
  const connections = Number(values.connections);
  for (const ageDays of [30, 200, 400]) {
    const { calls, tookMs } = await playHousekeeping(connections, ageDays);
    const alone = await playHousekeeping(connections, ageDays, true);
    console.log(
      [
        `${connections} connections that are ${ageDays} days old, 10 ms a call: ${(calls / connections).toFixed(2)} calls a connection`,
        `${(tookMs / connections).toFixed(2)} ms a connection, one call after the other ${(alone.tookMs / connections).toFixed(2)} ms: ${(alone.tookMs / tookMs).toFixed(1)} times faster`,
      ].join('\n'),
    );
  }
}

void (values.dispatch ? mainDispatch() : values.housekeeping ? mainHousekeeping() : main());
