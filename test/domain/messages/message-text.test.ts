import * as fc from 'fast-check';
import { countSegments } from '../../../local/phone/segments';
import { deriveCode, deriveLink } from '../../../src/domain/contact/keyed-values';
import { composeText } from '../../../src/domain/messages/message-text';
import { codePlaceholder, linkPlaceholder, type TextFrame } from '../../../src/domain/messages/words-of';
import {
  alarmNames,
  languages,
  isWearerKind,
  messageKinds,
  wearerHelps,
  type Language,
  type MessageFacts,
  type MessageKind,
} from '../../../src/model';
import { createMemoryKeyedHash } from '../../support/memory-vault';
import { createTestWorld } from '../../support/world';
import { revealed } from '../../support/revealed';
import { anyCharacter } from '../../support/any-character';

/** A host name as the platform gives it, and the name that the service has unless told otherwise. */
const frame: TextFrame = {
  publicUrl: 'https://fitbit-tokens-prod.azurewebsites.net',
  policy: { serviceName: 'Fitbit Token Service' },
  contact: 'help@example.com',
  canBeAnswered: true,
};
const page = 'https://fitbit-tokens-prod.azurewebsites.net/m/{link}';

const write = (kind: MessageKind, facts: MessageFacts = {}, at: Partial<TextFrame> = {}) =>
  composeText({ kind, facts }, { ...frame, ...at });

/** As it is received: a link has 22 characters, a code six. */
const received = (text: string) =>
  text.replace(linkPlaceholder, '_-'.repeat(11)).replace(codePlaceholder, '123456');
/** What would cost more than one text, counted by the phone of the local world. */
const tooDear = (texts: readonly string[]) =>
  texts.filter((text) => {
    const { encoding, segments } = countSegments(received(text));
    return encoding !== 'GSM-7' || segments > 1;
  });

test.each(languages)('two devices of one name are told apart in %s, however long it is', (language) => {
  const facts = { model: 'Charge 6 of Ada Lovelace the Elder', percent: 17, hoursLeft: 14 };
  const [first, second] = [1, 2].map((number) => write('low', { ...facts, number }, { language }));
  expect(first).toContain(' (1)');
  expect(second).toBe(first!.replace(' (1)', ' (2)'));
  expect(tooDear([first!, second!])).toEqual([]);
});

