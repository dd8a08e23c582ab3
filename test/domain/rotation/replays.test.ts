import { enqueueReplays } from '../../../src/domain/rotation/replays';
import { AppError } from '../../../src/errors';
import { connectionOf } from '../../support/memory';
import { createTestWorld } from '../../support/world';

const position = { consent: 2, generation: 17 };

test('three replays of a position are one run, at the times that fit into the repeat window', async () => {
  const { ports, queues, clock } = createTestWorld();
  await enqueueReplays(ports, { id: 'wearer-1' }, position, 0);
  const job = {
    kind: 'rotate-token',
    connection: 'wearer-1',
    run: 'id-1',
    runStartedAt: clock.now(),
    attempt: 0,
    replayOf: position,
    round: 0,
  };
  expect(queues.jobs).toEqual([
    { job: { ...job, isLast: false }, delayMs: 20_000 },
    { job: { ...job, isLast: false }, delayMs: 45_000 },
    { job: { ...job, isLast: true }, delayMs: 70_000 },
  ]);
});

test('of a token set they carry the position and nothing else', async () => {
  const { ports, queues } = createTestWorld();
  const set = { ...position, accessToken: 'access', refreshToken: 'refresh' };
  await enqueueReplays(ports, { id: 'wearer-1' }, set, 0);
  for (const { job } of queues.jobs) expect(job).toMatchObject({ replayOf: position });
  expect(JSON.stringify(queues.jobs)).not.toMatch(/access|refresh/);
});

test('what takes them back takes all of them, and no others', async () => {
  const { ports, queues } = createTestWorld();
  const { takeBack } = await enqueueReplays(ports, { id: 'wearer-1' }, position, 0);
  await enqueueReplays(ports, { id: 'wearer-2' }, position, 0);
  await takeBack();
  expect(queues.jobs.map(({ job }) => connectionOf(job))).toEqual(['wearer-2', 'wearer-2', 'wearer-2']);
  await takeBack();
  expect(queues.jobs).toHaveLength(3);
});

test('one that cannot be put into the queue is an error', async () => {
  const { ports, queues } = createTestWorld();
  const unavailable = new AppError('QUEUE_UNAVAILABLE', 'The queue is down.');
  const { enqueue } = queues;
  queues.enqueue = (job, delayMs) =>
    delayMs === 45_000 ? Promise.reject(unavailable) : enqueue(job, delayMs);
  await expect(enqueueReplays(ports, { id: 'wearer-1' }, position, 0)).rejects.toBe(unavailable);
  expect(queues.jobs).toEqual([]);
});
