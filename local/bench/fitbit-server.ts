/** The simulator of Fitbit in a process of its own, so that its work does not count as the client's. */
import { createClient } from '../../src/client';
import { localClient } from '../simulators/clients';
import { startFitbit } from '../simulators/fitbit-simulator';
import { giveConsent } from '../simulators/give-consent';
import { createWearers } from '../simulators/wearers';

async function main(): Promise<void> {
  const now = (): number => Date.now();
  const wearers = createWearers({ now });
  const battery = { percent: 80, since: now(), drainPerHour: 0 };
  const devices = [{ id: '1234567890', kind: 'TRACKER', model: 'Charge 6', battery }] as const;
  wearers.add({ id: 'ada', name: 'Ada', devices });
  const { url } = await startFitbit({ port: 0, wearers, now, hourlyLimit: Infinity });
  const redirectUri = `${url}/callback`;
  const client = createClient({ provider: 'fitbit', ...localClient, redirectUri, simulatorUrl: url });
  const authorization = client.authorizeUrl();
  const back = await giveConsent(authorization.url, { wearer: 'ada' });
  const tokens = await client.exchange(back.searchParams.get('code') ?? '', authorization);
  process.send?.({ url, tokens });
}

process.once('disconnect', () => process.exit());
void main();
