/** Jest's `globalTeardown`. */
export default async function endRun(): Promise<void> {
  await globalThis.azuriteLender?.close();
}
