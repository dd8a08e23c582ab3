/** The list of simulated providers. A new one is a simulator and its table of faults beside this, and a line here. */
import type { ProviderId } from '../../src/model';
import type { FaultTable } from './fault-table';
import { startFitbit } from './fitbit-simulator';
import { fitbitFaults } from './fitbit-faults';
import { startGoogleHealth } from './google-health-simulator';
import { googleHealthFaults } from './google-health-faults';
import type { Simulator, SimulatorOptions } from './simulator';
import { startWithings } from './withings-simulator';
import { withingsFaults } from './withings-faults';

interface SimulatedProvider {
  start(options: SimulatorOptions): Promise<Simulator>;
  readonly faults: FaultTable;
}

export const simulatedProviders = {
  'google-health': { start: startGoogleHealth, faults: googleHealthFaults },
  fitbit: { start: startFitbit, faults: fitbitFaults },
  withings: { start: startWithings, faults: withingsFaults },
} satisfies Record<ProviderId, SimulatedProvider>;
