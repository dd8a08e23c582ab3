/**
 * Imitates the Functions Node.js worker for one built app, so that a test can load the very file that Azure
 * loads: it injects `@azure/functions-core` the way the worker does, loads the files named in argv, and performs
 * the invocations it reads from stdin, one JSON object per line:
 *
 *   {"id": 1, "kind": "list"}
 *   {"id": 1, "kind": "system logs"}
 *   {"id": 2, "kind": "http", "name": "…", "request": {"method", "url", "headers", "query", "params", "body"}}
 *   {"id": 3, "kind": "timer", "name": "…", "timer": {"isPastDue", "scheduleStatus"}}
 *   {"id": 4, "kind": "queue", "name": "…", "data": …, "metadata": {"DequeueCount": 2}}
 *
 * Each is answered on stdout by a line {"answerTo": id, …}: {functions} for a list, {logs} for system logs, {returnValue, outputData, error,
 * logs} for an invocation, {failure} for a request that could not be made. Every other line of stdout is the app's.
 *
 * Plain JavaScript, run as a child process: an app registers once per process, and here nothing transpiles it.
 */
const { randomUUID } = require('node:crypto');
const Module = require('node:module');
const path = require('node:path');
const readline = require('node:readline');
const { pathToFileURL } = require('node:url');

const functions = new Map();
const hooks = new Map();
const appHookData = {};
let programmingModel;
let isLocked = false;
let startError;
/** System log lines that belong to no invocation. */
const systemLogs = [];

class Disposable {
  #dispose;
  constructor(dispose) {
    this.#dispose = dispose;
  }
  dispose() {
    this.#dispose?.();
    this.#dispose = undefined;
  }
}

const core = {
  version: '3.10.1',
  hostVersion: '4.1036.0',
  Disposable,
  getProgrammingModel: () => programmingModel,
  setProgrammingModel: (model) => {
    programmingModel = model;
  },
  log: (level, category, message) => {
    systemLogs.push({ level, category, message });
  },
  registerHook: (name, callback) => {
    const callbacks = hooks.get(name) ?? [];
    hooks.set(name, [...callbacks, callback]);
    return new Disposable(() =>
      hooks.set(
        name,
        hooks.get(name).filter((other) => other !== callback),
      ),
    );
  },
  registerFunction: (metadata, callback) => {
    if (isLocked) throw new Error('A function can only be registered during app startup.');
    const id = metadata.functionId || metadata.name;
    if (functions.has(id)) throw new Error(`A function with id "${id}" has already been registered.`);
    functions.set(id, { metadata, callback });
    return new Disposable(() => functions.delete(id));
  },
};

// The worker's own way in (its src/setupCoreModule.ts): what this does not reach, an app in Azure does not reach.
Module.prototype.require = new Proxy(Module.prototype.require, {
  apply: (target, thisArg, args) =>
    args[0] === '@azure/functions-core' ? core : Reflect.apply(target, thisArg, args),
});

async function start(files) {
  for (const file of files) {
    try {
      // As the worker's src/loadScriptFile.ts does.
      if (file.endsWith('.mjs')) await import(pathToFileURL(path.resolve(file)).href);
      else require(path.resolve(file));
    } catch (error) {
      // In Azure one such error stops every function of the app, and is told when they are listed.
      const message = error instanceof Error ? error.message : String(error);
      startError = `Worker was unable to load entry point "${file}": ${message}`;
      return;
    }
  }
  await runHooks('appStart', { hookData: {}, appHookData, functionAppDirectory: process.cwd() });
  const capabilities = await programmingModel?.getCapabilities({});
  if (capabilities?.HttpUri) startError = 'This host has no HTTP streaming: leave enableHttpStream out.';
  isLocked = true;
}

async function runHooks(name, context) {
  for (const callback of hooks.get(name) ?? []) await callback(context);
}

function list() {
  return {
    functions: [...functions.values()].map(({ metadata: { name, bindings, retryOptions } }) => ({
      name,
      bindings,
      retryOptions,
    })),
  };
}

