/** Every function of the service on one page. Importing this registers nothing; calling it does, with any `app`. */
import type { HttpFunctionOptions, RetryOptions } from '@azure/functions';
import { jobKinds } from '../model';
import { oldPrefix, paths, routeOf } from '../paths';
import { httpMethods } from '../ports';
import type { Services } from '../services';
import * as jobs from './jobs';
import * as timers from './timers';
import { boardConnection } from './board/board-connection';
import { board } from './board/show-board';
import { accessToken } from './sharing/access-token';
import { confirm } from './web/confirm';
import { confirmEmail } from './web/confirm-email';
import { connections, label, oneConnection, reconnectLink } from './sharing/connections';
import { favicon } from './web/favicon';
import { frontPage } from './web/front-page';
import { health } from './operator/health';
import { personalPage } from './web/serve-personal-page';
import { personalExport } from './web/personal-export';
import { oldAddress } from './web/old-address';
import { oauthCallback } from './web/oauth-callback';
import { openapi } from './operator/openapi';
import { opsCheck } from './operator/ops-check';
import { opsDoctor } from './operator/ops-doctor';
import { opsInvites } from './operator/ops-invites';
import { opsReconnect } from './operator/ops-reconnect';
import { opsRotate } from './operator/ops-rotate';
import { opsStatus } from './operator/ops-status';
import { privacy } from './web/privacy';
import { providerApi } from './sharing/provider-api';
import { robots } from './web/robots';
import { sendLink } from './web/send-link';
import { signUp } from './web/sign-up';
import { unsubscribe } from './web/unsubscribe';
import { poisonedSmsEvents, smsEvents } from './event-grid';
import { noteRoutes, type App } from './routes';

const connection = 'AzureWebJobsStorage';

/** A timer that fails would otherwise wait for its next occurrence, which may be hours away. What it begins, it can begin twice. */
const retry = {
  strategy: 'fixedDelay',
  maxRetryCount: 5,
  delayInterval: { seconds: 60 },
} satisfies RetryOptions;

export function register(to: App, services: Services): void {
  const { app, routes } = noteRoutes(to);
  app.timer('rotateTokens', {
    schedule: '%ROTATION_SCHEDULE%',
    retry,
    handler: timers.rotateTokens(services),
  });
  app.storageQueue('rotateToken', {
    queueName: 'rotate-token',
    connection,
    handler: jobs.rotateToken(services),
  });
  // No setting: what is published must be good for half an hour.
  app.timer('publishTokens', { schedule: '0 */5 * * * *', retry, handler: timers.publishTokens(services) });
  app.timer('checkBatteries', {
    schedule: '%BATTERY_SCHEDULE%',
    retry,
    handler: timers.checkBatteries(services),
  });
  app.storageQueue('checkBattery', {
    queueName: 'check-battery',
    connection,
    handler: jobs.checkBattery(services),
  });
  app.storageQueue('closeConnection', {
    queueName: 'close-connection',
    connection,
    handler: jobs.closeConnection(services),
  });
  app.storageQueue('sendLinks', { queueName: 'send-links', connection, handler: jobs.sendLinks(services) });
  app.storageQueue('sendWebhook', {
    queueName: 'send-webhook',
    connection,
    handler: jobs.sendWebhook(services),
  });
  app.storageQueue('operate', { queueName: 'operate', connection, handler: jobs.operate(services) });
  for (const kind of jobKinds) {
    const queueName = poisonOf(kind);
    const handler = kind === 'send-webhook' ? jobs.poisonedWebhook(services) : jobs.poisonedJob(services);
    app.storageQueue(functionOf(queueName), { queueName, connection, handler });
  }
  // Event Grid writes to this queue; see event-grid.ts.
  app.storageQueue('smsEvents', { queueName: 'sms-events', connection, handler: smsEvents(services) });
  app.storageQueue('smsEventsPoison', {
    queueName: poisonOf('sms-events'),
    connection,
    handler: poisonedSmsEvents(services),
  });
  // Not by its name: an app that was deployed before the setting existed could not start without it.
  app.timer('morningDigest', {
    schedule: services.digestSchedule,
    retry,
    handler: timers.morningDigest(services),
  });
  app.timer('watchdog', { schedule: '%WATCHDOG_SCHEDULE%', retry, handler: timers.watchdog(services) });
  app.timer('housekeeping', {
    schedule: '%HOUSEKEEPING_SCHEDULE%',
    retry,
    handler: timers.housekeeping(services),
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
  app.http('confirmEmail', {
    route: routeOf(`${paths.confirmEmail}{secret}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: confirmEmail(services),
  });
  app.http('personalPage', {
    route: routeOf(`${paths.personalPage}{link}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: personalPage(services),
  });
  app.http('personalExport', {
    route: routeOf(`${paths.personalPage}{link}/export`),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: personalExport(services),
  });
  app.http('sendLink', {
    route: routeOf(paths.link),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: sendLink(services),
  });
  app.http('unsubscribe', {
    route: routeOf(`${paths.unsubscribe}{secret}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: unsubscribe(services),
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
    ['oldPersonalPage', `${paths.personalPage}{*link}`],
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
  app.http('opsInvites', {
    route: 'api/ops/invites',
    methods: ['POST'],
    authLevel: 'function',
    handler: opsInvites(services),
  });
  app.http('opsStatus', {
    route: 'api/ops/status',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: opsStatus(services),
  });
  app.http('opsDoctor', {
    route: 'api/ops/doctor',
    methods: ['GET', 'HEAD'],
    authLevel: 'function',
    handler: opsDoctor(services),
  });
  // For staff.
  app.http('board', {
    route: routeOf(paths.board),
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: board(services),
  });
  app.http('boardConnection', {
    route: routeOf(`${paths.board}/{id}`),
    methods: ['GET', 'HEAD', 'POST'],
    authLevel: 'anonymous',
    handler: boardConnection(services),
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
  app.http('reconnectLink', {
    route: 'api/connections/{id}/reconnect-link',
    methods: ['POST'],
    authLevel: 'function',
    handler: reconnectLink(services),
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
  app.http('openapi', {
    route: 'api/openapi.json',
    methods: ['GET', 'HEAD'],
    authLevel: 'anonymous',
    handler: openapi(services, routes),
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
