/** The service from its settings: all of it, or what can still be said when one of them is malformed. */
import { createLog } from './adapters/log';
import { ConfigInvalid, readConfig, type Environment } from './config';
import { registerMisconfigured } from './functions/operator/misconfigured';
import { register } from './functions/register';
import type { App } from './functions/routes';
import type { LogSink } from './ports';
import { createServices } from './services';

/** `outside` takes what is logged outside an invocation about malformed settings. */
export function registerApp(app: App, environment: Environment, outside: LogSink): void {
  try {
    register(app, createServices(readConfig(environment)));
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    registerMisconfigured(app, createLog('error', outside), error);
  }
}
