/** Jest's `globalSetup`. */
import { lendAzurite, type AzuriteLender } from './shared-azurite';

declare global {
  var azuriteLender: AzuriteLender | undefined;
}

async function beginRun(): Promise<void> {
  globalThis.azuriteLender = await lendAzurite();
  process.env.AZURITE_LENDER = globalThis.azuriteLender.url;
}

export { beginRun as default };
