/** Every function of the service on one page. Importing this registers nothing; calling it does, with any `app`. */
import type { app as functionsApp } from '@azure/functions';
import type { Services } from '../services';
import { checkBatteries } from './check-batteries';
import { checkBatteryJob } from './check-battery';
import { health } from './health';
import { housekeeping } from './housekeeping';
import { oauthCallback } from './oauth-callback';
import { opsCheck } from './ops-check';
import { opsRotate } from './ops-rotate';
import { opsStatus } from './ops-status';
import { poisonedJob } from './poisoned-job';
import { rotateTokenJob } from './rotate-token';
import { rotateTokens } from './rotate-tokens';
import { signUp } from './sign-up';
import { watchdog } from './watchdog';

export type App = Pick<typeof functionsApp, 'http' | 'timer' | 'storageQueue'>;

const connection = 'AzureWebJobsStorage';

export function register(app: App, services: Services): void {
  app.timer('rotate-tokens', { schedule: '%ROTATION_SCHEDULE%', handler: rotateTokens(services) });
  app.storageQueue('rotate-token', {
    queueName: 'rotate-token',
    connection,
    handler: rotateTokenJob(services),
  });
  app.timer('check-batteries', { schedule: '%BATTERY_SCHEDULE%', handler: checkBatteries(services) });
  app.storageQueue('check-battery', {
    queueName: 'check-battery',
    connection,
    handler: checkBatteryJob(services),
  });
  for (const queueName of ['rotate-token-poison', 'check-battery-poison']) {
    app.storageQueue(queueName, { queueName, connection, handler: poisonedJob(services) });
  }
  app.timer('watchdog', { schedule: '%WATCHDOG_SCHEDULE%', handler: watchdog(services) });
  app.timer('housekeeping', { schedule: '%HOUSEKEEPING_SCHEDULE%', handler: housekeeping(services) });
  app.http('sign-up', {
    route: 'signup',
    methods: ['GET', 'POST'],
    authLevel: 'anonymous',
    handler: signUp(services),
  });
  app.http('oauth-callback', {
    route: 'oauth/callback',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: oauthCallback(services),
  });
  app.http('ops-rotate', {
    route: 'ops/rotate',
    methods: ['POST'],
    authLevel: 'function',
    handler: opsRotate(services),
  });
  app.http('ops-check', {
    route: 'ops/check',
    methods: ['POST'],
    authLevel: 'function',
    handler: opsCheck(services),
  });
  app.http('ops-status', {
    route: 'ops/status',
    methods: ['GET'],
    authLevel: 'function',
    handler: opsStatus(services),
  });
  app.http('health', {
    route: 'health',
    methods: ['GET'],
    authLevel: 'anonymous',
    handler: health(services),
  });
}
