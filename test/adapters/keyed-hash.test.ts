/** The key that makes itself: agreed on by every instance, kept in the vault, named in Tables. */
import { createHmac } from 'node:crypto';
import { startKeyVault, type KeyVaultEmulator } from '../../local/key-vault/emulator';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { connectKeyVault, type KeyStore } from '../../src/adapters/key-vault';
import { createKeyedHash } from '../../src/adapters/keyed-hash';
import type { KeyChoice } from '../../src/adapters/records';
import { AppError } from '../../src/errors';
import type { KeyedHash } from '../../src/ports';
import { Secret } from '../../src/secret';
import { appErrorOf } from '../support/error-of';
import { createMemoryTable, type MemoryTable } from '../support/memory-tables';

const credentialFor = createCredentialFor({ kind: 'developer' });
let emulator: KeyVaultEmulator;
let choices: MemoryTable<KeyChoice>;

/** An instance of the service, with nothing in its memory yet. */
const start = (vault: KeyStore = connect()): KeyedHash => createKeyedHash(vault, choices);
const connect = () => connectKeyVault({ uri: emulator.url, credentialFor, attemptMs: 5_000 });
const macOf = (instance: KeyedHash) => instance.mac('number', new Secret('+14255550123'));

/** Every version of the key, as the vault keeps it. */
const keys = () =>
  emulator
    .snapshot()
    .secrets.filter(({ name }) => name === 'link-key')
    .flatMap(({ versions }) => versions);

beforeAll(async () => {
  emulator = await startKeyVault({ port: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.restore({ secrets: [] });
  choices = createMemoryTable();
});

describe('the key', () => {
  test('is made at first use, of 256 random bits, and a row says which version of it counts', async () => {
    const instance = start();
    expect(keys()).toEqual([]);
    await macOf(instance);
    expect(keys().map(({ value }) => Buffer.from(value, 'base64url').length)).toEqual([32]);
    expect(choices.values()).toEqual([{ secretVersion: keys()[0]?.version }]);
  });

  test('is made once, however many ask for it at the same time', async () => {
    const instance = start();
    const macs = await Promise.all(Array.from({ length: 10 }, () => macOf(instance)));
    expect(new Set(macs).size).toBe(1);
    expect(keys()).toHaveLength(1);
  });

  test('is the same after a restart', async () => {
    const before = await macOf(start());
    expect(await macOf(start())).toBe(before);
    expect(keys()).toHaveLength(1);
  });

  test('is one for two instances that begin at once: the one whose row was written first counts', async () => {
    const macs = await Promise.all(Array.from({ length: 5 }, () => macOf(start())));
    expect(new Set(macs).size).toBe(1);
    expect(choices.values()).toHaveLength(1);
    // The keys of those who were too late are in the vault and stand for nothing.
    const counting = keys().find(({ version }) => version === choices.values()[0]?.secretVersion);
    expect(macs[0]).toBe(
      createHmac('sha256', counting!.value)
        .update(JSON.stringify(['number', '+14255550123']))
        .digest('base64url'),
    );
    expect(await macOf(start())).toBe(macs[0]);
  });

  test('of a later version in the vault does not count while the row names an earlier one', async () => {
    const before = await macOf(start());
    emulator.setSecret('link-key', 'put there by hand');
    expect(await macOf(start())).toBe(before);
  });

  test('that the vault does not hold in the version that the row names is VAULT_BEHIND, and no other is made', async () => {
    await macOf(start());
    emulator.restore({ secrets: [] });
    const instance = start();
    const error = await appErrorOf(macOf(instance));
    expect([error.code, error.message]).toEqual([
      'VAULT_BEHIND',
      'Key Vault does not hold the version of link-key that the records name.',
    ]);
    expect(keys()).toEqual([]);
  });

  test('of a vault that is brought forward again is found at the next call', async () => {
    const before = await macOf(start());
    const backup = emulator.snapshot();
    emulator.restore({ secrets: [] });
    const instance = start();
    await appErrorOf(macOf(instance));
    emulator.restore(backup);
    expect(await macOf(instance)).toBe(before);
  });

  test.each(['saveKey', 'readKey'] as const)(
    'is tried again at the next call when %s fails',
    async (name) => {
      const vault = connect();
      const down = new AppError('VAULT_UNAVAILABLE', 'Key Vault is down.');
      const broken: KeyStore = { ...vault, [name]: () => Promise.reject(down) };
      const instance = start(broken);
      await expect(macOf(instance)).rejects.toBe(down);
      Object.assign(broken, { [name]: vault[name] });
      expect(await macOf(instance)).toBe(await macOf(start()));
    },
  );

  test('whose row was lost is taken up again, and no STOP is forgotten', async () => {
    const before = await macOf(start());
    const key = { partition: 'key', row: 'link-key' };
    await choices.remove((await choices.get(key))!);
    expect(await macOf(start())).toBe(before);
    expect(keys()).toHaveLength(1);
  });

  test('is replaced by a new version of it whose row was deleted, as after a leak', async () => {
    const before = await macOf(start());
    await connect().saveKey('link-key', new Secret('a new one'));
    expect(await macOf(start())).toBe(before);
    const key = { partition: 'key', row: 'link-key' };
    await choices.remove((await choices.get(key))!);
    const after = await macOf(start());
    expect(after).not.toBe(before);
    expect(await macOf(start())).toBe(after);
  });

  test('whose row cannot be written is an error, and the next call takes the key that is there', async () => {
    const { insert } = choices;
    const unavailable = new AppError('TABLE_UNAVAILABLE', 'No answer.');
    choices.insert = () => Promise.reject(unavailable);
    const instance = start();
    await expect(macOf(instance)).rejects.toBe(unavailable);
    choices.insert = insert;
    expect(await macOf(instance)).toBe(await macOf(start()));
    expect(keys()).toHaveLength(1);
  });
});

describe('mac', () => {
  test('is 256 bits of base64url that show nothing of what they are made of', async () => {
    expect(await macOf(start())).toMatch(/^[\w-]{43}$/);
  });

  test('is another for every purpose and part, and none of them can run into the next', async () => {
    const { mac } = start();
    const macs = await Promise.all([
      mac('number', 'ab', 'c'),
      mac('number', 'a', 'bc'),
      mac('number', 'abc'),
      mac('number', 'ab","c'),
      mac('prefix', 'ab', 'c'),
      mac('number', 1),
      mac('number', '1'),
      mac('number'),
    ]);
    expect(new Set(macs).size).toBe(8);
  });

  test('takes a secret for what it holds', async () => {
    const { mac } = start();
    expect(await mac('number', new Secret('abc'))).toBe(await mac('number', 'abc'));
    expect(await mac('number', new Secret('abc'))).not.toBe(await mac('number', '[secret]'));
  });

  test('of another service is another', async () => {
    const mine = await macOf(start());
    emulator.restore({ secrets: [] });
    choices = createMemoryTable();
    expect(await macOf(start())).not.toBe(mine);
  });
});
