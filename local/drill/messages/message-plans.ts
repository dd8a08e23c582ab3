/**
 * Which faults a batch brings, decided by the seed. First the directed ones, each the counter-example to a shortcut;
 * then every single kill and freeze at every call; then several of everything.
 */
import type { Chance } from '../../random';
import type { Phase } from '../servers';
import type { Effect, Plan, PlannedFault, ReportFault, Step } from './message-faults';
import type { MessageTimes } from './message-times';

/** A check that sends a text makes about this many calls, and its delivery report a few more. */
const callsOfCheck = 26;

const killed: Effect = { do: 'kill' };

/** The scenarios that the steps of the outbox answer. */
export function directedPlans({ service, memoryMs }: MessageTimes): Plan[] {
  const at = (step: Step, nth: number, phase: Phase, effect: Effect): PlannedFault => ({
    step,
    nth,
    phase,
    effect,
  });
  const plan = (name: string, ...faults: PlannedFault[]): Plan => ({
    name,
    faults,
    reports: [],
    reportMs: 0,
  });
  /** A report that comes first would make every repeat needless. */
  const reportedLate = (made: Plan): Plan => ({ ...made, reportMs: memoryMs * 1.3 });
  const pastClaim: Effect = { do: 'freeze', ms: service.smsClaimMs * 1.4, past: 'the claim' };
  const doubled: Effect = { do: 'double the job', delayMs: 0 };
  return [
    reportedLate(
      plan(
        'killed with the text on its way, and a check after that of which the carrier knows nothing any more',
        at('message insert', 1, 'after', { do: 'double the job', delayMs: memoryMs * 1.1 }),
        at('send', 1, 'after', killed),
      ),
    ),
    reportedLate(plan('the answer to the send lost', at('send', 1, 'after', { do: 'cut' }))),
    plan('killed with the text on its way', at('send', 1, 'after', killed)),
    plan('killed between device and message', at('device write', 1, 'after', killed)),
    plan('killed before the message is written', at('message insert', 1, 'before', killed)),
    plan('killed before the send is settled', at('message write', 2, 'before', killed)),
    reportedLate(
      plan(
        'the answer lost three times',
        at('send', 1, 'after', { do: 'cut' }),
        at('send', 1, 'after', { do: 'refuse' }),
        at('send', 1, 'after', { do: 'cut' }),
      ),
    ),
    plan('killed between claim and send', at('send', 1, 'before', killed)),
    plan(
      'two at once, and one is frozen past its claim',
      at('message write', 1, 'before', doubled),
      at('message write', 1, 'after', pastClaim),
    ),
    plan(
      'a send that is a claim late, and a repeat meanwhile',
      at('send', 1, 'before', { do: 'delay', ms: service.smsClaimMs * 1.4 }),
    ),
    plan(
      "a send that is the carrier's memory late",
      at('message insert', 1, 'after', { do: 'double the job', delayMs: service.smsClaimMs * 1.2 }),
      at('send', 1, 'before', { do: 'freeze', ms: memoryMs * 1.3, past: "the carrier's memory" }),
    ),
    plan('a check that is a charge late', at('provider', 1, 'after', { do: 'freeze for long' })),
  ];
}

/** A new release comes in the middle of checks. */
export function deploymentPlans(): Plan[] {
  return (['recreate', 'rolling update'] as const).flatMap((how) =>
    (['message insert', 'message write', 'send'] as const).map((step): Plan => {
      const deployed: PlannedFault = { nth: 1, step, phase: 'after', effect: { do: 'deploy', how } };
      return { name: 'deployed', faults: [deployed], reports: [], reportMs: 0 };
    }),
  );
}

/** A kill and a freeze, before and after it is applied, at every call of a check and of a report. */
export function singlePlans(chance: Chance, times: MessageTimes): Plan[] {
  const plans: Plan[] = [];
  for (let nth = 1; nth <= callsOfCheck; nth += 1) {
    for (const phase of ['before', 'after'] as const) {
      for (const effect of [killed, freeze(chance, times)]) {
        plans.push({
          name: 'single',
          faults: [{ nth, phase, effect }],
          reports: [],
          reportMs: reportMs(chance, times),
        });
      }
    }
  }
  return chance.shuffle(plans);
}

