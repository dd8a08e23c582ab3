/** Switches documented faults on at the pages of the simulators, as a person does it, and watches there what the service makes of them. */
import { createBrowser } from '../../local/browser';
import { connectWearer } from '../../local/connect-wearer';
import { toLine } from '../../local/log-line';
import { ada } from '../../local/people';
import { showStatus } from '../../local/run-start';
import { labelOf } from '../../local/simulators/control-page';
import { documentedFaults } from '../../local/simulators/documented-faults';
import type { DocumentedFault } from '../../local/simulators/fault-table';
import { everyone } from '../../local/simulators/faults';
import { readStatus } from '../../src/domain/operation/status';
import { perProvider, providerIds, type ProviderId } from '../../src/model';
import { service, useLocalService, world } from './local-service';

/** Google Health knows who somebody was at Fitbit. */
const wearers = { ...perProvider(() => ada.id), fitbit: 'grace' };

const connections: Partial<Record<ProviderId, string>> = {};

/** All that a rotation or a check meets; giving a grant back has no state of its own to be watched. */
export const watchedFaults = documentedFaults.filter(({ endpoint }) => endpoint !== 'revoke');

/** To be called once in a test file: a service with one connection at each provider, and a test for each of these faults. */
export function watchFaults(faults: readonly DocumentedFault[]): void {
  useLocalService({
    onLog: (entry) => {
      const line = toLine(entry);
      if (line !== undefined) world.serviceView.note(line);
    },
  });

  beforeAll(async () => {
    world.serviceView.show(async () => showStatus(await readStatus(service.services)));
    for (const provider of providerIds) {
      const wearer = wearers[provider];
      await connectWearer({ serviceUrl: service.url, provider, number: '', wearer });
    }
    for await (const { value } of service.services.tables.connections.list()) {
      connections[value.provider] = value.id;
    }
  });

  /** Whatever a test has left behind. */
  afterEach(() => {
    for (const { faults: switches } of Object.values(world.simulators)) switches.clear();
  });

  test.each(faults.map((fault) => [fault.name, fault] as const))(
    '%s is switched on, watched, and over when it is cleared',
    async (name, fault) => {
      const { provider, endpoint } = fault;
      const { url } = world.simulators[provider];
      const what = endpoint === 'devices' ? 'check' : 'rotate';
      await post(`${url}/simulator/fault`, { wearer: everyone, fault: name, times: '' });
      expect(unescaped(await textOf(url))).toContain(`${labelOf(fault)},`);
      await operate(what, provider);
      expect(await textOf(`${url}/service`)).toMatch(
        new RegExp(`<li><code>\\w+</code> [a-z ]+: ${fault.means} since`),
      );
      await post(`${url}/simulator/clear-faults`, { wearer: everyone });
      await operate('rotate', provider);
      await operate('check', provider);
      expect(await textOf(`${url}/service`)).toMatch(/<li><code>\w+<\/code> connected<\/li>/);
    },
  );
}

export async function textOf(url: string): Promise<string> {
  return (await createBrowser().open(url)).text;
}

export async function post(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  expect(answer.status).toBe(303);
}

/** What the operator can ask for at any time, also of a connection that waits. */
async function operate(what: 'rotate' | 'check', provider: ProviderId): Promise<void> {
  const body = JSON.stringify({ connection: connections[provider] });
  await (await fetch(`${service.url}/api/ops/${what}`, { method: 'POST', body })).text();
}

export const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'");
