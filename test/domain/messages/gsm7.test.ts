import * as fc from 'fast-check';
import { countSegments } from '../../../local/phone/segments';
import { isGsm7, septets, toGsm7 } from '../../../src/domain/messages/gsm7';
import { anyCharacter } from '../../support/any-character';

/** 3GPP TS 23.038, table 6.2.1, row by row; the escape (0x1B) is no character. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';
/** Table 6.2.1.1. */
const extension = '\f^{}\\[~]|€';
const everyCharacter = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));

describe('the alphabet', () => {
  test('has 127 characters of one septet and ten of two', () => {
    expect([basic.length, extension.length]).toEqual([127, 10]);
    expect([...basic].map(septets)).toEqual([...basic].map(() => 1));
    expect([...extension].map(septets)).toEqual([...extension].map(() => 2));
    expect(everyCharacter.filter(isGsm7).sort()).toEqual([...basic, ...extension].sort());
  });

  test('is kept as it is', () => {
    expect(toGsm7(basic + extension)).toBe(basic + extension);
  });
});

describe('what is not in the alphabet', () => {
  test.each([
    ['accents that it lacks', 'código, días, âêîôû, ëï, ç, õ', 'codigo, dias, aeiou, ei, c, o'],
    ['accents that it has', 'größer, ñ, é è à ù, Å, Ç, É', 'größer, ñ, é è à ù, Å, Ç, É'],
    ['accents that it has, written apart', 'gro\u0308ßer, n\u0303', 'größer, ñ'],
    ['capitals with accents', 'ÀÊÎÕÛÇ ÄÖÜÑ', 'AEIOUÇ ÄÖÜÑ'],
    ['letters that are no letter with an accent', 'łŁđĐðÐœŒıþÞẞ', 'lLdDdDoeOEithThß'],
    ['quotes', '“a” „b“ «c» ‘d’ ‚e‘ ‹f› `g´', "\"a\" \"b\" \"c\" 'd' 'e' 'f' 'g'"],
    ['dashes', 'a–b—c‐d‑e−f', 'a-b-c-d-e-f'],
    ['dots', 'a… b· c•', 'a... b. c*'],
    ['spaces', 'a\u00a0b\u2009c\u202fd\te', 'a b c d e'],
    ['line ends', 'a\u2028b\u2029c', 'a\nb\nc'],
    ['wide letters', 'Ｖｅｒｓａ　４', 'Versa 4'],
    ['letters in one', 'ﬁﬃ™ ½ ₂ ①', 'fiffiTM 1/2 2 1'],
    ['emoji', 'a🔋b👩‍👩‍👧c🇩🇪d☹️e', 'abcde'],
    ['other scripts', 'aрус腕א b', 'a b'],
    ['what cannot be seen', 'a\u200b\u200e\u202e\u2066\ufeff\u00ad\u0000\u001b\u007fb', 'ab'],
    ['half of a character', 'a\ud83db\udd0bc', 'abc'],
    ['nothing', '', ''],
  ])('is written as it can: %s', (_, text, expected) => {
    expect(toGsm7(text)).toBe(expected);
  });

  test('never stays, whatever the text', () => {
    expect(everyCharacter.map(toGsm7).filter((text) => !isGsm7(text))).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const written = toGsm7(text);
        expect(isGsm7(written)).toBe(true);
        expect(toGsm7(written)).toBe(written);
      }),
    );
  });

  test('makes a text UCS-2', () => {
    expect(['a', 'ä', '€', '\n', ''].map(isGsm7)).toEqual([true, true, true, true, true]);
    expect(['ç', '“', '🔋', '\t', 'á'].map(isGsm7)).toEqual([false, false, false, false, false]);
  });
});

test('a text is one segment up to 160 septets, as the phone of the local world counts them', () => {
  const one = `${'a'.repeat(156)}€ä`;
  expect([septets(one), countSegments(one)]).toEqual([159, { encoding: 'GSM-7', segments: 1 }]);
  expect([septets(`${one}b`), countSegments(`${one}b`).segments]).toEqual([160, 1]);
  expect([septets(`${one}[`), countSegments(`${one}[`).segments]).toEqual([161, 2]);
});
