import { macOfAddress } from '../../../src/domain/contact/keyed-values';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { linkOf, replaceLink } from '../../../src/domain/contact/personal-link';
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { requestLinks, runLinkJob } from '../../../src/domain/wearer/lost-links';
import type { LinkJob } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const phone = new Secret('+14255550123');
const stranger = new Secret('+14255550177');
const textConsent = { at: 1, wording: '2026-11' };

let world: TestWorld;

async function connect(id: string, number = phone): Promise<void> {
  await connectWearer(world, 'fitbit', { id, phone: undefined });
  await setAddress(world.ports, id, { phone: number, textConsent });
}
async function close(id: string): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey(id)))!;
  await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
}
const ask = (number = phone, client?: string) =>
  requestLinks(world.ports, { way: 'sms', to: number }, client);
const jobs = () => world.queues.jobs.map(({ job }) => job as LinkJob);
const runAll = async () => {
  for (const job of jobs()) await runLinkJob(world.ports, job);
};
/** The words of the text to a wearer. */
const textTo = async (id: string) =>
  `Fitbit Token Service: your personal page: https://tokens.example.com/m/${await linkOf(world.ports, recordOf(world, id))} Keep it to yourself.`;
const texts = () => world.sms.sent.map(({ to, body }) => [to.reveal(), body]);

beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => {
  expectDiscreet(world);
  const links = world.sms.sent.map(({ body }) => /\/m\/([\w-]{22})/.exec(body)?.[1]);
  const seen = JSON.stringify([world.log.entries, world.queues.jobs, world.tables.messages.values()]);
  expect(links.filter((link) => link === undefined || seen.includes(link))).toEqual([]);
});

describe('whoever asks for the links of a number', () => {
  test('gets the same answer and makes the same job, whether the number is known or not', async () => {
    await connect('wearer-1');
    const rows = world.tables.messages.values().length;
    await expect(ask(phone)).resolves.toBe('requested');
    await expect(ask(stranger)).resolves.toBe('requested');
    expect(world.queues.jobs).toEqual([
      {
        job: {
          kind: 'send-links',
          number: await macOfAddress(world.ports, { way: 'sms', to: phone }),
          request: 'id-1',
        },
        delayMs: 0,
      },
      {
        job: {
          kind: 'send-links',
          number: await macOfAddress(world.ports, { way: 'sms', to: stranger }),
          request: 'id-2',
        },
        delayMs: 0,
      },
    ]);
    expect(world.tables.messages.values()).toHaveLength(rows);
    expect(world.sms.sent).toEqual([]);
  });

  test('puts no number into the queue', async () => {
    await ask();
    expect(JSON.stringify(world.queues.jobs)).not.toContain('4255550123');
  });

  test('makes no more texts than the limit of the client, however many accounts the numbers have', async () => {
    const numbers = Array.from({ length: 20 }, (_, n) => new Secret(`+142555501${30 + n}`));
    for (const [n, number] of numbers.entries()) {
      for (const nth of ['a', 'b', 'c']) await connect(`wearer-${n}-${nth}`, number);
    }
    for (const number of numbers) await expect(ask(number, 'client-1')).resolves.toBe('requested');
    await runAll();
    expect(texts()).toHaveLength(20);
  });

  test('too often is limited, and then nothing is enqueued', async () => {
    const answers = [];
    for (let n = 0; n < 21; n += 1) answers.push(await ask(stranger, 'client-1'));
    expect(answers.filter((each) => each === 'requested')).toHaveLength(20);
    expect(answers.at(-1)).toBe('limited');
    expect(world.queues.jobs).toHaveLength(20);
    await expect(ask(stranger, 'client-2')).resolves.toBe('requested');
  });
});

describe('the job', () => {
  test('texts the link to the number', async () => {
    await connect('wearer-1');
    await ask();
    await runAll();
    expect(texts()).toEqual([['+14255550123', await textTo('wearer-1')]]);
  });

  test('texts one link for each connection of the number, and none of others', async () => {
    for (const id of ['ada', 'bob']) await connect(id);
    await connect('eve', stranger);
    await ask();
    await runAll();
    expect(texts().sort()).toEqual(
      [
        ['+14255550123', await textTo('ada')],
        ['+14255550123', await textTo('bob')],
      ].sort(),
    );
  });

  test('texts the newest link', async () => {
    await connect('wearer-1');
    await replaceLink(world.ports, recordOf(world));
    await ask();
    await runAll();
    expect(texts()).toEqual([['+14255550123', await textTo('wearer-1')]]);
    expect(recordOf(world).linkVersion).toBe(2);
  });

  test.each<[string, () => Promise<void>]>([
    ['is not known', async () => undefined],
    [
      'belongs to a connection that is closed',
      async () => {
        await connect('wearer-1');
        await close('wearer-1');
      },
    ],
    [
      'has said STOP',
      async () => {
        await connect('wearer-1');
        await setStopped(world.ports, { way: 'sms', to: phone }, { at: 1, stopped: true });
      },
    ],
    [
      'was given up for another one',
      async () => {
        await connect('wearer-1');
        await setAddress(world.ports, 'wearer-1', { phone: stranger, textConsent });
      },
    ],
  ])('texts nobody when the number %s', async (_, arrange) => {
    await arrange();
    await ask();
    await runAll();
    expect(world.sms.sent).toEqual([]);
  });

  test('delivered twice texts once, one after the other and at the same time', async () => {
    await connect('wearer-1');
    await ask();
    await runAll();
    await runAll();
    await Promise.all([runAll(), runAll()]);
    expect(texts()).toHaveLength(1);
  });

  test('of another request texts again', async () => {
    await connect('wearer-1');
    await ask();
    await ask();
    await runAll();
    expect(texts()).toHaveLength(2);
  });

  test('texts no more than the limit of the number', async () => {
    await connect('wearer-1');
    for (let n = 0; n < 8; n += 1) await ask();
    await runAll();
    expect(texts()).toHaveLength(5);
    expect(
      world.log.entries.filter(({ event }) => event === 'limit.reached').map(({ fields }) => fields),
    ).toEqual([{ kind: 'link number' }, { kind: 'link number' }, { kind: 'link number' }]);
  });
});
