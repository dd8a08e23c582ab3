/**
 * The platform by a fake clock: timers that dispatch, queues that deliver, a failing job that comes back after 30 s
 * and is poisoned after five times. Days pass in milliseconds.
 */
import { runCloseJob } from '../../src/domain/wearer/close-connection';
import { notePoisonedJob } from '../../src/domain/operation/poisoned-job';
import { dispatchBatteryCheck, dispatchRotation } from '../../src/domain/operation/dispatch';
import { runCheckJob, runRotateJob } from '../../src/domain/operation/run-jobs';
import { runOperateJob } from '../../src/domain/operation/operate';
import { runLinkJob } from '../../src/domain/wearer/lost-links';
import { watch } from '../../src/domain/operation/watchdog';
import { runWebhookJob } from '../../src/domain/messages/send-webhook';
import type { Job, Settings } from '../../src/model';
import type { Ports } from '../../src/ports';
import { connectionOf } from './memory-queues';
import type { FakeClock } from './memory-runtime';

interface Message {
  readonly job: Job;
  dueAt: number;
  dequeueCount: number;
}

export interface Platform {
  readonly ports: Ports & Settings;
  /** Lets time pass, second by second where something is due. */
  pass(ms: number): Promise<void>;
  waiting(): number;
}

const hour = 3_600_000;

export function createPlatform(
  inner: Ports & Settings,
  clock: FakeClock,
  { deliveries = 1 }: { readonly deliveries?: number } = {},
): Platform {
  const messages: Message[] = [];
  const ports: Ports & Settings = {
    ...inner,
    queues: {
      ...inner.queues,
      enqueue: (job, delayMs = 0) => {
        const message = { job, dueAt: clock.now() + delayMs, dequeueCount: 0 };
        messages.push(message);
        return Promise.resolve(() => {
          if (messages.includes(message)) messages.splice(messages.indexOf(message), 1);
          return Promise.resolve();
        });
      },
    },
  };
  const timers = [
    { everyMs: 6 * hour, run: () => dispatchRotation(ports) },
    { everyMs: hour, run: () => dispatchBatteryCheck(ports) },
    { everyMs: hour / 2, run: () => watch(ports) },
  ].map((timer) => ({ ...timer, nextAt: clock.now() + timer.everyMs }));

  function run(job: Job): Promise<unknown> {
    switch (job.kind) {
      case 'rotate-token':
        return runRotateJob(ports, job);
      case 'check-battery':
        return runCheckJob(ports, job);
      case 'close-connection':
        return runCloseJob(ports, job);
      case 'send-links':
        return runLinkJob(ports, job);
      case 'send-webhook':
        return runWebhookJob(ports, job);
      case 'operate':
        return runOperateJob(ports, job);
    }
  }

  async function deliver(message: Message): Promise<void> {
    message.dequeueCount += 1;
    const { job } = message;
    try {
      await run(job);
    } catch {
      if (message.dequeueCount < 5) {
        messages.push({ ...message, dueAt: clock.now() + 30_000 });
        return;
      }
      await notePoisonedJob(ports, job.kind, connectionOf(job)).catch(() => undefined);
    }
  }

  async function deliverDue(): Promise<void> {
    for (;;) {
      const at = messages.findIndex(({ dueAt }) => dueAt <= clock.now());
      if (at < 0) return;
      const [message] = messages.splice(at, 1);
      await Promise.all(Array.from({ length: deliveries }, () => deliver(message!)));
    }
  }

  return {
    ports,
    waiting: () => messages.length,
    pass: async (ms) => {
      const until = clock.now() + ms;
      for (;;) {
        await deliverDue();
        for (const timer of timers) {
          if (timer.nextAt > clock.now()) continue;
          timer.nextAt += timer.everyMs;
          await timer.run().catch(() => undefined);
        }
        await deliverDue();
        const next = Math.min(...messages.map(({ dueAt }) => dueAt), ...timers.map(({ nextAt }) => nextAt));
        if (next >= until) break;
        if (next > clock.now()) clock.advance(next - clock.now());
      }
      if (until > clock.now()) clock.advance(until - clock.now());
      await deliverDue();
    },
  };
}
