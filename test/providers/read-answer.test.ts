import { z } from 'zod';
import type { ProviderErrorCode } from '../../src/errors';
import * as read from '../../src/providers/read-answer';
import { revealed } from '../support/revealed';
import { answer } from '../support/scripted-http';
import { isTimeZone } from '../../src/domain/contact/time-zone';

const least = { access_token: 'access', expires_in: 3600 };
const tokens = { ...least, refresh_token: 'refresh' };

describe('readTokenGrant', () => {
  test('takes an access token and its lifetime', () => {
    expect(revealed(read.readTokenGrant(least))).toEqual({ accessToken: 'access', expiresInMs: 3_600_000 });
  });

  test('takes a lifetime that is written as text', () => {
    expect(read.readTokenGrant({ ...least, expires_in: '28800' })?.expiresInMs).toBe(28_800_000);
  });

  test.each([
    ['missing', undefined],
    ['zero', 0],
    ['negative', -5],
    ['no number', 'soon'],
    ['null', null],
  ])('assumes an hour when the lifetime is %s: RFC 6749 §5.1 only recommends it', (_, expires_in) => {
    expect(revealed(read.readTokenGrant({ ...tokens, expires_in }))).toEqual({
      accessToken: 'access',
      refreshToken: 'refresh',
      expiresInMs: 3_600_000,
    });
  });

  test('takes no lifetime beyond ten years', () => {
    const tenYearsMs = 10 * 365 * 24 * 3_600_000;
    expect(read.readTokenGrant({ ...least, expires_in: 1e15 })?.expiresInMs).toBe(tenYearsMs);
    expect(read.readTokenGrant({ ...least, refresh_token_expires_in: 1e15 })?.refreshExpiresInMs).toBe(
      tenYearsMs,
    );
  });

  test.each([
    ['refresh_token_expires_in of zero', { refresh_token_expires_in: 0 }],
    ['refresh_token_expires_in of null', { refresh_token_expires_in: null }],
    ['scope of null', { scope: null }],
    ['empty user_id', { user_id: '' }],
  ])('keeps the refresh token of an answer with a %s: it may exist nowhere else', (_, more) => {
    expect(revealed(read.readTokenGrant({ ...tokens, ...more }))).toEqual({
      accessToken: 'access',
      refreshToken: 'refresh',
      expiresInMs: 3_600_000,
    });
  });

  test.each([
    ['empty', ''],
    ['null', null],
    ['no text', 7],
  ])('takes a refresh token that is %s for none', (_, refresh_token) => {
    expect(read.readTokenGrant({ ...least, refresh_token })).toMatchObject({ refreshToken: undefined });
  });

  test.each([
    ['separated by spaces', 'settings profile', ['settings', 'profile']],
    ['separated by commas', 'settings,profile', ['settings', 'profile']],
    ['with spaces around', '  settings  ', ['settings']],
    ['none', '', []],
  ])('reads scopes %s', (_, scope, scopes) => {
    expect(read.readTokenGrant({ ...least, scope })?.scopes).toEqual(scopes);
  });

  test.each([
    ['a list', ['settings', 'profile'], ['settings', 'profile']],
    ['a list of one text', ['settings profile'], ['settings', 'profile']],
    ['an empty list', [], []],
    ['a number', 7, []],
    ['an object', { settings: true }, []],
    ['a list of numbers', [1, 2], []],
  ])('reads a scope in JSON that is %s: what cannot be read is not "all of them"', (_, scope, scopes) => {
    expect(read.readTokenGrant({ ...least, scope })?.scopes).toEqual(scopes);
  });

  test.each([
    ['Bearer', true],
    ['bearer', true],
    [undefined, true],
    [null, true],
    ['DPoP', false],
    ['mac', false],
    ['Bearer ', false],
  ])('the token type %p is taken: %s (RFC 6749 §7.1)', (token_type, taken) => {
    expect(read.readTokenGrant({ ...least, token_type }) !== undefined).toBe(taken);
  });

  test('takes a user id that is a number as text', () => {
    expect(read.readTokenGrant({ ...least, user_id: 1234567890 })?.providerUserId).toBe('1234567890');
  });

  const idToken = (claims: unknown) =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
  test.each([
    ['an id token with an address', idToken({ sub: '1', email: 'ada@example.com' }), 'ada@example.com'],
    ['an id token without one', idToken({ sub: '1' }), undefined],
    ['an id token whose address is none', idToken({ email: '<b>ada</b>' }), undefined],
    ['an id token that is no JSON', 'e30.e.x', undefined],
    ['an id token that is no token', 'nothing', undefined],
    ['none', undefined, undefined],
  ])('reads the account of an answer with %s', (_, id_token, account) => {
    expect(read.readTokenGrant({ ...least, id_token })?.account).toBe(account);
  });

  test('leaves scopes out that the answer leaves out (RFC 6749 §5.1: all were granted)', () => {
    expect(read.readTokenGrant(least)?.scopes).toBeUndefined();
  });

  test.each([
    ['no body', undefined],
    ['a list', [least]],
    ['no access token', { expires_in: 3600 }],
    ['an empty access token', { ...least, access_token: '' }],
    ['an access token that is no text', { ...least, access_token: 7 }],
  ])('reads nothing from an answer with %s', (_, body) => {
    expect(read.readTokenGrant(body)).toBeUndefined();
  });
});

