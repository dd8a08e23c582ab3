import { disconnectedPage, managePage, type DisconnectedPage, type ManagePage } from '../../src/pages/manage';
import { elementWithId, elementsOf, formsOf, textOf } from './read-page';
import { device, frame, fullManage, hourMs, manage, now, providers, render, sharingFrame } from './samples';

const page = (change: Partial<ManagePage>) =>
  render(managePage(frame, { ...fullManage, shared: false, errors: {}, ...change }));
const post = 'POST /m/abc';
const always = [
  `${post} threshold criticalAt remindEveryHours tellRecovered quiet quietFrom quietTo timeZone language action=settings`,
  `${post} action=new-link`,
  `${post} sure action=disconnect`,
];
const number = [`${post} phone agree action=number`, `${post} action=no-texts`];
const mute = `${post} device action=mute`;
const name = `${post} device name action=name`;
const reconnect = `${post} provider action=reconnect`;

test.each<[string, Partial<ManagePage>, string[]]>([
  ['texts on', {}, [`${post} action=pause action=test`, ...number]],
  ['texts paused', { texts: 'paused' }, [`${post} action=resume action=test`, ...number]],
  ['a stopped number', { texts: 'stopped' }, number],
  ['a number that does not exist', { texts: 'dead' }, number],
  ['no number', { texts: 'none', phone: undefined }, number.slice(0, 1)],
  ['no way to text', { texts: 'not set up' }, number.slice(1)],
  ['neither', { texts: 'not set up', phone: undefined }, []],
])('the personal page with %s has these forms', async (_, change, forms) => {
  expect(formsOf(await page(change))).toEqual([reconnect, mute, name, name, ...forms, ...always]);
});

test.each<[ManagePage['state'], string]>([
  ['connected', 'All is well: connected to Google Health since Sep 15, 2026.'],
  ['failing', 'Google Health has not answered lately.'],
  ['reconnect required', 'Google Health has ended the connection'],
  ['provider retired', 'Google Health has been switched off'],
])('the state "%s" is said in a sentence', async (state, sentence) => {
  expect(textOf(await page({ state }))).toContain(sentence);
});

test('reconnecting is at hand when it is needed, and folded away when not', async () => {
  const folded = /<summary>Reconnect<\/summary>/;
  expect(await page({ state: 'connected' })).toMatch(folded);
  expect(await page({ state: 'reconnect required' })).not.toMatch(folded);
  expect(elementWithId(await page({}), 'provider').attributes).toMatchObject({
    value: 'google-health',
    checked: '',
  });
});

test('a single provider to reconnect with is no question', async () => {
  const text = await page({ reconnectAt: providers.slice(0, 1) });
  expect(formsOf(text)).toContain(reconnect);
  expect(elementsOf(text).some(({ attributes }) => attributes['type'] === 'radio')).toBe(false);
});

test('with nobody to reconnect with that is said, and so is what was wrong', async () => {
  const errors = { provider: 'No provider.' };
  const text = await page({ state: 'provider retired', reconnectAt: [], errors });
  expect(formsOf(text)).not.toContain(reconnect);
  expect(textOf(text)).toContain('No provider. There is no provider to reconnect with just now.');
  expect(elementWithId(text, 'provider').tag).toBe('p');
});

test('a device says its level, its last sync in local time, and how long it will last', async () => {
  const text = textOf(await page({})).replaceAll('\u202f', ' ');
  expect(text).toContain('Charge 6 12%, low Tracker. Last sync today, 11:05 AM. About 12 to 16 h left.');
  expect(text).toContain('Aria high Scale. Last sync not known. It raises no alerts.');
});

test.each<[Partial<ManagePage['devices'][number]>, string]>([
  [{ percent: 20.9 }, '20%'],
  [{ percent: 20, low: true }, '20%, low'],
  [{ word: 'empty' }, 'empty'],
  [{}, 'not known'],
  [{ syncedAt: now - 26 * hourMs }, 'Last sync yesterday, '],
  [{ syncedAt: now - 50 * hourMs }, 'Last sync Nov 12, '],
  [{ syncedAt: now - 366 * 24 * hourMs }, 'Last sync Nov 13, 2025, '],
  [{ hoursLeft: { from: 16, to: 16 } }, 'About 16 h left.'],
  [{ hoursLeft: { from: 71, to: 97 } }, 'About 3 to 4 days left.'],
  [{ muted: true }, 'Muted: you get no texts about it.'],
])('a device with %j says "%s"', async (change, words) => {
  expect(textOf(await page({ devices: [{ ...device, ...change }] }))).toContain(words);
});

test('a muted device can be unmuted, and one that raises no alerts neither', async () => {
  const muted = await page({ devices: [{ ...device, muted: true }] });
  expect(formsOf(muted)).toContain(`${post} device action=unmute`);
  expect(muted).toContain('<input type="hidden" name="device" value="row-1" />');
  expect(formsOf(await page({ devices: [{ ...device, watched: false }] }))).not.toContain(mute);
});

test('a device is called what the wearer calls it, with its model behind, and the name can be changed', async () => {
  const named = { ...device, name: "Ada's", percent: 50 };
  const text = await page({ devices: [device, named] });
  expect(textOf(text)).toContain("Ada's 50% Charge 6. Last sync");
  expect(textOf(text)).toContain("Mute Ada's");
  expect(elementWithId(text, 'name-0').attributes).toMatchObject({
    name: 'name',
    value: '',
    maxlength: '30',
  });
  expect(elementWithId(text, 'name-1').attributes['value']).toBe('Ada&#39;s');
});

