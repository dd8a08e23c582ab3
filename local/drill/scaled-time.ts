/** Scaled time as the platform can count it. */
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @throws Error that names the rules that do not hold */
export function requireOrder(
  factor: number,
  rules: readonly (readonly [rule: string, holds: boolean])[],
): void {
  const violated = rules.filter(([, holds]) => !holds).map(([rule]) => rule);
  if (violated.length > 0) {
    throw new Error(`At the factor ${factor} the order of times no longer holds: ${violated.join('; ')}.`);
  }
}

/** Azure Storage queues count in whole seconds. */
export function inQueue(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

/** host.json with its waits scaled, and as many messages at a time as the drill wants in one process. */
export async function writeHostJson(factor: number, atATime: number): Promise<string> {
  const host = JSON.parse(readFileSync('host.json', 'utf8')) as { extensions: { queues: object } };
  const queues = {
    ...host.extensions.queues,
    batchSize: 1,
    newBatchThreshold: atATime - 1,
    visibilityTimeout: timeSpan(30_000 * factor),
    maxPollingInterval: timeSpan(5_000 * factor),
  };
  const path = join(await mkdtemp(join(tmpdir(), 'drill-')), 'host.json');
  await writeFile(path, JSON.stringify({ ...host, extensions: { ...host.extensions, queues } }));
  return path;
}

function timeSpan(ms: number): string {
  return `00:00:${(ms / 1000).toFixed(3).padStart(6, '0')}`;
}
