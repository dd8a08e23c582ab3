import { connectionKey } from '../../../src/domain/store/row-keys';
import { settleCurrent } from '../../../src/domain/rotation/current-token-set';
import { commitTokenSet } from '../../../src/domain/rotation/store-token-set';
import { AppError } from '../../../src/errors';
import type { TokenSet } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { connectWearer, createTestWorld, holdRecord, recordOf, type TestWorld } from '../../support/world';

const unavailable = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.'));

async function reserve(world: TestWorld, consentReserved: number): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, consentReserved });
}

async function read(world: TestWorld): Promise<TokenSet | undefined> {
  return (await settleCurrent(world.ports, await holdRecord(world)))?.set;
}

describe('settleCurrent', () => {
  test('reads the set that the pointer names, with one look at the vault', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const looks = jest.spyOn(world.vault, 'readTokenSet');
    expect(await read(world)).toEqual(set);
    expect(looks.mock.calls.map(([{ id }, consent]) => [id, consent])).toEqual([['wearer-1', 1]]);
  });

  test('a set that was saved and never committed becomes current', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const saved = { ...set, generation: 2, refreshToken: new Secret('refresh-2') };
    const version = await world.vault.saveTokenSet(saved);

    expect(await read(world)).toEqual(saved);
    expect(recordOf(world).pointer).toMatchObject({ consent: 1, generation: 2, secretVersion: version });
  });

  test('the greatest generation counts, not the latest version', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    await world.vault.saveTokenSet({ ...set, generation: 2 });
    await world.vault.saveTokenSet({ ...set, generation: 3 });
    await world.vault.saveTokenSet({ ...set, generation: 2 });

    expect((await read(world))?.generation).toBe(3);
    expect(recordOf(world).pointer).toMatchObject({ generation: 3, secretVersion: 'version-3' });
  });

  test('a late copy of an old set changes nothing', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world, 'fitbit', { set: { generation: 5 } });
    await world.vault.saveTokenSet({ ...set, generation: 4 });

    expect(await read(world)).toEqual(set);
    expect(recordOf(world).pointer).toEqual(connection.pointer);
  });

  test('a consent that was saved and never committed becomes current', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation: 9 } });
    await reserve(world, 3);
    const consented = { ...set, consent: 3, generation: 1 };
    await world.vault.saveTokenSet(consented);

    expect(await read(world)).toEqual(consented);
    expect(recordOf(world).pointer).toMatchObject({ consent: 3, generation: 1 });
  });

  test('nothing of it is left in the journal, where its worker wrote it when the answer of the vault was lost', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    await reserve(world, 2);
    const consented = { ...set, consent: 2, generation: 1, refreshToken: new Secret('refresh-2') };
    await world.vault.saveTokenSet(consented);
    await world.ports.journal.write(set, consented);
    expect(world.journal.values()).toHaveLength(1);

    expect(await read(world)).toEqual(consented);
    expect(world.journal.values()).toEqual([]);
  });

  test('a set of the journal does not take the place of another at its position, which the pointer names', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'withings');
    await reserve(world, 2);
    const [named, late] = ['named', 'late'].map((name) => ({
      ...{ ...set, generation: 2, accessToken: new Secret(`access-${name}`) },
      refreshToken: new Secret(`refresh-${name}`),
    }));
    const before = (await world.vault.readTokenSet({ id: 'wearer-1' }, 1))!;
    const record = await holdRecord(world);
    // While this worker is frozen, another one commits its answer, and a third writes its own to the journal.
    const version = await world.vault.saveTokenSet(named!);
    await commitTokenSet(world.ports, await holdRecord(world), { set: named!, version });
    await world.ports.journal.write(set, late!);
    jest.spyOn(world.vault, 'readTokenSet').mockResolvedValueOnce(before);

    const settled = await settleCurrent(world.ports, record);
    expect(settled?.set.accessToken.reveal()).toBe('access-named');
    expect(recordOf(world).pointer).toMatchObject({ consent: 1, generation: 2, secretVersion: version });
    expect(world.journal.values()).toEqual([]);
  });

  test('a consent that was reserved and never saved leaves the old set current', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    await reserve(world, 2);
    expect(await read(world)).toEqual(set);
  });

  test('a vault that holds less than the pointer says is an alarm, not a token set', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { set: { generation: 5 } });
    const [saved] = world.vault.saved;
    world.vault.saved.splice(0, 1, { ...saved!, version: 'restored', set: { ...saved!.set, generation: 4 } });
    await expect(read(world)).rejects.toMatchObject({ code: 'VAULT_BEHIND' });

    world.vault.saved.splice(0);
    await expect(read(world)).rejects.toMatchObject({ code: 'VAULT_BEHIND' });
  });

  test('a restored vault is good enough where the refresh token does not rotate: the next set follows the pointer', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'google-health', { set: { generation: 5 } });
    const [saved] = world.vault.saved;
    world.vault.saved.splice(0, 1, { ...saved!, version: 'restored', set: { ...saved!.set, generation: 2 } });
    expect(await read(world)).toEqual({ ...set, generation: 5 });
    expect(world.log.entries).toEqual([
      {
        level: 'warn',
        event: 'vault.restored',
        fields: { connection: 'wearer-1', consent: 1, generation: 2 },
      },
    ]);
  });

  test('a restored vault from before a rollover is good enough there too', async () => {
    const world = createTestWorld();
    const rollover = { consent: 2, follows: { consent: 1, generation: 400 } };
    const { set } = await connectWearer(world, 'google-health', {
      rollover,
      set: { consent: 2, generation: 3 },
    });
    world.vault.saved.splice(0);
    await world.vault.saveTokenSet({ ...set, consent: 1, generation: 377 });
    expect(await read(world)).toEqual({ ...set, consent: 2, generation: 3 });
  });

  test('a restored vault that holds an older consent only is an alarm there too', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'google-health', { set: { consent: 2 } });
    world.vault.saved.splice(0);
    await world.vault.saveTokenSet({ ...set, consent: 1, generation: 9 });
    await expect(read(world)).rejects.toMatchObject({ code: 'VAULT_BEHIND' });
  });

  test('a connection whose first consent was never saved has no token set', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { pointer: undefined });
    world.vault.saved.splice(0);
    expect(await read(world)).toBeUndefined();
  });
});

