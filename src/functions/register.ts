/**
 * Every function of the service on one page. Importing this registers nothing; calling it does, with any `app`. A start reads names, triggers
 * and routes only: what a function does is loaded when it is called first, together with its like.
 */
import type { HttpFunctionOptions, RetryOptions } from '@azure/functions';
import { lazy } from '../lazy';
import { jobKinds } from '../model/names';
import { httpMethods } from '../ports/exchange';
import { oldPrefix, paths, routeOf } from '../paths';
import type { Services } from '../services';
import { noteRoutes, type App } from './routes';

const connection = 'AzureWebJobsStorage';

/** A timer that fails would otherwise wait for its next occurrence, which may be hours away. What it begins, it can begin twice. */
const retry = {
  strategy: 'fixedDelay',
  maxRetryCount: 5,
  delayInterval: { seconds: 60 },
} satisfies RetryOptions;

export interface Registering extends Pick<Services, 'digestSchedule'> {
  /** Called once, with the first invocation. */
  readonly loadServices: () => Promise<Services>;
}

/** For reading names, triggers and routes: nothing is called. */
export const withoutServices: Registering = {
  digestSchedule: '0 0 7 * * *',
  loadServices: () => Promise.reject(new Error('Nobody calls a function that was registered to be read.')),
};

export function register(to: App, { digestSchedule, loadServices }: Registering): void {
  const { app, routes } = noteRoutes(to);
  const services = lazy(loadServices);
  const background = from(services, () => import('./background'));
  const people = from(services, () => import('./pages-of-people'));
  const programs = from(services, () => import('./programs'));
  app.timer('rotateTokens', {
    schedule: '%ROTATION_SCHEDULE%',
    retry,
    handler: background((of) => of.rotateTokens),
  });
  app.storageQueue('rotateToken', {
    queueName: 'rotate-token',
    connection,
    handler: background((of) => of.rotateToken),
  });
  // No setting: what is published must be good for half an hour.
  app.timer('publishTokens', {
    schedule: '0 */5 * * * *',
    retry,
    handler: background((of) => of.publishTokens),
  });
  app.timer('checkBatteries', {
    schedule: '%BATTERY_SCHEDULE%',
    retry,
    handler: background((of) => of.checkBatteries),
  });
  app.storageQueue('checkBattery', {
    queueName: 'check-battery',
    connection,
    handler: background((of) => of.checkBattery),
  });
  app.storageQueue('closeConnection', {
    queueName: 'close-connection',
    connection,
    handler: background((of) => of.closeConnection),
  });
  app.storageQueue('sendLinks', {
    queueName: 'send-links',
    connection,
    handler: background((of) => of.sendLinks),
  });
  app.storageQueue('sendWebhook', {
    queueName: 'send-webhook',
    connection,
    handler: background((of) => of.sendWebhook),
  });
  app.storageQueue('operate', { queueName: 'operate', connection, handler: background((of) => of.operate) });
  for (const kind of jobKinds) {
    const queueName = poisonOf(kind);
    const handler = background((of) => (kind === 'send-webhook' ? of.poisonedWebhook : of.poisonedJob));
    app.storageQueue(functionOf(queueName), { queueName, connection, handler });
  }
  // Event Grid writes to this queue; see event-grid.ts.
  app.storageQueue('smsEvents', {
    queueName: 'sms-events',
    connection,
    handler: background((of) => of.smsEvents),
  });
  app.storageQueue('smsEventsPoison', {
    queueName: poisonOf('sms-events'),
    connection,
    handler: background((of) => of.poisonedSmsEvents),
  });
  // Not by its name: an app that was deployed before the setting existed could not start without it.
  app.timer('morningDigest', {
    schedule: digestSchedule,
    retry,
    handler: background((of) => of.morningDigest),
  });
  app.timer('watchdog', { schedule: '%WATCHDOG_SCHEDULE%', retry, handler: background((of) => of.watchdog) });
  app.timer('housekeeping', {
    schedule: '%HOUSEKEEPING_SCHEDULE%',
    retry,
    handler: background((of) => of.housekeeping),
  });
  // Pages, for people.
  for (const [name, path] of [
    ['frontPage', paths.front],
    ['frontPageOfApi', paths.api],
  ] as const) {
    app.http(name, {
      route: routeOf(path),
      methods: ['GET', 'HEAD'],
      authLevel: 'anonymous',
      handler: people((of) => of.frontPage),
    });
  }
  app.http('signUp', {
    route: routeOf(paths.signUp),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.signUp),
  });
  app.http('oauthCallback', {
    route: routeOf(paths.callback),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: people((of) => of.oauthCallback),
  });
  app.http('confirm', {
    route: routeOf(paths.confirm),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.confirm),
  });
  app.http('confirmEmail', {
    route: routeOf(`${paths.confirmEmail}{secret}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.confirmEmail),
  });
  app.http('personalPage', {
    route: routeOf(`${paths.personalPage}{link}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.personalPage),
  });
  app.http('personalExport', {
    route: routeOf(`${paths.personalPage}{link}/export`),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: people((of) => of.personalExport),
  });
  app.http('sendLink', {
    route: routeOf(paths.link),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.sendLink),
  });
  app.http('unsubscribe', {
    route: routeOf(`${paths.unsubscribe}{secret}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.unsubscribe),
  });
  app.http('privacy', {
    route: routeOf(paths.privacy),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: people((of) => of.privacy),
  });
  for (const [name, path] of [
    ['oldSignUp', paths.signUp],
    ['oldConfirm', paths.confirm],
    ['oldSendLink', paths.link],
    ['oldPrivacy', paths.privacy],
    ['oldPersonalPage', `${paths.personalPage}{*link}`],
  ] as const) {
    app.http(name, {
      route: routeOf(oldPrefix + path),
      methods: ['GET', 'HEAD', 'POST'],
      authLevel: 'anonymous',
      handler: people((of) => of.oldAddress),
    });
  }
  app.http('favicon', {
    route: routeOf(paths.favicon),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: people((of) => () => of.favicon),
  });
  app.http('robots', {
    route: routeOf(paths.robots),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: people((of) => () => of.robots),
  });
  // For programs.
  app.http('opsRotate', {
    route: 'api/ops/rotate',
    methods: ['POST'],
    authLevel: 'function',
    handler: programs((of) => of.opsRotate),
  });
  app.http('opsCheck', {
    route: 'api/ops/check',
    methods: ['POST'],
    authLevel: 'function',
    handler: programs((of) => of.opsCheck),
  });
  app.http('opsReconnect', {
    route: 'api/ops/reconnect',
    methods: ['POST'],
    authLevel: 'function',
    handler: programs((of) => of.opsReconnect),
  });
  app.http('opsInvites', {
    route: 'api/ops/invites',
    methods: ['POST'],
    authLevel: 'function',
    handler: programs((of) => of.opsInvites),
  });
  app.http('opsStatus', {
    route: 'api/ops/status',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: programs((of) => of.opsStatus),
  });
  app.http('opsDoctor', {
    route: 'api/ops/doctor',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: programs((of) => of.opsDoctor),
  });
  // For staff, and below them for programs.
  app.http('board', {
    route: routeOf(paths.board),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: people((of) => of.board),
  });
  app.http('boardConnection', {
    route: routeOf(`${paths.board}/{id}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: people((of) => of.boardConnection),
  });
  app.http('connections', {
    route: 'api/connections',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: programs((of) => of.connections),
  });
  app.http('connection', {
    route: 'api/connections/{id}',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: programs((of) => of.oneConnection),
  });
  app.http('connectionLabel', {
    route: 'api/connections/{id}/label',
    methods: ['PUT'],
    authLevel: 'function',
    handler: programs((of) => of.label),
  });
  app.http('reconnectLink', {
    route: 'api/connections/{id}/reconnect-link',
    methods: ['POST'],
    authLevel: 'function',
    handler: programs((of) => of.reconnectLink),
  });
  app.http('accessToken', {
    route: 'api/connections/{id}/access-token',
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'function',
    handler: programs((of) => of.accessToken),
  });
  app.http('providerApi', {
    route: 'api/connections/{id}/api/{*path}',
    methods: ['HEAD', ...httpMethods],
    authLevel: 'function',
    handler: programs((of) => of.providerApi),
  });
  app.http('openapi', {
    route: 'api/openapi.json',
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: programs((of) => (services) => of.openapi(services, routes)),
  });
  app.http('health', { ...healthOptions, handler: programs((of) => of.health) });
}

/** Makes handlers of a group of functions that is loaded, with the services, when one of them is called first. */
function from<Group>(services: () => Promise<Services>, loadGroup: () => Promise<Group>) {
  return <Given extends unknown[], Answer>(
    choose: (group: Group) => (services: Services) => (...given: Given) => Answer | Promise<Answer>,
  ): ((...given: Given) => Promise<Answer>) => {
    const handler = lazy(async () => choose(await loadGroup())(await services()));
    return async (...given) => (await handler())(...given);
  };
}

/** How `health` is reached, whether or not anything else is registered. */
export const healthOptions = {
  route: routeOf(paths.health),
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
} satisfies Partial<HttpFunctionOptions>;

/** The function's name for a queue: on Linux, Azure cannot disable a function whose name has a hyphen. */
function functionOf(queue: string): string {
  return queue.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function poisonOf(queue: string): string {
  return `${queue}-poison`;
}