describe('the statuses that mean the same everywhere', () => {
  test.each<[number, Record<string, string>, ProviderErrorCode | undefined]>([
    [400, {}, undefined],
    [401, {}, undefined],
    [408, {}, 'OUTCOME_UNKNOWN'],
    [409, {}, 'CONCURRENT_REFRESH'],
    [429, {}, 'RATE_LIMITED'],
    [500, {}, 'OUTCOME_UNKNOWN'],
    [502, { 'retry-after': '30' }, 'OUTCOME_UNKNOWN'],
    [503, {}, 'OUTCOME_UNKNOWN'],
    [503, { 'retry-after': '30' }, 'PROVIDER_UNAVAILABLE'],
    [504, {}, 'OUTCOME_UNKNOWN'],
    [599, {}, 'OUTCOME_UNKNOWN'],
  ])('at a token endpoint: %i with %j is %s', (status, headers, code) => {
    expect(read.readTokenStatus(answer(status, undefined, headers))).toBe(code);
  });

  test.each<[number, ProviderErrorCode | undefined]>([
    [400, undefined],
    [401, undefined],
    [403, undefined],
    [404, 'NOT_FOUND'],
    [408, 'PROVIDER_UNAVAILABLE'],
    [409, 'CONCURRENT_REFRESH'],
    [429, 'RATE_LIMITED'],
    [500, 'PROVIDER_UNAVAILABLE'],
    [503, 'PROVIDER_UNAVAILABLE'],
  ])('at an API: %i is %s', (status, code) => {
    expect(read.readApiStatus(answer(status))).toBe(code);
  });
});

describe('the parts of a device', () => {
  test('readEach keeps what can be read, in its order', () => {
    expect(read.readEach([1, 'two', 3, null], z.number())).toEqual([1, 3]);
  });

  test.each([
    ['High', 'high'],
    ['MEDIUM', 'medium'],
    ['low', 'low'],
    ['Empty', 'empty'],
    ['Critical', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('the battery word %s is %s', (text, word) => {
    expect(read.readBatteryWord(text)).toBe(word);
  });

  test.each([
    [0, 0],
    [17.5, 17.5],
    [100, 100],
    [100.1, undefined],
    [-0.1, undefined],
    ['17', undefined],
    [null, undefined],
    [undefined, undefined],
    [Number.NaN, undefined],
  ])('the level %p is %p', (level, percent) => {
    expect(read.percent.parse(level)).toBe(percent);
  });

  test.each([
    ['text', 'text'],
    ['', undefined],
    [7, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('the optional text %p is %p', (text, expected) => {
    expect(read.optionalText.parse(text)).toBe(expected);
  });

  test.each([
    ['TRACKER', 'Charge 6', 'tracker'],
    ['SCALE', 'Aria Air', 'scale'],
    ['tracker', 'Charge 6', 'other'],
    [undefined, undefined, 'other'],
    ['TRACKER', 'MobileTrack', 'phone'],
    [undefined, 'Mobile Track', 'phone'],
    ['TRACKER', 'MobileTrack 2', 'tracker'],
  ])('the type %s of the model %s is the kind %s', (type, model, kind) => {
    expect(read.readDeviceKind(type, model)).toBe(kind);
  });

  test.each([
    ['2026-10-28T07:41:12Z', Date.UTC(2026, 9, 28, 7, 41, 12)],
    ['2026-10-28T07:41:12.000+02:00', Date.UTC(2026, 9, 28, 5, 41, 12)],
    ['2026-10-28T07:41:12-0800', Date.UTC(2026, 9, 28, 15, 41, 12)],
    ['2026-10-28T07:41:12.000', undefined],
    ['2026-13-28T07:41:12Z', undefined],
    ['never', undefined],
    [undefined, undefined],
  ])('the time %s with a zone is %p', (text, at) => {
    expect(read.readZonedTime(text)).toBe(at);
  });

  test.each([
    [0, '+00:00'],
    [3_600_000, '+01:00'],
    [-12_600_000, '-03:30'],
    [20_700_000, '+05:45'],
    [50_400_000, '+14:00'],
    [90_000_000, undefined],
    [Number.NaN, undefined],
    [undefined, undefined],
  ])('an offset of %p ms is the zone %p', (ms, zone) => {
    expect(read.zoneOfOffset(ms)).toBe(zone);
    if (zone !== undefined) expect(isTimeZone(zone)).toBe(true);
  });
});
