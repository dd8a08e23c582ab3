import { connectionKey } from '../../../src/domain/store/row-keys';
import { commitTokenSet, storeTokenSet } from '../../../src/domain/rotation/store-token-set';
import { AppError } from '../../../src/errors';
import type { Connection } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { connectWearer, createTestWorld, holdRecord, recordOf, type TestWorld } from '../../support/world';

const unavailable = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.'));

async function reserve(world: TestWorld, consentReserved: number): Promise<void> {
  const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
  await world.tables.connections.replace(row, { ...row.value, consentReserved });
}

describe('commitTokenSet', () => {
  test('moves the pointer forward, clears what failures left and leaves the lease alone', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', {
      failedAttempt: { at: 1, code: 'RATE_LIMITED' },
      failingSince: 1,
      refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
      lease: { owner: 'another', until: 99 },
    });
    const next = { ...set, generation: 2, issuedAt: 77, expiresAt: 88 };
    expect(await commitTokenSet(world.ports, await holdRecord(world), { set: next, version: 'v2' })).toBe(
      'committed',
    );
    expect(recordOf(world)).toMatchObject({
      pointer: { consent: 1, generation: 2, secretVersion: 'v2', rotatedAt: 77, expiresAt: 88 },
      failedAttempt: undefined,
      failingSince: undefined,
      refusal: undefined,
      lease: { owner: 'another', until: 99 },
    });
  });

  test('deletes the secret of the consent before, and is none the worse when that fails', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const consented = { ...set, consent: 2, generation: 1 };
    const version = await world.vault.saveTokenSet(consented);
    expect(await commitTokenSet(world.ports, await holdRecord(world), { set: consented, version })).toBe(
      'committed',
    );
    expect(world.vault.saved.map((saved) => saved.set.consent)).toEqual([2]);

    jest.spyOn(world.vault, 'deleteTokenSets').mockImplementation(unavailable);
    expect(
      await commitTokenSet(world.ports, await holdRecord(world), {
        set: { ...set, consent: 3, generation: 1 },
        version: 'v3',
      }),
    ).toBe('committed');
    expect(world.log.events()).toEqual(['token.old_consent_kept']);
  });

  test('meets the tombstone of a connection that was closed meanwhile', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { closedAt: 1 });
    expect(
      await commitTokenSet(world.ports, await holdRecord(world), {
        set: { ...set, generation: 2 },
        version: 'v2',
      }),
    ).toBe('closed');
    expect(recordOf(world).pointer?.generation).toBe(1);
  });

  test.each([
    ['backwards', { generation: 4 }],
    ['to a second set of the same generation', { generation: 5 }],
    ['to an old consent', { consent: 1, generation: 99 }],
  ])('never moves the pointer %s', async (_, change) => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world, 'fitbit', { set: { consent: 2, generation: 5 } });
    expect(
      await commitTokenSet(world.ports, await holdRecord(world), {
        set: { ...set, ...change },
        version: 'late',
      }),
    ).toBe('superseded');
    expect(recordOf(world).pointer).toEqual(connection.pointer);
  });

  test('a consent that was reserved and abandoned does not hold up the chain in use', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation: 5 } });
    await reserve(world, 2);
    expect(
      await commitTokenSet(world.ports, await holdRecord(world), {
        set: { ...set, generation: 6 },
        version: 'v6',
      }),
    ).toBe('committed');

    // And a consent that was only slow follows, because it is greater.
    const consented = { ...set, consent: 2, generation: 1 };
    expect(
      await commitTokenSet(world.ports, await holdRecord(world), { set: consented, version: 'v1' }),
    ).toBe('committed');
    expect(recordOf(world).pointer).toMatchObject({ consent: 2, generation: 1 });
  });

  test('a commit whose answer was lost is recognised when it is made again', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const next = { ...set, generation: 2 };
    await commitTokenSet(world.ports, await holdRecord(world), { set: next, version: 'v2' });
    expect(await commitTokenSet(world.ports, await holdRecord(world), { set: next, version: 'v2' })).toBe(
      'committed',
    );
  });

  test('a connection that is gone counts as closed', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const record = await holdRecord(world);
    await world.tables.connections.remove((await world.tables.connections.get(connectionKey('wearer-1')))!);
    const next = { ...set, generation: 2 };
    expect(await commitTokenSet(world.ports, record, { set: next, version: 'v1' })).toBe('closed');
  });

  test('changes the record further in the same write', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const writes = jest.spyOn(world.tables.connections, 'replace');
    const patch = (after: Connection) => ({ ...after, sharedWith: 'a sleep study' });
    const next = { ...set, generation: 2 };
    expect(
      await commitTokenSet(world.ports, await holdRecord(world), { set: next, version: 'v2' }, patch),
    ).toBe('committed');
    expect(recordOf(world)).toMatchObject({ sharedWith: 'a sleep study', pointer: { generation: 2 } });
    expect(writes).toHaveBeenCalledTimes(1);
  });
});

