/** The rotation under the search: how it begins, what comes beside it, and what must be true in the end. */
import { breakRotation } from '../../local/drill/rotation/rotation-breaks';
import type { RotationBreakName } from '../../local/drill/orders';
import { identityKey } from '../../src/domain/store/row-keys';
import { keepHouse } from '../../src/domain/operation/housekeeping';
import { dispatchRotation } from '../../src/domain/operation/dispatch';
import { runRotateJob } from '../../src/domain/operation/run-jobs';
import { callApi, readOf } from '../../src/domain/rotation/api-call';
import { openAccess, usableTokenSet } from '../../src/domain/rotation/usable-access';
import { rotateToken } from '../../src/domain/rotation/rotate-token';
import { closeConnection, isClosing, runCloseJob } from '../../src/domain/wearer/close-connection';
import { completeSignUp } from '../../src/domain/wearer/complete-sign-up';
import type { Job, ProviderId, Settings } from '../../src/model';
import type { Ports } from '../../src/ports';
import { Secret } from '../../src/secret';
import { connectWearer } from '../support/world';
import { judgeRotation, type Deeds } from './judge-rotation';
import { createPairsModel } from './pairs-model';
import { createProviderModel, type ProviderModel } from './provider-model';
import type { Scenario } from './scenario';
import { createStage, providers, type Schedulable, type Stage } from './stage';
import { readConnection } from '../../src/domain/connection/read';
import { beginSignUp } from '../../src/domain/wearer/begin-sign-up';

interface Beginning {
  readonly provider: ProviderId;
  /** Of the set that it begins with: from 400 on the next one opens a consent number. */
  readonly generation?: number;
  /** For so long the vault takes no set. */
  readonly vaultRefusesMs?: number;
  /** The access token has run out. */
  readonly expired?: boolean;
  /** Where a refresh token gives a pair each time: each new pair ends the one before. */
  readonly onlyNewest?: boolean;
  readonly beside?: (stage: Stage, schedule: Schedulable, deeds: Deeds) => Promise<void> | void;
}

const hourMs = 3_600_000;
const runEveryMs = 6 * hourMs;
const longestGoodbyeMs = 4 * runEveryMs;
/** Fitbit's older text says two minutes. */
const repeatWindowMs = 120_000;
const id = 'wearer-1';

function play({
  provider: providerId,
  generation = 1,
  vaultRefusesMs = 0,
  expired = false,
  onlyNewest = false,
  beside,
}: Beginning): Scenario['play'] {
  return ({ broken, stopsOnly, tell }) =>
    async (choices) => {
      const known = {
        provider: providers.get(providerId)!,
        now: () => stage.now(),
        api: (path: string) => (path.includes('identity') ? { healthUserId: 'ABC123' } : []),
        first: { accessToken: 'access-1', refreshToken: 'refresh-1' },
      };
      const model: ProviderModel =
        providerId === 'withings'
          ? createPairsModel({ ...known, onlyNewest })
          : createProviderModel({ ...known, repeatWindowMs });
      const stage = createStage(model);
      const { times } = stage.ports.policy;
      const startMs = stage.ports.clock.now();
      const expiresAt = startMs + (expired ? 0 : 7 * hourMs);
      await connectWearer(stage, providerId, { phone: undefined, set: { generation, expiresAt } });
      await stage.tables.identities.insert(identityKey(providerId, 'ABC123'), { connection: id });
      const deeds: Deeds = { begun: new Set(), done: new Set() };
      const judge = judgeRotation(stage, model, id, deeds, times.providerTimeoutMs);
      let lastRunAt = runEveryMs;
      const schedule = stage.schedule({
        choices,
        tell,
        stopsOnly,
        perform,
        refuses: (port, method) =>
          port === 'vault' && method === 'saveTokenSet' && stage.now() < vaultRefusesMs,
        breakPorts: (ports) => (broken ? breakRotation(ports, broken as RotationBreakName, () => id) : {}),
        mostWorkers: 3,
        freezeMs: times.leaseMs,
        calmFrom: runEveryMs,
        line: () => `${model.line()} ${judge.line()}`,
        onStep: judge.watch,
        onQuiet: () => {
          // Whoever has gone on since may have left something to one more ordinary run, and a goodbye takes half a day while its grant cannot be revoked.
          const record = stage.tables.connections.values().find((each) => each.id === id);
          const isStillClosing = record && isClosing(record) && stage.now() <= longestGoodbyeMs;
          if (schedule.lastThawAt() < lastRunAt && !isStillClosing) return false;
          lastRunAt = stage.now() + runEveryMs;
          schedule.request('a later run', lastRunAt, recover(stage));
          return true;
        },
      });
      await beside?.(stage, schedule, deeds);
      schedule.enqueue({
        kind: 'rotate-token',
        connection: id,
        run: 'run-1',
        runStartedAt: startMs,
        attempt: 0,
      });
      schedule.request('the next run', runEveryMs, recover(stage));
      return (await schedule.run()) ? judge.verdict() : undefined;
    };
}

function perform(ports: Ports & Settings, job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'rotate-token':
      return runRotateJob(ports, job);
    case 'close-connection':
      return runCloseJob(ports, job);
    default:
      return Promise.resolve();
  }
}

