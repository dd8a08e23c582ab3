/**
 * `npm run fuzz -- --requests 20000 --seed 7`: strange requests to every route. Exits 1 when one does harm. With `--callers entra` the
 * service asks for a Microsoft Entra sign-in, and none of them has one.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz/run-fuzz';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '20000' },
      callers: { type: 'string', default: 'local' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const [requests, seed] = [Number(values.requests), Number(values.seed)];
  if (!(requests > 0) || !(seed >= 0)) throw new Error('--requests and --seed have to be numbers.');
  const { callers } = values;
  if (callers !== 'local' && callers !== 'entra') throw new Error('--callers has to be local or entra.');
  console.log(`seed ${seed}, ${requests} requests, callers ${callers}`);
  const startedMs = performance.now();
  const { statuses, findings } = await fuzz({ requests, seed, callers });
  for (const [status, count] of [...statuses].sort(([a], [b]) => a - b))
    console.log(`${String(count).padStart(7)}  ${status}`);
  console.log(`in ${Math.round((performance.now() - startedMs) / 1000)} s`);
  for (const finding of findings) console.log(`\n${finding}`);
  console.log(
    findings.length === 0
      ? '\nNothing found.'
      : `\n${findings.length} findings. Again: npm run fuzz -- --seed ${seed} --callers ${callers}`,
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
}

main()
  .catch((error: unknown) => {
    console.error(`The fuzz failed. ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  })
  .finally(() => process.exit());
