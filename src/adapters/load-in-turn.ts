/**
 * Loads packages one after another. The SDKs share packages, some as CommonJS and some as ES modules; where two SDKs are loaded at once, Node
 * can refuse one of them (ERR_REQUIRE_ESM_RACE_CONDITION).
 */
let last: Promise<unknown> = Promise.resolve();

/** @param load an `import()`. A failure is the caller's alone. */
export function loadInTurn<T>(load: () => Promise<T>): Promise<T> {
  const loading = last.then(load);
  last = loading.catch(() => undefined);
  return loading;
}