describe('the words of', () => {
  test.each<[string, MessageKind, MessageFacts, string]>([
    ['a low battery', 'low', { percent: 17 }, `Your Charge 6 is at 17%. Time to charge. ${page} STOP to end`],
    [
      'a low battery with a forecast',
      'low',
      { percent: 17, hoursLeft: 14 },
      `Charge 6 is at 17%, about 14 h left. Charge it. ${page} STOP to end`,
    ],
    [
      'a low battery with a forecast of days',
      'low',
      { percent: 20, hoursLeft: 30 },
      `Charge 6 is at 20%, about 1 day left. Charge it. ${page} STOP to end`,
    ],
    [
      'a low battery with a longer forecast',
      'low',
      { percent: 20, hoursLeft: 80 },
      `Charge 6 is at 20%, about 3 days left. Charge it. ${page} STOP to end`,
    ],
    [
      'no percent',
      'low',
      { word: 'low' },
      `Your Charge 6 is low on battery. Time to charge. ${page} STOP to end`,
    ],
    [
      'an empty battery, whatever the percent and the forecast say',
      'low',
      { word: 'empty', percent: 4, hoursLeft: 2 },
      `Your Charge 6 is empty. Time to charge. ${page} STOP to end`,
    ],
    [
      'a device that the wearer has named',
      'low',
      { model: "Ada's watch", isNamed: true, percent: 17 },
      `Ada's watch is at 17%. Time to charge. ${page} STOP to end`,
    ],
    ['0 percent', 'low', { percent: 0 }, `Your Charge 6 is at 0%. Time to charge. ${page} STOP to end`],
    [
      '17.9 percent',
      'low',
      { percent: 17.9 },
      `Your Charge 6 is at 17%. Time to charge. ${page} STOP to end`,
    ],
    [
      'a critical battery',
      'critical',
      { percent: 5 },
      `Your Charge 6 is at 5%. Charge it now! ${page} STOP to end`,
    ],
    [
      'a critical battery with a forecast',
      'critical',
      { percent: 5, hoursLeft: 2 },
      `Your Charge 6 is at 5%, about 2 h left. Charge it now! ${page} STOP to end`,
    ],
    [
      'a reminder',
      'reminder',
      { percent: 12 },
      `Your Charge 6 is still at 12%. Time to charge. ${page} STOP to end`,
    ],
    [
      'a reminder of an empty battery',
      'reminder',
      { word: 'empty' },
      `Your Charge 6 is still empty. Time to charge. ${page} STOP to end`,
    ],
    [
      'a recovery',
      'recovered',
      { percent: 100 },
      `Your Charge 6 is charged again (100%). ${page} STOP to end`,
    ],
    [
      'a recovery that is given in a word',
      'recovered',
      { word: 'high' },
      `Your Charge 6 is charged again. ${page} STOP to end`,
    ],
    [
      'a silence, which says the level that was seen last',
      'silent',
      { percent: 34 },
      `Your Charge 6 (34%) has gone silent. Is it flat? ${page} STOP to end`,
    ],
    [
      'a silence after a word',
      'silent',
      { word: 'low' },
      `Your Charge 6 (low) has gone silent. Is it flat? ${page} STOP to end`,
    ],
    [
      'an absence',
      'unseen',
      { silentDays: 8 },
      `Your Charge 6 has not synced for 8 days. ${page} STOP to end`,
    ],
    [
      'an absence of unknown length',
      'unseen',
      {},
      `Your Charge 6 has not synced for some days. ${page} STOP to end`,
    ],
    [
      'an end of the connection',
      'reconnect',
      { provider: 'Google Health' },
      `Google Health has disconnected. Reconnect: ${page} STOP to end`,
    ],
    [
      'a permission that is missing',
      'check failing',
      { help: 'permission', provider: 'Google Health' },
      `can't read your battery: permission missing. Reconnect: ${page} STOP to end`,
    ],
    [
      'an account without a profile',
      'check failing',
      { help: 'profile', provider: 'Google Health' },
      `can't read your battery: no Google Health profile. See: ${page} STOP to end`,
    ],
    [
      'an account that was never moved',
      'check failing',
      { help: 'move', provider: 'Google Health' },
      `can't read your battery: account not moved. See: ${page} STOP to end`,
    ],
    [
      'access that is refused for good',
      'check failing',
      { help: 'access', provider: 'Google Health' },
      `can't read your battery. Remove our access, reconnect: ${page} STOP to end`,
    ],
    ['checks that are good again', 'works again', {}, `your battery is watched again. ${page} STOP to end`],
    [
      'a move to another provider',
      'move',
      { provider: 'Fitbit', successor: 'Google Health' },
      `Fitbit is going away. Move to Google Health: ${page} STOP to end`,
    ],
    [
      'a move to wherever one can',
      'move',
      { provider: 'Fitbit' },
      `Fitbit is going away. Reconnect: ${page} STOP to end`,
    ],
    [
      'a code',
      'code',
      { codeNumber: 2 },
      'your code is {code}. It is good for 10 minutes. If you did not ask for it, ignore this text.',
    ],
    [
      'a welcome, with all that a carrier asks for',
      'welcome',
      { provider: 'Fitbit' },
      `alerts on: ${page} Msg&data rates may apply. HELP for help, STOP to end`,
    ],
    ['a link', 'link', {}, `your personal page: ${page} Keep it to yourself.`],
    ['a test', 'test', {}, `this is the test text you asked for. ${page}`],
    [
      'an answer to HELP',
      'help',
      { linkVersion: 2 },
      `battery alerts. Contact: help@example.com ${page} STOP to end`,
    ],
    [
      'an answer to HELP for whoever has several accounts',
      'help',
      {},
      'battery alerts. Contact: help@example.com STOP to end',
    ],
    [
      'a goodbye',
      'goodbye',
      { provider: 'Fitbit' },
      'we do not use your Fitbit account any more and are deleting your data. This is the last text.',
    ],
    ['an alarm', 'alarm', { alarm: 'jobs poisoned' }, 'ALARM: jobs poisoned. See docs/operations.md.'],
    ['an alarm that is over', 'alarm over', { alarm: 'jobs poisoned' }, 'the alarm "jobs poisoned" is over.'],
  ])('%s begin with who writes', (_, kind, facts, words) => {
    expect(write(kind, { model: 'Charge 6', ...facts })).toBe(`Fitbit Token Service: ${words}`);
  });

  test.each<[MessageKind, MessageFacts, string]>([
    ['low', { percent: 17 }, `Your Charge 6 is at 17%. Time to charge. ${page} Link to end`],
    ['welcome', { provider: 'Fitbit' }, `alerts on: ${page} Msg&data rates may apply. Link to end`],
    ['help', {}, 'battery alerts. Contact: help@example.com'],
  ])('%s from a name are those without answers', (kind, facts, words) => {
    const text = write(kind, { model: 'Charge 6', ...facts }, { canBeAnswered: false });
    expect(text).toBe(`Fitbit Token Service: ${words}`);
  });

  test.each<[Language, MessageKind, MessageFacts, string]>([
    [
      'de',
      'low',
      { percent: 17, hoursLeft: 14 },
      'Charge 6: Akku 17 %, noch ca. 14 h. Bitte laden. {page} Ende: STOP',
    ],
    ['de', 'low', { word: 'low' }, 'Charge 6: Akku schwach. Bitte laden. {page} Ende: STOP'],
    ['de', 'critical', { percent: 5 }, 'Charge 6: Akku 5 %. Jetzt laden! {page} Ende: STOP'],
    [
      'de',
      'low',
      { percent: 20, hoursLeft: 50 },
      'Charge 6: Akku 20 %, noch ca. 2 Tage. Bitte laden. {page} Ende: STOP',
    ],
    ['de', 'reminder', { word: 'empty' }, 'Charge 6: Akku immer noch leer. {page} Ende: STOP'],
    [
      'de',
      'reminder',
      { percent: 17, hoursLeft: 14 },
      'Charge 6: Akku nur noch 17 %, ca. 14 h. {page} Ende: STOP',
    ],
    ['de', 'silent', { word: 'low' }, 'Charge 6: Akku war schwach, seither keine Daten. {page} Ende: STOP'],
    ['de', 'silent', { percent: 34 }, 'Charge 6: Akku war 34 %, seither keine Daten. {page} Ende: STOP'],
    [
      'de',
      'reconnect',
      { provider: 'Google Health' },
      'Verbindung zu Google Health getrennt. Erneuern: {page} Ende: STOP',
    ],
    ['de', 'recovered', { percent: 100 }, 'Charge 6 ist wieder geladen (100 %). {page} Ende: STOP'],
    ['de', 'unseen', { silentDays: 8 }, 'Charge 6 hat seit 8 Tagen nicht synchronisiert. {page} Ende: STOP'],
    ['de', 'unseen', {}, 'Charge 6 hat seit Tagen nicht synchronisiert. {page} Ende: STOP'],
    ['de', 'welcome', {}, 'Akku-Hinweise aktiv: {page} SMS-Kosten möglich. Hilfe: HELP, Ende: STOP'],
    [
      'es',
      'low',
      { percent: 17, hoursLeft: 14 },
      'Charge 6: queda un 17 %, unas 14 h. Ponlo a cargar. {page} Baja: STOP',
    ],
    ['es', 'low', { word: 'empty' }, 'Charge 6: sin carga. Ponlo a cargar. {page} Baja: STOP'],
    ['es', 'critical', { percent: 5 }, 'Charge 6: queda un 5 %. ¡A cargar ya! {page} Baja: STOP'],
    ['es', 'reminder', { percent: 12 }, 'Charge 6 sigue al 12 %. {page} Baja: STOP'],
    ['es', 'recovered', { percent: 90 }, 'Charge 6 vuelve a estar cargado (90 %). {page} Baja: STOP'],
    ['es', 'silent', { word: 'low' }, 'Charge 6 tenia poca carga y ya no da datos. {page} Baja: STOP'],
    ['es', 'silent', { percent: 34 }, 'Charge 6 estaba al 34 % y ya no da datos. {page} Baja: STOP'],
    ['es', 'move', { provider: 'Fitbit' }, 'Fitbit deja de funcionar. Reconectar: {page} Baja: STOP'],
    ['es', 'unseen', { silentDays: 8 }, 'Charge 6 lleva 8 dias sin sincronizar. {page} Baja: STOP'],
    ['es', 'code', {}, 'tu clave es {code}. Vale 10 minutos. Si no lo pediste, ignora este SMS.'],
    [
      'fr',
      'low',
      { percent: 17, hoursLeft: 14 },
      'Charge 6 : 17 %, reste env. 14 h. Rechargez-le. {page} Arret : STOP',
    ],
    ['fr', 'reminder', { word: 'low' }, 'Charge 6 a toujours la batterie faible. {page} Arret : STOP'],
    ['fr', 'low', { word: 'low' }, 'Charge 6 a la batterie faible. Rechargez-le. {page} Arret : STOP'],
    ['fr', 'critical', { percent: 5 }, 'Charge 6 : 5 %. Rechargez-le vite ! {page} Arret : STOP'],
    [
      'fr',
      'silent',
      { word: 'low' },
      'Charge 6 : batterie faible, puis plus de données. {page} Arret : STOP',
    ],
    ['fr', 'welcome', {}, 'alertes activées : {page} Frais SMS possibles. Aide : HELP. Arret : STOP'],
    ['fr', 'recovered', { word: 'high' }, 'Charge 6 est rechargé. {page} Arret : STOP'],
    ['fr', 'unseen', {}, "Charge 6 ne s'est pas synchronisé depuis des jours. {page} Arret : STOP"],
    ['fr', 'move', { provider: 'Fitbit' }, 'Fitbit va fermer. Reconnectez-vous : {page} Arret : STOP'],
  ])('%s: %s are those of the language, as far as the alphabet goes', (language, kind, facts, words) => {
    expect(write(kind, { model: 'Charge 6', ...facts }, { language })).toBe(
      `Fitbit Token Service: ${words.replace('{page}', page)}`,
    );
  });

  test('an alarm are English in every language', () => {
    for (const kind of ['alarm', 'alarm over'] as const) {
      const texts = languages.map((language) => write(kind, { alarm: 'jobs poisoned' }, { language }));
      expect(new Set(texts).size).toBe(1);
    }
  });

  test('a device without a name are those for any device', () => {
    const texts = languages.map((language) => write('recovered', {}, { language }));
    expect(texts.map((text) => text.replace('Your ', '').split(' ')[3])).toEqual([
      'tracker',
      'Tracker',
      'dispositivo',
      'appareil',
    ]);
  });
});

