/** The list of simulated providers. A new one is a simulator and its table of faults beside this, and three lines here. */
import type { ProviderId } from '../../src/model';
import type { FaultTable } from './fault-table';
import { startFitbit, fitbitTokenMs } from './fitbit-simulator';
import { fitbitFaults } from './fitbit-faults';
import { startGoogleHealth, googleHealthTokenMs } from './google-health-simulator';
import { googleHealthFaults } from './google-health-faults';
import type { Simulator, SimulatorOptions } from './simulator';
import { startWithings, withingsTokenMs } from './withings-simulator';
import { withingsFaults } from './withings-faults';

interface SimulatedProvider {
  start(options: SimulatorOptions): Promise<Simulator>;
  readonly faults: FaultTable;
  /** How long an access token lives unless an option says otherwise. */
  readonly accessTokenMs: number;
}

export const simulatedProviders = {
  'google-health': {
    start: startGoogleHealth,
    faults: googleHealthFaults,
    accessTokenMs: googleHealthTokenMs,
  },
  fitbit: { start: startFitbit, faults: fitbitFaults, accessTokenMs: fitbitTokenMs },
  withings: { start: startWithings, faults: withingsFaults, accessTokenMs: withingsTokenMs },
} satisfies Record<ProviderId, SimulatedProvider>;
