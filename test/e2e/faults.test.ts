/** Every documented fault is switched on at the page of its simulator, as a person does it, and watched there. */
import { createBrowser } from '../../local/browser';
import { connectWearer } from '../../local/connect-wearer';
import { toLine } from '../../local/log-line';
import { ada } from '../../local/people';
import { showStatus } from '../../local/run-start';
import { readStatus } from '../../src/domain/operation/status';
import { perProvider, providerIds, type ProviderId } from '../../src/model';
import { labelOf } from '../../local/simulators/control-page';
import { documentedFaults } from '../../local/simulators/documented-faults';
import { everyone } from '../../local/simulators/faults';
import { service, useLocalService, world } from '../support/local-service';

/** Google Health knows who somebody was at Fitbit. */
const wearers = { ...perProvider(() => ada.id), fitbit: 'grace' };

const connections: Partial<Record<ProviderId, string>> = {};

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
  for (const { faults } of Object.values(world.simulators)) faults.clear();
});

const textOf = async (url: string): Promise<string> => (await createBrowser().open(url)).text;

async function post(url: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  expect(answer.status).toBe(303);
}

/** What the operator can ask for at any time, also of a connection that waits. */
async function operate(what: 'rotate' | 'check', provider: ProviderId): Promise<void> {
  const body = JSON.stringify({ connection: connections[provider] });
  await (await fetch(`${service.url}/api/ops/${what}`, { method: 'POST', body })).text();
}

const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'");

test.each(providerIds)('%s: the page offers each by its own label', async (provider) => {
  const page = unescaped(await textOf(world.simulators[provider].url));
  const documented = documentedFaults.filter((fault) => fault.provider === provider);
  const missing = documented.filter(
    (fault) => !page.includes(`<option value="${fault.name}">${labelOf(fault)}</option>`),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
  expect(new Set(documented.map((fault) => `${fault.endpoint} ${labelOf(fault)}`)).size).toBe(
    documented.length,
  );
});

const watched = documentedFaults.filter(({ endpoint }) => endpoint !== 'revoke');
test.each(watched.map((fault) => [fault.name, fault] as const))(
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

test('a consent in publishing status Testing is an alarm at once', async () => {
  const { url } = world.simulators['google-health'];
  const set = (status: string) => post(`${url}/simulator/publishing`, { status });
  const alarm = '<li>publishing status Testing suspected';
  const consent = () =>
    connectWearer({ serviceUrl: service.url, provider: 'google-health', number: '', wearer: ada.id });
  await set('testing');
  expect(await textOf(url)).toContain('Publishing status: Testing');
  await consent();
  expect(await textOf(`${url}/service`)).toContain(alarm);
  await set('production');
  await consent();
  await service.invokeTimer('watchdog');
  expect(await textOf(`${url}/service`)).not.toContain(alarm);
});

test('nothing of a token is on the page', async () => {
  for (const simulator of Object.values(world.simulators)) {
    const page = await textOf(`${simulator.url}/service`);
    expect(simulator.issuedSecrets().filter((secret) => page.includes(secret))).toEqual([]);
  }
});