const wearerKinds = messageKinds.filter(isWearerKind);
const everyText = languages.flatMap((language) => wearerKinds.map((kind) => ({ language, kind })));

describe.each(everyText)('a text "$kind" in $language', ({ language, kind }) => {
  const models = ['Charge 6', 'Versa 4', 'Inspire 3', 'Sense 2', 'Luxe', 'Aria Air', 'Pixel Watch 3'];
  const percents = [undefined, 0, 9, 19, 50, ...(kind === 'recovered' ? [100] : [])];
  /** There is no forecast without a percent. */
  const ordinary = models.flatMap((model) =>
    percents.flatMap((percent) =>
      (percent === undefined ? [undefined] : [undefined, 1, 14, 99]).map((hoursLeft): MessageFacts => ({
        model,
        percent,
        word: percent === undefined ? 'low' : undefined,
        hoursLeft,
        silentDays: 14,
        provider: kind === 'move' ? 'Fitbit' : 'Google Health',
        successor: 'Google Health',
        codeNumber: 5,
        linkVersion: 7,
      })),
    ),
  );
  const long = ordinary.map((facts) => ({ ...facts, model: 'Ädas Google Pixel Watch 4 (45 mm)' }));
  const rare = ordinary.map((facts) => ({ ...facts, percent: undefined, hoursLeft: 99 }));
  const empty = ordinary.map((facts) => ({ ...facts, word: 'empty' as const }));
  const helped = wearerHelps.map((help) => ({ ...ordinary[0], help }));
  const all = [...ordinary, ...long, ...rare, ...empty, ...helped];
  const texts = all.map((facts) => write(kind, facts, { language }));
  const fromName = all.map((facts) => write(kind, facts, { language, canBeAnswered: false }));

  test('is one segment of GSM-7', () => {
    expect(tooDear([...texts, ...fromName])).toEqual([]);
  });

  test('has every ordinary fact and its device in full', () => {
    const factsIn = (text: string) =>
      [...models, /\d+ %/, /\d+%/, /\d+ (h|days?|Tage?|jours?)\b/].map((fact) => text.match(fact)?.[0]);
    const shortened = [...ordinary, ...empty].filter((facts) => {
      const unlimited = write(kind, facts, { language, publicUrl: 'https://a.example' });
      return String(factsIn(write(kind, facts, { language }))) !== String(factsIn(unlimited));
    });
    expect(shortened).toEqual([]);
  });

  test('names the sender first', () => {
    expect(texts.filter((text) => !text.startsWith('Fitbit Token Service: '))).toEqual([]);
  });

  test('leads to the personal page, unless it is a code or a goodbye', () => {
    const links = ['code', 'goodbye', 'number removed'].includes(kind) ? 0 : 1;
    expect(
      texts.filter((text) => text.split(`${page} `).length + (text.endsWith(page) ? 1 : 0) !== links + 1),
    ).toEqual([]);
    expect(texts.every((text) => text.includes(codePlaceholder) === (kind === 'code'))).toBe(true);
  });

  test('says STOP where it was not asked for at a page', () => {
    const asked: readonly MessageKind[] = ['code', 'link', 'test', 'goodbye', 'number removed'];
    expect(texts.filter((text) => text.includes('STOP') === asked.includes(kind))).toEqual([]);
    expect(texts.every((text) => text.includes('HELP') === (kind === 'welcome'))).toBe(true);
  });

  test('from a name tells nobody to answer, and says that its link ends the texts where another says STOP', () => {
    const ends = { en: 'Link to end', de: 'Ende: Link', es: 'Baja: enlace', fr: 'Arret : lien' };
    expect(fromName.filter((text) => /STOP|HELP/.test(text))).toEqual([]);
    expect(fromName.map((text) => text.endsWith(` ${ends[language]}`))).toEqual(
      texts.map((text) => text.includes('STOP')),
    );
    const sayingEnd = fromName.filter((text) => text.includes(ends[language]));
    expect(sayingEnd.filter((text) => !text.includes(page))).toEqual([]);
  });

  test('says nothing that is not there', () => {
    const least = write(kind, { provider: 'Fitbit' }, { language, contact: undefined });
    expect([...texts, least].filter((text) => /undefined|NaN|null|object|  /.test(text))).toEqual([]);
  });
});

