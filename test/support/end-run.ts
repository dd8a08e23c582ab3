/** Jest's `globalTeardown`. */
async function endRun(): Promise<void> {
  await globalThis.azuriteLender?.close();
}

export { endRun as default };