describe('storeTokenSet', () => {
  const saveMs = 300_000;

  test('tries the vault again while it refuses, waiting longer each time', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const started = world.clock.now();
    jest
      .spyOn(world.vault, 'saveTokenSet')
      .mockImplementationOnce(unavailable)
      .mockImplementationOnce(() => Promise.reject(new Error('secret text')));
    expect(
      await storeTokenSet(world.ports, await holdRecord(world), { ...set, generation: 2 }, { saveMs }),
    ).toBe('committed');
    expect(world.clock.now() - started).toBe(750);
    const fields = { connection: 'wearer-1', consent: 1, generation: 2 };
    expect(world.log.entries).toEqual([
      {
        level: 'warn',
        event: 'token.save_failed',
        fields: { ...fields, attempt: 1, code: 'VAULT_UNAVAILABLE' },
      },
      { level: 'warn', event: 'token.save_failed', fields: { ...fields, attempt: 2, code: 'UNEXPECTED' } },
    ]);
  });

  test('writes the journal at once when the vault refuses, still prefers the vault, and leaves nothing behind', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    jest
      .spyOn(world.vault, 'saveTokenSet')
      .mockImplementationOnce(unavailable)
      .mockImplementationOnce(unavailable);
    const insert = jest.spyOn(world.journal, 'insert');
    const kept = await storeTokenSet(
      world.ports,
      await holdRecord(world),
      { ...set, generation: 2 },
      { previous: set, saveMs },
    );
    expect(kept).toBe('committed');
    expect(recordOf(world).pointer).toMatchObject({ generation: 2, secretVersion: 'version-2' });
    expect(insert.mock.calls.map(([key]) => key.row)).toEqual(['00000001-00000002']);
    expect(world.journal.values()).toEqual([]);
  });

  test('is content with the journal when the vault stays down for as long as a lease', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const next = { ...set, generation: 2, refreshToken: new Secret('refresh-2') };
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    expect(await storeTokenSet(world.ports, await holdRecord(world), next, { previous: set, saveMs })).toBe(
      'journalled',
    );
    expect(JSON.stringify(world.journal.values())).not.toContain('refresh-2');
    const [entry] = await world.ports.journal.read(set);
    expect(entry?.refreshToken.reveal()).toBe('refresh-2');
  });

  test('goes on while vault and journal both refuse, until one of them takes it', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const started = world.clock.now();
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    jest
      .spyOn(world.journal, 'insert')
      .mockImplementation((key, value) =>
        world.clock.now() - started < 100_000 ? unavailable() : Promise.resolve({ key, value, etag: '' }),
      );
    expect(
      await storeTokenSet(
        world.ports,
        await holdRecord(world),
        { ...set, generation: 2 },
        { previous: set, saveMs },
      ),
    ).toBe('journalled');
    expect(world.clock.now() - started).toBeGreaterThanOrEqual(100_000);
  });

  test('gives up in the end with a coded error that keeps the cause', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const started = world.clock.now();
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    await expect(storeTokenSet(world.ports, await holdRecord(world), set, { saveMs })).rejects.toMatchObject({
      code: 'TOKEN_NOT_SAVED',
      cause: { code: 'VAULT_UNAVAILABLE' },
    });
    expect(world.clock.now() - started).toBeGreaterThanOrEqual(saveMs);
  });
});
