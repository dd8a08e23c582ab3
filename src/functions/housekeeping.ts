/** Timer, hourly: removes what is not needed any more. */
import { keepHouse } from '../domain/operation/housekeeping';
import type { Services } from '../services';
import { onTimer } from './invocation';

export const housekeeping = (services: Services) => onTimer(services, () => keepHouse(services));
