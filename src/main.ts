/** What Azure runs. The only file that reads the environment, and with what it imports at once the only one that a start reads. */
import { app } from '@azure/functions';
import { log } from '@azure/functions-core';
import { registerApp } from './app';
import { hearRejections } from './hear-rejections';
import type { LogSink } from './ports';

// While the app loads there is no invocation to log to, and the host takes what is written to the console for information.
const outside: LogSink = {
  debug: (line) => log('debug', 'system', line),
  info: (line) => log('information', 'system', line),
  warn: (line) => log('warning', 'system', line),
  error: (line) => log('error', 'system', line),
};

hearRejections(process, outside);
registerApp(app, process.env, outside);
