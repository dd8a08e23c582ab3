/** Histories of devices, checked as the service checks them, and the texts that come of them: rows of a table. */
import sample from '../../../local.settings.sample.json';
import { readConfig } from '../../../src/config';
import { connectionKey, deviceKey } from '../../../src/domain/store/row-keys';
import { dispatchBatteryCheck } from '../../../src/domain/operation/dispatch';
import { runCheckJob } from '../../../src/domain/operation/run-jobs';
import { findAndWatch } from '../../support/find-and-watch';
import { keptBoard } from '../../support/kept-board';
import { watch } from '../../../src/domain/operation/watchdog';
import { change } from '../../../src/domain/store/compare-and-swap';
import type { CheckJob, Connection, Preferences } from '../../../src/model';
import { expectDiscreet } from '../../support/discretion';
import { answer, type Reply } from '../../support/scripted-http';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { recheckOf } from '../../../src/domain/messages/record-message';

const hour = 3_600_000;
const day = 24;
/** The world begins at six in the morning (UTC), in the middle of them. */
const quietUntil = (hours: number): Preferences => ({ quietHours: { from: 22 * 60, to: hours * 60 } });

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => expectDiscreet(world));

interface Listed {
  readonly id?: string;
  readonly model?: string;
  readonly percent?: number;
  readonly word?: string;
  /** Hours before the check; `null`: no sync time. */
  readonly syncedAgo?: number | null;
}

function connect(preferences?: Preferences, more: Partial<Connection> = {}) {
  return connectWearer(world, 'google-health', {
    set: { expiresAt: world.clock.now() + 10_000 * hour },
    // Nothing else is asked for then.
    preferences: { timeZone: 'UTC', ...preferences },
    ...more,
  });
}
const prefer = (preferences: Preferences) =>
  change(world.tables.connections, connectionKey('wearer-1'), (record) => ({
    ...record,
    preferences: { timeZone: 'UTC', ...preferences },
  }));

const google = ({ id = '1', model = 'Charge 6', percent, word, syncedAgo = 0 }: Listed) => ({
  name: `users/me/pairedDevices/${id}`,
  deviceType: 'TRACKER',
  deviceVersion: model,
  batteryLevel: percent,
  batteryStatus: word,
  lastSyncTime: syncedAgo === null ? undefined : new Date(world.clock.now() - syncedAgo * hour).toISOString(),
});
const list = (...devices: readonly Listed[]): Reply => answer(200, { pairedDevices: devices.map(google) });

async function check(reply: Reply, id = 'wearer-1'): Promise<void> {
  world.http.script(reply);
  await runCheckJob(keptBoard(world), recheckOf(id));
}
/** An hour later each, with a run and the watchdog. */
async function hourly(hours: number, reply: (hoursSince: number) => Reply, ...ids: string[]): Promise<void> {
  for (let since = 1; since <= hours; since += 1) {
    world.clock.advance(hour);
    for (const id of ids.length === 0 ? ['wearer-1'] : ids) await check(reply(since), id);
    await findAndWatch(world.ports);
  }
}
const see = (...devices: readonly Listed[]) => hourly(1, () => list(...devices));
const levels = async (...percents: readonly number[]) => {
  for (const percent of percents) await see({ percent });
};
/** The last sync was when this began. */
const silent = (percent: number, ...ids: string[]) => {
  const began = world.clock.now();
  return (hours: number) =>
    hourly(hours, () => list({ percent, syncedAgo: (world.clock.now() - began) / hour }), ...ids);
};
const down = (hours: number, ...ids: string[]) => hourly(hours, () => answer(503), ...ids);

const bodies = () =>
  world.sms.sent.map(({ body }) => body.replace('Fitbit Token Service: ', '').replace(/ https.*/, ''));
const low = (percent: number, model = 'Charge 6') =>
  expect.stringMatching(new RegExp(`\\b${model}\\b.* ${percent}%`)) as unknown;
const isOutage = () =>
  world.tables.alarms
    .values()
    .some(({ name, endedAt }) => name === 'many devices silent' && endedAt === undefined);
const four = ['wearer-1', 'wearer-2', 'wearer-3', 'wearer-4'];
const connectFour = async () => {
  for (const id of four) await connect({}, { id });
};

/** The wearer consents at the successor: the same connection, with tokens of the other provider. */
async function move(preferences?: Preferences): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.remove(row);
  await connect(preferences, { id: 'wearer-1' });
}
const connectAtFitbit = (preferences?: Preferences) =>
  connectWearer(world, 'fitbit', {
    set: { expiresAt: world.clock.now() + 10_000 * hour },
    preferences: { timeZone: 'UTC', ...preferences },
  });
