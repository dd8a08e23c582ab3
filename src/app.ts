/** Settings to functions: all of them, or `health` alone when a setting is malformed. */
import { ConfigInvalid, readConfig, type Environment } from './config';
import { healthOptions, register } from './functions/register';
import type { App } from './functions/routes';
import { lazy } from './lazy';
import type { LogSink } from './ports';

/** `outside` takes what is logged outside an invocation about malformed settings. */
export function registerApp(app: App, environment: Environment, outside: LogSink): void {
  try {
    const config = readConfig(environment);
    register(app, {
      digestSchedule: config.digestSchedule,
      loadServices: async () => (await import('./services')).createServices(config),
    });
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    registerMisconfigured(app, outside, error);
  }
}

/**
 * If nothing were registered, the host would answer every address with an empty 404 and call itself running. The problems are logged at once,
 * and again in each invocation: only there is it certain that the host keeps the level of a line.
 */
function registerMisconfigured(app: Pick<App, 'http'>, outside: LogSink, error: ConfigInvalid): void {
  const load = lazy(async () => {
    const { createLog } = await import('./adapters/log');
    const { misconfigured } = await import('./functions/operator/misconfigured');
    return misconfigured(createLog('error', outside), error);
  });
  app.http('health', {
    ...healthOptions,
    handler: async (request, context) => (await load()).health(request, context),
  });
  void load().then(({ tell }) => tell());
}
