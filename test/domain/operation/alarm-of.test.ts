/** Which alarm each documented answer of a provider's API raises, through a check as the queue would run it. */
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import type { DocumentedFault } from '../../../local/simulators/fault-table';
import { providerIds, type AlarmName } from '../../../src/model';
import { faultRows } from '../../support/fault-rows';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, tokensOf } from '../../support/world';

const raised: Partial<Record<DocumentedFault['means'], AlarmName>> = {
  REQUEST_REFUSED: 'client refused',
  API_DISABLED: 'client refused',
  PROJECT_REFUSED: 'project refused',
  PROJECT_NOT_ADMITTED: 'project not admitted to the API',
  SCOPES_REFUSED: 'scopes refused',
};

describe.each(providerIds)('an answer of the API of %s', (provider) => {
  test.each(faultRows(provider, 'devices'))(
    '%s, which is %s, raises what it should',
    async (_, means, fault) => {
      const world = createTestWorld();
      await connectWearer(world, provider);
      // What a new access token could cure is asked again with one.
      world.http.script(
        fault,
        ...(means === 'ACCESS_TOKEN_REFUSED' ? [answer(200, tokensOf(provider, 2)), fault] : []),
      );
      await runCheckJob(world.ports, { kind: 'check-battery', connection: 'wearer-1', run: 'run-1' });
      const alarm = raised[means];
      expect(world.tables.alarms.values().map((each) => each.name)).toEqual(
        alarm === undefined ? [] : [alarm],
      );
    },
  );
});