/** The steps of the worker's InvocationHandler, in their order. */
async function invoke(name, data, triggerMetadata) {
  const { metadata, callback } = functions.get(name) ?? {};
  if (!metadata) throw new Error(`Function code for "${name}" is not loaded and cannot be invoked.`);
  const bindings = Object.entries(metadata.bindings);
  const [triggerName] = bindings.find(([, { type }]) => /trigger$/i.test(type));
  const logs = [];
  const coreContext = {
    invocationId: randomUUID(),
    request: { inputData: [{ name: triggerName, data }], triggerMetadata },
    metadata,
    state: undefined,
    log: (level, category, message) => logs.push({ level, category, message }),
  };
  const answer = { returnValue: undefined, outputData: [], error: undefined, logs };
  try {
    const model = programmingModel.getInvocationModel(coreContext);
    const { context, inputs } = await model.getArguments();
    const shared = { hookData: {}, appHookData, invocationContext: context };
    const before = { ...shared, functionCallback: callback, inputs };
    coreContext.state = 'preInvocationHooks';
    await runHooks('preInvocation', before);
    const after = { ...shared, inputs: before.inputs, result: null, error: null };
    coreContext.state = 'invocation';
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
    coreContext.state = 'postInvocationHooks';
    await runHooks('postInvocation', after);
    coreContext.state = undefined;
    // The worker's test: who throws null or undefined has succeeded.
    if (after.error !== null && after.error !== undefined) throw after.error;
    const { returnValue, outputData } = await model.getResponse(context, after.result);
    Object.assign(answer, { returnValue, outputData });
  } catch (error) {
    answer.error =
      error instanceof Error
        ? { message: error.message, stack: error.stack }
        : { message: typeof error === 'string' ? error : JSON.stringify(error) };
  }
  return answer;
}

function triggerOf(name, type) {
  const trigger = Object.values(functions.get(name)?.metadata.bindings ?? {}).find(
    (binding) => binding.direction === 'in' && /trigger$/i.test(binding.type),
  );
  if (!trigger) throw new Error(`Function code for "${name}" is not loaded and cannot be invoked.`);
  if (trigger.type !== type) throw new Error(`"${name}" has a ${trigger.type}, not a ${type}.`);
  return trigger;
}

const nullable = (record) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, { value: String(value) }]));

const perform = {
  list: async () => list(),

  'system logs': async () => ({ logs: systemLogs }),

  http: async ({ name, request = {} }) => {
    const trigger = triggerOf(name, 'httpTrigger');
    const method = request.method ?? trigger.methods[0];
    const url = new URL(request.url ?? `/api/${trigger.route ?? name}`, 'http://localhost');
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    const headers = Object.entries(request.headers ?? {}).map(([key, value]) => [key.toLowerCase(), value]);
    const body = Buffer.from(request.body ?? '');
    const http = {
      method,
      url: url.href,
      nullableHeaders: nullable(Object.fromEntries(headers)),
      nullableQuery: nullable(Object.fromEntries(url.searchParams)),
      nullableParams: nullable(request.params ?? {}),
      ...(body.length > 0 ? { body: { bytes: body } } : {}),
    };
    return invoke(name, { http }, {});
  },

  timer: async ({ name, timer = {} }) => {
    triggerOf(name, 'timerTrigger');
    const { isPastDue = false, scheduleStatus = null } = timer;
    const status = scheduleStatus && {
      Last: scheduleStatus.last,
      Next: scheduleStatus.next,
      LastUpdated: scheduleStatus.lastUpdated,
    };
    const info = { Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: isPastDue };
    return invoke(name, { json: JSON.stringify(info) }, {});
  },

  queue: async ({ name, data, metadata = {} }) => {
    triggerOf(name, 'queueTrigger');
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    const all = {
      QueueTrigger: text,
      DequeueCount: 1,
      Id: randomUUID(),
      PopReceipt: 'pop-receipt',
      InsertionTime: new Date().toISOString(),
      ...metadata,
    };
    const typed = Object.entries(all).map(([key, value]) => [
      key,
      typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) },
    ]);
    return invoke(name, { string: text }, Object.fromEntries(typed));
  },
};

/** Bytes travel as {"base64": …}. */
function toJson(answer) {
  return JSON.stringify(answer, (_key, value) => {
    if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
    // A Buffer has become its toJSON() before it gets here.
    if (value?.type === 'Buffer' && Array.isArray(value.data)) {
      return { base64: Buffer.from(value.data).toString('base64') };
    }
    return value;
  });
}

async function main() {
  await start(process.argv.slice(2));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      if (startError) throw new Error(startError);
      answer = await perform[request.kind](request);
    } catch (error) {
      answer = { failure: error.message };
    }
    // A line of its own, whatever the app has left open on stdout.
    process.stdout.write(`\n${toJson({ answerTo: request.id, ...answer })}\n`);
  }
  await runHooks('appTerminate', { hookData: {}, appHookData });
  // In Azure, too, nothing that is still pending keeps a worker alive.
  process.exit(0);
}

void main();
