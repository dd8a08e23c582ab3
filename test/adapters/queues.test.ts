/** What is special to Azure Storage queues; the rest is in test/contracts. */
import { QueueClient } from '@azure/storage-queue';
import type { Azurite } from '../../local/azurite';
import { connectQueues } from '../../src/adapters/queues';
import type { CheckJob } from '../../src/model';
import { appErrorOf } from '../support/error-of';
import { startLocalServer, type LocalServer } from '../support/local-server';
import { borrowAzurite } from '../support/shared-azurite';

const job: CheckJob = { kind: 'check-battery', connection: 'wearer', run: 'run-1' };
const dayMs = 24 * 60 * 60 * 1_000;

describe('with Azurite', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await borrowAzurite();
  });

  test('a message is the job’s JSON as it is, not base64, as host.json says', async () => {
    await connectQueues({
      kind: 'local',
      connectionString: azurite.connectionString,
      attemptMs: 5_000,
    }).enqueue(job);
    const queue = new QueueClient(azurite.connectionString, 'check-battery');
    const [message] = (await queue.receiveMessages()).receivedMessageItems;
    expect(message?.messageText).toBe('{"kind":"check-battery","connection":"wearer","run":"run-1"}');
  });

  test('a replay says its batch as its run too, which is where an older release looks for it', async () => {
    const queue = new QueueClient(azurite.connectionString, 'rotate-token');
    await queue.createIfNotExists();
    await queue.clearMessages();
    const replay = {
      kind: 'rotate-token',
      connection: 'wearer',
      batch: 'batch-1',
      runStartedAt: 0,
      attempt: 0,
    } as const;
    await connectQueues({
      kind: 'local',
      connectionString: azurite.connectionString,
      attemptMs: 5_000,
    }).enqueue(replay);
    const [message] = (await queue.receiveMessages()).receivedMessageItems;
    expect(JSON.parse(message!.messageText)).toEqual({ ...replay, run: 'batch-1' });
  });

  test('a job that a worker has got meanwhile is not cancelled', async () => {
    const queue = new QueueClient(azurite.connectionString, 'check-battery');
    const queues = connectQueues({
      kind: 'local',
      connectionString: azurite.connectionString,
      attemptMs: 5_000,
    });
    await queue.createIfNotExists();
    await queue.clearMessages();
    const cancel = await queues.enqueue(job);
    expect((await queue.receiveMessages()).receivedMessageItems).toHaveLength(1);
    await cancel();
    expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
  });

  test('the first calls of a process make the queue once, however many there are', async () => {
    const queues = connectQueues({
      kind: 'local',
      connectionString: azurite.connectionString,
      attemptMs: 5_000,
    });
    await new QueueClient(azurite.connectionString, 'rotate-token').deleteIfExists();
    const rotate = { ...job, kind: 'rotate-token', runStartedAt: 0, attempt: 0 } as const;
    await Promise.all(Array.from({ length: 10 }, () => queues.enqueue(rotate)));
    const { approximateMessagesCount } = await new QueueClient(
      azurite.connectionString,
      'rotate-token',
    ).getProperties();
    expect(approximateMessagesCount).toBe(10);
  });
});

describe('a queue on the wire', () => {
  let server: LocalServer;
  let status: number;
  beforeEach(async () => {
    status = 201;
    server = await startLocalServer((response) => response.writeHead(status).end(status === 201 ? sent : ''));
  });
  afterEach(() => server.close());

  const sent = '<?xml version="1.0"?><QueueMessagesList></QueueMessagesList>';
  const queuesAt = (url: string) =>
    connectQueues({
      kind: 'local',
      attemptMs: 5_000,
      connectionString: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;QueueEndpoint=${url}/a;`,
    });

  test.each([
    [undefined, '0'],
    [0, '0'],
    [-1, '0'],
    [0.1, '1'],
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [20_000, '20'],
    [30 * dayMs, String(7 * 24 * 3600 - 60)],
  ])('a delay of %s ms is a visibility timeout of %s s, seven days at the most', async (delayMs, seconds) => {
    await queuesAt(server.url).enqueue(job, delayMs);
    const puts = server.received.filter(({ method }) => method === 'POST');
    expect(puts).toHaveLength(1);
    const { pathname, searchParams } = new URL(puts[0]?.path ?? '', server.url);
    expect([pathname, searchParams.get('visibilitytimeout')]).toEqual(['/a/check-battery/messages', seconds]);
  });

  test('a job that cannot be cancelled is left, and that is no error', async () => {
    const cancel = await queuesAt(server.url).enqueue(job);
    status = 403;
    await cancel();
    expect(server.received.at(-1)?.method).toBe('DELETE');
  });

  test('that asks to wait for 100 s is QUEUE_UNAVAILABLE after twice the time of an attempt', async () => {
    const busy = await startLocalServer((response, { method }) =>
      method === 'PUT'
        ? response.writeHead(201).end()
        : response.writeHead(503, { 'retry-after': '100' }).end(),
    );
    const queues = connectQueues({
      kind: 'local',
      attemptMs: 200,
      connectionString: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;QueueEndpoint=${busy.url}/a;`,
    });
    expect((await appErrorOf(queues.enqueue(job))).code).toBe('QUEUE_UNAVAILABLE');
    await busy.close();
  }, 4_000);

  describe('that never answers', () => {
    let limits: number[];
    let asked: string[];
    let silent: LocalServer;
    let giveUp: AbortController;

    beforeEach(async () => {
      limits = [];
      asked = [];
      giveUp = new AbortController();
      // The time is over as soon as the request has arrived.
      jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
        limits.push(ms);
        return giveUp.signal;
      });
    });
    afterEach(() => silent.close());

    const answerAllBut = async (method: string) => {
      silent = await startLocalServer((response, request) => {
        asked.push(request.method ?? '');
        if (request.method === method) giveUp.abort();
        else response.writeHead(201).end(request.method === 'POST' ? sent : '');
      });
      return queuesAt(silent.url);
    };

    test.each([
      ['the queue is made', 'PUT', [10_000]],
      ['the job is put into it', 'POST', [10_000, 10_000]],
    ])('when %s is QUEUE_UNAVAILABLE after ten seconds', async (_, method, expected) => {
      const queues = await answerAllBut(method);
      expect((await appErrorOf(queues.enqueue(job))).code).toBe('QUEUE_UNAVAILABLE');
      expect(limits).toEqual(expected);
      expect(asked.at(-1)).toBe(method);
    });

    test('when the job is cancelled is waited for ten seconds and no error', async () => {
      const queues = await answerAllBut('DELETE');
      const cancel = await queues.enqueue(job);
      await cancel();
      expect(limits).toEqual([10_000, 10_000, 10_000]);
      expect(asked).toEqual(['PUT', 'POST', 'DELETE']);
    });
  });

  test('a queue that refuses us is QUEUE_UNAVAILABLE, and is tried again at the next job', async () => {
    const queues = queuesAt(server.url);
    status = 403;
    const error = await appErrorOf(queues.enqueue(job));
    expect([error.code, error.message]).toEqual([
      'QUEUE_UNAVAILABLE',
      'The queue check-battery did not take a job.',
    ]);
    status = 201;
    await queues.enqueue(job);
    expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