describe('the journal', () => {
  async function journalled() {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', {
      replaysFor: { consent: 1, generation: 1, batch: 'batch-1' },
    });
    const next = { ...set, generation: 2, refreshToken: new Secret('refresh-2'), journalKey: set.journalKey };
    await world.ports.journal.write(set, next);
    return { world, set, next };
  }

  test('is finished by whoever reads next: saved, committed, and exactly that row deleted', async () => {
    const { world, next } = await journalled();
    const other = { ...next, connection: 'wearer-2' };
    await world.ports.journal.write(other, { ...other, generation: 3 });

    expect(await read(world)).toEqual(next);

    expect(recordOf(world).pointer).toMatchObject({ generation: 2, secretVersion: 'version-2' });
    expect(world.journal.values()).toMatchObject([{ generation: 3 }]);
  });

  test('keeps the first row of a position', async () => {
    const { world, set, next } = await journalled();
    await world.ports.journal.write(set, { ...next, refreshToken: new Secret('another') });
    const entries = await world.ports.journal.read(set);
    expect(entries.map((entry) => entry.refreshToken.reveal())).toEqual(['refresh-2']);
  });

  test('a row that is not ahead of the vault changes nothing', async () => {
    const { world, next } = await journalled();
    await world.vault.saveTokenSet({ ...next, generation: 5 });
    expect((await read(world))?.generation).toBe(5);
  });

  test('is not looked at unless a refresh was begun or a consent was reserved', async () => {
    const world = createTestWorld();
    await connectWearer(world, 'fitbit', { replaysFor: { consent: 1, generation: 0, batch: 'batch-1' } });
    const look = jest.spyOn(world.ports.journal, 'read');
    await read(world);
    expect(look).not.toHaveBeenCalled();
    await reserve(world, 2);
    await read(world);
    expect(look).toHaveBeenCalledTimes(1);
  });

  test('a set that the vault still refuses is current for calls, and says where it is', async () => {
    const { world, next } = await journalled();
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    expect(await settleCurrent(world.ports, await holdRecord(world))).toEqual({
      set: next,
      onlyInJournal: true,
    });
    expect(recordOf(world).pointer?.generation).toBe(1);
    expect(world.journal.values()).toHaveLength(1);
  });

  test('a row that cannot be removed stays for housekeeping', async () => {
    const { world, next } = await journalled();
    jest.spyOn(world.journal, 'remove').mockImplementation(unavailable);
    expect(await read(world)).toEqual(next);
    expect(world.log.events()).toEqual(['journal.row_kept']);
  });
});

test('a record in hand that is older than a reconnect is read again instead of raising an alarm', async () => {
  const world = createTestWorld();
  const { set } = await connectWearer(world);
  const record = await holdRecord(world);
  await reserve(world, 2);
  const consented = { ...set, consent: 2, generation: 1 };
  await commitTokenSet(world.ports, await holdRecord(world), {
    set: consented,
    version: await world.vault.saveTokenSet(consented),
  });
  expect((await settleCurrent(world.ports, record))?.set).toEqual(consented);
});

test('a set that was superseded while it was committed is not current: the later one is', async () => {
  const world = createTestWorld();
  const { set } = await connectWearer(world);
  await world.vault.saveTokenSet({ ...set, generation: 2 });
  const { replace } = world.tables.connections;
  world.tables.connections.replace = async (row, value) => {
    world.tables.connections.replace = replace;
    const later = { ...set, generation: 3 };
    await commitTokenSet(world.ports, await holdRecord(world), {
      set: later,
      version: await world.vault.saveTokenSet(later),
    });
    return replace(row, value);
  };
  expect((await read(world))?.generation).toBe(3);
});

test('a connection that was erased while it was read has no token set, and raises no alarm', async () => {
  const world = createTestWorld();
  await connectWearer(world);
  const record = await holdRecord(world);
  await (await holdRecord(world)).change((before) => ({ ...before, pointer: undefined, closedAt: 1 }));
  world.vault.saved.splice(0);
  expect(await settleCurrent(world.ports, record)).toBeUndefined();
});
