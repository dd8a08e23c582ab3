import { explore, readSchedule, writeSchedule, type Run } from './explore';
import { scenarioNamed, scenarios } from './scenarios';
import { levelsFor, search } from './search';

describe('the explorer', () => {
  /** Two who each read a number and then write it back, one more: without compare-and-swap. */
  const counting: Run<number> = (choices) => {
    let stored = 0;
    const read: (number | undefined)[] = [undefined, undefined];
    const left = [2, 2];
    let current = 0;
    for (;;) {
      const open = [current, 1 - current].filter((each) => left[each]! > 0);
      if (open.length === 0) return Promise.resolve(stored);
      const options = open.map((who) => ({
        key: `${who}`,
        who,
        preemptions: who !== current && left[current]! > 0 ? 1 : 0,
      }));
      const affordable = options.filter(({ preemptions }) => preemptions <= choices.left.preemptions);
      const choice = choices.choose(affordable, () => JSON.stringify([stored, read, left, current]));
      if (!choice) return Promise.resolve(undefined);
      current = choice.who;
      if (left[current] === 2) read[current] = stored;
      else stored = read[current]! + 1;
      left[current]! -= 1;
    }
  };
  const endsWith = async (preemptions: number) => {
    const ends: number[] = [];
    const schedules: string[] = [];
    await explore(counting, {
      bounds: { faults: 0, preemptions },
      onEnd: (end, schedule) => {
        ends.push(end);
        schedules.push(writeSchedule(schedule));
        return false;
      },
    });
    return { ends: new Set(ends), schedules };
  };

  test('finds no lost update without a preemption, and finds it with one', async () => {
    expect((await endsWith(0)).ends).toEqual(new Set([2]));
    const { ends, schedules } = await endsWith(1);
    expect(ends).toEqual(new Set([2, 1]));
    expect(schedules).toContain('1=1');
  });

  test('a schedule is written and read again', () => {
    const schedule = new Map([
      [12, 'freeze before'],
      [29, 'wake A'],
    ]);
    expect(writeSchedule(schedule)).toBe('12=freeze before;29=wake A');
    expect(readSchedule('12=freeze before;29=wake A')).toEqual(schedule);
    expect(() => readSchedule('twelve')).toThrow('"twelve" is not a step of a schedule');
  });
});

test('the passes have few faults first, and fewer preemptions beside more faults', () => {
  expect(levelsFor(2, 1)).toEqual([
    { faults: 0, preemptions: 1 },
    { faults: 1, preemptions: 1 },
    { faults: 2, preemptions: 0, stopsOnly: true },
    { faults: 2, preemptions: 0 },
  ]);
});

/** `npm run test:search` visits every one of them, and `npm run search` goes further. */
const most = 50;

test.each(scenarios.map(({ name, words }) => ({ name, words })))(
  'the first schedules with one fault break no rule of $name: $words',
  async ({ name }) => {
    const { findings, schedules } = await search(scenarioNamed(name), {
      levels: [{ faults: 1, preemptions: 0 }],
      most,
    });
    expect(findings.map(({ story }) => story.join('\n'))).toEqual([]);
    expect(schedules).toBe(most);
  },
);

describe('a rule that is taken away is found missing', () => {
  const findings = async (scenario: string, broken: string) => {
    const result = await search(scenarioNamed(scenario), {
      levels: [{ faults: 1, preemptions: 0 }],
      broken,
      until: ['lost', 'spent', 'moved back', 'twice', 'other'],
    });
    return result.findings.filter(({ kind }) => kind !== 'journal');
  };

  test.each([
    ['latest-version', 'lost'],
    ['use-before-save', 'lost'],
    ['lease-only', 'moved back'],
  ])('rotation: %s', async (broken, kind) => {
    const found = await findings('run', broken);
    expect(found.map((each) => each.kind)).toContain(kind);
    expect(found[0]!.story.at(-1)).toMatch(/^=> /);
  });

  test('messages: no-recheck', async () => {
    const found = await findings('late report', 'no-recheck');
    expect(found.map(({ kind }) => kind)).toContain('lost');
  });
});
