/** `npm run demo`: exits 0 when every step worked, 1 with the name of the step that did not. */
import { parseArgs } from 'node:util';
import { providerIds, type ProviderId } from '../src/model';
import { runDemo } from './run-demo';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { provider: { type: 'string', default: 'google-health' } } });
  const provider = providerIds.find((id) => id === values.provider) as ProviderId | undefined;
  if (!provider) {
    throw new Error(`There is no provider "${values.provider}". Choose one of ${providerIds.join(', ')}.`);
  }
  await runDemo({ provider, print: (line) => console.log(line) });
  console.log('Done: every step worked.');
}

main().catch((error: unknown) => {
  console.error(`The demo failed. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
