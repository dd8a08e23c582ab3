/** Every schedule with one fault, and the rule that only two faults show. */
import { scenarioNamed, scenarios } from './scenarios';
import { search } from './search';

/** A busy machine takes longer, and that is no mistake. */
const patienceMs = 600_000;

test.each(scenarios.map(({ name, words }) => ({ name, words })))(
  'no schedule with one fault breaks a rule of $name: $words',
  async ({ name }) => {
    const { findings, complete, schedules } = await search(scenarioNamed(name), {
      levels: [{ faults: 1, preemptions: 0 }],
    });
    expect(findings.map(({ story }) => story.join('\n'))).toEqual([]);
    expect(complete).toBe(true);
    expect(schedules).toBeGreaterThan(50);
  },
  patienceMs,
);

test.each([
  ['late report', 'send-before-claim', 'other'],
  ['late report', 'new-id-on-repeat', 'twice'],
  ['late report', 'state-before-row', 'lost'],
  ['mail, late report', 'send-before-claim', 'other'],
  ['mail, late report', 'new-id-on-repeat', 'twice'],
  ['mail, late report', 'state-before-row', 'lost'],
  ['mail, late report', 'no-recheck', 'lost'],
])(
  'a rule of messages that is taken away is found missing by "%s": %s',
  async (scenario, broken, kind) => {
    const { findings } = await search(scenarioNamed(scenario), {
      levels: [{ faults: 1, preemptions: 0 }],
      broken,
      until: ['lost', 'spent', 'moved back', 'twice', 'other'],
    });
    expect(findings.map((each) => each.kind)).toContain(kind);
  },
  patienceMs,
);

test(
  'without all replays in the queue before the request, two stops lose a token',
  async () => {
    const { findings } = await search(scenarioNamed('run'), {
      levels: [{ faults: 2, preemptions: 0, stopsOnly: true }],
      broken: 'one-replay',
      until: ['lost'],
    });
    expect(findings.map(({ kind }) => kind)).toContain('lost');
  },
  patienceMs,
);

test(
  'without the fence, a worker that wakes takes away the replays that another one needs, and a token is lost',
  async () => {
    const { findings } = await search(scenarioNamed('late operator'), {
      levels: [{ faults: 2, preemptions: 0, stopsOnly: true }],
      broken: 'no-fence',
      until: ['lost'],
    });
    expect(findings.map(({ kind }) => kind)).toContain('lost');
    expect(findings.flatMap(({ story }) => story)).toContainEqual(
      expect.stringContaining('replays forgotten'),
    );
  },
  patienceMs,
);
