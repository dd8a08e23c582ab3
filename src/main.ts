/** What Azure runs. The only file that reads the environment. */
import { app } from '@azure/functions';
import { log } from '@azure/functions-core';
import { createLog } from './adapters/log';
import { logUnhandledRejections } from './adapters/unhandled-rejections';
import { registerApp } from './app';
import type { LogSink } from './ports';

// While the app loads there is no invocation to log to, and the host takes what is written to the console for information.
const outside: LogSink = {
  debug: (line) => log('debug', 'system', line),
  info: (line) => log('information', 'system', line),
  warn: (line) => log('warning', 'system', line),
  error: (line) => log('error', 'system', line),
};

logUnhandledRejections(process, createLog('error', outside).log);
registerApp(app, process.env, outside);
