/**
 * `npm run day -- --connections 1000000`: a day of a service with so many connections, against the documented limits of Key Vault, storage,
 * Flex Consumption and the providers, and what a month of such days costs. `npm run day` alone compares 10, 1,000, 100,000 and 1,000,000.
 * It exits with 1 when a limit would be exceeded, a token would run out, or somebody would be checked less than hourly.
 */
import { parseArgs } from 'node:util';
import { limits } from './pacing/documented-limits';
import { playDay } from './pacing/play-day';
import { judgeDay, type DaySetting } from './pacing/played-day';
import { billOf, prices } from './pacing/prices';
import { readProviderId } from './provider-names';

const { values } = parseArgs({
  options: {
    connections: { type: 'string' },
    vaults: { type: 'string' },
    instances: { type: 'string', default: '40' },
    provider: { type: 'string', default: 'google-health' },
    'cpu-ms': { type: 'string', default: '30' },
  },
});

/** As docs/deploying.md says. */
const perVault = 180_000;
const say = (count: number): string => Math.round(count).toLocaleString('en-US');
const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;

async function main(): Promise<void> {
  const sizes =
    values.connections === undefined ? [10, 1_000, 100_000, 1_000_000] : [Number(values.connections)];
  const costs: string[] = [];
  for (const connections of sizes) {
    const setting: DaySetting = {
      connections,
      vaults: Number(values.vaults ?? Math.max(1, Math.ceil(connections / perVault))),
      provider: readProviderId(values.provider),
      instances: Number(values.instances),
      cpuMs: Number(values['cpu-ms']),
    };
    const day = await playDay(setting);
    const problems = judgeDay(setting, day);
    const bill = billOf(day);
    console.log(
      [
        `${say(connections)} connections at ${values.provider}, ${setting.vaults} vaults, ${setting.instances} instances at the most`,
        `checks ${say(day.checks)} (at least ${day.fewestChecks} each), rotations ${say(day.rotations)} (at least ${day.fewestRotations} each)`,
        `longest between two checks ${minutes(day.longestBetweenChecksMs)}, between two rotations ${minutes(day.longestBetweenRotationsMs)}; a job waited ${(day.longestWaitMs / 1_000).toFixed(0)} s at the most`,
        `handing out took ${minutes(day.handOutMs)} at the most; ${day.mostInstances} instances at the most, ${say(day.activeSeconds)} s of one at work`,
        ...day.loads.map(({ name, most, isExceeded }) => {
          const { what, most: limit, perSeconds } = limits[name];
          return `  ${isExceeded ? 'EXCEEDED ' : ''}${what}: ${say(most)} in ${say(perSeconds)} s, limit ${say(limit)}`;
        }),
        ...bill.lines.map(
          ({ what, amount, dollars }) => `  a month: ${say(amount)} ${what}, $${dollars.toFixed(2)}`,
        ),
        `  a month: $${bill.dollars.toFixed(2)}, a connection $${(bill.dollars / connections).toFixed(4)}`,
        ...(problems.length === 0 ? ['a good day'] : problems.map((problem) => `NOT GOOD: ${problem}`)),
        '',
      ].join('\n'),
    );
    costs.push(
      `| ${say(connections)} | $${bill.dollars.toFixed(2)} | $${(bill.dollars / connections).toFixed(4)} |`,
    );
    if (problems.length > 0) process.exitCode = 1;
  }
  console.log('| connections | a month | a connection and month |\n| --- | --- | --- |');
  console.log(costs.join('\n'));
  console.log('\nPrices, read in November 2026:');
  for (const { dollars, per, free, unit, from } of Object.values(prices))
    console.log(`  $${dollars} for ${say(per)} ${unit}, ${say(free)} free: ${from}`);
}

void main();
