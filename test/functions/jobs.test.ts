/** What a queue may hold, and what becomes of everything else. */
import type { InvocationContext } from '@azure/functions';
import { checkBatteryJob } from '../../src/functions/check-battery';
import { rotateTokenJob } from '../../src/functions/rotate-token';
import type { Services } from '../../src/services';
import { answer } from '../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../support/world';

let world: TestWorld;
let services: Services;
beforeEach(() => {
  world = createTestWorld();
  services = { ...world.ports, inInvocation: (_, work) => work() };
});

const context = { functionName: 'a-queue' } as unknown as InvocationContext;
const rotate = (message: unknown) => rotateTokenJob(services)(message, context);
const check = (message: unknown) => checkBatteryJob(services)(message, context);

const rotateJob = {
  kind: 'rotate-token',
  connection: 'wearer-1',
  run: 'run-1',
  runStartedAt: Date.parse('2026-11-21T06:00:00Z'),
  attempt: 0,
};
const checkJob = { kind: 'check-battery', connection: 'wearer-1', run: 'run-1' };

const badConnections: [string, unknown][] = [
  ['no connection', undefined],
  ['an empty connection', ''],
  ['a connection that is too long', 'x'.repeat(65)],
  ['a connection with a slash', 'a/b'],
  ['a connection with a quote', "a'b"],
  ['a connection with a line break', 'wearer-1\n'],
  ['a connection that is a number', 7],
];

describe('the queue rotate-token', () => {
  test('rotates the connection of its job', async () => {
    await connectWearer(world);
    world.http.script(answer(200, tokens(2)));
    await rotate(rotateJob);
    expect(recordOf(world).pointer?.generation).toBe(2);
  });

  test('takes a replay, which asks nothing when the refresh is finished', async () => {
    await connectWearer(world, 'fitbit', { set: { generation: 2 } });
    await rotate({ ...rotateJob, replayOf: { consent: 1, generation: 1 } });
    expect(world.log.entries).toMatchObject([
      { event: 'token.kept', fields: { reason: 'the earlier refresh is finished' } },
    ]);
  });

  test.each(['a', 'x'.repeat(64), '0123456789abcdef0123456789abcdef', 'wearer_1-A'])(
    'takes the connection id %s',
    async (connection) => {
      await rotate({ ...rotateJob, connection });
      expect(world.log.entries).toMatchObject([
        { event: 'token.not_rotated', fields: { connection, outcome: 'unknown connection' } },
      ]);
    },
  );

  test.each<[string, unknown]>([
    ...badConnections.map(([name, connection]): [string, unknown] => [name, { ...rotateJob, connection }]),
    ['another kind', { ...rotateJob, kind: 'check-battery' }],
    ['no run', { ...rotateJob, run: '' }],
    ['a start that is text', { ...rotateJob, runStartedAt: '2026-11-21T06:00:00Z' }],
    ['a negative attempt', { ...rotateJob, attempt: -1 }],
    ['half an attempt', { ...rotateJob, attempt: 0.5 }],
    ['a replay of nothing', { ...rotateJob, replayOf: {} }],
    ['a replay of generation 0', { ...rotateJob, replayOf: { consent: 1, generation: 0 } }],
    ['a replay of consent 0', { ...rotateJob, replayOf: { consent: 0, generation: 1 } }],
    ['text', 'the-secret'],
    ['nothing', undefined],
  ])('logs and drops a message with %s, without its content', async (_, message) => {
    await connectWearer(world);
    await rotate(message);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'job.unreadable', fields: { function: 'a-queue' } },
    ]);
    expect(world.http.requests).toEqual([]);
  });
});

describe('the queue check-battery', () => {
  test('checks the connection of its job', async () => {
    await connectWearer(world);
    world.http.script(answer(200, []));
    await check(checkJob);
    expect(world.log.entries).toMatchObject([{ event: 'battery.checked', fields: { count: 0 } }]);
  });

  test.each<[string, unknown]>([
    ...badConnections.map(([name, connection]): [string, unknown] => [name, { ...checkJob, connection }]),
    ['another kind', { ...checkJob, kind: 'rotate-token' }],
    ['no run', { ...checkJob, run: undefined }],
  ])('logs and drops a message with %s', async (_, message) => {
    await check(message);
    expect(world.log.entries).toEqual([
      { level: 'error', event: 'job.unreadable', fields: { function: 'a-queue' } },
    ]);
  });
});
