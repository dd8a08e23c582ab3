/**
 * Lives of one tracker as chance makes them, checked hour by hour by the real check: it drains and is charged, its phone is off for
 * days, the API fails or answers without it, leaves fields out, lists it twice or under another id. Whatever happens, what
 * a text says is so when it leaves, and nobody is told the same twice.
 */
import fc from 'fast-check';
import { change } from '../../../src/domain/store/compare-and-swap';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { recheckOf } from '../../../src/domain/messages/record-message';

const hour = 3_600_000;

interface Hour {
  readonly loses: number;
  /** To which level it is charged, seldom. */
  readonly chargedTo: number | undefined;
  /** For so many hours from now on. */
  readonly phoneOff: number;
  readonly apiFails: number;
  readonly unlisted: number;
  readonly id: string;
  readonly answer: 'plain' | 'no sync time' | 'twice' | 'no percent';
  readonly threshold: number | undefined;
}
const seldom = <T>(arbitrary: fc.Arbitrary<T>, nil: T, freq = 60) =>
  fc.oneof({ arbitrary: fc.constant(nil), weight: freq }, { arbitrary, weight: 1 });
const hours: fc.Arbitrary<Hour> = fc.record({
  loses: fc.double({ min: 0.2, max: 3, noNaN: true }),
  chargedTo: seldom(fc.integer({ min: 40, max: 100 }), undefined as number | undefined, 25),
  phoneOff: seldom(fc.integer({ min: 1, max: 150 }), 0),
  apiFails: seldom(fc.integer({ min: 1, max: 60 }), 0, 150),
  unlisted: seldom(fc.integer({ min: 1, max: 40 }), 0, 150),
  id: seldom(fc.constantFrom('2', '3'), '1', 8),
  answer: seldom(fc.constantFrom('no sync time', 'twice', 'no percent'), 'plain', 6) as fc.Arbitrary<
    Hour['answer']
  >,
  threshold: seldom(fc.constantFrom(10, 20, 30, 50), undefined as number | undefined, 40),
});

interface Text {
  readonly kind: string;
  readonly percent: number | undefined;
  readonly hour: number;
}

interface Life {
  readonly texts: readonly Text[];
  /** By hour: the last level that was synced, how many hours ago, and for how many hours all checks have been good. */
  readonly seen: readonly {
    readonly percent: number;
    readonly syncAge: number;
    readonly goodFor: number;
    /** The answer held the level. */
    readonly isPlain: boolean;
  }[];
  readonly charges: readonly number[];
  readonly lowered: readonly number[];
}

async function live(steps: readonly Hour[]): Promise<Life> {
  const world: TestWorld = createTestWorld();
  await connectWearer(world, 'google-health', {
    set: { expiresAt: world.clock.now() + 100_000 * hour },
    preferences: { timeZone: 'UTC' },
  });
  let [level, synced, threshold] = [90, { percent: 90, at: world.clock.now() }, 20];
  let [phoneOff, apiFails, unlisted, goodFor] = [0, 0, 0, 0];
  const life = {
    texts: [] as Text[],
    seen: [] as Life['seen'][number][],
    charges: [] as number[],
    lowered: [] as number[],
  };
  for (const [index, step] of steps.entries()) {
    world.clock.advance(hour);
    const now = world.clock.now();
    level = Math.max(0, level - step.loses);
    if (step.chargedTo !== undefined) level = Math.max(level, step.chargedTo);
    if (step.threshold !== undefined) {
      if (step.threshold < threshold) life.lowered.push(index);
      const chosen = (threshold = step.threshold);
      await change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
        ...record,
        preferences: { timeZone: 'UTC', threshold: chosen },
      }));
    }
    phoneOff = Math.max(phoneOff - 1, step.phoneOff);
    apiFails = Math.max(apiFails - 1, step.apiFails);
    unlisted = Math.max(unlisted - 1, step.unlisted);
    const last = synced.percent;
    if (phoneOff === 0) synced = { percent: Math.floor(level), at: now };
    if (synced.percent - last > 6) life.charges.push(index);
    const device = (more: object = {}) => ({
      name: `users/me/pairedDevices/${step.id}`,
      deviceType: 'TRACKER',
      deviceVersion: 'Charge 6',
      batteryLevel: step.answer === 'no percent' ? undefined : synced.percent,
      lastSyncTime: step.answer === 'no sync time' ? undefined : new Date(synced.at).toISOString(),
      ...more,
    });
    const old = { batteryLevel: 3, lastSyncTime: new Date(now - 30 * 24 * hour).toISOString() };
    const listed = step.answer === 'twice' ? [device(old), device(), device(old)] : [device()];
    world.http.script(
      apiFails > 0 ? answer(503) : answer(200, { pairedDevices: unlisted > 0 ? [] : listed }),
    );
    goodFor = apiFails > 0 ? 0 : goodFor + 1;
    const before = world.sms.sent.length;
    await runCheckJob(world.ports, recheckOf('wearer-1'));
    const isPlain = apiFails === 0 && unlisted === 0 && step.answer !== 'no percent';
    life.seen.push({ percent: synced.percent, syncAge: (now - synced.at) / hour, goodFor, isPlain });
    for (const { id } of world.sms.sent.slice(before)) {
      const { kind, facts } = world.tables.messages.values().find((message) => message.id === id)!;
      life.texts.push({ kind, percent: facts.percent, hour: index });
    }
  }
  return life;
}

test('what a text says is so, and is not said twice', async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(hours, { minLength: 60, maxLength: 240, size: 'max' }), async (steps) => {
      const { texts, seen, charges, lowered } = await live(steps);
      let lastLow: number | undefined;
      for (const text of texts) {
        kinds.add(text.kind);
        const now = seen[text.hour]!;
        if (text.kind === 'silent' || text.kind === 'unseen') {
          expect(now.syncAge).toBeGreaterThan(48);
          expect(now.goodFor).toBeGreaterThanOrEqual(Math.min(24, text.hour));
          continue;
        }
        expect(text.percent).toBe(now.percent);
        if (text.kind !== 'low') continue;
        const since = lastLow;
        if (since !== undefined) {
          const isSince = (hourOf: number) => hourOf >= since && hourOf <= text.hour;
          expect([...charges, ...lowered].some(isSince)).toBe(true);
        }
        lastLow = text.hour;
      }
    }),
    { numRuns: 60, seed: 21, endOnFailure: true },
  );
  expect([...kinds]).toEqual(expect.arrayContaining(['low', 'critical', 'silent']));
}, 120_000);

test('every low battery that can be seen is told', async () => {
  const unchanged = hours.map((step) => ({ ...step, threshold: undefined }));
  let told = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(unchanged, { minLength: 60, maxLength: 240, size: 'max' }), async (steps) => {
      const { texts, seen } = await live(steps);
      let full = -1;
      for (const [index, { percent, syncAge, isPlain }] of seen.entries()) {
        if (isPlain && percent >= 35) full = index;
        if (!isPlain || percent > 20 || syncAge > 48) continue;
        told += 1;
        const isText = ({ kind, hour: at }: Text) => /low|critical/.test(kind) && at > full && at <= index;
        expect(texts.some(isText)).toBe(true);
      }
    }),
    { numRuns: 40, seed: 21, endOnFailure: true },
  );
  expect(told).toBeGreaterThan(100);
}, 120_000);
