/**
 * The times of a drill. One factor scales them all; queues count in whole seconds, so the order that the rotation
 * depends on (docs/architecture.md, "Times") is checked again after rounding.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Times } from '../../src/model';
import { platformLeaseMs } from '../runner/run-queues';

/** Fitbit's older text says two minutes. */
const repeatWindowMs = 120_000;

export interface DrillTimes {
  readonly factor: number;
  readonly service: Times;
  readonly repeatWindowMs: number;
  /** How long the message of a dead worker stays hidden. */
  readonly messageLeaseMs: number;
  readonly pollMs: number;
  /** When the last replay of a rotation comes, as the queue counts. */
  readonly lastReplayMs: number;
  /** By how much the last replay may be late and still come inside the repeat window. */
  readonly slackMs: number;
}

/** @throws Error when the order no longer holds at this factor */
export function drillTimes(service: Times, factor: number): DrillTimes {
  const { providerTimeoutMs, leaseMs, leaseRenewMs, replayMs, leaseRetryMs } = service;
  const replays = replayMs.map(inQueue);
  const times: DrillTimes = {
    factor,
    service,
    repeatWindowMs: repeatWindowMs * factor,
    messageLeaseMs: inQueue(platformLeaseMs * factor),
    pollMs: 5_000 * factor,
    lastReplayMs: Math.max(...replays),
    slackMs: repeatWindowMs * factor - Math.max(...replays) - inQueue(leaseRetryMs) - leaseMs,
  };
  const rules: [string, boolean][] = [
    ['renewal < lease', leaseRenewMs < leaseMs],
    ['provider timeout < lease', providerTimeoutMs < leaseMs],
    ['lease <= first replay', leaseMs <= replays[0]!],
    ['replays come one after the other', replays.every((at, index) => at > (replays[index - 1] ?? 0))],
    [
      'last replay + a held lease + pick-up + timeout < repeat window',
      times.lastReplayMs + inQueue(leaseRetryMs) + times.pollMs + providerTimeoutMs < times.repeatWindowMs,
    ],
    ['repeat window < dead message', times.repeatWindowMs < times.messageLeaseMs],
    ['dead message < recheck of a refusal', times.messageLeaseMs < service.refusalRecheckMs],
  ];
  const violated = rules.filter(([, holds]) => !holds).map(([rule]) => rule);
  if (violated.length > 0) {
    throw new Error(`At the factor ${factor} the order of times no longer holds: ${violated.join('; ')}.`);
  }
  return times;
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
