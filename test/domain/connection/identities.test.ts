import {
  connectionOf,
  findOrMakeConnection,
  findReconnected,
} from '../../../src/domain/connection/identities';
import { connectionKey, identityKey } from '../../../src/domain/store/row-keys';
import type { ProviderId } from '../../../src/model';
import type { ProviderIdentity } from '../../../src/ports';
import { connectWearer, createTestWorld, type TestWorld } from '../../support/world';

let world: TestWorld;
const at = (id: ProviderId) => world.ports.providers.get(id)!;
const ada: ProviderIdentity = { userId: 'health-1', previousIds: { fitbit: 'ABC123' } };
const find = (identity = ada, id: ProviderId = 'google-health') =>
  connectionOf(world.ports, at(id), identity);
const know = (provider: ProviderId, userId: string, connection: string) =>
  world.tables.identities.insert(identityKey(provider, userId), { connection });

beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { id: 'ada' });
});

describe('connectionOf', () => {
  test.each<[string, [ProviderId, string, string][], string | undefined]>([
    ['nobody who was never here', [], undefined],
    ['whoever has this id at this provider', [['google-health', 'health-1', 'ada']], 'ada'],
    ['whoever had this id at the predecessor', [['fitbit', 'ABC123', 'ada']], 'ada'],
    ['nobody who has this id at another provider', [['fitbit', 'health-1', 'ada']], undefined],
    ['nobody who has the id of the predecessor here', [['google-health', 'ABC123', 'ada']], undefined],
    ['nobody whose connection at the predecessor is gone', [['fitbit', 'ABC123', 'gone']], undefined],
    [
      'the one of this provider, should there be two',
      [
        ['fitbit', 'ABC123', 'ada'],
        ['google-health', 'health-1', 'bob'],
      ],
      'bob',
    ],
  ])('is that of %s', async (_, known, connection) => {
    for (const row of known) await know(...row);
    await expect(find()).resolves.toBe(connection);
  });

  test('is not one that was closed at the predecessor', async () => {
    await know('fitbit', 'ABC123', 'ada');
    const row = (await world.tables.connections.get(connectionKey('ada')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
    await expect(find()).resolves.toBeUndefined();
  });

  test('changes nothing', async () => {
    await find();
    expect(world.tables.identities.values()).toEqual([]);
    expect(world.tables.connections.values()).toHaveLength(1);
  });
});

describe('findOrMakeConnection', () => {
  const findOrMake = (vault?: string) =>
    findOrMakeConnection(world.ports, at('google-health'), ada, () => Promise.resolve(vault));

  test('makes a connection in the vault that was chosen, and one that is known stays in its own', async () => {
    await expect(findOrMake('second')).resolves.toMatchObject({ vault: 'second' });
    await expect(findOrMake('third')).resolves.toMatchObject({ vault: 'second' });
  });

  test('makes a connection without a number, and claims the identity at the predecessor too', async () => {
    await expect(findOrMake()).resolves.toEqual({
      id: 'id-1',
      provider: 'google-health',
      createdAt: world.clock.now(),
      consentReserved: 0,
      missingScopes: [],
      identities: [identityKey('google-health', 'health-1').row, identityKey('fitbit', 'ABC123').row],
    });
    await expect(find({ userId: 'ABC123', previousIds: {} }, 'fitbit')).resolves.toBe('id-1');
  });

  test('finds the same one again, also after a crash right behind the identity', async () => {
    await know('google-health', 'health-1', 'made-and-died');
    const first = await findOrMake();
    const second = await findOrMake();
    expect([first.id, second.id]).toEqual(['made-and-died', 'made-and-died']);
    expect([first.pointer, second.pointer]).toEqual([undefined, undefined]);
  });

  test('finds the connection at the predecessor, with its tokens', async () => {
    await know('fitbit', 'ABC123', 'ada');
    await expect(findOrMake()).resolves.toMatchObject({ id: 'ada', pointer: { consent: 1 } });
  });
});

describe('findReconnected', () => {
  const close = async () => {
    const row = (await world.tables.connections.get(connectionKey('ada')))!;
    await world.tables.connections.replace(row, { ...row.value, closedAt: 1 });
  };
  const findAgain = (id: string) => findReconnected(world.ports, at('google-health'), ada, id);

  test('finds the connection that the identity has, at the predecessor too, and notes the new one', async () => {
    await know('fitbit', 'ABC123', 'ada');
    await expect(findAgain('ada')).resolves.toMatchObject({ id: 'ada' });
    await expect(find({ userId: 'health-1', previousIds: {} }, 'google-health')).resolves.toBe('ada');
  });

  test.each([
    ['has none', () => Promise.resolve()],
    ['has another one', () => know('google-health', 'health-1', 'bob')],
    ['has it, and it is closed', () => know('google-health', 'health-1', 'ada').then(close)],
  ])('makes none for an identity that %s', async (_, arrange) => {
    await arrange();
    const before = [world.tables.identities.values(), world.tables.connections.values()];
    await expect(findAgain('ada')).resolves.toBeUndefined();
    expect([world.tables.identities.values(), world.tables.connections.values()]).toEqual(before);
  });
});
