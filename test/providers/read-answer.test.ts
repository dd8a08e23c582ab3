import { z } from 'zod';
import type { ProviderErrorCode } from '../../src/errors';
import * as read from '../../src/providers/read-answer';
import { revealed } from '../support/revealed';
import { answer } from '../support/scripted-http';

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
    ['scope as a list', { scope: ['settings'] }],
    ['user_id as a number', { user_id: 12 }],
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
    ['TRACKER', 'tracker'],
    ['SCALE', 'scale'],
    ['tracker', 'other'],
    [undefined, 'other'],
  ])('the type %s is the kind %s', (type, kind) => {
    expect(read.readDeviceKind(type)).toBe(kind);
  });
});
