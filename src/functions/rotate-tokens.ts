/** Timer, six-hourly: one rotation job per connection. It finishes in seconds and retries nothing itself. */
import { dispatchRotation } from '../domain/operation/runs';
import type { Services } from '../services';
import { onTimer } from './invocation';

export const rotateTokens = (services: Services) => onTimer(services, () => dispatchRotation(services));