test('the settings are those of the wearer', async () => {
  const text = await page({});
  const { preferences } = fullManage;
  expect(elementWithId(text, 'threshold').attributes).toMatchObject({ value: '20', min: '5', max: '50' });
  expect(elementWithId(text, 'criticalAt').attributes).toMatchObject({ value: '5', min: '0', max: '20' });
  expect(elementWithId(text, 'quietFrom').attributes).toMatchObject({ type: 'time', value: '22:00' });
  expect(elementWithId(text, 'tellRecovered').attributes).toMatchObject({ value: 'yes', checked: '' });
  const selected = (html: string) =>
    elementsOf(html).flatMap(({ attributes }) => ('selected' in attributes ? [attributes['value']] : []));
  expect(selected(text)).toEqual(['24', 'Europe/Berlin', 'de']);
  expect(selected(await page({ preferences: { ...preferences, timeZone: '' } }))).toEqual(['24', '', 'de']);
});

test('a time zone that is not offered any more stays chosen', async () => {
  const preferences = { ...fullManage.preferences, timeZone: 'Asia/Calcutta"' };
  expect(await page({ preferences })).toContain(
    '<option value="Asia/Calcutta&quot;" selected>Asia/Calcutta&quot;',
  );
});

test('every error is listed in the order of the page, tied to its field, and not folded away', async () => {
  const text = await page({ errors: fullManage.errors });
  const links = elementsOf(text).flatMap(({ attributes: { href } }) => (href?.startsWith('#') ? [href] : []));
  expect(links).toEqual(
    [
      'provider',
      'name-1',
      'phone',
      'agree',
      'threshold',
      'criticalAt',
      'remindEveryHours',
      'quietFrom',
      'quietTo',
      'timeZone',
      'language',
      'sure',
    ].map((id) => `#${id}`),
  );
  for (const id of links.map((link) => link.slice(1)).filter((name) => name !== 'provider')) {
    const { attributes } = elementWithId(text, id);
    expect(attributes['aria-invalid']).toBe('true');
    expect(attributes['aria-describedby']?.split(' ')).toContain(`${id}-error`);
  }
  // Only the other device's name stays folded.
  expect(text.split('<details >')).toHaveLength(2);
});

test('what was done is announced, and the number that was entered stays', async () => {
  const text = await page({ errors: { phone: 'No number.' }, entered: { phone: '12' } });
  expect(text).toMatch(/role="status"[^>]*><p>Saved\.<\/p>/);
  expect(elementWithId(text, 'phone').attributes['value']).toBe('12');
});

test('the data can be exported', async () => {
  expect(await render(managePage(frame, manage))).toContain('<a href="/m/abc/export">');
});

const ended: DisconnectedPage = {
  provider: 'Fitbit',
  revoked: true,
  erased: true,
  left: 'nothing',
  revokeUrl: 'https://example.org/apps',
};

test.each<[DisconnectedPage, string]>([
  [ended, 'Your batteries are not watched any more. What was stored about you is deleted.'],
  [ended, 'Fitbit has confirmed that the access to your account is gone.'],
  [{ ...ended, revoked: false }, 'To be sure, remove it there: https://example.org/apps'],
  [{ ...ended, revoked: false, erased: false }, 'Fitbit has not yet confirmed that the access'],
  [
    { ...ended, erased: false },
    'What is stored about you is being deleted, which usually takes some minutes.',
  ],
  [
    { ...ended, left: 'being deleted' },
    'is deleted, except for the keys to your Fitbit account: they are deleted too, and the vault that held them forgets them for good within minutes.',
  ],
  [
    { ...ended, left: { goneAt: Date.UTC(2027, 1, 12) } },
    'except for the keys to your Fitbit account: an encrypted copy stays in the vault that held them, kept against accidents, and is deleted for good on Feb 12, 2027 at the latest.',
  ],
])('after a disconnect, %j', async (model, sentence) => {
  expect(textOf(await render(disconnectedPage(frame, model)))).toContain(sentence);
});

describe('sharing', () => {
  const sharing = (change: Partial<ManagePage>) =>
    render(managePage(sharingFrame, { ...fullManage, errors: {}, ...change }));

  test('that is on is said with its end at hand, and reconnecting changes nothing of it', async () => {
    const text = await sharing({ shared: true });
    expect(textOf(text)).toContain('Your access is shared with a sleep study. End the sharing');
    expect(formsOf(text)).toContain('POST /m/abc action=end-sharing');
    expect(textOf(text)).not.toContain('With that, your access is shared');
  });

  test('that is not on begins with reconnecting, which says so and carries what it said', async () => {
    const text = await sharing({ shared: false });
    expect(textOf(text)).toContain('With that, your access is shared with a sleep study');
    expect(text).toContain('<input type="hidden" name="shared" value="a sleep study" />');
    expect(textOf(text)).not.toContain('End the sharing');
  });

  test('is not spoken of where there is none', async () => {
    expect(textOf(await page({}))).not.toMatch(/shar/i);
  });
});
