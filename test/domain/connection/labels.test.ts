import { connectionKey, identityKeyOf, labelRow } from '../../../src/domain/store/row-keys';
import { forgetIdentities } from '../../../src/domain/connection/identities';
import { findByLabel, labelPattern, setLabel } from '../../../src/domain/connection/labels';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';
import { failure } from '../../../src/errors';

const labelled = { ok: true, value: undefined };

let world: TestWorld;
beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { id: 'wearer-1' });
  await connectWearer(world, 'fitbit', { id: 'wearer-2' });
});

const idOf = async (label: string) => (await findByLabel(world.ports, label))?.id;
const record = async (id: string) => (await world.tables.connections.get(connectionKey(id)))!.value;
const rows = () => world.tables.identities.rows().length;

test('leads to its connection, and to nobody else', async () => {
  expect(await setLabel(world.ports, 'wearer-1', 'p-17')).toEqual(labelled);
  expect(await idOf('p-17')).toBe('wearer-1');
  expect(await idOf('p-18')).toBeUndefined();
  expect((await record('wearer-1')).label).toBe('p-17');
});

test('belongs to one connection at a time', async () => {
  await setLabel(world.ports, 'wearer-1', 'p-17');
  expect(await setLabel(world.ports, 'wearer-2', 'p-17')).toEqual(failure('LABEL_TAKEN'));
  expect((await record('wearer-2')).label).toBeUndefined();
  // The same once more is no change.
  expect(await setLabel(world.ports, 'wearer-1', 'p-17')).toEqual(labelled);
  expect((await record('wearer-1')).identities).toEqual([labelRow('p-17')]);
});

test('is free again when it is changed or taken away', async () => {
  await setLabel(world.ports, 'wearer-1', 'p-17');
  await setLabel(world.ports, 'wearer-1', 'p-18');
  expect([await idOf('p-17'), await idOf('p-18')]).toEqual([undefined, 'wearer-1']);
  expect(await setLabel(world.ports, 'wearer-2', 'p-17')).toEqual(labelled);
  expect(await setLabel(world.ports, 'wearer-1', undefined)).toEqual(labelled);
  expect(await idOf('p-18')).toBeUndefined();
  expect(rows()).toBe(1);
});

test('of two at once goes to one of them', async () => {
  const outcomes = await Promise.all(['wearer-1', 'wearer-2'].map((id) => setLabel(world.ports, id, 'p-17')));
  expect(outcomes.toSorted((a, b) => Number(b.ok) - Number(a.ok))).toEqual([
    labelled,
    failure('LABEL_TAKEN'),
  ]);
  expect(['wearer-1', 'wearer-2']).toContain(await idOf('p-17'));
});

test('that a dead worker has only half set counts for nobody, and can be taken', async () => {
  await world.tables.identities.insert(identityKeyOf(labelRow('p-17')), { connection: 'wearer-1' });
  expect(await idOf('p-17')).toBeUndefined();
  expect(await setLabel(world.ports, 'wearer-2', 'p-17')).toEqual(labelled);
  expect(await idOf('p-17')).toBe('wearer-2');
});

test('goes with its connection', async () => {
  await setLabel(world.ports, 'wearer-1', 'p-17');
  await forgetIdentities(world.ports, await record('wearer-1'));
  expect(rows()).toBe(0);
  expect(await setLabel(world.ports, 'wearer-2', 'p-17')).toEqual(labelled);
});

test('is not given to a connection that is closed or missing', async () => {
  await connectWearer(world, 'fitbit', { id: 'wearer-3', closedAt: 1 });
  expect(await setLabel(world.ports, 'wearer-3', 'p-17')).toEqual(failure('CONNECTION_UNKNOWN'));
  expect(await setLabel(world.ports, 'nobody', 'p-18')).toEqual(failure('CONNECTION_UNKNOWN'));
  // What was claimed for them harms nobody.
  expect(await setLabel(world.ports, 'wearer-1', 'p-17')).toEqual(labelled);
  expect(await setLabel(world.ports, 'wearer-2', 'p-18')).toEqual(labelled);
});

test.each([
  ['p-17', true],
  ['Müller_3@site.b', true],
  ['7', true],
  ['', false],
  ['-a', false],
  ['a b', false],
  ['a/b', false],
  ['label:a', false],
  ['x'.repeat(64), true],
  ['x'.repeat(65), false],
])('%j can be a label: %s', (label, can) => {
  expect(labelPattern.test(label)).toBe(can);
});
