import { composeText } from '../../src/domain/message-text';
import { alarmNames } from '../../src/model';

const publicUrl = 'https://tokens.example.com';
const text = (model: string, percent?: number) =>
  composeText({ kind: 'low', facts: { model, percent } }, publicUrl);

/** Characters of the GSM 7-bit default alphabet that cost one septet and are ASCII; those that cost two are left out. */
const oneSeptet = /^[A-Za-z0-9 @$_!"#%&'()*+,\-./:;<=>?\n\r]*$/;

describe('the text of a low battery', () => {
  test('says who writes, which device, how low, what to do and how to stop it', () => {
    expect(text('Charge 6', 17)).toBe(
      'Fitbit Token Service: your Charge 6 is at 17%. Please charge it soon. Reply STOP to opt out.',
    );
  });

  test('without a percent says low', () => {
    expect(text('Aria Air')).toBe(
      'Fitbit Token Service: your Aria Air is low on battery. Please charge it soon. Reply STOP to opt out.',
    );
  });

  test.each([
    [0, 'is at 0%.'],
    [17.9, 'is at 17%.'],
    [100, 'is at 100%.'],
  ])('with %d percent says %s', (percent, words) => {
    expect(text('Sense 2', percent)).toContain(`your Sense 2 ${words}`);
  });

  test.each([
    ['a plain name', 'Inspire 3', 'Inspire 3'],
    ['punctuation that is worth keeping', 'Versa 4 (SE) & Co. +1,-', 'Versa 4 (SE) & Co. +1,-'],
    ['accents', 'Été Luxe', 'Ete Luxe'],
    ['full-width letters', 'Ｃｈａｒｇｅ ６', 'Charge 6'],
    ['a curly quote, which would make two segments', 'Ada’s “Charge”', 'Adas Charge'],
    ['emoji', 'Charge 6 🔋⌚️', 'Charge 6'],
    ['characters that cost two septets', '[Charge] {6} ~^|\\€', 'Charge 6'],
    ['another script only', '充电器', 'tracker'],
    ['nothing', '', 'tracker'],
    ['spaces only', ' \t\n ', 'tracker'],
    ['line breaks that would fake another message', 'Charge\r\nReply YES', 'ChargeReply YES'],
    ['control and direction characters', 'Ch\u0000ar\u202Ege\u200B 6', 'Charge 6'],
    ['a link', 'https://evil.example/x?y=z', 'httpsevil.examplexyz'],
    ['spaces around and between', '  Charge    6  ', 'Charge 6'],
    ['500 characters', 'x'.repeat(500), 'x'.repeat(30)],
    ['a space where it is cut', `${'x'.repeat(29)} yyy`, 'x'.repeat(29)],
    ['a letter that grows when taken apart', 'ﷺ'.repeat(50) + 'ﬁ', 'fi'],
  ])('with a name of %s stays plain', (_, model, name) => {
    expect(text(model, 9)).toBe(
      `Fitbit Token Service: your ${name} is at 9%. Please charge it soon. Reply STOP to opt out.`,
    );
  });

  test('is one segment of GSM-7 for any character a name may hold', () => {
    const everyCharacter = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));
    const texts = everyCharacter.flatMap((character) => [
      text(`A${character}`.repeat(40), 100),
      text(character),
    ]);
    expect(texts.filter((candidate) => candidate.length > 160 || !oneSeptet.test(candidate))).toEqual([]);
  });
});

describe('the other texts', () => {
  test('a wearer whose connection has ended is led to the sign-up page', () => {
    expect(composeText({ kind: 'reconnect', facts: { provider: 'Google Health' } }, publicUrl)).toBe(
      'Fitbit Token Service: Google Health has disconnected. Reconnect: https://tokens.example.com/api/signup Reply STOP to opt out.',
    );
  });

  test.each(alarmNames)(
    'the operator is told in one segment that there is trouble, and that it is over: %s',
    (alarm) => {
      const texts = (['alarm', 'alarm over'] as const).map((kind) =>
        composeText({ kind, facts: { alarm } }, publicUrl),
      );
      expect(texts).toEqual([
        `Fitbit Token Service ALARM: ${alarm}. See docs/operations.md.`,
        `Fitbit Token Service: the alarm "${alarm}" is over.`,
      ]);
      expect(texts.filter((candidate) => candidate.length > 160 || !oneSeptet.test(candidate))).toEqual([]);
    },
  );

  test('a device without a name is called a tracker', () => {
    expect(composeText({ kind: 'low', facts: { percent: 9 } }, publicUrl)).toContain(
      'your tracker is at 9%.',
    );
  });
});
