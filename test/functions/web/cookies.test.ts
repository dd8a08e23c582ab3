import { HttpRequest, type Cookie } from '@azure/functions';
import { confirmationCookie, loginCookie, noticeCookie } from '../../../src/functions/web/cookies';

const https = 'https://tokens.example.com';
const http = 'http://127.0.0.1:7071';
const state = `abcdefgh${'0'.repeat(35)}`;
/** 256 bits as base64url. */
const value = `${'Aa0_-'.repeat(8)}xyz`;

const request = (cookie?: string) =>
  new HttpRequest({ method: 'GET', url: https, headers: cookie === undefined ? {} : { cookie } });
const readLogin = (cookie?: string, publicUrl = https) =>
  loginCookie.read(publicUrl, state, request(cookie)).codeVerifier;
const readTicket = (cookie?: string, publicUrl = https) =>
  confirmationCookie.read(publicUrl, request(cookie));

describe('a cookie', () => {
  const common = { path: '/', httpOnly: true, sameSite: 'Lax' } as const;

  test.each<[string, Cookie, Partial<Cookie>]>([
    [
      'of a login, for its ten minutes',
      loginCookie.write(https, state, { codeVerifier: value }),
      { name: '__Host-login-abcdefgh', value, maxAge: 600 },
    ],
    [
      'of a login, taken back',
      loginCookie.clear(https, state),
      { name: '__Host-login-abcdefgh', value: '', maxAge: 0 },
    ],
    [
      'of a confirmation, for its day',
      confirmationCookie.write(https, value),
      { name: '__Host-confirmation', value, maxAge: 86_400 },
    ],
    [
      'of a notice, for the page that follows',
      noticeCookie.write(https, 'settings'),
      { name: '__Host-notice', value: 'settings', maxAge: 60 },
    ],
    ['of a notice, said', noticeCookie.clear(https), { name: '__Host-notice', value: '', maxAge: 0 }],
  ])('%s belongs to this host alone, is sent over https only, and no script sees it', (_, cookie, more) => {
    // Browsers take __Host- only with Secure, the path / and no domain.
    expect(cookie).toEqual({ ...common, secure: true, ...more });
  });

  test.each(['http://127.0.0.1:7071', 'http://localhost:7071', 'http://[::1]:7071'])(
    'of %s is plain: browsers take neither __Host- nor Secure there',
    (publicUrl) => {
      expect(loginCookie.write(publicUrl, state, { codeVerifier: value })).toEqual({
        ...common,
        name: 'login-abcdefgh',
        value,
        secure: false,
        maxAge: 600,
      });
      expect(confirmationCookie.write(publicUrl, value)).toMatchObject({
        name: 'confirmation',
        secure: false,
      });
    },
  );

  test('of loopback with https is as strict as any', () => {
    expect(confirmationCookie.write('https://localhost:7071', value)).toMatchObject({
      name: '__Host-confirmation',
      secure: true,
    });
  });

  test('of every login has a name of its own, so that two tabs do not disturb one another', () => {
    const other = `zyxwvuts${'0'.repeat(35)}`;
    const both = `__Host-login-abcdefgh=${value}; __Host-login-zyxwvuts=${value.replace('Aa', 'Bb')}`;
    expect(readLogin(both)).toBe(value);
    expect(loginCookie.read(https, other, request(both)).codeVerifier).toBe(value.replace('Aa', 'Bb'));
  });

  test('of a login that began with an invite holds that too', () => {
    const login = { codeVerifier: value, invite: `${'0f'.repeat(16)}-${'A'.repeat(22)}` };
    const { name, value: written } = loginCookie.write(https, state, login);
    expect(loginCookie.read(https, state, request(`${name}=${written}`))).toEqual(login);
    expect(readLogin(`${name}=${value}.let-me-in`)).toBeUndefined();
  });

  test('is read as it was written', () => {
    for (const publicUrl of [https, http]) {
      const login = loginCookie.write(publicUrl, state, { codeVerifier: value });
      const ticket = confirmationCookie.write(publicUrl, value);
      const header = [login, ticket].map((each) => `${each.name}=${each.value}`).join('; ');
      expect([readLogin(header, publicUrl), readTicket(header, publicUrl)]).toEqual([value, value]);
    }
  });
});

describe('what a browser sends', () => {
  const name = '__Host-confirmation';

  test.each([
    ['among others', `a=b; ${name}=${value}; c=d`],
    ['first', `${name}=${value}; a=b`],
    ['without a space between them', `a=b;${name}=${value}`],
    ['with more space than usual', `a=b ;   ${name}=${value}  `],
    ['behind one of the same name that is none of ours', `${name}=short; ${name}=${value}`],
  ])('is found %s', (_, cookie) => {
    expect(readTicket(cookie)).toBe(value);
  });

  test.each<[string, string | undefined]>([
    ['no cookie', undefined],
    ['an empty header', ''],
    ['semicolons', ';;;'],
    ['no value', name],
    ['an empty value', `${name}=`],
    ['a value that is too short', `${name}=${value.slice(1)}`],
    ['a value that is too long', `${name}=${value}A`],
    ['a value with other characters', `${name}=${value.slice(1)}+`],
    ['a quoted value', `${name}="${value}"`],
    ['a value with an equals sign', `${name}=${value.slice(1)}==`],
    ['a name that ends like ours', `x${name}=${value}`],
    ['a name that begins like ours', `${name}x=${value}`],
    ['the name in other case', `__host-Confirmation=${value}`],
    ['the name that it has on loopback', `confirmation=${value}`],
    ['the cookie of a login', `__Host-login-abcdefgh=${value}`],
  ])('is ignored when it is %s', (_, cookie) => {
    expect(readTicket(cookie)).toBeUndefined();
  });

  test('on loopback has no prefix', () => {
    expect(readTicket(`confirmation=${value}`, http)).toBe(value);
    expect(readTicket(`__Host-confirmation=${value}`, http)).toBeUndefined();
  });
});
