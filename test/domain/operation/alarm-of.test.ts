/** Which alarm each documented answer of a provider's API raises, through a check as the queue would run it. */
import { runCheckJob } from '../../../src/domain/operation/runs';
import { providerIds } from '../../../src/model';
import { faultRows } from '../../support/fault-rows';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, tokens } from '../../support/world';

const raised: Record<string, string> = {
  'fitbit.devices.validation': 'client refused',
  'google-health.devices.invalid_argument': 'client refused',
  'google-health.devices.service_disabled': 'client refused',
  'google-health.devices.access_not_configured': 'client refused',
  'google-health.devices.user_project_denied': 'project refused',
  'google-health.devices.consumer_suspended': 'project refused',
  'google-health.devices.consumer_invalid': 'project refused',
  'google-health.devices.billing_disabled': 'project refused',
  'google-health.devices.private_preview': 'project not admitted to the API',
  'google-health.devices.disallowed_oauth_scopes': 'scopes refused',
};

describe.each(providerIds)('an answer of the API of %s', (provider) => {
  test.each(faultRows(provider, 'devices'))(
    '%s, which is %s, raises what it should',
    async (name, _, fault) => {
      const world = createTestWorld();
      await connectWearer(world, provider);
      // What a new access token could cure is asked again with one.
      world.http.script(fault, ...(fault.status === 401 ? [answer(200, tokens(2)), fault] : []));
      await runCheckJob(world.ports, { kind: 'check-battery', connection: 'wearer-1', run: 'run-1' });
      const alarm = raised[name];
      expect(world.tables.alarms.values().map((each) => each.name)).toEqual(
        alarm === undefined ? [] : [alarm],
      );
    },
  );
});
