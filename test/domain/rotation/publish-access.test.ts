import { AppError } from '../../../src/errors';
import { disconnect } from '../../../src/domain/rotation/disconnect';
import { publishAccess } from '../../../src/domain/rotation/publish-access';
import { publishedName, withdrawAccess } from '../../../src/domain/rotation/published-secret';
import { rotateToken } from '../../../src/domain/rotation/rotate-token';
import { endSharing } from '../../../src/domain/wearer/personal-page';
import { connectionKey } from '../../../src/domain/store/row-keys';
import { change } from '../../../src/domain/store/compare-and-swap';
import type { Connection, ProviderId, TokenSet } from '../../../src/model';
import type { Ports } from '../../../src/ports';
import { expectDiscreet } from '../../support/discretion';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../../support/world';

const sharedWith = 'a sleep study';
const policy = { ...createTestWorld().ports.policy, sharedWith, publishesTokens: true };
const name = 'access-token-participant-17';
const minute = 60_000;

let world: TestWorld;
let ports: TestWorld['ports'];
let startedAt: number;
beforeEach(() => {
  world = createTestWorld({ policy });
  ({ ports } = world);
  startedAt = world.clock.now();
});
afterEach(() => expectDiscreet(world));

const connect = (provider: ProviderId, set: Partial<TokenSet> = {}, more: Partial<Connection> = {}) =>
  connectWearer(world, provider, { sharedWith, label: 'participant-17', ...more, set });
/** Good for an hour, as Google's are. */
const anHour = () => ({ issuedAt: startedAt, expiresAt: startedAt + 60 * minute });
const googleToken = (nth: number) =>
  world.http.script(answer(200, { access_token: `access-${nth}`, expires_in: 3_600 }));
const publish = async (as: TestWorld['ports'] = ports) => {
  const result = await publishAccess(as, 'wearer-1');
  return result.ok ? result.value : result.code;
};
const standing = () => world.publishedTokens.versions.get(name)?.at(-1);
const written = () =>
  world.publishedTokens.versions.get(name)?.map(({ accessToken }) => accessToken.reveal());
const update = (to: (before: Connection) => Connection) =>
  change(world.tables.connections, connectionKey('wearer-1'), to);

describe('the name of a published secret', () => {
  const id = '0123456789abcdef0123456789abcdef';
  test.each([
    ['participant-17', 'access-token-participant-17'],
    ['x'.repeat(64), `access-token-${'x'.repeat(64)}`],
    ['Participant-17', `access-token-${id}`],
    ['participant_17', `access-token-${id}`],
    ['a@b.example', `access-token-${id}`],
    ['müller', `access-token-${id}`],
    ['fedcba9876543210fedcba9876543210', `access-token-${id}`],
    [undefined, `access-token-${id}`],
  ])('of a connection with the label %s is %s', (label, expected) => {
    expect(publishedName({ id, label })).toBe(expected);
    expect(expected).toMatch(/^[0-9a-zA-Z-]{1,127}$/);
  });
});

describe('a published access token', () => {
  test('is the one in use, with its end, provider and scopes, and is written once', async () => {
    await connect('google-health', anHour());
    expect([await publish(), await publish()]).toEqual(['published', 'unchanged']);
    expect(world.publishedTokens.versions.get(name)).toEqual([
      expect.objectContaining({
        connection: 'wearer-1',
        provider: 'google-health',
        expiresAt: startedAt + 60 * minute,
        scopes: ['settings'],
      }),
    ]);
    expect(written()).toEqual(['access-1']);
    expect(recordOf(world).published).toMatchObject({ name, consent: 1, generation: 1 });
  });

  test('is good for half an hour at every moment of a day, looked at every five minutes, and no token set gets a version', async () => {
    await connect('google-health', anHour());
    const versions = world.vault.saved.length;
    let shortest = Infinity;
    for (let nth = 2; world.clock.now() - startedAt < 24 * 60 * minute;) {
      const isDue = !standing() || standing()!.expiresAt - world.clock.now() <= 40 * minute;
      if (isDue && standing()) googleToken(nth++);
      await publish();
      world.clock.advance(5 * minute - 1);
      shortest = Math.min(shortest, standing()!.expiresAt - world.clock.now());
      world.clock.advance(1);
    }
    expect(shortest).toBeGreaterThanOrEqual(30 * minute);
    expect(written()!.length).toBeLessThanOrEqual(72);
    expect(world.vault.saved).toHaveLength(versions);
  });

  test('of Fitbit is followed by that of the next rotation, without a refresh of its own', async () => {
    await connect('fitbit', { issuedAt: startedAt, expiresAt: startedAt + 8 * 60 * minute });
    await publish();
    world.clock.advance(6 * 60 * minute);
    expect(await publish()).toBe('unchanged');
    world.http.script(answer(200, tokens(2)));
    await rotateToken(ports, 'wearer-1', { by: 'run', startedAt: world.clock.now() });
    expect(await publish()).toBe('published');
    expect(written()).toEqual(['access-1', 'access-2']);
  });

  test.each([
    ['is not shared', { sharedWith: undefined }, 'withdrawn'],
    ['is shared with somebody else', { sharedWith: 'another study' }, 'withdrawn'],
    ['is closed', { closedAt: 1 }, 'CONNECTION_UNKNOWN'],
  ])('there is none of a connection that %s', async (_, more, outcome) => {
    await connect('fitbit', {}, more);
    expect([await publish(), world.publishedTokens.versions.size]).toEqual([outcome, 0]);
  });

  test('there is none without the setting', async () => {
    await connect('fitbit');
    await publish({ ...ports, policy: { ...policy, publishesTokens: false } });
    expect(world.publishedTokens.versions.size).toBe(0);
  });
});

