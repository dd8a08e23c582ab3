import { createLog } from '../../src/adapters/log';
import type { LogFields, LogLevel, LogSink } from '../../src/ports';
import { Secret } from '../../src/secret';

interface Line {
  readonly at: LogLevel;
  readonly line: string;
}

function createSink(): LogSink & { lines: Line[]; events(): unknown[] } {
  const lines: Line[] = [];
  const write = (at: LogLevel) => (line: string) => void lines.push({ at, line });
  return {
    lines,
    events: () => lines.map(({ line }) => (JSON.parse(line) as { event: unknown }).event),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

/** What one call writes, parsed, without level and time. */
function written(fields: unknown): Record<string, unknown> {
  const sink = createSink();
  createLog('debug', sink).log.info('event', fields as LogFields);
  const { level, time, event, ...rest } = JSON.parse(sink.lines[0]?.line ?? '{}') as Record<string, unknown>;
  expect([level, typeof time, event]).toEqual([30, 'string', 'event']);
  return rest;
}

const levels = ['debug', 'info', 'warn', 'error'] as const;

describe('routing', () => {
  test.each(levels)('%s outside an invocation goes to the outside at the same level', (level) => {
    const outside = createSink();
    createLog('debug', outside).log[level]('started');
    expect(outside.lines).toEqual([{ at: level, line: expect.stringMatching(/^\{.*\}$/) as string }]);
    expect(outside.events()).toEqual(['started']);
  });

  test.each(levels)('%s in an invocation goes to that invocation at the same level', async (level) => {
    const [outside, sink] = [createSink(), createSink()];
    const { log, inInvocation } = createLog('debug', outside);
    await inInvocation(sink, async () => {
      await Promise.resolve();
      log[level]('worked');
    });
    expect(sink.lines.map(({ at }) => at)).toEqual([level]);
    expect(sink.events()).toEqual(['worked']);
    expect(outside.lines).toEqual([]);
  });

  test('outside is the console when nothing else is given', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    createLog('info').log.warn('careful', { count: 1 });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(JSON.parse(String(warn.mock.calls[0]?.[0]))).toMatchObject({ event: 'careful', count: 1 });
  });

  test('invocations that take turns keep their own lines', async () => {
    const [outside, first, second] = [createSink(), createSink(), createSink()];
    const { log, inInvocation } = createLog('info', outside);
    const [firstTurn, secondTurn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const work = async (name: string, mine: Promise<void>, next: () => void) => {
      log.info(`${name} begins`);
      await mine;
      log.info(`${name} goes on`);
      next();
      await Promise.resolve();
      log.info(`${name} ends`);
    };
    const both = Promise.all([
      inInvocation(first, () => work('first', firstTurn.promise, secondTurn.resolve)),
      inInvocation(second, () => work('second', secondTurn.promise, () => undefined)),
    ]);
    log.info('meanwhile');
    firstTurn.resolve();
    await both;
    expect(first.events()).toEqual(['first begins', 'first goes on', 'first ends']);
    expect(second.events()).toEqual(['second begins', 'second goes on', 'second ends']);
    expect(outside.events()).toEqual(['meanwhile']);
  });

  test('inInvocation gives what the work gives, and fails as it fails', async () => {
    const { inInvocation } = createLog('info', createSink());
    expect(await inInvocation(createSink(), async () => 42)).toBe(42);
    const failure = new Error('no');
    await expect(inInvocation(createSink(), () => Promise.reject(failure))).rejects.toBe(failure);
  });

  test.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('at level %s only %j are written', (level, expected) => {
    const outside = createSink();
    const { log } = createLog(level, outside);
    for (const each of levels) log[each]('event');
    expect(outside.lines.map(({ at }) => at)).toEqual(expected);
  });
});

describe('a line', () => {
  test('is one line of JSON with level, time and event', () => {
    const sink = createSink();
    createLog('info', sink).log.warn('token.save_failed', { connection: 'c1\nc2', attempt: 2 });
    const line = sink.lines[0]?.line ?? '';
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      level: 40,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      event: 'token.save_failed',
      connection: 'c1\nc2',
      attempt: 2,
    });
  });

  test('of an invocation carries its fields, and its own ones count more', async () => {
    const sink = createSink();
    const { log, inInvocation } = createLog('info', createSink());
    await inInvocation(
      sink,
      () => {
        log.info('token.rotated', { connection: 'c1' });
        log.info('run.dispatched', { run: 'run-2' });
        return Promise.resolve();
      },
      { run: 'run-1' },
    );
    expect(sink.lines.map(({ line }) => JSON.parse(line) as object)).toMatchObject([
      { run: 'run-1', connection: 'c1' },
      { run: 'run-2' },
    ]);
  });

  test('of an invocation carries what it turns out to be about, and no other invocation does', async () => {
    const [sink, other] = [createSink(), createSink()];
    const { log, inInvocation, about } = createLog('info', createSink());
    about({ connection: 'nobody' });
    const work = async () => {
      about({ connection: 'c1' });
      await Promise.resolve();
      log.info('token.kept');
    };
    await Promise.all([
      inInvocation(sink, work, { run: 'run-1' }),
      inInvocation(other, () => Promise.resolve(log.info('token.kept'))),
    ]);
    expect(JSON.parse(sink.lines[0]!.line)).toMatchObject({ run: 'run-1', connection: 'c1' });
    expect(JSON.parse(other.lines[0]!.line)).not.toHaveProperty('connection');
  });

  test('holds every field of the allow-list, times as ISO text', () => {
    const everything: Required<LogFields> = {
      run: 'run-1',
      batch: 'batch-1',
      connection: 'c1',
      provider: 'fitbit',
      reason: 'this run',
      outcome: 'rotated',
      code: 'RATE_LIMITED',
      body: 'a text',
      job: 'rotate-token',
      consent: 1,
      generation: 0,
      count: -1,
      attempt: 2,
      status: 403,
      expiresAt: Date.parse('2026-11-21T14:00:00.250Z'),
      retryAt: 0,
      alarm: 'jobs poisoned',
      kind: 'low',
      message: 'm1',
      function: 'rotateToken',
      error: 'RestError',
      answer: 'ForbiddenByRbac',
      stack: '    at a\n    at b',
      caller: 'entra',
      address: 'https://study.example.org',
      principal: '11111111-2222-3333-4444-555555555555',
    };
    expect(written(everything)).toEqual({
      ...everything,
      expiresAt: '2026-11-21T14:00:00.250Z',
      retryAt: '1970-01-01T00:00:00.000Z',
    });
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'a field that is not on the list',
      { accessToken: 'access-1', url: 'https://a/?code=1', phone: '+1425' },
    ],
    ['a field that every object has', { constructor: 'access-1', toString: 'access-1', valueOf: 1 }],
    ['the prototype', JSON.parse('{"__proto__":"access-1"}') as Record<string, unknown>],
    ['an object', { message: { accessToken: 'access-1' }, reason: ['access-1'], count: { n: 1 } }],
    ['an error', { error: new Error('access-1'), err: new Error('access-1') }],
    ['a time that is none', { expiresAt: Number.NaN, retryAt: Number.POSITIVE_INFINITY }],
    ['a time beyond every calendar', { expiresAt: 8.64e15 + 1, retryAt: -8.64e15 - 1 }],
    ['text where a number belongs', { count: 'access-1', attempt: '2', expiresAt: 'access-1' }],
    ['a number where text belongs', { connection: 14255550123, reason: 1 }],
    ['nothing', { reason: undefined, code: null }],
  ])('leaves out %s', (_, fields) => {
    expect(written(fields)).toEqual({});
  });

  test('keeps what is allowed beside what is not', () => {
    expect(written({ connection: 'c1', accessToken: 'access-1', body: { a: 1 } })).toEqual({
      connection: 'c1',
    });
  });

  test('never holds a Secret, not even as a placeholder', () => {
    const secret = new Secret('refresh-1');
    expect(
      written({ message: secret, reason: secret, count: secret, expiresAt: secret, phone: secret }),
    ).toEqual({});
    expect(written({ reason: `the token is ${String(secret)}` })).toEqual({
      reason: 'the token is [secret]',
    });
  });

  test('takes an event as it is, percent signs too', () => {
    const sink = createSink();
    createLog('info', sink).log.info('battery at 5 %s %d %o', { count: 1 });
    expect(sink.events()).toEqual(['battery at 5 %s %d %o']);
  });
});
