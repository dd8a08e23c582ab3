import { connectionKey } from '../../../src/domain/keys';
import {
  commitTokenSet,
  keepTokenSet,
  nextTokenSet,
  readCurrent,
  reserveNextPosition,
} from '../../../src/domain/rotation/token-sets';
import { AppError } from '../../../src/errors';
import type { TokenSet } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

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

  const { ports } = createTestWorld();
  const position = { consent: 2, generation: 8 };

  test('takes what the answer brings, counted from when it was asked for', () => {
    const next = nextTokenSet(
      ports,
      current,
      {
        accessToken: new Secret('access-8'),
        refreshToken: new Secret('refresh-8'),
        expiresInMs: 500,
        refreshExpiresInMs: 700,
        scopes: ['settings'],
      },
      position,
      10_000,
    );
    expect(next).toMatchObject({ consent: 2, generation: 8, issuedAt: 10_000, expiresAt: 10_500 });
    expect(next).toMatchObject({ refreshExpiresAt: 10_700, scopes: ['settings'], providerUserId: 'ABC123' });
    expect(next.accessToken.reveal()).toBe('access-8');
    expect(next.refreshToken.reveal()).toBe('refresh-8');
  });

  test('gets a journal key of its own', () => {
    const grant = { accessToken: new Secret('access-8'), expiresInMs: 500 };
    const [one, two] = [1, 2].map(() => nextTokenSet(ports, current, grant, position, 10_000));
    expect(one!.journalKey!.equals(two!.journalKey!)).toBe(false);
  });

  test('keeps the old refresh token, its end and the scopes when the answer has none', () => {
    const grant = { accessToken: new Secret('access-8'), expiresInMs: 500 };
    const next = nextTokenSet(ports, current, grant, position, 10_000);
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

  test('a restored vault is good enough where the refresh token does not rotate: the next set follows the pointer', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world, 'google-health', { set: { generation: 5 } });
    const [saved] = world.vault.saved;
    world.vault.saved.splice(0, 1, { ...saved!, version: 'restored', set: { ...saved!.set, generation: 2 } });
    expect(await readCurrent(world.ports, connection)).toEqual({ ...set, generation: 5 });
    expect(world.log.entries).toEqual([
      { level: 'warn', event: 'vault.restored', fields: { connection: 'wearer-1', generation: 2 } },
    ]);
  });

  test('a restored vault that holds an older consent only is an alarm there too', async () => {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world, 'google-health', { set: { consent: 2 } });
    world.vault.saved.splice(0);
    await world.vault.saveTokenSet({ ...set, consent: 1, generation: 9 });
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
  test('moves the pointer forward, clears what failures left and leaves the lease alone', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', {
      failedAttempt: { at: 1, code: 'RATE_LIMITED' },
      failingSince: 1,
      refusal: { consent: 1, generation: 1, firstAt: 1, confirmedAt: 2 },
      lease: { owner: 'another', until: 99 },
    });
    const next = { ...set, generation: 2, issuedAt: 77, expiresAt: 88 };
    expect(await commitTokenSet(world.ports, next, 'v2')).toBe('committed');
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
    expect(await commitTokenSet(world.ports, consented, version)).toBe('committed');
    expect(world.vault.saved.map((saved) => saved.set.consent)).toEqual([2]);

    jest.spyOn(world.vault, 'deleteTokenSets').mockImplementation(unavailable);
    expect(await commitTokenSet(world.ports, { ...set, consent: 3, generation: 1 }, 'v3')).toBe('committed');
    expect(world.log.events()).toEqual(['token.old_consent_kept']);
  });

  test('meets the tombstone of a connection that was closed meanwhile', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { closedAt: 1 });
    expect(await commitTokenSet(world.ports, { ...set, generation: 2 }, 'v2')).toBe('closed');
    expect(recordOf(world).pointer?.generation).toBe(1);
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

  test('a connection that is gone counts as closed', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(createTestWorld());
    expect(await commitTokenSet(world.ports, set, 'v1')).toBe('closed');
  });
});