describe('one segment', () => {
  test.each(alarmNames)('is enough for the alarm %s', (alarm) => {
    expect(tooDear([write('alarm', { alarm }), write('alarm over', { alarm })])).toEqual([]);
  });

  test('is kept by cutting the name of the device, and no further than to be recognised', () => {
    const facts = { model: 'Google Pixel Watch 4 45mm', percent: 17, hoursLeft: 14 };
    const text = write('low', facts);
    expect(text).toContain(': Google Pixel Watc is at 17%, about 14 h left. ');
    expect(tooDear([text])).toEqual([]);
  });

  test('is then kept by leaving the forecast out', () => {
    const policy = { serviceName: 'Fitbit Token Service of Ada L.' };
    const facts = { model: 'Google Pixel Watch 4 45mm', percent: 17, hoursLeft: 14 };
    const text = write('low', facts, { policy });
    expect(text).toContain(': Google Pixel Watch 4 45m is at 17%. Charge it. ');
    expect(tooDear([text])).toEqual([]);
  });

  test('is given up rather than anything else', () => {
    const publicUrl = `https://${'long-'.repeat(20)}host.example`;
    const facts = { model: 'Google Pixel Watch 4 45mm', percent: 17, hoursLeft: 14 };
    const text = write('low', facts, { publicUrl });
    expect(text).toContain(
      ': Google Pixel Watch 4 45mm is at 17%, about 14 h left. Charge it. https://long-',
    );
    expect(countSegments(received(text))).toEqual({ encoding: 'GSM-7', segments: 2 });
  });

  test('is used to its last character, with a link and a code as long as they are', async () => {
    const link = await deriveLink({ keyedHash: createMemoryKeyedHash() }, 'wearer-1', 1);
    const model = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcd';
    const text = write('low', { model, percent: 17, hoursLeft: 14 }).replace(linkPlaceholder, link);
    expect([link.length, text.length]).toEqual([22, 160]);
    const code = await deriveCode(createTestWorld().ports, 'wearer-1', 1);
    expect(revealed(code)).toHaveLength(6);
  });

  test('is counted with characters that take two places', () => {
    const model = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcd';
    const text = write(
      'low',
      { model, percent: 17 },
      { publicUrl: 'https://fitbit-tokens-~~~~.azurewebsites.net' },
    );
    expect(tooDear([text])).toEqual([]);
    expect(received(text)).toHaveLength(156);
  });
});

