import * as keys from '../../../src/domain/store/row-keys';

const hex = /^[0-9a-f]+$/;

describe('keys of records', () => {
  test('a connection is found by its id, in one of 16 partitions', () => {
    const ids = Array.from({ length: 400 }, (_, index) => `connection-${index}`);
    const made = ids.map(keys.connectionKey);
    expect(made.map(({ row }) => row)).toEqual(ids);
    expect([...new Set(made.map(({ partition }) => partition))].sort()).toEqual([...'0123456789abcdef']);
    expect(keys.connectionKey('connection-7')).toEqual(keys.connectionKey('connection-7'));
  });

  test('an identity is found by provider and user id, and its key gives neither away', () => {
    const key = keys.identityKey('fitbit', 'A1B2C3');
    expect(key).toEqual(keys.identityKey('fitbit', 'A1B2C3'));
    expect(key.row).toMatch(/^[0-9a-f]{64}$/);
    expect(key.partition).toBe(key.row.slice(0, 1));
    expect(JSON.stringify(key)).not.toMatch(/A1B2C3|fitbit/);
  });

  test.each([
    ['another user', keys.identityKey('fitbit', 'A1B2C4')],
    ['the same id at another provider', keys.identityKey('google-health', 'A1B2C3')],
    ['the same id in other case', keys.identityKey('fitbit', 'a1b2c3')],
  ])('an identity is told from %s', (_, other) => {
    expect(other.row).not.toBe(keys.identityKey('fitbit', 'A1B2C3').row);
  });

  test('a login is found by its state, which cannot be read from the key', () => {
    const key = keys.loginKey('the-state');
    expect(key.row).toMatch(/^[0-9a-f]{64}$/);
    expect(key.partition).toBe(key.row.slice(0, 1));
    expect(keys.loginKey('the-state')).toEqual(key);
    expect(keys.loginKey('the-State').row).not.toBe(key.row);
  });

  test('a state never shares a key with an identity', () => {
    expect(keys.loginKey('fitbit').row).not.toBe(keys.identityKey('fitbit', '').row);
  });

  test.each(['29550000', 'a/b\\c#d?e', '\u0000\n', '', 'x'.repeat(5_000)])(
    'a device whose id no table would take has a key all the same: %j',
    (device) => {
      const key = keys.deviceKey('wearer-1', device);
      expect(key.partition).toBe('wearer-1');
      expect(key.row).toHaveLength(32);
      expect(key.row).toMatch(hex);
    },
  );

  test('devices of one wearer lie in one partition, each in its own row', () => {
    expect(keys.deviceKey('wearer-1', 'a').row).not.toBe(keys.deviceKey('wearer-1', 'b').row);
    expect(keys.deviceKey('wearer-2', 'a')).toEqual({
      ...keys.deviceKey('wearer-1', 'a'),
      partition: 'wearer-2',
    });
  });

  test("messages lie in their wearer's partition by id", () => {
    expect(keys.messageKey('wearer-1', 'the-id')).toEqual({ partition: 'wearer-1', row: 'the-id' });
  });
});

describe('messageId', () => {
  test('gives the same cause the same id', () => {
    expect(keys.messageId('wearer-1', 'charge-6', 'low', '1')).toBe(
      keys.messageId('wearer-1', 'charge-6', 'low', '1'),
    );
  });

  test.each([
    ['wearer', ['wearer-2', 'charge-6', 'low', '1']],
    ['device', ['wearer-1', 'charge-5', 'low', '1']],
    ['cycle', ['wearer-1', 'charge-6', 'low', '2']],
    ['parts, though the letters are the same', ['wearer-1', 'charge-6low', '1']],
  ])('gives another %s another id', (_, cause) => {
    expect(keys.messageId(...cause)).not.toBe(keys.messageId('wearer-1', 'charge-6', 'low', '1'));
  });

  test('has the shape of a random UUID, which Communication Services asks for', () => {
    const ids = Array.from({ length: 500 }, (_, index) =>
      keys.messageId('wearer-1', 'charge-6', 'low', String(index)),
    );
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(ids.filter((id) => !shape.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(500);
    expect([...new Set(ids.map((id) => id.charAt(19)))].sort()).toEqual(['8', '9', 'a', 'b']);
  });
});
