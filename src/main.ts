/** Azure starts this file. Only this file reads the environment. A start loads it and its static imports; the rest is loaded at first use. */
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
