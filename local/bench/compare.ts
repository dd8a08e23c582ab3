/** Contenders in alternating rounds, each beside the one that is the base. */

export interface Result {
  readonly name: string;
  /** Milliseconds of one repetition: the median of the rounds, and what 80 % of them lie between. */
  readonly ms: number;
  readonly spread: readonly [number, number];
  /** Processor time of this process for one repetition, in milliseconds. */
  readonly cpuMs: number;
  /** The median over all rounds of this one's time divided by that of the base in the same round. */
  readonly ratio: number;
  readonly cpuRatio: number;
}

interface Sample {
  readonly ms: number;
  readonly cpuMs: number;
}

const warmUpRounds = 4;

export async function compare(
  contenders: Readonly<Record<string, () => Promise<void>>>,
  { base, rounds, repetitions }: { base: string; rounds: number; repetitions: number },
): Promise<Result[]> {
  const names = Object.keys(contenders);
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const name of inTurns(names, round + warmUpRounds)) {
      const sample = await measure(contenders[name]!, repetitions);
      if (round >= 0) samples.get(name)!.push(sample);
    }
  }
  const baseSamples = samples.get(base)!;
  return names.map((name) => {
    const own = samples.get(name)!;
    const times = own.map(({ ms }) => ms);
    return {
      name,
      ms: median(times),
      spread: [quantile(times, 0.1), quantile(times, 0.9)],
      cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
      ratio: median(own.map(({ ms }, round) => ms / baseSamples[round]!.ms)),
      cpuRatio: median(own.map(({ cpuMs }, round) => cpuMs / baseSamples[round]!.cpuMs)),
    };
  });
}

async function measure(contender: () => Promise<void>, repetitions: number): Promise<Sample> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  for (let left = repetitions; left > 0; left -= 1) await contender();
  const ms = (performance.now() - begun) / repetitions;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 / repetitions };
}

/** All of them, beginning with another one each round. */
export function turned<T>(all: readonly T[], round: number): T[] {
  const shift = round % all.length;
  return [...all.slice(shift), ...all.slice(0, shift)];
}

/** Nobody always comes first, or always after the same one. */
export function inTurns<T>(all: readonly T[], round: number): T[] {
  return round % 2 === 0 ? turned(all, round) : turned(all, round).reverse();
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values, the one in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** A table for people, and one line of JSON for programs. */
export function printComparison(what: string, results: readonly Result[]): void {
  const rows = results.map(({ name, ms, spread, cpuMs, ratio, cpuRatio }) => [
    name.padEnd(24),
    `${ms.toFixed(3)} ms`.padStart(10),
    `${spread[0].toFixed(3)} to ${spread[1].toFixed(3)}`.padStart(16),
    ratio.toFixed(2).padStart(6),
    `${cpuMs.toFixed(3)} ms`.padStart(10),
    cpuRatio.toFixed(2).padStart(6),
  ]);
  console.log(`${what}\n`);
  console.log(
    `${''.padEnd(24)}${'median'.padStart(10)}${'80 % of rounds'.padStart(17)}  ratio       CPU  ratio`,
  );
  for (const row of rows) console.log(row.join(' '));
  console.log(`\n${JSON.stringify({ what, results })}`);
}
