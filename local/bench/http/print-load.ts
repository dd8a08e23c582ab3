/** Tables for people. */
import type { CrowdResult, LoadResult } from './load-results';

export function printLoads(atOnce: number, results: readonly LoadResult[]): void {
  console.log(`${atOnce} at once\n`);
  const head = [
    ...['a second', '80 % of rounds', 'of empty', 'p50', 'p99', 'CPU', 'of empty', 'calls'],
    ...['loop p99', 'max', 'heap', 'peak', 'after', 'RSS', 'limited', 'errors'],
  ];
  const widths = [9, 16, 9, 8, 8, 8, 9, 7, 9, 7, 6, 6, 6, 6, 8, 8];
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(22) + cells.map((cell, nth) => cell.padStart(widths[nth]!)).join('');
  console.log(line('', head));
  for (const result of results.filter((each) => each.atOnce === atOnce)) {
    const errors = Object.values(result.wrong).reduce((sum, count) => sum + count, result.broken);
    const cells = [
      result.perSecond.toFixed(0),
      `${result.spread[0].toFixed(0)} to ${result.spread[1].toFixed(0)}`,
      result.ofEmpty.toFixed(3),
      result.p50Ms.toFixed(1),
      result.p99Ms.toFixed(1),
      result.cpuMs.toFixed(2),
      result.cpuOfEmpty.toFixed(1),
      result.calls.toFixed(1),
      result.loopP99Ms.toFixed(0),
      result.loopMaxMs.toFixed(0),
      ...[result.heapBefore, result.heapPeak, result.heapAfter, result.rssPeak].map((mb) => mb.toFixed(0)),
      String(result.limited),
      String(errors),
    ];
    console.log(line(result.name, cells));
    if (errors > 0)
      console.log(`  ${JSON.stringify({ wrong: result.wrong, broken: result.broken, codes: result.codes })}`);
  }
  console.log('');
}

export function printCrowds(crowds: readonly CrowdResult[]): void {
  console.log('At once for one token that has to be refreshed first\n');
  for (const { askers, refreshes, answered, p50Ms, lastMs, calls } of crowds) {
    const said = `half within ${p50Ms.toFixed(0)} ms, all within ${lastMs.toFixed(0)} ms`;
    console.log(
      `${askers} askers: ${JSON.stringify(answered)}, refreshed ${refreshes} times, ${said}, ${calls} calls`,
    );
  }
  console.log('');
}
