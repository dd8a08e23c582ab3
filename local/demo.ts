/** `npm run demo`: exits 0 when every step worked, 1 with the name of the step that did not. */
import { parseArgs } from 'node:util';
import { readProviderId } from './provider-names';
import { runDemo } from './run-demo';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { provider: { type: 'string', default: 'google-health' } } });
  await runDemo({ provider: readProviderId(values.provider), print: (line) => console.log(line) });
  console.log('Done: every step worked.');
}

main().catch((error: unknown) => {
  console.error(`The demo failed. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
