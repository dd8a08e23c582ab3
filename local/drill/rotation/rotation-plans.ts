/**
 * Which faults a batch brings, decided by the seed. First the directed ones, each the counter-example to a shortcut;
 * then every single kill and freeze at every call; then pairs and triples of everything.
 */
import type { Phase } from '../servers';
import type { Effect, Plan, PlannedFault } from './rotation-faults';
import type { Chance } from '../../random';
import type { RotationTimes } from './rotation-times';

/** A rotation without faults makes about this many calls; recovery makes more. */
const callsOfRotation = 22;

const killed: Effect = { do: 'kill' };

/** The scenarios that the steps of the protocol answer. */
export function directedPlans(): Plan[] {
  const atToken = (phase: Phase): PlannedFault => ({ nth: 1, step: 'token request', phase, effect: killed });
  const stalled: Effect = { do: 'freeze for long' };
  const saved: PlannedFault = { nth: 1, step: 'vault save', phase: 'before', effect: { do: 'nothing' } };
  return [
    { name: 'killed with the answer under way', faults: [atToken('after')] },
    { name: 'killed twice with the answer under way', faults: [atToken('after'), atToken('after')] },
    {
      name: 'killed three times with the answer under way',
      faults: [atToken('after'), atToken('after'), atToken('after')],
    },
    {
      name: 'killed with the answer in hand',
      faults: [{ nth: 1, step: 'vault save', phase: 'before', effect: killed }],
    },
    {
      name: 'a save that comes a run late',
      faults: [{ nth: 1, step: 'vault save', phase: 'before', effect: stalled }],
    },
    {
      name: 'a commit that comes a run late',
      faults: [saved, { nth: 1, step: 'record read', phase: 'after', effect: stalled }],
    },
  ];
}

/** A new release comes in the middle of rotations, and a provider that is not well. */
export function furtherPlans(times: RotationTimes): Plan[] {
  const lost: PlannedFault = { nth: 1, step: 'token request', phase: 'after', effect: { do: 'cut' } };
  const wait: PlannedFault = { ...lost, phase: 'before', effect: askToWait(times) };
  return [
    ...deploymentPlans(),
    { name: 'a long wait after a lost answer', faults: [lost, lost, lost, wait] },
  ];
}

function deploymentPlans(): Plan[] {
  return (['recreate', 'rolling update'] as const).flatMap((how) =>
    (['token request', 'vault save', 'record write'] as const).map((step): Plan => {
      return { name: 'deployed', faults: [{ nth: 1, step, phase: 'after', effect: { do: 'deploy', how } }] };
    }),
  );
}

/** A kill and a freeze, before and after it is applied, at every call of a rotation. */
export function singlePlans(chance: Chance, times: RotationTimes): Plan[] {
  const plans: Plan[] = [];
  for (let nth = 1; nth <= callsOfRotation; nth += 1) {
    for (const phase of ['before', 'after'] as const) {
      for (const effect of [killed, freeze(chance, times)]) {
        plans.push({ name: 'single', faults: [{ nth, phase, effect }] });
      }
    }
  }
  return chance.shuffle(plans);
}

/** One to three faults of any kind; at most three of them stop a process. */
export function mixedPlan(chance: Chance, times: RotationTimes): Plan {
  const count = chance.pick([1, 2, 2, 3, 3, 3]);
  const faults: PlannedFault[] = [];
  for (let index = 0; index < count; index += 1) {
    // The further ones soon after: recovery makes fewer calls than a whole rotation.
    faults.push(anyFault(chance, times, index === 0 ? callsOfRotation : callsOfRotation / 2));
  }
  return { name: ['', 'single', 'pair', 'triple'][count] ?? '', faults };
}

function anyFault(chance: Chance, times: RotationTimes, within: number): PlannedFault {
  const phase = chance.pick(['before', 'after'] as const);
  const spot = chance.next() < 0.3 ? atRiskyStep(chance) : { nth: 1 + chance.below(within) };
  const { leaseMs, providerTimeoutMs } = times.service;
  const share = chance.next();
  if (share < 0.215) return { ...spot, phase, effect: killed };
  if (share < 0.22) return { ...spot, phase, effect: deployed(chance) };
  if (share < 0.34) return { ...spot, phase, effect: freeze(chance, times) };
  if (share < 0.52) return { ...spot, phase, effect: { do: 'refuse' } };
  if (share < 0.68) return { ...spot, phase, effect: { do: 'cut' } };
  if (share < 0.76) {
    const ms = providerTimeoutMs * (0.3 + 2 * chance.next());
    return { ...spot, phase, effect: { do: 'delay', ms } };
  }
  if (share < 0.79) return { nth: 1, step: 'token request', phase: 'after', effect: { do: 'garble' } };
  if (share < 0.8) return { nth: 1, step: 'token request', phase: 'before', effect: askToWait(times) };
  if (share < 0.87) {
    const store = chance.pick(['vault', 'vault', 'tables', 'queue'] as const);
    return { ...spot, phase, effect: { do: 'outage', store, ms: leaseMs * (0.2 + 1.5 * chance.next()) } };
  }
  if (share < 0.92) return { ...spot, phase, effect: { do: 'double the job' } };
  if (share < 0.96) return { ...spot, phase, effect: { do: 'consent again' } };
  if (share < 0.98) return { ...spot, phase, effect: { do: 'withdraw' } };
  return { ...spot, phase, effect: { do: 'disconnect' } };
}

/** Between the provider's answer and the pointer's move is where tokens can be lost. */
function atRiskyStep(chance: Chance): Pick<PlannedFault, 'nth' | 'step'> {
  return {
    nth: 1,
    step: chance.pick(['token request', 'vault save', 'record write', 'journal', 'enqueue'] as const),
  };
}

/** Longer than the provider would repeat an answer. */
function askToWait({ repeatWindowMs }: RotationTimes): Effect {
  return { do: 'ask to wait', seconds: Math.ceil((1.2 * repeatWindowMs) / 1000) };
}

function deployed(chance: Chance): Effect {
  return { do: 'deploy', how: chance.pick(['recreate', 'rolling update'] as const) };
}

function freeze(chance: Chance, { service }: RotationTimes): Effect {
  return chance.next() < 0.02
    ? { do: 'freeze for long' }
    : { do: 'freeze', ms: service.leaseMs * (1.1 + 1.5 * chance.next()) };
}
