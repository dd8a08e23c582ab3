/** How long a built app takes from its start to the end of its first rotation, for the worker and stores of this machine. */
import { startDrillWorld } from '../drill/drill-world';
import { startTogether } from '../running';
import { startWorkerHost } from '../runner/worker-host';
import { azureSchedules } from '../azure-schedules';
import { deployedSettings } from '../pacing/deployed-policy';

export interface FirstRotation {
  /** From the start of the process until its functions are listed, and until the rotation is done. */
  readonly listedMs: number;
  readonly rotatedMs: number;
}

/**
 * Each app rotates a wearer of its own, in a new process every time; the apps take turns.
 *
 * @param apps main files by name
 */
export async function measureFirstRotations(
  apps: Readonly<Record<string, string>>,
  rounds: number,
): Promise<ReadonlyMap<string, readonly FirstRotation[]>> {
  return startTogether(async ({ start, close }) => {
    const world = await start(
      startDrillWorld({ factor: 1, repeatWindowMs: 0, reuseRevokesChain: false, tap: {} }),
    );
    const env = { ...deployedSettings, ...world.settings, ...azureSchedules };
    const connections = new Map<string, string>();
    for (const name of Object.keys(apps)) {
      world.addWearer(name);
      connections.set(name, await world.consent(name));
    }
    const found = new Map<string, FirstRotation[]>(Object.keys(apps).map((name) => [name, []]));
    // The first round is for the emulators, which are cold as well.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, file] of Object.entries(apps)) {
        const rotation = await rotateOnce(file, env, connections.get(name)!, `${name} ${round}`);
        if (round > 0) found.get(name)!.push(rotation);
      }
    }
    await close();
    return found;
  });
}

async function rotateOnce(
  file: string,
  env: Readonly<Record<string, string>>,
  connection: string,
  run: string,
): Promise<FirstRotation> {
  const begun = performance.now();
  const host = startWorkerHost(file, env);
  try {
    await host.list();
    const listedMs = performance.now() - begun;
    const job = { kind: 'rotate-token', connection, run, runStartedAt: Date.now(), attempt: 0 };
    const { error, logs } = await host.queue('rotateToken', job);
    const rotatedMs = performance.now() - begun;
    if (error || !logs.some(({ message }) => message.includes('"token.rotated"'))) {
      throw new Error(
        `${file} did not rotate: ${error?.message ?? logs.map(({ message }) => message).join()}`,
      );
    }
    return { listedMs, rotatedMs };
  } finally {
    await host.close();
  }
}
