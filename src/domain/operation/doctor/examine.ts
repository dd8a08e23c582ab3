/**
 * Looks at everything that the service depends on, once, and says of each whether it works, and if not what to do. Nothing is sent to
 * anybody, no connection is touched, and every request is one that the real work makes too, or that the other side refuses.
 */
import type { Settings } from '../../../model';
import type { Ports } from '../../../ports';
import type { ClientNeeds } from '../../rotation/oauth';
import { compareClocks, compareSchedules, listAlarms, lookAtSignIn, openOwnAddress } from './examine-app';
import { haveProvider, lookAtConsentPage, openConsentPage, tryClient } from './examine-providers';
import { reachMails, reachTexts } from './examine-senders';
import { findStranded, readVault, useQueues, useTables, writeVault } from './examine-stores';
import type { Finding } from './say-finding';

type Needs = ClientNeeds &
  Pick<Ports, 'clock' | 'email' | 'providers' | 'queues' | 'random' | 'sms' | 'tables' | 'vault'> &
  Pick<Settings, 'callers' | 'policy' | 'publicUrl' | 'staffSignIn'>;

/** In the order of `findingCodes`; never throws: what cannot be looked at is a finding too. */
export async function examine(ports: Needs): Promise<Finding[]> {
  const { providers } = ports;
  const begun = [...providers.values()].filter(({ clientId }) => clientId !== undefined);
  const pages = begun.map((provider) => openConsentPage(ports, provider));
  const vaults = [undefined, ...ports.vault.further];
  const found = await Promise.all([
    ...vaults.map((vault) => readVault(ports, vault)),
    findStranded(ports),
    ...vaults.map((vault) => writeVault(ports, vault)),
    useTables(ports),
    useQueues(ports),
    reachTexts(ports),
    reachMails(ports),
    Promise.resolve(haveProvider(ports, begun.length)),
    ...begun.map((provider) => tryClient(ports, provider)),
    ...pages.map(lookAtConsentPage),
    Promise.resolve(compareSchedules(ports)),
    compareClocks(ports, pages[0]),
    Promise.resolve(lookAtSignIn(ports)),
    openOwnAddress(ports),
    listAlarms(ports),
  ]);
  return found.filter((each) => each !== undefined);
}
