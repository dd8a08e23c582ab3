/** Timer, hourly: one battery check per connection. */
import { dispatchBatteryCheck } from '../domain/operation/runs';
import type { Services } from '../services';
import { onTimer } from './invocation';

export const checkBatteries = (services: Services) => onTimer(services, () => dispatchBatteryCheck(services));
