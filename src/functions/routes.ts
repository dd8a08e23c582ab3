/** Notes which functions answer HTTP, and where, while they are registered: the description of the HTTP API is made of it. */
import type { app as functionsApp, HttpFunctionOptions } from '@azure/functions';

export type App = Pick<typeof functionsApp, 'http' | 'timer' | 'storageQueue'>;

export interface Route {
  readonly name: string;
  /** As the host reads it, with `{parts}` that are not fixed. */
  readonly route: string;
  readonly methods: readonly string[];
  readonly authLevel: NonNullable<HttpFunctionOptions['authLevel']>;
}

/** `routes` grows while functions are registered with `app`, which hands everything on. */
export function noteRoutes(target: App): { readonly app: App; readonly routes: readonly Route[] } {
  const routes: Route[] = [];
  const http = (name: string, options: HttpFunctionOptions): void => {
    const { route = name, methods = ['GET', 'POST'], authLevel = 'anonymous' } = options;
    routes.push({ name, route, methods, authLevel });
    target.http(name, options);
  };
  return {
    routes,
    app: {
      http,
      timer: (name, options) => target.timer(name, options),
      storageQueue: (name, options) => target.storageQueue(name, options),
    },
  };
}
