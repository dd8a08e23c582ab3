import { connectionKey } from '../../src/domain/keys';
import { commitTokenSet, nextTokenSet, readCurrent, saveTokenSet } from '../../src/domain/token-sets';
import { AppError } from '../../src/errors';
import type { TokenSet } from '../../src/model';
import { Secret } from '../../src/secret';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../support/world';

const unavailable = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.'));

async function reserve(world: TestWorld, consentReserved: number): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, consentReserved });
}

describe('nextTokenSet', () => {
  const current: TokenSet = {
    connection: 'wearer-1',
    provider: 'fitbit',
    consent: 2,
    generation: 7,
    accessToken: new Secret('access-7'),
    refreshToken: new Secret('refresh-7'),
    issuedAt: 1_000,
    expiresAt: 2_000,
    refreshExpiresAt: 9_000_000,
    scopes: ['settings', 'profile'],
    providerUserId: 'ABC123',
  };

  test('takes what the answer brings, counted from when it was asked for', () => {
    const next = nextTokenSet(
      current,
      {
        accessToken: new Secret('access-8'),
        refreshToken: new Secret('refresh-8'),
        expiresInMs: 500,
        refreshExpiresInMs: 700,
        scopes: ['settings'],
      },
      10_000,
    );
    expect(next).toMatchObject({ consent: 2, generation: 8, issuedAt: 10_000, expiresAt: 10_500 });
    expect(next).toMatchObject({ refreshExpiresAt: 10_700, scopes: ['settings'], providerUserId: 'ABC123' });
    expect(next.accessToken.reveal()).toBe('access-8');
    expect(next.refreshToken.reveal()).toBe('refresh-8');
  });

  test('keeps the old refresh token, its end and the scopes when the answer has none', () => {
    const next = nextTokenSet(current, { accessToken: new Secret('access-8'), expiresInMs: 500 }, 10_000);
    expect(next.refreshToken.reveal()).toBe('refresh-7');
    expect(next).toMatchObject({ refreshExpiresAt: 9_000_000, scopes: ['settings', 'profile'] });
  });
});

describe('readCurrent', () => {
  test('reads the set that the pointer names, with one look at the vault', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world);
    const read = jest.spyOn(world.vault, 'readTokenSet');
    expect(await readCurrent(world.ports, connection)).toEqual(set);
    expect(read.mock.calls).toEqual([['wearer-1', 1]]);
  });

  test('a set that was saved and never committed becomes current', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world);
    const saved = { ...set, generation: 2, refreshToken: new Secret('refresh-2') };
    const version = await world.vault.saveTokenSet(saved);

    expect(await readCurrent(world.ports, connection)).toEqual(saved);
    expect(recordOf(world).pointer).toMatchObject({ consent: 1, generation: 2, secretVersion: version });
  });

  test('the greatest generation counts, not the latest version', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world);
    await world.vault.saveTokenSet({ ...set, generation: 2 });
    await world.vault.saveTokenSet({ ...set, generation: 3 });
    await world.vault.saveTokenSet({ ...set, generation: 2 });

    expect((await readCurrent(world.ports, connection))?.generation).toBe(3);
    expect(recordOf(world).pointer).toMatchObject({ generation: 3, secretVersion: 'version-3' });
  });

  test('a late copy of an old set changes nothing', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world, 'fitbit', { set: { generation: 5 } });
    await world.vault.saveTokenSet({ ...set, generation: 4 });

    expect(await readCurrent(world.ports, connection)).toEqual(set);
    expect(recordOf(world).pointer).toEqual(connection.pointer);
  });

  test('a consent that was saved and never committed becomes current', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation: 9 } });
    await reserve(world, 3);
    const consented = { ...set, consent: 3, generation: 1 };
    await world.vault.saveTokenSet(consented);

    expect(await readCurrent(world.ports, recordOf(world))).toEqual(consented);
    expect(recordOf(world).pointer).toMatchObject({ consent: 3, generation: 1 });
  });

  test('a consent that was reserved and never saved leaves the old set current', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    await reserve(world, 2);
    expect(await readCurrent(world.ports, recordOf(world))).toEqual(set);
  });

  test('a vault that holds less than the pointer says is an alarm, not a token set', async () => {
    const world = createTestWorld();
    const { connection } = await connectWearer(world, 'fitbit', { set: { generation: 5 } });
    const [saved] = world.vault.saved;
    world.vault.saved.splice(0, 1, { ...saved!, version: 'restored', set: { ...saved!.set, generation: 4 } });
    await expect(readCurrent(world.ports, connection)).rejects.toMatchObject({ code: 'VAULT_BEHIND' });

    world.vault.saved.splice(0);
    await expect(readCurrent(world.ports, connection)).rejects.toMatchObject({ code: 'VAULT_BEHIND' });
  });

  test('a connection whose first consent was never saved has no token set', async () => {
    const world = createTestWorld();
    const { connection } = await connectWearer(world);
    world.vault.saved.splice(0);
    expect(await readCurrent(world.ports, { ...connection, pointer: undefined })).toBeUndefined();
  });
});

