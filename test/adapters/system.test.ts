import { systemClock, systemRandom } from '../../src/adapters/system';

describe('systemRandom', () => {
  test('id is 128 bits as lower-case hexadecimal, new every time', () => {
    const ids = Array.from({ length: 1_000 }, () => systemRandom.id());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(1_000);
  });

  test('token is 256 bits as base64url, new every time, long enough for a code verifier', () => {
    const tokens = Array.from({ length: 1_000 }, () => systemRandom.secret());
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

  test('every calls again and again until it is stopped, and not before the first time is over', () => {
    jest.useFakeTimers();
    try {
      const call = jest.fn();
      const stop = systemClock.every(5_000, call);
      jest.advanceTimersByTime(4_999);
      expect(call).not.toHaveBeenCalled();
      jest.advanceTimersByTime(10_001);
      expect(call).toHaveBeenCalledTimes(3);
      stop();
      jest.advanceTimersByTime(60_000);
      expect(call).toHaveBeenCalledTimes(3);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('monotonicMs never goes back, not even when the machine’s clock is set back', () => {
    const before = systemClock.monotonicMs();
    jest.spyOn(Date, 'now').mockReturnValue(0);
    expect(systemClock.now()).toBe(0);
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
