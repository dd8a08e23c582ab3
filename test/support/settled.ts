/** What a result holds: its value, or the failure as it is. */
import type { Failure } from '../../src/errors';

export function settled<T, F extends Failure>(result: { readonly ok: true; readonly value: T } | F): T | F {
  return result.ok ? result.value : result;
}