const seeAtFitbit = (...devices: readonly Listed[]) =>
  hourly(1, () =>
    answer(
      200,
      devices.map(({ id = 'F1', model = 'Charge 6', percent }) => ({
        id,
        type: 'TRACKER',
        deviceVersion: model,
        batteryLevel: percent,
        lastSyncTime: new Date(world.clock.now()).toISOString().slice(0, -1),
      })),
    ),
  );
const muted = { mutedDevices: [deviceKey('wearer-1', 'F1').row] };
const changed = (percent: number) => list({ id: 'another', percent });

const histories: Readonly<Record<string, [play: () => Promise<unknown>, sent: unknown[]]>> = {
  '18 % in quiet hours, 34 % when they end': [
    async () => {
      await connect(quietUntil(14));
      await levels(18, 18, 25, 34, 34, 34, 34, 34, 34, 34);
    },
    [],
  ],
  '20 % when decided, 7 % when the quiet hours end': [
    async () => {
      await connect(quietUntil(9));
      await levels(20, 14, 7);
    },
    [low(7)],
  ],
  'paused at 18 %, and silent since, for three days': [
    async () => {
      await connect({ paused: true });
      const since = silent(18);
      await since(72);
      await prefer({});
      await since(1);
    },
    [expect.stringMatching(/silent/)],
  ],
  'the threshold is lowered 20 to 10 while the text waits at 20 %': [
    async () => {
      await connect(quietUntil(9));
      await levels(20);
      await prefer({ ...quietUntil(9), threshold: 10 });
      await levels(19, 19, 18, 17);
    },
    [],
  ],
  'told at 20 %, threshold lowered to 10, falls to 10 %': [
    async () => {
      await connect();
      await levels(20);
      await prefer({ threshold: 10 });
      await levels(18, 15, 12, 10, 9);
    },
    [low(20), low(10)],
  ],
  'told at 38 %, threshold lowered 40 to 15, jitter to 39 %': [
    async () => {
      await connect({ threshold: 40, tellRecovered: true });
      await levels(38);
      await prefer({ threshold: 15, tellRecovered: true });
      await levels(39, 38, 39, 38);
    },
    [low(38)],
  ],
  'low waits, is charged meanwhile: nobody knew that it was low': [
    async () => {
      await connect({ ...quietUntil(9), tellRecovered: true });
      await levels(18, 50, 50, 50);
    },
    [],
  ],
  'a reminder is due while the low text waits': [
    async () => {
      await connect({ ...quietUntil(20), remindEveryHours: 6 });
      await levels(...Array.from({ length: 15 }, () => 15));
    },
    [low(15)],
  ],
  'the API fails for 50 hours for four wearers at 28 %, and finds what it found before': [
    async () => {
      await connectFour();
      const began = world.clock.now();
      const last = () => list({ percent: 28, syncedAgo: (world.clock.now() - began) / hour });
      await hourly(1, last, ...four);
      await down(50, ...four);
      await hourly(23, last, ...four);
      expect(isOutage()).toBe(false);
      // After a day it is an outage, and still nobody's flat battery.
      await hourly(40, last, ...four);
      expect(isOutage()).toBe(true);
    },
    [],
  ],
  'the API fails for 50 hours for one wearer, whose phone has been off since': [
    async () => {
      await connect();
      const since = silent(28);
      await since(1);
      await down(50);
      await since(24);
      expect(bodies()).toEqual([]);
      await since(8);
    },
    [expect.stringMatching(/silent/)],
  ],
  'an outage of sync, then 30 hours in which nobody can be seen': [
    async () => {
      await connectFour();
      const began = world.clock.now();
      const last = () => list({ percent: 28, syncedAgo: (world.clock.now() - began) / hour });
      await hourly(26, last, ...four);
      expect(isOutage()).toBe(true);
      await down(30, ...four);
      expect(isOutage()).toBe(true);
      await hourly(40, last, ...four);
      expect(isOutage()).toBe(true);
      await hourly(1, () => list({ percent: 26 }), ...four);
      expect(isOutage()).toBe(false);
    },
    [],
  ],
  'an outage of sync, then a day of answers without devices': [
    async () => {
      await connectFour();
      const began = world.clock.now();
      const last = () => list({ percent: 28, syncedAgo: (world.clock.now() - began) / hour });
      await hourly(26, last, ...four);
      await hourly(26, () => answer(200, {}), ...four);
      expect(isOutage()).toBe(true);
    },
    [],
  ],
  'an old tracker in a drawer at 4 %, and one answer without its sync time': [
    async () => {
      await connect();
      const drawer = (hours: number, more: Partial<Listed> = {}) =>
        list(
          { percent: 80, id: '2', model: 'Sense 2' },
          { percent: 4, syncedAgo: 90 * day + hours, ...more },
        );
      await hourly(3, (hours) => drawer(hours));
      await hourly(1, () => drawer(4, { syncedAgo: null }));
      await hourly(3, (hours) => drawer(4 + hours));
    },
    [],
  ],
  'words only and no sync time, seen every hour for ten days': [
    async () => {
      await connect();
      await hourly(10 * day, () => list({ word: 'Medium', syncedAgo: null }));
    },
    [],
  ],
  'words only and no sync time, and low for ten days since the first answer: nothing shows that it is alive':
    [
      async () => {
        await connect();
        await hourly(10 * day, () => list({ word: 'Low', syncedAgo: null }));
      },
      [],
    ],
  'words only and no sync time, Low in the first answer and then Empty': [
    async () => {
      await connect();
      await hourly(5, () => list({ word: 'Low', syncedAgo: null }));
      await hourly(10 * day, () => list({ word: 'Empty', syncedAgo: null }));
    },
    [expect.stringMatching(/empty/)],
  ],
  'words only and no sync time, Medium and then low for ten days': [
    async () => {
      await connect();
      await hourly(5, () => list({ word: 'Medium', syncedAgo: null }));
      await hourly(10 * day, () => list({ word: 'Low', syncedAgo: null }));
    },
    [expect.stringMatching(/low/)],
  ],
  'an old tracker in a drawer at 4 %, of a provider that gives no sync times, for eight days': [
    async () => {
      await connect();
      await hourly(8 * day, (hours) =>
        list(
          { percent: 80 - Math.floor(hours / 3), id: '2', model: 'Sense 2', syncedAgo: null },
          { percent: 4, syncedAgo: null },
        ),
      );
    },
    // The other one is worn.
    [low(20, 'Sense 2')],
  ],
  'an old tracker in a drawer at 4 %, whose sync time is missing in the first answer, and now and then': [
    async () => {
      await connect();
      await hourly(3 * day, (hours) =>
        list({ percent: 4, syncedAgo: hours % 5 === 1 ? null : 90 * day + hours }),
      );
    },
    [],
  ],
  'no sync times at all: low at the first answer, charged, and low again': [
    async () => {
      await connect();
      const wear = async (...percents: readonly number[]) => {
        for (const percent of percents) await see({ percent, syncedAgo: null });
      };
      await wear(18, 18, 18);
      expect(bodies()).toEqual([]);
      await wear(17, 17, 16, 90, 60, 20, 19);
    },
    [low(17), low(20)],
  ],
  'the first answer lacks the sync time, and the next says that the tracker is worn': [
    async () => {
      await connect();
      await see({ percent: 18, syncedAgo: null });
      await see({ percent: 18 });
    },
    [low(18)],
  ],
  'told at 17 %, missing from the list for 30 hours, back at 12 %': [
    async () => {
      await connect();
      await levels(17);
      await hourly(30, () => list());
      await levels(12, 11);
    },
    [low(17)],
  ],
  'told at 17 %, missing for 30 hours, back at 60 % and low again': [
    async () => {
      await connect();
      await levels(17);
      await hourly(30, () => list());
      await levels(60, 20);
    },
    [low(17), low(20)],
  ],
  'low waits, missing for 30 hours, back at 12 %': [
    async () => {
      await connect(quietUntil(9));
      await levels(17);
      await prefer({ paused: true });
      await hourly(30, () => list());
      await prefer({});
      await hourly(1, () => list());
      expect(bodies()).toEqual([]);
      await levels(12, 11);
    },
    [low(12)],
  ],
  'an answer {} for everybody for a day': [
    async () => {
      await connectFour();
      await hourly(1, () => list({ percent: 18 }), ...four);
      await hourly(25, () => answer(200, {}), ...four);
      await hourly(3, () => list({ percent: 15 }), ...four);
    },
    four.map(() => low(18)),
  ],
  'Fitbit to Google Health in mid-cycle: 18 % told, then 17 % under another id': [
    async () => {
      await connectAtFitbit();
      await seeAtFitbit({ percent: 18 });
      await move();
      await levels(17, 16);
    },
    [low(18)],
  ],
  'Fitbit to Google Health: low waits for the morning, and is sent with the figures of then': [
    async () => {
      await connectAtFitbit(quietUntil(9));
      await seeAtFitbit({ percent: 18 });
      await move(quietUntil(9));
      await levels(17, 16);
    },
    [low(16)],
  ],
  'Fitbit to Google Health: a muted device stays muted, charged meanwhile or not': [
    async () => {
      await connectAtFitbit(muted);
      await seeAtFitbit({ percent: 40 });
      await move(muted);
      await levels(90, 40, 18, 4);
    },
    [],
  ],
  'Fitbit to Google Health: charged meanwhile, a new cycle': [
    async () => {
      await connectAtFitbit();
      await seeAtFitbit({ percent: 18 });
      await move();
      await levels(90, 19);
    },
    [low(18), low(19)],
  ],
  'Fitbit to Google Health: two trackers of a model, of which one is muted': [
    async () => {
      await connectAtFitbit(muted);
      await seeAtFitbit({ id: 'F1', percent: 60 }, { id: 'F2', percent: 18 });
      await move(muted);
      await see({ id: 'G1', percent: 17 }, { id: 'G2', percent: 59 });
      await see({ id: 'G1', percent: 16 }, { id: 'G2', percent: 12 });
      await see({ id: 'G1', percent: 90 }, { id: 'G2', percent: 9 });
      await see({ id: 'G1', percent: 20 }, { id: 'G2', percent: 4 });
    },
    [low(18), low(20)],
  ],
  'another id for the same model at no higher a level': [
    async () => {
      await connect();
      await see({ percent: 18 }, { id: '2', model: 'Sense 2', percent: 80 });
      await hourly(3, () =>
        answer(200, {
          pairedDevices: [
            google({ id: '2', model: 'Sense 2', percent: 80 }),
            google({ id: 'another', percent: 18 }),
          ],
        }),
      );
      await hourly(2, () => list({ id: 'another', percent: 12 }));
    },
    [low(18)],
  ],
  'another id for the same model at a higher level is another device': [
    async () => {
      await connect();
      const other = { id: '2', model: 'Sense 2', percent: 80 };
      await see({ percent: 15 }, other);
      await see({ id: 'another', percent: 19 }, other);
    },
    [low(15), low(19)],
  ],
  'another id, and back to the first': [
    async () => {
      await connect();
      await levels(18);
      await hourly(1, () => changed(17));
      await levels(16);
      await hourly(1, () => changed(15));
    },
    [low(18)],
  ],
  'another id, and both are listed after all': [
    async () => {
      await connect();
      await levels(40);
      await hourly(1, () => changed(30));
      await see({ percent: 40 }, { id: 'another', percent: 19 });
      await see({ percent: 39 }, { id: 'another', percent: 18 });
    },
    [low(19)],
  ],
  'two devices of the same name': [
    async () => {
      await connect();
      await see({ id: '1', percent: 60 }, { id: '2', percent: 18 });
      await see({ id: '1', percent: 19 }, { id: '2', percent: 17 });
    },
    [
      expect.stringMatching(/Charge 6 \([12]\) is at 18%/),
      expect.stringMatching(/Charge 6 \([12]\) is at 19%/),
    ],
  ],
  'two devices of the same name, of which one has gone': [
    async () => {
      await connect();
      await see({ id: '1', percent: 60 }, { id: '2', percent: 58 });
      await see({ id: '1', percent: 19 });
    },
    [expect.stringMatching(/Charge 6 is at 19%/)],
  ],
  'phone off for two days at 34 %, threshold 20': [
    async () => {
      await connect();
      await silent(34)(60);
    },
    [expect.stringMatching(/silent/)],
  ],
  'phone off for two days at 64 %, threshold 50': [
    async () => {
      await connect({ threshold: 50 });
      await silent(64)(60);
    },
    [],
  ],
  'the same device twice in one answer, the old entry first or last': [
    async () => {
      await connect();
      const old = { percent: 12, syncedAgo: 26 };
      await see(old, { percent: 80 });
      await see({ percent: 79 }, old);
    },
    [],
  ],
  'the same device twice in one answer, and low by the newer entry': [
    async () => {
      await connect();
      await see({ percent: 80, syncedAgo: 26 }, { percent: 12 }, { percent: 81, syncedAgo: 30 });
    },
    [low(12)],
  ],
  'Empty beside 60 %, flapping with High': [
    async () => {
      await connect();
      for (let times = 0; times < 5; times += 1) {
        await see({ percent: 60, word: 'Empty' });
        await see({ percent: 60, word: 'High' });
      }
    },
    [expect.stringMatching(/empty/)],
  ],
  'threshold 50, charged to 60 % every day': [
    async () => {
      await connect({ threshold: 50 });
      for (let days = 0; days < 5; days += 1) {
        for (let percent = 60; percent >= 48; percent -= 1) await see({ percent });
        await hourly(11, () => list({ percent: 48 }));
      }
    },
    Array.from({ length: 5 }, () => low(50)),
  ],
};

