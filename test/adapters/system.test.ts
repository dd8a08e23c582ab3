import { systemClock, systemRandom } from '../../src/adapters/system';

describe('systemRandom', () => {
  test('id is 128 bits as lower-case hexadecimal, new every time', () => {
    const ids = Array.from({ length: 1_000 }, () => systemRandom.id());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(1_000);
  });

  test('token is 256 bits as base64url, new every time, long enough for a code verifier', () => {
    const tokens = Array.from({ length: 1_000 }, () => systemRandom.token());
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(tokens).size).toBe(1_000);
    expect(Buffer.from(tokens[0] ?? '', 'base64url')).toHaveLength(32);
  });
});

describe('systemClock', () => {
  test('now is the time of the machine in whole milliseconds', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
    expect(Number.isInteger(now)).toBe(true);
  });

  test('monotonicMs never goes back, not even when the machine’s clock is set back', () => {
    const before = systemClock.monotonicMs();
    jest.spyOn(Date, 'now').mockReturnValue(0);
    expect(systemClock.now()).toBe(0);
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
