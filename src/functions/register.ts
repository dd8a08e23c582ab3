/** Every function of the service on one page. Importing this registers nothing; calling it does, with any `app`. */
import type { app as functionsApp, HttpFunctionOptions, RetryOptions } from '@azure/functions';
import { jobKinds } from '../model';
import { oldPrefix, paths, routeOf } from '../paths';
import { httpMethods } from '../ports';
import type { Services } from '../services';
import { accessToken } from './access-token';
import { checkBatteries } from './check-batteries';
import { checkBatteryJob } from './check-battery';
import { closeConnectionJob } from './close-connection';
import { confirm } from './confirm';
import { connections, label, oneConnection } from './connections';
import { favicon } from './favicon';
import { frontPage } from './front-page';
import { health } from './health';
import { housekeeping } from './housekeeping';
import { manage } from './manage';
import { manageExport } from './manage-export';
import { oldAddress } from './old-address';
import { oauthCallback } from './oauth-callback';
import { operateJob } from './operate';
import { opsCheck } from './ops-check';
import { opsReconnect } from './ops-reconnect';
import { opsRotate } from './ops-rotate';
import { opsStatus } from './ops-status';
import { poisonedJob } from './poisoned-job';
import { privacy } from './privacy';
import { providerApi } from './provider-api';
import { robots } from './robots';
import { rotateTokenJob } from './rotate-token';
import { rotateTokens } from './rotate-tokens';
import { sendLink } from './send-link';
import { sendLinksJob } from './send-links';
import { signUp } from './sign-up';
import { poisonedSmsEvents, smsEvents } from './sms-events';
import { watchdog } from './watchdog';

export type App = Pick<typeof functionsApp, 'http' | 'timer' | 'storageQueue'>;

const connection = 'AzureWebJobsStorage';

/** A timer that fails would otherwise wait for its next occurrence, which may be hours away. What it begins, it can begin twice. */
const retry = {
  strategy: 'fixedDelay',
  maxRetryCount: 5,
  delayInterval: { seconds: 60 },
} satisfies RetryOptions;

export function register(app: App, services: Services): void {
  app.timer('rotateTokens', { schedule: '%ROTATION_SCHEDULE%', retry, handler: rotateTokens(services) });
  app.storageQueue('rotateToken', {
    queueName: 'rotate-token',
    connection,
    handler: rotateTokenJob(services),
  });
  app.timer('checkBatteries', { schedule: '%BATTERY_SCHEDULE%', retry, handler: checkBatteries(services) });
  app.storageQueue('checkBattery', {
    queueName: 'check-battery',
    connection,
    handler: checkBatteryJob(services),
  });
  app.storageQueue('closeConnection', {
    queueName: 'close-connection',
    connection,
    handler: closeConnectionJob(services),
  });
  app.storageQueue('sendLinks', { queueName: 'send-links', connection, handler: sendLinksJob(services) });
  app.storageQueue('operate', { queueName: 'operate', connection, handler: operateJob(services) });
  for (const kind of jobKinds) {
    const queueName = poisonOf(kind);
    app.storageQueue(functionOf(queueName), { queueName, connection, handler: poisonedJob(services) });
  }
  // Event Grid writes to this queue; see sms-events.ts.
  app.storageQueue('smsEvents', { queueName: 'sms-events', connection, handler: smsEvents(services) });
  app.storageQueue('smsEventsPoison', {
    queueName: poisonOf('sms-events'),
    connection,
    handler: poisonedSmsEvents(services),
  });
  app.timer('watchdog', { schedule: '%WATCHDOG_SCHEDULE%', retry, handler: watchdog(services) });
  app.timer('housekeeping', { schedule: '%HOUSEKEEPING_SCHEDULE%', retry, handler: housekeeping(services) });
  // Pages, for people.
  for (const [name, path] of [
    ['frontPage', paths.front],
    ['frontPageOfApi', paths.api],
  ] as const) {
    app.http(name, {
      route: routeOf(path),
      methods: ['GET', 'HEAD'],
      authLevel: 'anonymous',
      handler: frontPage(services),
    });
  }
  app.http('signUp', {
    route: routeOf(paths.signUp),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: signUp(services),
  });
  app.http('oauthCallback', {
    route: routeOf(paths.callback),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: oauthCallback(services),
  });
  app.http('confirm', {
    route: routeOf(paths.confirm),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: confirm(services),
  });
  app.http('manage', {
    route: routeOf(`${paths.manage}{link}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: manage(services),
  });
  app.http('manageExport', {
    route: routeOf(`${paths.manage}{link}/export`),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: manageExport(services),
  });
  app.http('sendLink', {
    route: routeOf(paths.link),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: sendLink(services),
  });
  app.http('privacy', {
    route: routeOf(paths.privacy),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: privacy(services),
  });
  for (const [name, path] of [
    ['oldSignUp', paths.signUp],
    ['oldConfirm', paths.confirm],
    ['oldSendLink', paths.link],
    ['oldPrivacy', paths.privacy],
    ['oldManage', `${paths.manage}{*link}`],
  ] as const) {
    app.http(name, {
      route: routeOf(oldPrefix + path),
      methods: ['GET', 'HEAD', 'POST'],
      authLevel: 'anonymous',
      handler: oldAddress(services),
    });
  }
  app.http('favicon', {
    route: routeOf(paths.favicon),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: favicon,
  });
  app.http('robots', {
    route: routeOf(paths.robots),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: robots,
  });
  // For programs.
  app.http('opsRotate', {
    route: 'api/ops/rotate',
    methods: ['POST'],
    authLevel: 'function',
    handler: opsRotate(services),
  });
  app.http('opsCheck', {
    route: 'api/ops/check',
    methods: ['POST'],
    authLevel: 'function',
    handler: opsCheck(services),
  });
  app.http('opsReconnect', {
    route: 'api/ops/reconnect',
    methods: ['POST'],
    authLevel: 'function',
    handler: opsReconnect(services),
  });
  app.http('opsStatus', {
    route: 'api/ops/status',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: opsStatus(services),
  });
  app.http('connections', {
    route: 'api/connections',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: connections(services),
  });
  app.http('connection', {
    route: 'api/connections/{id}',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: oneConnection(services),
  });
  app.http('connectionLabel', {
    route: 'api/connections/{id}/label',
    methods: ['PUT'],
    authLevel: 'function',
    handler: label(services),
  });
  app.http('accessToken', {
    route: 'api/connections/{id}/access-token',
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'function',
    handler: accessToken(services),
  });
  app.http('providerApi', {
    route: 'api/connections/{id}/api/{*path}',
    methods: ['HEAD', ...httpMethods],
    authLevel: 'function',
    handler: providerApi(services),
  });
  app.http('health', { ...healthOptions, handler: health(services) });
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
