/** How much memory is used above what was used before, when it is most. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Memory {
  look(): void;
  mostMb(): number;
}

/** A look takes time: it collects all garbage first. */
export const unwatched: Memory = { look: () => undefined, mostMb: () => 0 };

export function watchMemory(): Memory {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  let most = before;
  const look = (): void => void (most = Math.max(most, used()));
  return { look, mostMb: () => (look(), (most - before) / 2 ** 20) };
}