test.each(Object.entries(histories))('%s', async (_, [play, sent]) => {
  await play();
  expect(bodies()).toEqual(sent);
});

test.each([
  ['every 15 minutes', '0 */15 * * * *', 1 / 4],
  ['hourly', '0 0 * * * *', 1],
  ['every six hours', '0 0 */6 * * *', 6],
  ['once a day', '0 0 12 * * *', 24],
])(
  'checks that come %s are neither overdue nor a gap, and see a silence',
  async (_, schedule, everyHours) => {
    const { ports } = createTestWorld();
    const settings = { ...sample.Values, BATTERY_SCHEDULE: schedule };
    const { batteryOverdueMs, checkSpreadMs } = readConfig(settings).policy.times;
    const times = { ...ports.policy.times, batteryOverdueMs, checkSpreadMs };
    world = createTestWorld({ policy: { ...ports.policy, times } });
    await connect();
    const began = world.clock.now();
    const quarters = (hours: number) => Math.round(hours * 4);
    for (let quarter = 0; quarter < quarters(6 * day); quarter += 1) {
      const hours = (world.clock.now() - began) / hour;
      if (quarter % quarters(everyHours) === 0) {
        await dispatchBatteryCheck(world.ports);
        for (const { job } of world.queues.jobs.splice(0)) {
          // The phone goes off after two days.
          world.http.script(list({ percent: 30, syncedAgo: Math.max(0, hours - 2 * day) }));
          await runCheckJob(world.ports, job as CheckJob);
        }
      }
      if (quarter % 4 === 1) await watch(world.ports);
      world.clock.advance(hour / 4);
    }
    const raised = world.tables.alarms.values().map(({ name }) => name);
    expect(raised).not.toContain('battery run overdue');
    expect(raised).not.toContain('many devices silent');
    expect(world.tables.devices.values()[0]?.checkedSince).toBeUndefined();
    expect(bodies()).toEqual([expect.stringMatching(/silent/)]);
  },
);

