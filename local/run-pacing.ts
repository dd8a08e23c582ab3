/**
 * `npm run pacing -- --connections 100000`: hours of a service with many connections in virtual time. The code that hands
 * out jobs and carries them out is the real one; the stores are simulated, and the vault keeps to the limits of Key Vault.
 * With `--housekeeping` it plays one day of housekeeping, by the age of the connections.
 * With `--dispatch` a run is handed out and not carried out, to a thousand connections and to as many as are given.
 * With `--sizes` it prints what work over all connections costs for 1,000, 10,000, 100,000 and 1,000,000 of them, or for as many as
 * are given: 1000,5000.
 */
import { parseArgs } from 'node:util';
import { readProviderId } from './provider-names';
import { play } from './pacing/play';
import { playDispatch } from './pacing/play-dispatch';
import { playHousekeeping } from './pacing/play-housekeeping';
import { kindsOfWork, playSize } from './pacing/play-sizes';
import { watchMemory } from './pacing/watch-memory';
import { vaultLimits, type Load } from './pacing/late-stores';

const { values } = parseArgs({
  options: {
    connections: { type: 'string' },
    instances: { type: 'string', default: '40' },
    hours: { type: 'string', default: '7' },
    provider: { type: 'string', default: 'fitbit' },
    break: { type: 'string' },
    dispatch: { type: 'boolean', default: false },
    housekeeping: { type: 'boolean', default: false },
    sizes: { type: 'boolean', default: false },
    'call-ms': { type: 'string', default: '10' },
  },
});

const { connections = values.sizes ? '1000,10000,100000,1000000' : '10000' } = values;

async function main(): Promise<void> {
  const played = await play({
    connections: Number(connections),
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
      `${connections} connections at ${values.provider}, ${values.instances} instances, ${values.hours} hours`,
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
  const [callMs, many] = [Number(values['call-ms']), Number(connections)];
  for (const each of [1_000, many]) {
    const whole = await playDispatch({ connections: each, callMs });
    const { jobs, isComplete, tookMs, mostTaken, mostBegun, memoryMb } = whole;
    const again = await playDispatch({ connections: each, callMs, againAfterMs: 1_000 });
    const died = await playDispatch({ connections: each, callMs, dies: true });
    console.log(
      [
        `${each} connections, ${callMs} ms a call`,
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
  const many = Number(connections);
  for (const ageDays of [30, 200, 400]) {
    const { calls, tookMs } = await playHousekeeping(many, ageDays);
    const alone = await playHousekeeping(many, ageDays, { oneByOne: true });
    console.log(
      [
        `${many} connections that are ${ageDays} days old, 10 ms a call: ${(calls / many).toFixed(2)} calls a connection`,
        `${(tookMs / many).toFixed(2)} ms a connection, one call after the other ${(alone.tookMs / many).toFixed(2)} ms: ${(alone.tookMs / tookMs).toFixed(1)} times faster`,
      ].join('\n'),
    );
  }
}

/** More memory than for the fewest: what holds all connections at once would show. */
const mostMb = 50;

async function mainSizes(): Promise<void> {
  const sizes = connections.split(',').map(Number);
  for (const work of kindsOfWork) {
    let least = Infinity;
    for (const size of sizes) {
      const { calls, tookMs, memoryMb } = await playSize(work, size, watchMemory());
      least = Math.min(least, memoryMb);
      console.log(
        `${work}, ${size} connections: ${calls} calls, ${(tookMs / 1_000).toFixed(1)} s, ${memoryMb.toFixed(1)} MB`,
      );
      if (memoryMb - least > mostMb) process.exitCode = 1;
    }
  }
}

void (values.sizes
  ? mainSizes()
  : values.dispatch
    ? mainDispatch()
    : values.housekeeping
      ? mainHousekeeping()
      : main());
