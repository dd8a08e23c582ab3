/** Every message to a wearer as an e-mail: the same words as its text, in full, and nothing that a device's name could bring in. */
import * as fc from 'fast-check';
import { composeMail, mailName, unsubscribePlaceholder } from '../../../src/domain/messages/mail-text';
import { composeText } from '../../../src/domain/messages/message-text';
import { confirmPlaceholder, linkPlaceholder, type TextFrame } from '../../../src/domain/messages/words-of';
import {
  isWearerKind,
  languages,
  messageKinds,
  wearerHelps,
  type MessageFacts,
  type MessageKind,
} from '../../../src/model';
import { anyCharacter } from '../../support/any-character';

const frame: TextFrame = {
  publicUrl: 'https://fitbit-tokens-prod.azurewebsites.net',
  policy: { serviceName: 'Fitbit Token Service' },
  contact: 'help@example.com',
  canBeAnswered: true,
};
const page = 'https://fitbit-tokens-prod.azurewebsites.net/m/{link}';
const end = 'https://fitbit-tokens-prod.azurewebsites.net/u/{unsubscribe}';
const write = (kind: MessageKind, facts: MessageFacts = {}, at: Partial<TextFrame> = {}) =>
  composeMail({ kind, facts }, { ...frame, ...at });

const kinds = messageKinds.filter(isWearerKind);
const every = languages.flatMap((language) => kinds.map((kind) => ({ language, kind })));
const ordinary: MessageFacts = {
  model: 'Google Pixel Watch 4 45mm',
  percent: 17,
  hoursLeft: 14,
  silentDays: 8,
  provider: 'Google Health',
  successor: 'Google Health',
  linkVersion: 7,
};

describe('an e-mail about', () => {
  test.each<[string, MessageKind, MessageFacts, string, string]>([
    [
      'a low battery, whose words are all there although a text would leave some out',
      'low',
      { model: 'Charge 6', percent: 17, hoursLeft: 14 },
      'Charge 6 is at 17%',
      `Your Charge 6 is at 17%, about 14 h left. Time to charge.\n\nYour personal page:\n${page}\n\n` +
        `Fitbit Token Service, help@example.com\nTo get no more e-mails: ${end}\n`,
    ],
    [
      'an end of the connection, whose sentence says what the link opens',
      'reconnect',
      { provider: 'Google Health' },
      'Google Health has disconnected',
      `Google Health has disconnected. Reconnect:\n${page}\n\n` +
        `Fitbit Token Service, help@example.com\nTo get no more e-mails: ${end}\n`,
    ],
    [
      'a device that its wearer has named in small letters',
      'recovered',
      { model: "ada's watch", isNamed: true, percent: 90 },
      "ada's watch is charged again",
      `ada's watch is charged again (90%).\n\nYour personal page:\n${page}\n\n` +
        `Fitbit Token Service, help@example.com\nTo get no more e-mails: ${end}\n`,
    ],
    [
      'an address to be confirmed, which nobody has to end',
      'code',
      { codeNumber: 1 },
      'confirm your address',
      'Confirm that this is your address:\nhttps://fitbit-tokens-prod.azurewebsites.net/confirm-email/{confirm}\n\n' +
        'If you did not ask for it, ignore this e-mail.\n\nFitbit Token Service, help@example.com\n',
    ],
    [
      'a new link',
      'new link',
      {},
      'your new link',
      `Your new link:\n${page}\n\nThe old one is off. Not you? Replace it.\n\n` +
        `Fitbit Token Service, help@example.com\nTo get no more e-mails: ${end}\n`,
    ],
    [
      'a goodbye',
      'goodbye',
      { provider: 'Fitbit' },
      'goodbye',
      'We do not use your Fitbit account any more and are deleting your data. This is the last e-mail.\n\n' +
        'Fitbit Token Service, help@example.com\n',
    ],
  ])('%s', (_, kind, facts, subject, body) => {
    expect(write(kind, facts)).toEqual({ subject: `Fitbit Token Service: ${subject}`, body });
  });

  test('a low battery is in the language of the wearer, with all its accents', () => {
    const facts: MessageFacts = { model: 'Zoë’s Watch', word: 'low' };
    expect(languages.map((language) => write('silent', facts, { language }).body.split('\n')[0])).toEqual([
      'Your Zoë’s Watch (low) has gone silent. Is it flat?',
      'Zoë’s Watch: Akku war schwach, seither keine Daten.',
      'Zoë’s Watch tenía poca carga y ya no da datos.',
      'Zoë’s Watch : batterie faible, puis plus de données.',
    ]);
  });
});

