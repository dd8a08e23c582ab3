/**
 * Runs a built function app in a child process under functions-worker.cjs, an imitation of the Functions Node.js worker,
 * and invokes its functions. What a test or a measurement learns here is what Azure would see: the registered bindings, and answers
 * in the worker's own format.
 */
import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { createInterface } from 'node:readline';
import { announceAnswer } from './announced-answers';

export interface ListedFunction {
  readonly name: string;
  /** By binding name; the trigger is the one whose type ends in `Trigger`, the HTTP answer is `$return`. */
  readonly bindings: Readonly<Record<string, { type: string; direction: string; [option: string]: unknown }>>;
  readonly retryOptions?: Readonly<Record<string, unknown>>;
}

export interface LoggedLine {
  readonly level: string;
  /** `user` for the app's own lines. */
  readonly category: string;
  readonly message: string;
}

/** What the worker answers to the host. An error the handler threw is in `error`; it does not reject. */
export interface Invocation {
  readonly returnValue?: unknown;
  readonly outputData: readonly { readonly name: string; readonly data: unknown }[];
  readonly error?: { readonly message: string; readonly stack?: string };
  readonly logs: readonly LoggedLine[];
}

export interface HttpInvocation extends Invocation {
  /** undefined when the handler threw, or returned nothing: the host then answers 500, or an empty 200. */
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** As on the wire: `sameSite: 'none'` there means that the host writes no SameSite. */
    readonly cookies: readonly Readonly<Record<string, unknown>>[];
    readonly body: string;
  };
}

export interface HttpCall {
  /** Default: the first method that was registered. */
  readonly method?: string;
  /** Default: the function's route, parameters unfilled. The path is not routed: give `params` as well. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TimerCall {
  readonly isPastDue?: boolean;
  readonly scheduleStatus?: { readonly last: string; readonly next: string; readonly lastUpdated: string };
}

export interface WorkerHost {
  /** @throws Error when the app could not be loaded, in the worker's words */
  list(): Promise<ListedFunction[]>;
  http(name: string, call?: HttpCall): Promise<HttpInvocation>;
  timer(name: string, call?: TimerCall): Promise<Invocation>;
  /** `data` that is not a string is sent as JSON. `metadata` as the host names it: `{ DequeueCount: 2 }`. */
  queue(name: string, data: unknown, metadata?: Readonly<Record<string, unknown>>): Promise<Invocation>;
  /** Lines that belong to no invocation, the library's own among them. */
  systemLogs(): Promise<readonly LoggedLine[]>;
  /** What the app wrote to stdout and stderr by itself, line by line. */
  console(): readonly string[];
  /** Ends the app as the worker does: its appTerminate hooks, then the process. */
  close(): Promise<void>;
}

/** Plain JavaScript, from the folder of the project: nothing transpiles or bundles it. */
const worker = resolvePath('local', 'runner', 'functions-worker.cjs');

/** @param env the app settings; of this process's environment nothing else than the path is handed on */
export function startWorkerHost(mainFile: string, env: Readonly<Record<string, string>> = {}): WorkerHost {
  const { PATH = '', SystemRoot = '' } = process.env;
  const child = spawn(process.execPath, [worker, mainFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH, ...(SystemRoot && { SystemRoot }), ...env },
  });
  const written: string[] = [];
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;

  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = parseAnswer(line);
    if (answer) {
      waiting.get(answer.answerTo)?.(answer);
      waiting.delete(answer.answerTo);
    } else if (line !== '') written.push(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => written.push(line));
  child.stdin.on('error', () => undefined); // The child is gone: `closed` tells.
  const closed = new Promise<void>((resolve) =>
    child.once('close', (code, signal) => {
      const failure = `The worker host ended (${signal ?? code}):\n${written.slice(-20).join('\n')}`;
      for (const answer of waiting.values()) answer({ answerTo: 0, failure });
      waiting.clear();
      resolve();
    }),
  );

  async function request<T>(body: Record<string, unknown>): Promise<T> {
    const id = ++lastId;
    const answer = await new Promise<Answer>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) {
        resolve({ answerTo: id, failure: 'The worker host has ended.' });
        return;
      }
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ id, ...body })}\n`);
    });
    if (answer.failure !== undefined) throw new Error(answer.failure);
    return answer as T;
  }

  return {
    list: async () => (await request<{ functions: ListedFunction[] }>({ kind: 'list' })).functions,
    systemLogs: async () => (await request<{ logs: LoggedLine[] }>({ kind: 'system logs' })).logs,
    http: async (name, call = {}) => {
      const invocation = await request<Invocation>({ kind: 'http', name, request: call });
      const response = readResponse(invocation.returnValue);
      if (response) announce(name, call, response);
      return response ? { ...invocation, response } : invocation;
    },
    timer: (name, call = {}) => request({ kind: 'timer', name, timer: call }),
    queue: (name, data, metadata = {}) => request({ kind: 'queue', name, data, metadata }),
    console: () => written,
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
}

/** As the runner announces the answers of the functions that it runs. */
function announce(name: string, call: HttpCall, response: NonNullable<HttpInvocation['response']>): void {
  const { method = 'GET', headers = {}, body = '' } = call;
  const sent = { type: headers['content-type'] ?? null, body };
  announceAnswer({ name, method, sent, ...response });
}

interface Answer {
  readonly answerTo: number;
  readonly failure?: string;
}

function parseAnswer(line: string): Answer | undefined {
  if (!line.startsWith('{"answerTo":')) return undefined;
  return JSON.parse(line) as Answer;
}

interface RpcHttp {
  readonly statusCode: string;
  readonly headers: Record<string, string>;
  readonly cookies: Record<string, unknown>[];
  readonly body?: { readonly bytes?: { readonly base64: string } };
}

function readResponse(returnValue: unknown): HttpInvocation['response'] {
  const http = (returnValue as { http?: RpcHttp } | null | undefined)?.http;
  if (!http) return undefined;
  return {
    status: Number(http.statusCode),
    headers: http.headers,
    cookies: http.cookies,
    body: Buffer.from(http.body?.bytes?.base64 ?? '', 'base64').toString('utf8'),
  };
}
