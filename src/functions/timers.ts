/** The timers. Each finishes in time: it dispatches jobs, or stops with a note of how far it has come, and a job goes on. */
import { beginDigest } from '../domain/operation/morning-digest';
import { keepHouse } from '../domain/operation/housekeeping';
import { dispatchBatteryCheck, dispatchRotation } from '../domain/operation/dispatch';
import { dispatchPublication } from '../domain/operation/publication';
import { watch } from '../domain/operation/watchdog';
import type { Services } from '../services';
import { onTimer } from './invocation';

/** Six-hourly: one rotation job per connection. */
export const rotateTokens = (services: Services) => onTimer(services, () => dispatchRotation(services));

/** Hourly: one battery check per connection. */
export const checkBatteries = (services: Services) => onTimer(services, () => dispatchBatteryCheck(services));

/** Every five minutes: one look per connection at its published access token, where tokens are published. */
export const publishTokens = (services: Services) => onTimer(services, () => dispatchPublication(services));

/** Every morning: who is new on the list, by e-mail to coordinators. */
export const morningDigest = (services: Services) => onTimer(services, () => beginDigest(services));

/** Hourly: alarms on the absence of success. */
export const watchdog = (services: Services) => onTimer(services, () => watch(services));

/** Hourly: removes what is not needed any more. */
export const housekeeping = (services: Services) => onTimer(services, () => keepHouse(services));
