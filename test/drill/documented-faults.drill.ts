/** Every documented fault is switched on at the page of its simulator and watched there. */
import { watchedFaults, watchFaults } from '../support/watch-faults';

watchFaults(watchedFaults);
