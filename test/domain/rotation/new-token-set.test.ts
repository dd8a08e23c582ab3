import { connectionKey } from '../../../src/domain/store/row-keys';
import {
  nextTokenSet,
  reserveConsent,
  reserveNextPosition,
} from '../../../src/domain/rotation/new-token-set';
import type { TokenSet } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { connectWearer, createTestWorld, holdLease, holdRecord, recordOf } from '../../support/world';

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
      { position, requestedAt: 10_000 },
    );
    expect(next).toMatchObject({ consent: 2, generation: 8, issuedAt: 10_000, expiresAt: 10_500 });
    expect(next).toMatchObject({ refreshExpiresAt: 10_700, scopes: ['settings'], providerUserId: 'ABC123' });
    expect(next.accessToken.reveal()).toBe('access-8');
    expect(next.refreshToken.reveal()).toBe('refresh-8');
  });

  test('gets a journal key of its own', () => {
    const grant = { accessToken: new Secret('access-8'), expiresInMs: 500 };
    const [one, two] = [1, 2].map(() =>
      nextTokenSet(ports, current, grant, { position, requestedAt: 10_000 }),
    );
    expect(one!.journalKey!.equals(two!.journalKey!)).toBe(false);
  });

  test('keeps the old refresh token, its end and the scopes when the answer has none', () => {
    const grant = { accessToken: new Secret('access-8'), expiresInMs: 500 };
    const next = nextTokenSet(ports, current, grant, { position, requestedAt: 10_000 });
    expect(next.refreshToken.reveal()).toBe('refresh-7');
    expect(next).toMatchObject({ refreshExpiresAt: 9_000_000, scopes: ['settings', 'profile'] });
  });
});

describe('reserveNextPosition', () => {
  const at = async (generation: number) => {
    const world = createTestWorld();
    const { set } = await connectWearer(world, 'fitbit', { set: { generation } });
    return { world, set, lease: await holdLease(world) };
  };

  test('is the next generation of the same consent', async () => {
    const { world, set, lease } = await at(399);
    expect(await reserveNextPosition(lease, set)).toEqual({ consent: 1, generation: 400 });
    expect(recordOf(world).consentReserved).toBe(1);
  });

  test('is a fresh consent number before the secret has too many versions, the same for everybody who follows this set', async () => {
    const { world, set, lease } = await at(400);
    const opened = { consent: 2, generation: 1 };
    expect(await reserveNextPosition(lease, set)).toEqual(opened);
    expect(await reserveNextPosition(await holdLease(world), set)).toEqual(opened);
    expect(recordOf(world)).toMatchObject({
      consentReserved: 2,
      rollover: { consent: 2, follows: { consent: 1, generation: 400 } },
    });
  });

  test('of another set is another number', async () => {
    const { world, set, lease } = await at(400);
    await reserveNextPosition(lease, set);
    const later = { consent: 2, generation: 400 };
    expect(await reserveNextPosition(lease, later)).toEqual({ consent: 3, generation: 1 });
    expect(recordOf(world).rollover).toEqual({ consent: 3, follows: later });
  });

  test('is nothing once the lease has passed to somebody else', async () => {
    const { world, set } = await at(400);
    const lost = { changeWhileMine: () => Promise.resolve(undefined) };
    expect(await reserveNextPosition(lost, set)).toBeUndefined();
    expect(recordOf(world).consentReserved).toBe(1);
  });
});

describe('reserveConsent', () => {
  test('gives out each number once, and changes the record further in the same write', async () => {
    const world = createTestWorld();
    await connectWearer(world);
    const record = await holdRecord(world);
    const writes = jest.spyOn(world.tables.connections, 'replace');
    expect(await reserveConsent(record, (before) => ({ ...before, confirmBy: 7 }))).toBe(2);
    expect(await reserveConsent(await holdRecord(world))).toBe(3);
    expect(recordOf(world)).toMatchObject({ consentReserved: 3, confirmBy: 7 });
    expect(writes).toHaveBeenCalledTimes(2);
  });

  test('of a connection that is gone is a coded error', async () => {
    const world = createTestWorld();
    await connectWearer(world);
    const record = await holdRecord(world);
    await world.tables.connections.remove((await world.tables.connections.get(connectionKey('wearer-1')))!);
    await expect(reserveConsent(record)).rejects.toMatchObject({ code: 'CONNECTION_UNKNOWN' });
  });
});