test('a device keeps its history, its row and its number under another id', async () => {
  await connect();
  await see({ id: '1', percent: 60 }, { id: '2', percent: 58 });
  const before = world.tables.devices.values().map(({ reading, number }) => [reading.device, number]);
  expect(before.map(([, number]) => number).sort()).toEqual([1, 2]);
  await see({ id: '3', percent: 57 }, { id: '1', percent: 59 });
  const after = world.tables.devices.values();
  expect(after.map(({ reading, number }) => [reading.device, number])).toEqual(before);
  expect(after.map(({ knownAs }) => knownAs).sort()).toEqual(['3', undefined]);
  expect(
    world.tables.readings
      .values()
      .map(({ percent }) => percent)
      .sort(),
  ).toEqual([57, 58, 59, 60]);
});

test.each([
  ['hourly', '0 0 * * * *', 2, false],
  ['every six hours', '0 0 */6 * * *', 2, true],
  ['every six hours, and the next comes soon', '0 0 */6 * * *', 5, false],
  ['once a day', '0 0 6 * * *', 8, true],
])('a text that waits for the morning, with checks that come %s', async (_, schedule, hours, comesBack) => {
  const { ports } = createTestWorld();
  const { batteryOverdueMs } = readConfig({ ...sample.Values, BATTERY_SCHEDULE: schedule }).policy.times;
  const times = { ...ports.policy.times, batteryOverdueMs };
  world = createTestWorld({ policy: { ...ports.policy, times } });
  await connect({ quietHours: { from: 22 * 60, to: 6 * 60 + hours * 60 } });
  await check(list({ percent: 18 }));
  expect(bodies()).toEqual([]);
  const later = world.queues.jobs.splice(0);
  expect(later.map(({ delayMs }) => delayMs)).toEqual(comesBack ? [hours * hour] : []);
  world.clock.advance(hours * hour);
  await check(list({ percent: 15 }));
  expect(bodies()).toEqual([low(15)]);
});
