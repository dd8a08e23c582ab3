/**
 * `npm run pacing -- --connections 100000`: hours of a service with many connections in virtual time. The code that hands
 * out jobs and carries them out is the real one; the stores are simulated, and the vault keeps to the limits of Key Vault.
 */
import { parseArgs } from 'node:util';
import { readProviderId } from './provider-names';
import { play } from './pacing/play';
import { vaultLimits, type Load } from './pacing/late-stores';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '10000' },
      instances: { type: 'string', default: '40' },
      hours: { type: 'string', default: '7' },
      provider: { type: 'string', default: 'fitbit' },
      break: { type: 'string' },
    },
  });
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

void main();
