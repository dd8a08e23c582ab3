import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeptFolder, keepFor } from '../../local/kept';
import { createSecretLedger } from '../../local/simulators/secret-ledger';
import { createFitbitGrants } from '../../local/simulators/fitbit-grants';
import { createGoogleGrants } from '../../local/simulators/google-health-grants';
import { createWearers } from '../../local/simulators/wearers';
import { inMemory, type Keep } from '../../local/kept';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kept-')), 'world');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Opens the folder, works in it, and closes it again. */
async function during<T>(work: (keep: Keep) => T): Promise<T> {
  const opened = openKeptFolder(folder);
  try {
    return work(opened.keep);
  } finally {
    await opened.close();
  }
}

describe('a kept folder', () => {
  test('gives the maps back in their order, each under its own name', async () => {
    await during((keep) => {
      const texts = keep<{ body: string; tag?: string | undefined }>('texts');
      texts.set('b', { body: 'first', tag: undefined }).set('a', { body: 'second' });
      texts.set('b', { body: 'first, changed' });
      texts.set('c', { body: 'gone' });
      texts.delete('c');
      keepFor('other', keep)('texts').set('b', 'another');
      keep('cleared').set('a', 1);
      keep('cleared').clear();
    });
    const [texts, others, cleared] = await during((keep) => [
      [...keep('texts')],
      [...keepFor('other', keep)('texts')],
      [...keep('cleared')],
    ]);
    expect(texts).toEqual([
      ['b', { body: 'first, changed' }],
      ['a', { body: 'second' }],
    ]);
    expect(others).toEqual([['b', 'another']]);
    expect(cleared).toEqual([]);
  });

  test('can be read by its owner only', async () => {
    await during(() => undefined);
    const modes = ['', 'azurite', 'world.sqlite'].map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  test('is for one program at a time', async () => {
    await during(() => {
      expect(() => openKeptFolder(folder)).toThrow(
        `The folder ${folder} is used by another npm start. Name another one with --keep=<folder>.`,
      );
    });
    await expect(during(() => 'free again')).resolves.toBe('free again');
  });

  test('with something else in place of its file is refused, and nothing is overwritten', async () => {
    await during(() => undefined);
    writeFileSync(
      join(folder, 'world.sqlite'),
      'a letter to a friend, longer than a header of SQLite would be',
    );
    expect(() => openKeptFolder(folder)).toThrow(`The folder ${folder} cannot be used to keep a world.`);
  });
});

describe('what the simulators keep', () => {
  const now = (): number => 1_800_000_000_000;
  const parts = { now, ledger: createSecretLedger() };
  const read = (answer: string | undefined) => JSON.parse(answer ?? '{}') as Record<string, string>;

  test('a refresh token of Fitbit works after a new start, once, and its answer can be repeated', async () => {
    const consent = { wearerId: 'ada', clientId: 'local-client', scopes: ['settings'], legacyUserId: 'ABC' };
    const open = (keep: Keep) =>
      createFitbitGrants({ ...parts, keep, repeatWindowMs: 120_000, reuseRevokesChain: false });
    const refresh = (keep: Keep, refreshToken: string) =>
      open(keep).refresh({ refreshToken, clientId: 'local-client', request: 'same', accessTokenMs: 1_000 });
    const first = read(await during((keep) => open(keep).issue(consent, 1_000)));
    const second = await during((keep) => refresh(keep, first['refresh_token']!));
    expect(await during((keep) => refresh(keep, first['refresh_token']!))).toBe(second);
    await during((keep) => {
      const grants = open(keep);
      const token = grants.findAccessToken(read(second)['access_token'])!;
      expect(grants.isLive(token)).toBe(true);
      grants.noteUse(token);
    });
    expect(await during((keep) => refresh(keep, first['refresh_token']!))).toBeUndefined();
    expect(await during((keep) => open(keep).insight.currentRefreshToken('ada'))).toBe(
      read(second)['refresh_token'],
    );
  });

  test('a grant of Google stays, and stays ended once it was revoked', async () => {
    const consent = { wearerId: 'ada', clientId: 'local-client', scopes: ['s'], offline: true };
    const open = (keep: Keep) => createGoogleGrants({ ...parts, keep, accessTokenMs: 3_600_000 });
    const { refresh_token } = read(
      await during((keep) => open(keep).issue({ ...consent, refreshTokenLifeMs: undefined })),
    );
    const { access_token } = read(await during((keep) => open(keep).refresh(refresh_token!, 'local-client')));
    expect(await during((keep) => open(keep).isLive(open(keep).findAccessToken(access_token)!))).toBe(true);
    await during((keep) => open(keep).revoke(refresh_token!));
    expect(await during((keep) => open(keep).refresh(refresh_token!, 'local-client'))).toBeUndefined();
    expect(await during((keep) => open(keep).isLive(open(keep).findAccessToken(access_token)!))).toBe(false);
  });

  test('a battery goes on where it was, and a silent device stays silent', async () => {
    let at = now();
    const battery = { percent: 80, since: at, drainPerHour: 1 };
    const open = (keep: Keep) => {
      const wearers = createWearers({ now: () => at, keep });
      const device = { id: 'device', kind: 'TRACKER', model: 'Charge 6', battery } as const;
      wearers.add({ id: 'ada', name: 'Ada', devices: [device] });
      return wearers;
    };
    const look = (keep: Keep) => open(keep).get('ada')!.devices()[0];
    await during((keep) => open(keep).setBattery('device', { percent: 50 }));
    at += 3_600_000;
    await during((keep) => open(keep).stopSyncing('device'));
    at += 3_600_000;
    expect(await during(look)).toMatchObject({ batteryLevel: 49, truth: { percent: 48, syncing: false } });
    expect(look(inMemory)).toMatchObject({ batteryLevel: 78, truth: { percent: 78, syncing: true } });
  });
});
