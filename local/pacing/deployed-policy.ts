/** How a deployed service decides: as on one machine, but with the schedules of infra/main.bicep. */
import sample from '../../local.settings.sample.json';
import { readConfig } from '../../src/config';
import type { Policy } from '../../src/model';

export const deployedSettings = {
  ...sample.Values,
  ...{ ROTATION_SCHEDULE: '0 0 */6 * * *', BATTERY_SCHEDULE: '0 0 * * * *' },
  ...{ WATCHDOG_SCHEDULE: '0 15 * * * *', HOUSEKEEPING_SCHEDULE: '0 30 * * * *' },
};

export function deployedPolicy(): Policy {
  return readConfig(deployedSettings).policy;
}
