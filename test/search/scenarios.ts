import { messageScenarios } from './messages';
import { rotationScenarios } from './rotation';
import type { Scenario } from './scenario';

export const scenarios: readonly Scenario[] = [...rotationScenarios, ...messageScenarios];

/** @throws Error when there is none of this name */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new Error(
    `There is no scenario "${name}". Choose one of ${scenarios.map((each) => each.name).join(', ')}.`,
  );
}