describe('commitTokenSet', () => {
  test('moves the pointer forward and clears what failures left', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', {
      failedAttempt: { at: 1, code: 'RATE_LIMITED' },
      refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
      lease: { owner: 'me', until: 99 },
    });
    const next = { ...set, generation: 2, issuedAt: 77, expiresAt: 88 };
    expect(await commitTokenSet(world.ports, next, 'v2', 'me')).toBe('committed');
    expect(recordOf(world)).toMatchObject({
      pointer: { consent: 1, generation: 2, secretVersion: 'v2', rotatedAt: 77, expiresAt: 88 },
      failedAttempt: undefined,
      refusal: undefined,
      lease: undefined,
    });
  });

  test('leaves the lease of another worker alone', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { lease: { owner: 'another', until: 99 } });
    await commitTokenSet(world.ports, { ...set, generation: 2 }, 'v2', 'me');
    expect(recordOf(world).lease).toEqual({ owner: 'another', until: 99 });
  });

  test.each([
    ['backwards', { generation: 4 }],
    ['to a second set of the same generation', { generation: 5 }],
    ['to an old consent', { consent: 1, generation: 99 }],
  ])('never moves the pointer %s', async (_, change) => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world, 'fitbit', { set: { consent: 2, generation: 5 } });
    expect(await commitTokenSet(world.ports, { ...set, ...change }, 'late')).toBe('superseded');
    expect(recordOf(world).pointer).toEqual(connection.pointer);
  });

  test('a consent that was reserved and abandoned does not hold up the chain in use', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation: 5 } });
    await reserve(world, 2);
    expect(await commitTokenSet(world.ports, { ...set, generation: 6 }, 'v6')).toBe('committed');

    // And a consent that was only slow follows, because it is greater.
    const consented = { ...set, consent: 2, generation: 1 };
    expect(await commitTokenSet(world.ports, consented, 'v1')).toBe('committed');
    expect(recordOf(world).pointer).toMatchObject({ consent: 2, generation: 1 });
  });

  test('a commit whose answer was lost is recognised when it is made again', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const next = { ...set, generation: 2 };
    await commitTokenSet(world.ports, next, 'v2');
    expect(await commitTokenSet(world.ports, next, 'v2')).toBe('committed');
  });

  test('a connection that is gone takes no pointer', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(createTestWorld());
    expect(await commitTokenSet(world.ports, set, 'v1')).toBe('superseded');
  });
});

describe('saveTokenSet', () => {
  test('tries again while the vault refuses, waiting longer each time', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const started = world.clock.now();
    jest
      .spyOn(world.vault, 'saveTokenSet')
      .mockImplementationOnce(unavailable)
      .mockImplementationOnce(() => Promise.reject(new Error('secret text')));
    expect(await saveTokenSet(world.ports, { ...set, generation: 2 })).toBe('version-2');
    expect(world.clock.now() - started).toBe(1_500);
    expect(world.log.entries).toEqual([
      {
        level: 'warn',
        event: 'token.save_failed',
        fields: { connection: 'wearer-1', consent: 1, generation: 2, attempt: 1, code: 'VAULT_UNAVAILABLE' },
      },
      {
        level: 'warn',
        event: 'token.save_failed',
        fields: { connection: 'wearer-1', consent: 1, generation: 2, attempt: 2 },
      },
    ]);
  });

  test('gives up after six attempts with a coded error that keeps the cause', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const save = jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    await expect(saveTokenSet(world.ports, set)).rejects.toMatchObject({
      code: 'TOKEN_NOT_SAVED',
      cause: { code: 'VAULT_UNAVAILABLE' },
    });
    expect(save).toHaveBeenCalledTimes(6);
  });
});
