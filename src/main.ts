/** What Azure runs. The only file that reads the environment. */
import { app } from '@azure/functions';
import { log } from '@azure/functions-core';
import { registerApp } from './app';

// While the app loads there is no invocation to log to, and the host takes what is written to the console for information.
registerApp(app, process.env, {
  debug: (line) => log('debug', 'system', line),
  info: (line) => log('information', 'system', line),
  warn: (line) => log('warning', 'system', line),
  error: (line) => log('error', 'system', line),
});