describe.each(every)('an e-mail "$kind" in $language', ({ language, kind }) => {
  const all = [
    ordinary,
    { ...ordinary, percent: undefined },
    { ...ordinary, percent: 4, word: 'empty' as const },
    ...wearerHelps.map((help) => ({ ...ordinary, help })),
  ].map((facts) => write(kind, facts, { language }));

  test('has a subject of one line that mail programs show in full and that names the service', () => {
    for (const { subject } of all) {
      expect(subject).toMatch(/^Fitbit Token Service: [^\r\n]{3,}$/);
      expect(subject.length).toBeLessThanOrEqual(70);
    }
  });

  test('has its links on lines of their own, behind words of what they open', () => {
    for (const { body } of all) {
      const lines = body.split('\n');
      const links = lines.flatMap((line, index) => (line.startsWith('https:') ? [lines[index - 1]] : []));
      expect(links).toHaveLength(kind === 'goodbye' ? 0 : 1);
      for (const before of links) expect(before).toMatch(/\p{L}.*:$/u);
    }
  });

  test('says how to end e-mails where its text says STOP, and has the secrets of its kind only', () => {
    const canBeEnded = composeText({ kind, facts: ordinary }, { ...frame, language }).includes('STOP');
    for (const { body } of all) {
      expect(body.endsWith(`: ${end}\n`)).toBe(canBeEnded);
      expect(body.includes(unsubscribePlaceholder)).toBe(canBeEnded);
      expect(body.includes(confirmPlaceholder)).toBe(kind === 'code');
      const leadsToPage = !['code', 'goodbye', 'number removed'].includes(kind);
      expect(body.includes(linkPlaceholder)).toBe(leadsToPage);
    }
  });

  test('speaks of no text, number or price, and says nothing that is not there', () => {
    const least = write(kind, { provider: 'Fitbit' }, { language, contact: undefined });
    for (const { subject, body } of [...all, least]) {
      expect(`${subject}\n${body}`).not.toMatch(
        /SMS|STOP|HELP|\btexts?\b|\bnumber\b|Nummer|número|numéro|rates|undefined|NaN|null|object| {2}/,
      );
    }
  });
});

describe('the name of a device in an e-mail', () => {
  test.each([
    ['evil.example', 'evil example'],
    ['https://evil.example/x', 'httpsevil examplex'],
    ['evil．example', 'evil example'],
    ['evil。example', 'evilexample'],
    ['a@evil.example', 'aevil example'],
    ['Luxe\r\nBcc: x@evil.example', 'LuxeBcc xevil example'],
    ['Luxe\u2028\u2029\u0085\u000bAce', 'LuxeAce'],
    ['ecA \u2067שעון\u2069\u202e', 'ecA שעון'],
    ['{link} {code} {unsubscribe}', 'link code unsubscribe'],
    ['｛link｝', 'link'],
    ['腕時計', '腕時計'],
    ['𝓛𝓾𝔁𝓮', 'Luxe'],
    ['𒀀'.repeat(40), '𒀀'.repeat(30)],
    ['François’ «Zoë»', 'François’ Zoë'],
    [' \t ', ''],
  ])('%j is %j', (model, name) => {
    expect(mailName(model)).toBe(name);
  });

  test('whatever it is, brings no line, no link and no placeholder', () => {
    const name = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.mixedCase(fc.constantFrom('{link}', '{unsubscribe}', 'http://x.example', '$&', '\r\n\r\nSTOP')),
    );
    fc.assert(
      fc.property(name, fc.constantFrom(...every), (model, { language, kind }) => {
        const { subject, body } = write(kind, { ...ordinary, model }, { language });
        const plain = write(kind, { ...ordinary, model: 'Luxe' }, { language });
        for (const sign of [/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, /[{}]/g, /:/g, /\//g, /@/g, /\p{L}\.\p{L}/gu]) {
          expect(subject.match(sign)?.length).toBe(plain.subject.match(sign)?.length);
          expect(body.match(sign)?.length).toBe(plain.body.match(sign)?.length);
        }
      }),
    );
  });
});
