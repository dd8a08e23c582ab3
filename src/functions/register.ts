/**
 * Every function of the service on one page: a row with its name, trigger, route and key. Importing this registers nothing; calling it does, with
 * any `app`. A start reads these rows only: what a function does is loaded when it is called first, together with its like. The comment above a
 * timer or a queue is what docs/reference.md says of it; what answers HTTP is described in `description/`.
 */
import type {
  HttpFunctionOptions,
  HttpHandler,
  RetryOptions,
  StorageQueueHandler,
  TimerHandler,
} from '@azure/functions';
import { lazy } from '../lazy';
import { jobKinds } from '../model/job-kinds';
import { httpMethods } from '../ports/exchange';
import { mistypedPaths, oldPrefix, paths, routeOf } from '../paths';
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
  const group = <Functions>(load: () => Promise<Functions>) => groupOf(app, services, load);
  const background = group(() => import('./background'));
  const people = group(() => import('./pages-of-people'));
  const programs = group(() => import('./programs'));

  /** Queues one job for each open connection that does not wait for a new consent. */
  background.timer('rotateTokens', '%ROTATION_SCHEDULE%', (of) => of.rotateTokens);
  /** Refreshes one connection's tokens and stores them, or only brings its published secret up to date. */
  background.queue('rotateToken', 'rotate-token', (of) => of.rotateToken);
  // No setting: what is published must be good for half an hour.
  /** With `PUBLISH_ACCESS_TOKENS`: queues one job per shared connection, which brings its published secret up to date. */
  background.timer('publishTokens', '0 */5 * * * *', (of) => of.publishTokens);
  /** Queues one job for each open connection that does not wait for a new consent. */
  background.timer('checkBatteries', '%BATTERY_SCHEDULE%', (of) => of.checkBatteries);
  /**
   * Reads one connection's devices, texts when one is low, and sends what waits for it; for the operator and the digest it only sends what waits.
   */
  background.queue('checkBattery', 'check-battery', (of) => of.checkBattery);
  /** Finishes a disconnect. */
  background.queue('closeConnection', 'close-connection', (of) => of.closeConnection);
  /** Sends personal links to a number or an e-mail address. */
  background.queue('sendLinks', 'send-links', (of) => of.sendLinks);
  /** Tells your platform what has happened to a connection ([webhooks](webhooks.md)). */
  background.queue('sendWebhook', 'send-webhook', (of) => of.sendWebhook);
  /** Begins work over all connections that the operator has asked for, and continues what did not fit into one invocation. */
  background.queue('operate', 'operate', (of) => of.operate);
  for (const kind of jobKinds) {
    const queueName = poisonOf(kind);
    background.queue(functionOf(queueName), queueName, (of) =>
      kind === 'send-webhook' ? of.poisonedWebhook : of.poisonedJob,
    );
  }
  // Event Grid writes to this queue; see event-grid.ts.
  /** Handles delivery reports of texts and e-mails, STOP, START and HELP, which Event Grid brings. */
  background.queue('smsEvents', 'sms-events', (of) => of.smsEvents);
  background.queue('smsEventsPoison', poisonOf('sms-events'), (of) => of.poisonedSmsEvents);
  // Not by its name: an app that was deployed before the setting existed could not start without it.
  /** Mails coordinators who is new on the board's list ([operations](operations.md#the-morning-digest)). */
  background.timer('morningDigest', digestSchedule, (of) => of.morningDigest);
  /** Raises an alarm when something has not succeeded for too long. */
  background.timer('watchdog', '%WATCHDOG_SCHEDULE%', (of) => of.watchdog);
  /** Removes old records, ends sign-ups that nobody confirmed, continues campaigns, mends the board. */
  background.timer('housekeeping', '%HOUSEKEEPING_SCHEDULE%', (of) => of.housekeeping);

  // Pages, for people.
  people.open('frontPage', ['GET'], paths.front, (of) => of.frontPage);
  people.open('frontPageOfApi', ['GET'], paths.api, (of) => of.frontPage);
  people.open('signUp', ['GET', 'POST'], paths.signUp, (of) => of.signUp);
  people.open('oauthCallback', ['GET'], paths.callback, (of) => of.oauthCallback);
  people.open('confirm', ['GET', 'POST'], paths.confirm, (of) => of.confirm);
  people.open('confirmEmail', ['GET', 'POST'], `${paths.confirmEmail}{secret}`, (of) => of.confirmEmail);
  people.open('personalPage', ['GET', 'POST'], `${paths.personalPage}{link}`, (of) => of.personalPage);
  people.open('personalExport', ['GET'], `${paths.personalPage}{link}/export`, (of) => of.personalExport);
  people.open('sendLink', ['GET', 'POST'], paths.link, (of) => of.sendLink);
  people.open('unsubscribe', ['GET', 'POST'], `${paths.unsubscribe}{secret}`, (of) => of.unsubscribe);
  people.open('privacy', ['GET'], paths.privacy, (of) => of.privacy);
  for (const [name, path] of [
    ['oldSignUp', paths.signUp],
    ['oldConfirm', paths.confirm],
    ['oldSendLink', paths.link],
    ['oldPrivacy', paths.privacy],
    ['oldPersonalPage', `${paths.personalPage}{*link}`],
  ] as const) {
    people.open(name, ['GET', 'POST'], oldPrefix + path, (of) => of.oldAddress);
  }
  for (const [name, { at, leadsTo }] of Object.entries(mistypedPaths)) {
    people.open(name, ['GET'], at, (of) => of.mistypedAddress(leadsTo));
  }
  people.open('favicon', ['GET'], paths.favicon, (of) => () => of.favicon);
  people.open('robots', ['GET'], paths.robots, (of) => () => of.robots);

  // For the operator.
  programs.withKey('opsRotate', ['POST'], '/api/ops/rotate', (of) => of.opsRotate);
  programs.withKey('opsCheck', ['POST'], '/api/ops/check', (of) => of.opsCheck);
  programs.withKey('opsReconnect', ['POST'], '/api/ops/reconnect', (of) => of.opsReconnect);
  programs.withKey('opsInvites', ['POST'], '/api/ops/invites', (of) => of.opsInvites);
  programs.withKey('opsStatus', ['GET'], '/api/ops/status', (of) => of.opsStatus);
  programs.withKey('opsDoctor', ['GET'], '/api/ops/doctor', (of) => of.opsDoctor);

  // For staff, who sign in with a browser.
  people.open('board', ['GET'], paths.board, (of) => of.board);
  people.open('boardConnection', ['GET', 'POST'], `${paths.board}/{id}`, (of) => of.boardConnection);

  // For platforms.
  programs.withKey('connections', ['GET'], '/api/connections', (of) => of.connections);
  programs.withKey('connection', ['GET'], '/api/connections/{id}', (of) => of.oneConnection);
  programs.withKey('connectionLabel', ['PUT'], '/api/connections/{id}/label', (of) => of.label);
  programs.withKey(
    'reconnectLink',
    ['POST'],
    '/api/connections/{id}/reconnect-link',
    (of) => of.reconnectLink,
  );
  programs.withKey(
    'accessToken',
    ['GET', 'POST'],
    '/api/connections/{id}/access-token',
    (of) => of.accessToken,
  );
  programs.withKey('providerApi', httpMethods, '/api/connections/{id}/api/{*path}', (of) => of.providerApi);

  // For everybody.
  programs.open('openapi', ['GET'], '/api/openapi.json', (of) => (services) => of.openapi(services, routes));
  programs.open('health', ['GET'], paths.health, (of) => of.health);
}

