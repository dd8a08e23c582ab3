import { inspect } from 'node:util';
import { Secret } from '../src/secret';

const secret = new Secret('hunter2');

describe('a Secret', () => {
  test('reveals its value when asked to', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  test.each<[string, string, string]>([
    ['in a template', `a ${secret}`, 'a [secret]'],
    ['converted to a string', String(secret), '[secret]'],
    ['joined in a list', [secret, secret].join(), '[secret],[secret]'],
    ['in JSON', JSON.stringify({ token: secret }), '{"token":"[secret]"}'],
    ['inspected', inspect(secret), '[secret]'],
    ['inspected deep inside', inspect({ set: { token: secret } }), '{ set: { token: [secret] } }'],
    ['inspected with hidden properties', inspect(secret, { showHidden: true, depth: 9 }), '[secret]'],
    ['spread into an object', JSON.stringify({ ...secret }), '{}'],
    ['in the message of an error', new Error(`no ${String(secret)}`).message, 'no [secret]'],
  ])('prints blank %s', (_, shown, blank) => {
    expect(shown).toBe(blank);
  });

  test.each([
    ['the same value', 'hunter2', true],
    ['another value', 'hunter3', false],
    ['the beginning of it', 'hunter', false],
    ['the same value with more behind it', 'hunter22', false],
    ['the same value in other case', 'Hunter2', false],
    ['nothing', '', false],
    ['what looks alike', 'hunte\u0433 2', false],
  ])('is compared with %s, whatever its length', (_, other, same) => {
    expect(secret.equals(new Secret(other))).toBe(same);
    expect(new Secret(other).equals(secret)).toBe(same);
  });

  test('signs a text as RFC 4231, test case 2, does', () => {
    expect(new Secret('Jefe').sign('what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  test('in small letters, or behind a mark, is a secret still', () => {
    const address = new Secret('Ada@Home@Example.ORG');
    expect(address.inSmallLetters().reveal()).toBe('ada@home@example.org');
    expect(address.behind('@').reveal()).toBe('Example.ORG');
    expect(secret.behind('@').reveal()).toBe('hunter2');
  });

  test.each([
    ['ada+home@example.org', 'ada@example.org'],
    ['ada+a+b@example.org', 'ada@example.org'],
    ['+ada@example.org', '+ada@example.org'],
    ['ada@example.org', 'ada@example.org'],
    ['ada@example.org+1', 'ada@example.org+1'],
    ['ada+1', 'ada+1'],
  ])('without the tag in %s is a secret still', (address, rest) => {
    const mailbox = new Secret(address).withoutTag('+', '@');
    expect(mailbox.reveal()).toBe(rest);
    expect(String(mailbox)).toBe('[secret]');
  });

  test.each([
    [1, 'hunter'],
    [4, 'hun'],
    [7, ''],
    [9, ''],
  ])('without its last %i characters is a secret still', (characters, rest) => {
    const shorter = secret.withoutLast(characters);
    expect(shorter.reveal()).toBe(rest);
    expect(String(shorter)).toBe('[secret]');
    expect(secret.reveal()).toBe('hunter2');
  });
});