/** What the timers do by themselves. Housekeeping is left out where it would only read. */
const recover =
  ({ journal }: Stage) =>
  async (ports: Ports & Settings): Promise<void> => {
    const isClosed = (await readConnection(ports, id))?.closedAt !== undefined;
    if (isClosed || journal.values().length > 0) await keepHouse(ports);
    await dispatchRotation(ports);
  };

const consent: Beginning['beside'] = async ({ ports, tables }, schedule, deeds) => {
  const provider = ports.providers.get(tables.connections.values()[0]!.provider)!;
  const { state, codeVerifier } = await beginSignUp(ports, { provider });
  schedule.request('the wearer consents again', 0, async (mine) => {
    deeds.begun.add('consent');
    const result = await completeSignUp(mine, { state, codeVerifier, code: new Secret('code') });
    deeds.done.add(result.outcome === 'connected' ? 'consent' : 'consent refused');
    return result;
  });
};

const disconnect: Beginning['beside'] = (_, schedule, deeds) =>
  schedule.request('the wearer disconnects', 0, async (ports) => {
    deeds.begun.add('disconnect');
    return closeConnection(ports, id);
  });

const operator: Beginning['beside'] = (_, schedule) =>
  schedule.request('the operator asks for a refresh', 0, (ports) =>
    rotateToken(ports, id, { by: 'operator' }),
  );

/** Does not come back by itself, as a job of the queue would: only replays can save what it has spent. */
const lateOperator: Beginning['beside'] = ({ ports }, schedule) =>
  schedule.request('the operator asks for a refresh', ports.policy.times.leaseMs + 1, (mine) =>
    rotateToken(mine, id, { by: 'operator' }),
  );

const call: Beginning['beside'] = (_, schedule) =>
  schedule.request('somebody calls the API', 0, (ports) => usableTokenSet(ports, id, { patienceMs: 3_000 }));

/** As an app does: the access token that it was given is used. */
const use: Beginning['beside'] = (_, schedule) =>
  schedule.request('somebody uses the tokens', 0, async (ports) => {
    const usable = await usableTokenSet(ports, id, { patienceMs: 3_000 });
    if (!usable.ok) return usable;
    const provider = ports.providers.get(usable.value.provider)!;
    return callApi(ports, provider, usable.value.accessToken, readOf(provider.devices));
  });

/** As a check does: nobody else gets its access token. */
const check: Beginning['beside'] = (_, schedule) =>
  schedule.request('a check reads the devices', 0, async (ports) => {
    const opened = await openAccess(ports, id);
    return opened.ok ? opened.value.call(readOf(opened.value.provider.devices)) : opened;
  });

const scenario = (name: string, words: string, beginning: Beginning): Scenario => ({
  name,
  words,
  play: play(beginning),
});

export const rotationScenarios: readonly Scenario[] = [
  scenario('run', 'a run at a provider that rotates', { provider: 'fitbit' }),
  scenario('rollover', 'the same, and the next set opens a consent number', {
    provider: 'fitbit',
    generation: 400,
  }),
  scenario('journal', 'a run while the vault takes no set for half a minute', {
    provider: 'fitbit',
    vaultRefusesMs: 30_000,
  }),
  scenario('operator', 'a run, and the operator asks for a refresh', {
    provider: 'fitbit',
    beside: operator,
  }),
  scenario('late operator', 'a run, and the operator asks for a refresh when its lease could be over', {
    provider: 'fitbit',
    beside: lateOperator,
  }),
  scenario('call', 'a run, and a call whose access token has run out', {
    provider: 'fitbit',
    expired: true,
    beside: call,
  }),
  scenario('consent', 'a run, and the wearer consents again', { provider: 'fitbit', beside: consent }),
  scenario('disconnect', 'a run, and the wearer disconnects', { provider: 'fitbit', beside: disconnect }),
  scenario('google run', 'a run at a provider whose refresh tokens stay', { provider: 'google-health' }),
  scenario('google rollover', 'the same, and the next set opens a consent number', {
    provider: 'google-health',
    generation: 400,
  }),
  scenario('google journal', 'a run there while the vault takes no set for half a minute', {
    provider: 'google-health',
    vaultRefusesMs: 30_000,
  }),
  scenario('google consent', 'a run there, and the wearer consents again', {
    provider: 'google-health',
    beside: consent,
  }),
  scenario('google check', 'a run there, and a check whose access token has run out', {
    provider: 'google-health',
    expired: true,
    beside: check,
  }),
  scenario('google disconnect', 'a run there, and the wearer disconnects', {
    provider: 'google-health',
    beside: disconnect,
  }),
  scenario('pairs run', 'a run at a provider that gives a pair each time until one of them is used', {
    provider: 'withings',
  }),
  scenario('pairs use', 'a run there, and an app whose access token has run out uses the next one', {
    provider: 'withings',
    expired: true,
    beside: use,
  }),
  scenario(
    'pairs journal',
    'a run there while the vault takes no set for half a minute, and an app beside it',
    {
      provider: 'withings',
      expired: true,
      beside: use,
      vaultRefusesMs: 30_000,
    },
  ),
  scenario('pairs consent', 'a run there, and the wearer consents again', {
    provider: 'withings',
    beside: consent,
  }),
  scenario('pairs disconnect', 'a run there, and the wearer disconnects', {
    provider: 'withings',
    beside: disconnect,
  }),
];
