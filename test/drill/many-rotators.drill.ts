/**
 * Many rotators on one connection: exactly one of them refreshes. And one that is frozen past its lease, wherever it
 * stands, changes nothing that is current when it goes on.
 */
import { connectionKey } from '../../src/domain/store/row-keys';
import type { Connection } from '../../src/model';
import type { Phase } from '../../local/drill/servers';
import {
  connect as follow,
  openRotationStage,
  type RotationStage,
} from '../../local/drill/rotation/rotation-stage';
import type { Subject } from '../../local/drill/rotation/rotation-saboteur';

let stage: RotationStage;

/** A lease of 20 s times `factor`. */
const open = (factor: number) => async () => {
  stage = await openRotationStage({ factor, workers: 0, spare: 1, atATime: 1, reuseRevokesChain: true });
};

async function connect(wearer: string): Promise<Subject> {
  stage.world.addWearer(wearer);
  return follow(stage, wearer);
}

async function recordOf({ connection }: Subject): Promise<Connection> {
  return (await stage.world.services.tables.connections.get(connectionKey(connection)))!.value;
}

/** The refresh token that the pointer names, and the one that the provider accepts. */
async function tokensOf(subject: Subject) {
  const { pointer } = await recordOf(subject);
  const { consent, secretVersion } = pointer!;
  const named = await stage.world.services.vault.readTokenSet(
    { id: subject.connection },
    consent,
    secretVersion,
  );
  return {
    named: named?.set.refreshToken.reveal(),
    accepted: stage.world.fitbit.currentRefreshToken(subject.wearer),
  };
}

function secretVersionsOf({ connection }: Subject): number {
  const { secrets } = stage.world.keyVault.snapshot();
  return secrets.find(({ name }) => name.includes(connection))!.versions.length;
}

const rotate = (worker: string, { connection }: Subject, startedAt: number, rotators = 1) =>
  stage.workers.ask(worker, { do: 'rotate', connection, startedAt, rotators });

describe('many at once', () => {
  // At full length, because twenty processes on a small machine keep Azurite waiting for seconds.
  beforeAll(open(1), 180_000);
  afterAll(() => stage.close());

  test('100 rotators in 20 processes at once make one refresh and one new secret version', async () => {
    const subject = await connect('many');
    const processes: string[] = [];
    while (processes.length < 20) processes.push(await stage.workers.takeSpare());
    const startedAt = Date.now();

    const outcomes = (await Promise.all(processes.map((each) => rotate(each, subject, startedAt, 5)))).flat();

    expect(outcomes).toHaveLength(100);
    expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
    expect(outcomes.filter((outcome) => !['rotated', 'LEASE_HELD', 'kept'].includes(outcome))).toEqual([]);
    expect(stage.world.fitbit.refreshCount('many')).toBe(1);
    expect(secretVersionsOf(subject)).toBe(2);
    const { named, accepted } = await tokensOf(subject);
    expect(named).toBe(accepted);
  }, 300_000);
});

/** Until another process can have the lease that a frozen one still holds. */
async function rotateOnceFree(worker: string, subject: Subject, startedAt: number): Promise<string> {
  const { leaseMs } = stage.times.service;
  const deadline = performance.now() + 5 * leaseMs;
  for (;;) {
    const [outcome = ''] = await rotate(worker, subject, startedAt);
    if (outcome !== 'LEASE_HELD' || performance.now() > deadline) return outcome;
    await new Promise((resolve) => setTimeout(resolve, leaseMs / 10));
  }
}

describe('one that is frozen', () => {
  beforeAll(open(0.3), 180_000);
  afterAll(() => stage.close());

  test('a rotator frozen past its lease at any step changes nothing that is current', async () => {
    // Thirteen, and the client secret, which a new process reads.
    const calls = 14;
    const spots = Array.from({ length: calls }, (_, index) => index + 1).flatMap((nth) =>
      (['before', 'after'] as const).map((phase) => ({ nth, phase })),
    );
    const other = await stage.workers.takeSpare();

    const freezeAt = async ({ nth, phase }: { nth: number; phase: Phase }) => {
      const subject = await connect(`frozen-${nth}-${phase}`);
      stage.saboteur.arm(subject, {
        name: 'frozen',
        faults: [{ nth, phase, effect: { do: 'freeze for long' } }],
      });
      const frozen = await stage.workers.takeSpare();
      const startedAt = Date.now();
      const late = rotate(frozen, subject, startedAt);
      late.catch(() => undefined);
      await untilFrozenOrDone(frozen, late);
      // A lease counts from its last renewal; the same run asks again, as its replays do.
      const outcome = await rotateOnceFree(other, subject, startedAt);
      const before = await recordOf(subject);
      return { spot: `${phase} call ${nth}`, subject, late, outcome, before };
    };
    const rotations = [];
    for (let group = 0; group < spots.length; group += 12) {
      rotations.push(...(await Promise.all(spots.slice(group, group + 12).map(freezeAt))));
      stage.saboteur.strikes.thawAll();
      // Twelve processes at work are as many as a small machine can serve in time.
      await Promise.all(rotations.map(({ late }) => late.catch(() => undefined)));
    }

    for (const { spot, subject, late, outcome, before } of rotations) {
      const outcomes = await late.catch((error: unknown) => [String(error)]);
      const { pointer } = await recordOf(subject);
      const { named, accepted } = await tokensOf(subject);
      expect({ spot, outcome, outcomes, pointer, named }).toEqual({
        ...{
          spot,
          outcome: expect.stringMatching(/^(rotated|kept)$/) as string,
          outcomes: expect.anything() as string[],
        },
        pointer: before.pointer,
        named: accepted,
      });
      expect(stage.world.fitbit.refreshCount(subject.wearer)).toBe(1);
    }
  }, 900_000);
});

async function untilFrozenOrDone(worker: string, done: Promise<unknown>): Promise<void> {
  let isDone = false;
  void done.then(
    () => (isDone = true),
    () => (isDone = true),
  );
  while (!isDone && !stage.workers.isFrozen(worker)) await new Promise((resolve) => setTimeout(resolve, 20));
}