describe('keepTokenSet', () => {
  const saveMs = 300_000;

  test('tries the vault again while it refuses, waiting longer each time', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const started = world.clock.now();
    jest
      .spyOn(world.vault, 'saveTokenSet')
      .mockImplementationOnce(unavailable)
      .mockImplementationOnce(() => Promise.reject(new Error('secret text')));
    expect(await keepTokenSet(world.ports, { ...set, generation: 2 }, { saveMs })).toEqual({
      version: 'version-2',
    });
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

  test('writes the journal at once when the vault refuses, and still prefers the vault', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    jest
      .spyOn(world.vault, 'saveTokenSet')
      .mockImplementationOnce(unavailable)
      .mockImplementationOnce(unavailable);
    const kept = await keepTokenSet(world.ports, { ...set, generation: 2 }, { previous: set, saveMs });
    expect(kept).toEqual({ version: 'version-2' });
    expect(world.journal.values()).toMatchObject([{ consent: 1, generation: 2 }]);
  });

  test('is content with the journal when the vault stays down for as long as a lease', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const next = { ...set, generation: 2, refreshToken: new Secret('refresh-2') };
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    expect(await keepTokenSet(world.ports, next, { previous: set, saveMs })).toBe('journalled');
    expect(JSON.stringify(world.journal.values())).not.toContain('refresh-2');
    const [entry] = await world.ports.journal.read(set);
    expect(entry?.set.refreshToken.reveal()).toBe('refresh-2');
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
    expect(await keepTokenSet(world.ports, { ...set, generation: 2 }, { previous: set, saveMs })).toBe(
      'journalled',
    );
    expect(world.clock.now() - started).toBeGreaterThanOrEqual(100_000);
  });

  test('gives up in the end with a coded error that keeps the cause', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world);
    const started = world.clock.now();
    jest.spyOn(world.vault, 'saveTokenSet').mockImplementation(unavailable);
    await expect(keepTokenSet(world.ports, set, { saveMs })).rejects.toMatchObject({
      code: 'TOKEN_NOT_SAVED',
      cause: { code: 'VAULT_UNAVAILABLE' },
    });
    expect(world.clock.now() - started).toBeGreaterThanOrEqual(saveMs);
  });
});

describe('the journal', () => {
  async function journalled() {
    const world = createTestWorld();
    const { connection, set } = await connectWearer(world);
    const next = { ...set, generation: 2, refreshToken: new Secret('refresh-2'), journalKey: set.journalKey };
    await world.ports.journal.write(set, next);
    return { world, connection, set, next };
  }

  test('is finished by whoever reads next: saved, committed, and exactly that row deleted', async () => {
    const { world, connection, next } = await journalled();
    const other = { ...next, connection: 'wearer-2' };
    await world.ports.journal.write(other, { ...other, generation: 3 });

    expect(await readCurrent(world.ports, connection)).toEqual(next);

    expect(recordOf(world).pointer).toMatchObject({ generation: 2, secretVersion: 'version-2' });
    expect(world.journal.values()).toMatchObject([{ generation: 3 }]);
  });

  test('keeps the first row of a position', async () => {
    const { world, set, next } = await journalled();
    await world.ports.journal.write(set, { ...next, refreshToken: new Secret('another') });
    const entries = await world.ports.journal.read(set);
    expect(entries.map((entry) => entry.set.refreshToken.reveal())).toEqual(['refresh-2']);
  });

  test('a row that is not ahead of the vault changes nothing', async () => {
    const { world, connection, next } = await journalled();
    await world.vault.saveTokenSet({ ...next, generation: 5 });
    expect((await readCurrent(world.ports, connection))?.generation).toBe(5);
  });

  test('is not looked at for a provider whose refresh token stays', async () => {
    const world = createTestWorld();
    const { connection } = await connectWearer(world, 'google-health');
    const read = jest.spyOn(world.ports.journal, 'read');
    await readCurrent(world.ports, connection);
    expect(read).not.toHaveBeenCalled();
  });
});

describe('reserveNextPosition', () => {
  test('is the next generation of the same consent', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation: 399 } });
    expect(await reserveNextPosition(world.ports, {}, set)).toEqual({ consent: 1, generation: 400 });
    expect(recordOf(world).consentReserved).toBe(1);
  });

  test('is a fresh consent number before the secret has too many versions', async () => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation: 400 } });
    expect(await reserveNextPosition(world.ports, {}, set)).toEqual({ consent: 2, generation: 1 });
    expect(recordOf(world).consentReserved).toBe(2);
  });

  test('of a connection that is gone is a coded error', async () => {
    const { set } = await connectWearer(createTestWorld(), 'fitbit', { set: { generation: 400 } });
    await expect(reserveNextPosition(createTestWorld().ports, {}, set)).rejects.toMatchObject({
      code: 'CONNECTION_UNKNOWN',
    });
  });
});

test('a record in hand that is older than a reconnect is read again instead of raising an alarm', async () => {
  const world = createTestWorld();
  const { connection, set } = await connectWearer(world);
  await reserve(world, 2);
  const consented = { ...set, consent: 2, generation: 1 };
  await commitTokenSet(world.ports, consented, await world.vault.saveTokenSet(consented));
  expect(await readCurrent(world.ports, connection)).toEqual(consented);
});