type Choose<Functions, Given extends unknown[], Answer> = (
  of: Functions,
) => (services: Services) => (...given: Given) => Answer | Promise<Answer>;

/** Registers functions of one file, which is loaded, with the services, when one of them is called first. */
function groupOf<Functions>(app: App, services: () => Promise<Services>, load: () => Promise<Functions>) {
  const handle = <Given extends unknown[], Answer>(choose: Choose<Functions, Given, Answer>) => {
    const handler = lazy(async () => choose(await load())(await services()));
    return async (...given: Given): Promise<Answer> => (await handler())(...given);
  };
  const http =
    (authLevel: 'anonymous' | 'function') =>
    (
      name: string,
      methods: readonly HttpMethod[],
      path: string,
      choose: Choose<Functions, HttpGiven, HttpAnswer>,
    ): void =>
      app.http(name, {
        route: routeOf(path),
        methods: withHead(methods),
        authLevel,
        handler: handle(choose),
      });
  return {
    timer: (name: string, schedule: string, choose: Choose<Functions, TimerGiven, unknown>): void =>
      app.timer(name, { schedule, retry, handler: handle(choose) }),
    queue: (name: string, queueName: string, choose: Choose<Functions, QueueGiven, unknown>): void =>
      app.storageQueue(name, { queueName, connection, handler: handle(choose) }),
    /** For everybody, as far as the platform is concerned. */
    open: http('anonymous'),
    /** With a function key. */
    withKey: http('function'),
  };
}

/** How `health` is reached, whether or not anything else is registered. */
export const healthOptions = {
  route: routeOf(paths.health),
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
} satisfies Partial<HttpFunctionOptions>;

type HttpMethod = (typeof httpMethods)[number];
type HttpGiven = Parameters<HttpHandler>;
type HttpAnswer = Awaited<ReturnType<HttpHandler>>;
type TimerGiven = Parameters<TimerHandler>;
type QueueGiven = Parameters<StorageQueueHandler>;

/** `HEAD` works wherever `GET` does. */
function withHead(methods: readonly HttpMethod[]): (HttpMethod | 'HEAD')[] {
  return methods.flatMap((method) => (method === 'GET' ? (['GET', 'HEAD'] as const) : [method]));
}

/** The function's name for a queue: on Linux, Azure cannot disable a function whose name has a hyphen. */
function functionOf(queue: string): string {
  return queue.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function poisonOf(queue: string): string {
  return `${queue}-poison`;
}
