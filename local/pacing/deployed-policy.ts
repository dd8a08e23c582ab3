/** How a deployed service decides: as on one machine, but with the schedules of infra/main.bicep. */
import sample from '../../local.settings.sample.json';
import { readConfig } from '../../src/config';
import type { Policy } from '../../src/model';

export function deployedPolicy(): Policy {
  const schedules = { ROTATION_SCHEDULE: '0 0 */6 * * *', BATTERY_SCHEDULE: '0 0 * * * *' };
  return readConfig({ ...sample.Values, ...schedules }).policy;
}
