/**
 * The sending of texts and e-mails under the search: a check that finds a low battery, a delivery report, somebody who says STOP or
 * unsubscribes, and somebody who changes the address.
 */
import { breakSending } from '../../local/drill/messages/message-breaks';
import type { MessageBreakName } from '../../local/drill/orders';
import { runCheckJob } from '../../src/domain/operation/run-jobs';
import { setAddress } from '../../src/domain/contact/addresses';
import { macOfAddress } from '../../src/domain/contact/keyed-values';
import { obeyUnsubscribe } from '../../src/domain/messages/end-mails';
import { handleSmsEvent, type SmsEvent } from '../../src/domain/messages/sms-events';
import { messageId } from '../../src/domain/store/row-keys';
import type { Job, Settings, Way } from '../../src/model';
import type { Ports } from '../../src/ports';
import { Secret } from '../../src/secret';
import { connectWearer } from '../support/world';
import { createPhoneModel, type Arrived, type PhoneModel } from './phone-model';
import { createProviderModel } from './provider-model';
import type { Scenario, Violation } from './scenario';
import { createStage, providers, type Stage } from './stage';

interface Beginning {
  /** By text unless said otherwise. */
  readonly way?: Way;
  /** When the carrier's report comes, after the text. */
  readonly reportMs: number;
  /** The wearer says STOP, or unsubscribes, at this time. */
  readonly stopAtMs?: number;
  /** The wearer confirms another address at this time. */
  readonly movesAtMs?: number;
  /** Another check of the same connection, at this time. */
  readonly againAtMs?: number;
}

const hourMs = 3_600_000;
/** Documented for the service's e-mail (docs/architecture.md, "Times"). */
const carrierMemoryMs = 300_000;
const id = 'wearer-1';
const phone = new Secret('+14255550123');
const email = new Secret('ada@example.org');
const another = new Secret('grace@example.org');
const device = 'tracker-1';
const textId = messageId(id, 'low', device, '1');

function play({ way = 'sms', reportMs, stopAtMs, movesAtMs, againAtMs }: Beginning): Scenario['play'] {
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
        onArrival: (message) =>
          schedule.event('the delivery report', stage.now() + reportMs, (ports) =>
            handleSmsEvent(ports, reportOf(message, ports.clock.now())),
          ),
      });
      const stage: Stage = createStage({ http: model.http, sms: carrier.sms, email: carrier.email });
      const { times } = stage.ports.policy;
      const syncedAt = new Date(stage.ports.clock.now()).toISOString();
      await connectWearer(stage, 'fitbit', { phone: undefined });
      const textConsent = { at: 0, wording: 'search' };
      await setAddress(stage.ports, id, way === 'email' ? { email, textConsent } : { phone, textConsent });
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
        schedule.event(
          `the wearer ${way === 'sms' ? 'says STOP' : 'unsubscribes'}`,
          stopAtMs,
          async (ports) => {
            const at = ports.clock.now();
            if (way === 'sms') await handleSmsEvent(ports, { kind: 'reply', from: phone, text: 'STOP', at });
            else await obeyUnsubscribe(ports, await macOfAddress(ports, { way, to: email }), true);
            stoppedAt = Math.min(stoppedAt, stage.now());
          },
        );
      }
      if (movesAtMs !== undefined) {
        schedule.event('the wearer confirms another address', movesAtMs, (ports) =>
          setAddress(ports, id, { email: another, textConsent: { at: movesAtMs, wording: 'search' } }),
        );
      }
      if (!(await schedule.run())) return undefined;
      const mayBeGivenUp = movesAtMs !== undefined;
      const violations = judge(stage, carrier, { stoppedAt, mayBeGivenUp, claimMs: times.smsClaimMs });
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

function reportOf(message: Arrived, at: number): SmsEvent {
  const { way, id: messageId, to } = message;
  if (way === 'email') return { kind: 'mail report', id: messageId, to, at };
  const { tag, smsId } = message;
  return { kind: 'report', tag, to, smsId, delivered: true, details: '', at };
}

interface Terms {
  readonly stoppedAt: number;
  /** A message whose outcome was unknown when the address changed is not repeated. */
  readonly mayBeGivenUp: boolean;
  readonly claimMs: number;
}

/**
 * No message twice, by whichever way; none lost, unless the wearer has said STOP; none after STOP but one that was on its way, for as long
 * as a claim lasts; and the row says what became of it.
 */
function judge(
  { tables }: Stage,
  carrier: PhoneModel,
  { stoppedAt, mayBeGivenUp, claimMs }: Terms,
): Violation[] {
  const violations: Violation[] = [];
  const texts = carrier.received();
  const state = tables.messages.values().find((message) => message.id === textId)?.state;
  if (texts.length > 1) violations.push({ kind: 'twice', why: `${texts.length} texts were received` });
  if (carrier.contradicted()) return [{ kind: 'other', why: 'a repeat was another than the first' }];
  if (texts.some((text) => text.id !== textId)) {
    violations.push({ kind: 'other', why: 'a text that nobody asked for' });
  }
  const late = texts.find(({ at }) => at >= stoppedAt + claimMs);
  if (late)
    violations.push({ kind: 'after STOP', why: `a text came ${(late.at - stoppedAt) / 1000} s after STOP` });
  const isGivenUp = mayBeGivenUp && state === 'unknown';
  if (texts.length === 0 && stoppedAt === Infinity && !isGivenUp) {
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
  scenario(
    'mail, late report',
    'a check that finds a low battery of a wearer who gets e-mails, and a report when the mail is forgotten',
    { way: 'email', reportMs: 1.3 * carrierMemoryMs },
  ),
  scenario('mail, unsubscribed', 'the same, and the wearer unsubscribes', {
    ...{ way: 'email', reportMs: 2_000, stopAtMs: 0 },
  }),
  scenario('mail, moved', 'the same, and the wearer has another address before a repeat would come', {
    ...{ way: 'email', reportMs: 1.3 * carrierMemoryMs, movesAtMs: 30_000 },
  }),
];