describe('the name of a device', () => {
  test.each([
    ['evil.example', 'evil example'],
    ['www.evil.example/login', 'www evil examplelogin'],
    ['192.0.2.7', '192 0 2 7'],
    ['https://evil.example', 'httpsevil example'],
    ['evil．example', 'evil example'],
    ['evil·example', 'evil example'],
    ['evil..example', 'evil example'],
    ['Dr. Who', 'Dr. Who'],
    ['Charge 6.', 'Charge 6.'],
  ])('%s is no address that a phone would open', (model, shown) => {
    expect(write('low', { model, percent: 17 })).toContain(` ${shown}`);
    expect(write('low', { model, percent: 17 }).replace(/https:\S+/, '')).not.toMatch(/\w\.\w/);
  });

  test.each([
    ['a plain name', 'Charge 6', 'Charge 6'],
    ['punctuation that is worth keeping', 'Aria Air (2), 45-mm & co. +', 'Aria Air (2), 45-mm & co. +'],
    ['letters that the alphabet has', 'Ändis größte Peña, à É Ø', 'Ändis größte Peña, à É Ø'],
    ['letters that it lacks', 'François’ «Zoë»', "Francois' Zoe"],
    ['letters written apart', 'Zo\u0065\u0301 A\u0308', 'Zoé Ä'],
    ['full-width letters', 'Ｖｅｒｓａ　４', 'Versa 4'],
    ['a curly quote, which would make two segments', 'Ada’s “Sense”', "Ada's Sense"],
    ['emoji', '🔋 Luxe 👩‍👩‍👧', 'Luxe'],
    ['characters that cost two septets', '[Inspire] {3} ~ ^ | \\ €', 'Inspire 3'],
    ['another script only', '腕時計', 'tracker'],
    ['right to left', '\u202eecA \u2067שעון\u2069', 'ecA'],
    ['nothing', '', 'tracker'],
    ['spaces only', ' \t ', 'tracker'],
    ['line breaks that would fake another message', 'Luxe\r\nYour code is 1', 'LuxeYour code is 1'],
    ['other line breaks', 'Luxe\u2028\u2029\u0085\u000bAce', 'LuxeAce'],
    ['control and direction characters', 'Ace\u0000\u202e\u200b\ufeff 3\u001b', 'Ace 3'],
    ['a link', 'https://evil.example/x', 'httpsevil examplex'],
    ['placeholders of ours', 'Ace {link} {code}', 'Ace link code'],
    ['placeholders in other letters', '｛link｝ ︷code︸', 'link code'],
    ['spaces around and between', '  Alta   HR  ', 'Alta HR'],
    ['500 characters', 'x'.repeat(500), 'x'.repeat(30)],
    ['a space where it is cut', `${'x'.repeat(29)} y`, 'x'.repeat(29)],
    ['a letter that grows when taken apart', 'ﬃ'.repeat(20), 'ffi'.repeat(10)],
  ])('of %s is plain', (_, model, name) => {
    expect(write('recovered', { model, percent: 95 }, { publicUrl: 'https://a.example' })).toBe(
      `Fitbit Token Service: Your ${name} is charged again (95%). https://a.example/m/{link} STOP to end`,
    );
  });

  test('with any character of any script costs no second segment and brings no placeholder', () => {
    const fours = Array.from({ length: 0x4000 }, (_, index) =>
      String.fromCharCode(...[0, 1, 2, 3].map((more) => 4 * index + more)),
    );
    const texts = fours.map((model) => write('critical', { model, percent: 20, hoursLeft: 99 }));
    expect(tooDear(texts)).toEqual([]);
    expect(
      texts.filter((text) => !/^Fitbit Token Service: [^{}\r\n]+ https:\S+\{link\} STOP to end$/.test(text)),
    ).toEqual([]);
  });

  test('whatever it is, costs no second segment in any language', () => {
    const name = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.mixedCase(fc.constantFrom('{link}', '{code}', '｛link｝', '$&', '$`{link}', '\n\nSTOP')),
    );
    fc.assert(
      fc.property(name, fc.constantFrom(...everyText), (model, { language, kind }) => {
        const facts = { model, percent: 20, hoursLeft: 99, silentDays: 14, provider: 'Google Health' };
        const text = write(kind, facts, { language });
        expect(tooDear([text])).toEqual([]);
        const placeholders = text.match(/[{}]/g)?.length ?? 0;
        expect(placeholders).toBe(
          write(kind, { ...facts, model: 'Luxe' }, { language }).match(/[{}]/g)?.length ?? 0,
        );
      }),
    );
  });
});

test('the name of the service is the operator’s choice', () => {
  const text = write('test', {}, { policy: { serviceName: 'Ada & Co. Trackers' } });
  expect(text).toBe(`Ada & Co. Trackers: this is the test text you asked for. ${page}`);
});

describe('an answer to HELP leads to the personal page only', () => {
  test.each([
    ['of a service whose operator gave no contact', undefined],
    ['if the contact would be another one in this alphabet', 'ayudá@example.com'],
  ])('%s', (_, contact) => {
    expect(write('help', { linkVersion: 1 }, { contact })).toBe(
      `Fitbit Token Service: battery alerts. ${page} STOP to end`,
    );
  });
});