/** Two to six faults of any kind, and what happens to the reports. */
export function mixedPlan(chance: Chance, times: MessageTimes): Plan {
  const count = 2 + chance.below(5);
  const faults: PlannedFault[] = [];
  for (let index = 0; index < count; index += 1) {
    // The further ones soon after: recovery makes fewer calls than a whole check.
    faults.push(anyFault(chance, times, index === 0 ? callsOfCheck : callsOfCheck / 3));
  }
  return { name: 'mixed', faults, reports: someReports(chance, times), reportMs: reportMs(chance, times) };
}

/** Some carriers report at once, some much later. */
function reportMs(chance: Chance, { service }: MessageTimes): number {
  return chance.next() < 0.4 ? 0 : 2 * service.smsClaimMs * chance.next();
}

function someReports(chance: Chance, { memoryMs }: MessageTimes): ReportFault[] {
  const share = chance.next();
  const delayMs = memoryMs * chance.next();
  if (share < 0.2) return [{ copies: 2, delayMs: 0 }];
  if (share < 0.3) return [{ copies: 1, delayMs }];
  if (share < 0.4) return [{ copies: 2, delayMs }];
  return [];
}

function anyFault(chance: Chance, times: MessageTimes, within: number): PlannedFault {
  const { service, memoryMs } = times;
  const phase = chance.pick(['before', 'after'] as const);
  const spot = chance.next() < 0.45 ? atRiskyStep(chance) : { nth: 1 + chance.below(within) };
  const share = chance.next();
  if (share < 0.195) return { ...spot, phase, effect: killed };
  if (share < 0.2) return { ...spot, phase, effect: deployed(chance) };
  if (share < 0.29) return { ...spot, phase, effect: freeze(chance, times) };
  if (share < 0.45) return { ...spot, phase, effect: { do: 'refuse' } };
  if (share < 0.48) return { nth: 1, step: 'send', phase: 'before', effect: { do: 'turn away' } };
  if (share < 0.66) return { ...spot, phase, effect: { do: 'cut' } };
  if (share < 0.78) {
    const longest = chance.next() < 0.3 ? service.smsClaimMs : service.smsSendMs;
    return { ...spot, phase, effect: { do: 'delay', ms: longest * (0.3 + 1.5 * chance.next()) } };
  }
  if (share < 0.84) {
    const store = chance.pick(['tables', 'tables', 'queue', 'provider', 'phone', 'phone'] as const);
    const ms = service.smsClaimMs * (0.2 + 1.5 * chance.next());
    return { ...spot, phase, effect: { do: 'outage', store, ms } };
  }
  const delayMs = chance.next() < 0.5 ? 0 : memoryMs * chance.next();
  return { ...spot, phase, effect: { do: 'double the job', delayMs } };
}

/** Where a text can be lost or sent twice. */
function atRiskyStep(chance: Chance): Pick<PlannedFault, 'nth' | 'step'> {
  const step = chance.pick(['send', 'send', 'message write', 'message write', 'device write'] as const);
  return { nth: step === 'message write' ? 1 + chance.below(2) : 1, step };
}

function deployed(chance: Chance): Effect {
  return { do: 'deploy', how: chance.pick(['recreate', 'rolling update'] as const) };
}

function freeze(chance: Chance, { service, memoryMs }: MessageTimes): Effect {
  const share = chance.next();
  if (share < 0.03) return { do: 'freeze for long' };
  if (share < 0.05) {
    return { do: 'freeze', ms: memoryMs * (1.05 + 0.2 * chance.next()), past: "the carrier's memory" };
  }
  return share < 0.25
    ? { do: 'freeze', ms: service.smsClaimMs * (0.1 + 0.8 * chance.next()), past: 'a moment' }
    : { do: 'freeze', ms: service.smsClaimMs * (1.05 + chance.next()), past: 'the claim' };
}
