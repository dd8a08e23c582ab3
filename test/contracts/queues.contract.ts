/** What every `Queues` promises (src/ports). */
import type { CheckJob, CloseJob, Job, LinkJob, OperateJob, RotateJob, WebhookJob } from '../../src/model';
import type { Queues } from '../../src/ports';
import { connectionOf } from '../support/memory-queues';

export interface QueueAtHand {
  readonly queues: Queues;
  /** How many messages the queue holds, hidden ones included. */
  count(queue: Job['kind']): Promise<number>;
  /** The texts that a worker would get now, as they are. */
  visible(queue: Job['kind']): Promise<string[]>;
}

const rotateJob: RotateJob = {
  kind: 'rotate-token',
  connection: 'wearer',
  run: 'run-1',
  runStartedAt: Date.parse('2026-11-21T06:00:00.123Z'),
  attempt: 2,
};
const closeJob: CloseJob = { kind: 'close-connection', connection: 'wearer', attempt: 3 };
const webhookJob: WebhookJob = {
  kind: 'send-webhook',
  connection: 'wearer-1',
  delivery: {
    event: {
      id: 'event-1',
      type: 'battery.low',
      at: 1,
      data: { connection: 'wearer-1', label: 'participant-17', outsideId: null, provider: 'fitbit' },
    },
    address: 'first',
    attempt: 0,
  },
};
const linkJob: LinkJob = { kind: 'send-links', number: 'a'.repeat(43), request: 'request-1' };
const operateJob: OperateJob = { kind: 'operate', work: 'campaigns', goesOn: false };
const checkJob: CheckJob = { kind: 'check-battery', connection: 'wearer <&> "ä"', run: 'run-1' };

export function queuesContract(name: string, open: () => Promise<QueueAtHand>): void {
  describe(`Queues ${name}`, () => {
    let at: QueueAtHand;

    beforeEach(async () => {
      at = await open();
    });

    test.each<Job>([rotateJob, checkJob, closeJob, linkJob, webhookJob, operateJob])(
      'enqueue puts one $kind job as plain JSON into its queue',
      async (job) => {
        const others = [rotateJob, checkJob, closeJob, linkJob, webhookJob, operateJob].filter(
          ({ kind }) => kind !== job.kind,
        );
        await at.queues.enqueue(job);
        for (const other of others) await at.queues.enqueue(other);
        const texts = await at.visible(job.kind);
        expect(texts.map((text) => JSON.parse(text) as unknown)).toEqual([job]);
        expect(texts[0]).toMatch(/^\{"/);
        expect(await at.count(job.kind)).toBe(1);
      },
    );

    test('the same job twice is two messages', async () => {
      await at.queues.enqueue(rotateJob);
      await at.queues.enqueue(rotateJob);
      expect(await at.visible('rotate-token')).toHaveLength(2);
    });

    test.each([20_000, 1_000, 1, 0.4])('a delay of %d ms hides the job', async (delayMs) => {
      await at.queues.enqueue(rotateJob, delayMs);
      expect(await at.visible('rotate-token')).toEqual([]);
      expect(await at.count('rotate-token')).toBe(1);
    });

    test.each([0, -5_000])('a delay of %d ms hides nothing', async (delayMs) => {
      await at.queues.enqueue(rotateJob, delayMs);
      expect(await at.visible('rotate-token')).toHaveLength(1);
    });

    test('a delayed job does not hold up the one after it', async () => {
      await at.queues.enqueue(rotateJob, 20_000);
      await at.queues.enqueue({ ...rotateJob, connection: 'other' });
      const visible = (await at.visible('rotate-token')).map((text) => connectionOf(JSON.parse(text) as Job));
      expect(visible).toEqual(['other']);
      expect(await at.count('rotate-token')).toBe(2);
    });

    test.each([0, 20_000])(
      'a job with a delay of %d ms that is cancelled is gone, and no other',
      async (delayMs) => {
        const cancel = await at.queues.enqueue(rotateJob, delayMs);
        await at.queues.enqueue(rotateJob);
        await cancel();
        expect(await at.count('rotate-token')).toBe(1);
        expect(await at.visible('rotate-token')).toHaveLength(1);
      },
    );

    test('a job can be cancelled twice', async () => {
      const cancel = await at.queues.enqueue(rotateJob);
      await cancel();
      await cancel();
      expect(await at.count('rotate-token')).toBe(0);
    });
  });
}
