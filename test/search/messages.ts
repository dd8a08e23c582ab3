/** The sending of texts under the search: a check that finds a low battery, a delivery report, and somebody who says STOP. */
import { breakSending } from '../../local/drill/messages/message-breaks';
import type { MessageBreakName } from '../../local/drill/orders';
import { runCheckJob } from '../../src/domain/operation/runs';
import { handleSmsEvent } from '../../src/domain/messages/sms-events';
import { messageId, messageTag } from '../../src/domain/store/row-keys';
import type { Job, Settings } from '../../src/model';
import type { Ports } from '../../src/ports';
import { Secret } from '../../src/secret';
import { connectWearer } from '../support/world';
import { createPhoneModel, type PhoneModel } from './phone-model';
import { createProviderModel } from './provider-model';
import type { Scenario, Violation } from './scenario';
import { createStage, providers, type Stage } from './stage';

interface Beginning {
  /** When the carrier's report comes, after the text. */
  readonly reportMs: number;
  /** The wearer says STOP at this time. */
  readonly stopAtMs?: number;
  /** Another check of the same connection, at this time. */
  readonly againAtMs?: number;
}

const hourMs = 3_600_000;
/** Documented for the service's e-mail (docs/architecture.md, "Times"). */
const carrierMemoryMs = 300_000;
const id = 'wearer-1';
const phone = '+14255550123';
const device = 'tracker-1';
const textId = messageId(id, 'low', device, '1');

function play({ reportMs, stopAtMs, againAtMs }: Beginning): Scenario['play'] {
  return ({ broken, stopsOnly, tell }) =>
    async (choices) => {
      const model = createProviderModel({
        provider: providers.get('fitbit')!,
        now: () => stage.now(),
        repeatWindowMs: 0,
        api: () => [
          {
            id: device,
            type: 'TRACKER',
            deviceVersion: 'Charge 6',
            batteryLevel: 10,
            lastSyncTime: syncedAt,
          },
        ],
        first: { accessToken: 'access-1', refreshToken: 'refresh-1' },
      });
      const carrier: PhoneModel = createPhoneModel({
        now: () => stage.now(),
        memoryMs: carrierMemoryMs,
        onText: ({ tag, to }, smsId) =>
          schedule.event('the delivery report', stage.now() + reportMs, (ports) =>
            handleSmsEvent(ports, {
              ...{ kind: 'report', tag, to, smsId, delivered: true, details: '' },
              at: ports.clock.now(),
            }),
          ),
      });
      const stage: Stage = createStage({ http: model.http, sms: carrier.sms });
      const { times } = stage.ports.policy;
      const syncedAt = new Date(stage.ports.clock.now()).toISOString();
      await connectWearer(stage, 'fitbit');
      let stoppedAt = Infinity;
      let hours = 0;
      let known = 0;
      /** A worker looks at the clock last before it sends: what holds the text up after that, nobody can call back. */
      let heldUp = false;
      const schedule = stage.schedule({
        choices,
        tell,
        stopsOnly,
        perform,
        breakPorts: (ports) => (broken ? breakSending(ports, broken as MessageBreakName) : {}),
        mostWorkers: 3,
        freezeMs: times.smsClaimMs,
        calmFrom: hourMs,
        line: () => `${model.line()} ${carrier.line()} ${stoppedAt} ${heldUp}`,
        onStep: ({ askedAt }) => {
          const count = carrier.received().length;
          if (count > known && stage.now() - askedAt >= times.smsSendMs) heldUp = true;
          known = count;
          return count < 2 && !carrier.contradicted();
        },
        onQuiet: () => {
          // The hourly check, once more for whoever has gone on since.
          if (hours > 0 && schedule.lastThawAt() < hours * hourMs) return false;
          hours = Math.max(hours, Math.floor(stage.now() / hourMs)) + 1;
          schedule.enqueue(check(`check-${hours}`), hours * hourMs - stage.now());
          return true;
        },
      });
      schedule.enqueue(check('check-0'));
      if (againAtMs !== undefined) schedule.enqueue(check('check-again'), againAtMs);
      if (stopAtMs !== undefined) {
        schedule.event('the wearer says STOP', stopAtMs, async (ports) => {
          const at = ports.clock.now();
          await handleSmsEvent(ports, { kind: 'reply', from: new Secret(phone), text: 'STOP', at });
          stoppedAt = Math.min(stoppedAt, stage.now());
        });
      }
      if (!(await schedule.run())) return undefined;
      const violations = judge(stage, carrier, stoppedAt, times.smsClaimMs);
      return violations.length > 0 && heldUp
        ? { violations: [], outside: 'a text was long on its way' }
        : { violations };
    };
}

function check(run: string): Job {
  return { kind: 'check-battery', connection: id, run };
}

function perform(ports: Ports & Settings, job: Job): Promise<unknown> {
  return job.kind === 'check-battery' ? runCheckJob(ports, job) : Promise.resolve();
}

/**
 * No text twice; none lost, unless the wearer has said STOP; none after STOP but one that was on its way, for as long as a
 * claim lasts; and the row says what became of it.
 */
function judge({ tables }: Stage, carrier: PhoneModel, stoppedAt: number, claimMs: number): Violation[] {
  const violations: Violation[] = [];
  const texts = carrier.received();
  const state = tables.messages.values().find((message) => message.id === textId)?.state;
  if (texts.length > 1) violations.push({ kind: 'twice', why: `${texts.length} texts were received` });
  if (carrier.contradicted()) return [{ kind: 'other', why: 'a repeat was another than the first' }];
  if (texts.some(({ tag }) => tag !== messageTag(id, textId))) {
    violations.push({ kind: 'other', why: 'a text that nobody asked for' });
  }
  const late = texts.find(({ at }) => at >= stoppedAt + claimMs);
  if (late)
    violations.push({ kind: 'after STOP', why: `a text came ${(late.at - stoppedAt) / 1000} s after STOP` });
  if (texts.length === 0 && stoppedAt === Infinity) {
    violations.push({ kind: 'lost', why: `no text was received, and the row is ${state ?? 'missing'}` });
  }
  if (texts.length === 1 && !['sent', 'delivered', 'unknown'].includes(state ?? '')) {
    violations.push({ kind: 'row', why: `the text was received, and the row is ${state ?? 'missing'}` });
  }
  if (texts.length === 0 && (state === 'sent' || state === 'delivered')) {
    violations.push({ kind: 'row', why: `the row is ${state}, and no text was received` });
  }
  return violations;
}

const scenario = (name: string, words: string, beginning: Beginning): Scenario => ({
  name,
  words,
  play: play(beginning),
});

export const messageScenarios: readonly Scenario[] = [
  scenario('check', 'a check that finds a low battery', { reportMs: 2_000 }),
  scenario('late report', 'the same, and the delivery report comes when the carrier has forgotten the text', {
    reportMs: 1.3 * carrierMemoryMs,
  }),
  scenario('late check', 'the same, and another check when the carrier has forgotten the text', {
    reportMs: 4 * carrierMemoryMs,
    againAtMs: 1.1 * carrierMemoryMs,
  }),
  scenario('stop', 'a check that finds a low battery, and the wearer says STOP', {
    reportMs: 2_000,
    stopAtMs: 0,
  }),
];
