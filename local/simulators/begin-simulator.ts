/**
 * What every simulator of a provider begins with (its switches, the consent page, no secrets in URLs, all by the clock of the local world)
 * and ends with (a server, and what tests may know of it). Between the two come the provider's own endpoints.
 */
import { Hono } from 'hono';
import { inMemory, type Keep } from '../kept';
import { serve } from '../serve';
import { createAuthorizationCodes } from './authorization-codes';
import { localClient } from './clients';
import { addConsent, type ConsentOptions } from './consent-page';
import { addControlPage, type ControlPageOptions } from './control-page';
import { createFaults, realDelay } from './faults';
import { createSecretLedger, type SecretLedger } from './secret-ledger';
import {
  datedBy,
  refuseSecretsInQuery,
  type Insight,
  type Simulator,
  type SimulatorOptions,
} from './simulator';

/** What the grants of every provider are made with. */
interface GrantsBasis {
  readonly now: () => number;
  readonly ledger: SecretLedger;
  readonly keep: Keep;
}

export interface ProviderBeginning<Grants> {
  readonly codes: Omit<Parameters<typeof createAuthorizationCodes>[0], 'now'>;
  createGrants(basis: GrantsBasis): Grants;
  readonly control: Pick<ControlPageOptions, 'providerName' | 'documented' | 'userIdOf' | 'publishing'>;
  readonly consent: Omit<ConsentOptions, 'clients' | 'codes' | 'faults' | 'delay' | 'ledger'>;
  /** What is answered when a secret stands in the URL. */
  refuseSecret(parameter: string): Response;
}

export function beginSimulator<Grants extends { readonly insight: Insight }>(
  options: SimulatorOptions,
  provider: ProviderBeginning<Grants>,
) {
  const { port, wearers, now, tap, serviceView } = options;
  const { delay = realDelay, clients = [localClient], keep = inMemory } = options;
  const ledger = createSecretLedger();
  const faults = createFaults();
  const codes = createAuthorizationCodes({ now, ...provider.codes });
  const grants = provider.createGrants({ now, ledger, keep });
  const app = new Hono();
  app.use(datedBy(now));
  addControlPage(app, { ...provider.control, wearers, faults, insight: grants.insight, serviceView });
  addConsent(app, { ...provider.consent, clients, codes, faults, delay, ledger });
  app.use(refuseSecretsInQuery(ledger, (parameter) => provider.refuseSecret(parameter)));
  return {
    ...{ app, clients, codes, delay, faults, grants, ledger },
    /** @throws PortTaken */
    async listen(): Promise<Simulator> {
      const server = await serve({ name: `${provider.control.providerName} simulator`, app, port, tap });
      return { ...server, ...grants.insight, faults, issuedSecrets: ledger.all };
    },
  };
}
