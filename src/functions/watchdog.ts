/** Timer: alarms on the absence of success. */
import { watch } from '../domain/operation/watchdog';
import type { Services } from '../services';
import { onTimer } from './invocation';

export const watchdog = (services: Services) => onTimer(services, () => watch(services));
