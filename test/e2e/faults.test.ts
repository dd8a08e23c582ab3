/** One documented fault of each endpoint of each provider is watched at the pages of the simulators; the drill watches all of them. */
import { connectWearer } from '../../local/connect-wearer';
import { ada } from '../../local/people';
import { labelOf } from '../../local/simulators/control-page';
import { documentedFaults } from '../../local/simulators/documented-faults';
import { providerIds } from '../../src/model';
import { service, world } from '../support/local-service';
import { post, textOf, unescaped, watchedFaults, watchFaults } from '../support/watch-faults';

watchFaults(
  watchedFaults.filter(({ provider, endpoint, name }) => {
    const first = watchedFaults.find((fault) => fault.provider === provider && fault.endpoint === endpoint);
    return first?.name === name;
  }),
);

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
  await service.invokeTimer('checkBatteries');
  await service.invokeTimer('watchdog');
  expect(await textOf(`${url}/service`)).not.toContain(alarm);
});

test('nothing of a token is on the page', async () => {
  for (const simulator of Object.values(world.simulators)) {
    const page = await textOf(`${simulator.url}/service`);
    expect(simulator.issuedSecrets().filter((secret) => page.includes(secret))).toEqual([]);
  }
});
