/** How a deployed service decides: as on one machine, but with its schedules. */
import sample from '../../local.settings.sample.json';
import { readConfig } from '../../src/config';
import type { Policy } from '../../src/model';
import { azureSchedules } from '../azure-schedules';

export const deployedSettings = {
  ...sample.Values,
  ...azureSchedules,
};

export function deployedPolicy(): Policy {
  return readConfig(deployedSettings).policy;
}