describe('the secret is removed', () => {
  test('at once when the wearer ends the sharing, and comes back after a new consent', async () => {
    await connect('fitbit');
    await publish();
    await endSharing(ports, 'wearer-1');
    expect([standing(), recordOf(world).published]).toEqual([undefined, undefined]);
    await update((before) => ({ ...before, sharedWith }));
    expect(await publish()).toBe('published');
    expect(written()).toEqual(['access-1', 'access-1']);
  });

  test('by the next look when the vault did not answer', async () => {
    await connect('fitbit');
    await publish();
    const broken = { ...world.publishedTokens, remove: () => Promise.reject(new Error('down')) };
    await endSharing({ ...ports, publishedTokens: broken }, 'wearer-1');
    expect(standing()).toBeDefined();
    expect([await publish(), standing()]).toEqual(['withdrawn', undefined]);
  });

  test('and purged with the token sets when the wearer leaves', async () => {
    await connect('fitbit');
    await publish();
    world.http.script(answer(200, ''));
    await disconnect(ports, 'wearer-1');
    expect([world.publishedTokens.versions.size, world.publishedTokens.deleted.size]).toEqual([0, 0]);
  });

  test('also when the operator has disabled it, because a wearer can always leave', async () => {
    await connect('fitbit');
    await publish();
    world.publishedTokens.read = () => Promise.reject(new AppError('SECRET_DISABLED', 'It is disabled.'));
    world.http.script(answer(200, ''));
    await disconnect(ports, 'wearer-1');
    expect([world.publishedTokens.versions.size, world.vault.saved.length]).toEqual([0, 0]);
  });

  test('by the worker itself that has written under a name that has gone to nobody or to another meanwhile', async () => {
    await connect('fitbit');
    const { write } = world.publishedTokens;
    world.publishedTokens.write = async (...given) => {
      world.publishedTokens.write = write;
      await update((before) => ({ ...before, label: 'participant-18' }));
      return write(...given);
    };
    await publish();
    expect([...world.publishedTokens.versions.keys()]).toEqual(['access-token-participant-18']);
  });

  test('from the old name when the label changes, unless another connection has that name now', async () => {
    await connect('fitbit');
    await publish();
    await update((before) => ({ ...before, label: 'participant-18' }));
    await publish();
    expect([...world.publishedTokens.versions.keys()]).toEqual(['access-token-participant-18']);

    await connectWearer(world, 'fitbit', { id: 'wearer-2', sharedWith, label: 'participant-18' });
    await update((before) => ({ ...before, label: 'participant-19' }));
    await publishAccess(ports, 'wearer-2');
    await publish();
    const owners = [...world.publishedTokens.versions].map(([key, all]) => [key, all.at(-1)!.connection]);
    expect(owners).toEqual([
      ['access-token-participant-18', 'wearer-2'],
      ['access-token-participant-19', 'wearer-1'],
    ]);
  });
});

describe('workers that die or come late', () => {
  test('a look after a worker that was killed before its write publishes what it had noted', async () => {
    await connect('fitbit');
    const killed = { ...world.publishedTokens, write: () => Promise.reject(new Error('killed')) };
    await expect(publish({ ...ports, publishedTokens: killed })).rejects.toThrow('killed');
    expect([recordOf(world).published?.name, standing()]).toEqual([name, undefined]);
    expect([await publish(), written()]).toEqual(['published', ['access-1']]);
  });

  /** Another worker rotates and publishes while this one stands still before its write. */
  const overtakenBeforeWrite = (): Ports['publishedTokens'] => {
    let isFirst = true;
    return {
      ...world.publishedTokens,
      write: async (at, secret, token) => {
        if (isFirst) {
          isFirst = false;
          world.http.script(answer(200, tokens(2)));
          await rotateToken(ports, 'wearer-1', { by: 'operator' });
          await publish();
        }
        await world.publishedTokens.write(at, secret, token);
      },
    };
  };

  test('a late worker writes an older token over a newer one and puts it right itself', async () => {
    await connect('fitbit');
    expect(await publish({ ...ports, publishedTokens: overtakenBeforeWrite() })).toBe('published');
    expect(written()).toEqual(['access-2', 'access-1', 'access-2']);
  });

  test('a late worker that dies after its write is put right by the next look', async () => {
    await connect('fitbit');
    const late = overtakenBeforeWrite();
    const dies: Ports['publishedTokens'] = {
      ...late,
      write: async (...order) => {
        await late.write(...order);
        throw new Error('killed');
      },
    };
    await expect(publish({ ...ports, publishedTokens: dies })).rejects.toThrow('killed');
    expect(written()).toEqual(['access-2', 'access-1']);
    expect([await publish(), written()]).toEqual(['published', ['access-2', 'access-1', 'access-2']]);
  });

  test('a worker whose wearer leaves while it writes removes what it wrote', async () => {
    await connect('fitbit');
    const leaves: Ports['publishedTokens'] = {
      ...world.publishedTokens,
      write: async (...order) => {
        await update((before) => ({ ...before, closedAt: startedAt }));
        await world.publishedTokens.write(...order);
      },
    };
    expect([await publish({ ...ports, publishedTokens: leaves }), standing()]).toEqual([
      'withdrawn',
      undefined,
    ]);
  });

  test('withdrawing twice is no harm', async () => {
    await connect('fitbit');
    await publish();
    const record = recordOf(world);
    await withdrawAccess(ports, record);
    await withdrawAccess(ports, record);
    expect(standing()).toBeUndefined();
  });
});
