import { mailConsentWording, textConsentWording } from '../../src/pages/contact-fields';
import { linkPage } from '../../src/pages/link-page';
import { privacyPage } from '../../src/pages/privacy-page';
import { signUpPage, type SignUpPage } from '../../src/pages/sign-up-page';
import { elementWithId, elementsOf, formsOf, textOf } from './read-page';
import { eitherWay, emptyLink, frame, fullSignUp, providers, render, sharingFrame, signUp } from './samples';

const page = (model: SignUpPage) => render(signUpPage(frame, model));

const selectedIn = (text: string) =>
  elementsOf(text).flatMap(({ attributes }) => ('selected' in attributes ? [attributes['value']] : []));

test.each<[string, SignUpPage, string]>([
  ['one provider', signUp, 'POST /signup phone agree language'],
  ['several providers', { ...signUp, providers }, 'POST /signup provider phone agree language'],
  ['an invitation', { ...signUp, inviteNeeded: true }, 'POST /signup invite phone agree language'],
  ['no texts', { ...signUp, ways: [] }, 'POST /signup'],
  ['e-mails alone', { ...signUp, ways: ['email'] }, 'POST /signup email agreeToMails language'],
  [
    'texts and e-mails',
    { ...signUp, ways: ['sms', 'email'] },
    'POST /signup way phone agree email agreeToMails language',
  ],
])('the sign-up form with %s asks for what it needs', async (_, model, form) => {
  expect(formsOf(await page(model))).toEqual([form]);
});

test('the sign-up form keeps what was entered', async () => {
  const text = await page(fullSignUp);
  expect(elementWithId(text, 'phone').attributes['value']).toBe('12');
  expect(elementWithId(text, 'invite').attributes['value']).toBe('sesame');
  expect(selectedIn(text)).toEqual(['fr']);
  expect(elementWithId(text, 'agree').attributes).toMatchObject({ value: 'yes', checked: '' });
  const radios = elementsOf(text).filter(({ attributes }) => attributes['type'] === 'radio');
  expect(radios.map(({ attributes }) => [attributes['value'], 'checked' in attributes])).toEqual([
    ['google-health', false],
    ['fitbit', true],
  ]);
});

test('the sign-up form offers the languages, each in its own words; that of the page is chosen', async () => {
  const text = await page(signUp);
  expect(selectedIn(text)).toEqual(['en']);
  expect(textOf(text)).toContain('Language English Deutsch Español Français');
});

test('the sign-up form preselects the first provider when nothing is chosen', async () => {
  const text = await page({ ...signUp, providers: providers.map((each) => ({ ...each, chosen: false })) });
  expect(elementWithId(text, 'provider').attributes).toMatchObject({ value: 'google-health', checked: '' });
});

test('errors are listed at the top in the order of the page, and tied to their fields', async () => {
  const text = await page(fullSignUp);
  const links = elementsOf(text).flatMap(({ attributes: { href } }) => (href?.startsWith('#') ? [href] : []));
  expect(links).toEqual(['#provider', '#invite', '#phone', '#agree']);
  expect(text).toMatch(/<main>\s*<div class="errors" role="alert"/);
  for (const id of ['invite', 'phone', 'agree']) {
    const { attributes } = elementWithId(text, id);
    expect(attributes).toMatchObject({
      'aria-invalid': 'true',
      'aria-describedby': `${id}-error ${id}-hint`,
    });
  }
  expect(text).toContain('role="radiogroup" aria-invalid="true" aria-describedby="provider-error"');
});

test('a form without errors has no summary and marks no field', async () => {
  const text = await page(signUp);
  expect(text).not.toContain('role="alert"');
  expect(elementsOf(text).some(({ attributes }) => 'aria-invalid' in attributes)).toBe(false);
});

test(`the consent to texts holds what carriers ask for, as wording ${textConsentWording}`, async () => {
  const text = textOf(await page(signUp));
  // Whoever changes these words changes the name of the wording too: it is stored with every consent.
  expect(textConsentWording).toBe('2026-11');
  expect(text).toContain(
    'I agree to receive recurring automated texts from Battery Texts at this number: low-battery and connection alerts about my device, and sign-up codes. ' +
      'Message frequency varies, usually 2 to 10 a month. Message and data rates may apply. Reply STOP to end, HELP for help. ' +
      'Consent is not a condition of using this service. Privacy and text terms',
  );
});

test(`the consent to e-mails says who writes, what about and how to end it, as wording ${mailConsentWording}`, async () => {
  const text = textOf(await page(eitherWay));
  // As above: it is stored with every consent.
  expect(mailConsentWording).toBe('2026-11-email');
  expect(text).toContain(
    'I agree to receive recurring automated e-mails from Battery Texts at this address: low-battery and connection alerts about my device, and links to confirm the address. ' +
      'Usually 2 to 10 a month. Every alert has a link that ends them. Consent is not a condition of using this service. Privacy and terms',
  );
});

test('of texts and e-mails, texts are chosen unless the wearer has chosen otherwise', async () => {
  const chosenIn = async (model: SignUpPage) =>
    elementsOf(await page(model)).flatMap(({ attributes }) =>
      attributes['name'] === 'way' && 'checked' in attributes ? [attributes['value']] : [],
    );
  expect(await chosenIn({ ...signUp, ways: ['sms', 'email'] })).toEqual(['sms']);
  expect(await chosenIn(eitherWay)).toEqual(['email']);
  expect(elementWithId(await page(eitherWay), 'email').attributes).toMatchObject({
    value: 'ada@',
    'aria-invalid': 'true',
  });
});

test('what is read and what for stands before the button, where it stays and how to end it is folded behind it', async () => {
  const text = textOf(await page(signUp));
  const [before = '', after = ''] = text.split('Continue to Google Health');
  for (const words of ['battery levels', 'time zone', 'nothing else', 'never sold or shared', 'We read']) {
    expect(before).toContain(words);
  }
  expect(after).toMatch(
    /Microsoft Azure .* numbers of these countries: United States, Canada\. .* end it at any time/,
  );
});

test('an embedded browser is told to open the address elsewhere, before anything else', async () => {
  const text = textOf(await render(signUpPage({ ...frame, embeddedBrowser: true }, signUp)));
  expect(text).toMatch(/runs flat\. Please open this page in Safari or Chrome .* https:\/\/texts\.example/);
  expect(textOf(await page(signUp))).not.toContain('Safari');
});

test('the link page asks for a number, and afterwards does not say whether it is known', async () => {
  const asked = await render(
    linkPage(frame, { ...emptyLink, entered: { phone: '12' }, errors: { phone: 'No number.' } }),
  );
  expect(formsOf(asked)).toEqual(['POST /link phone']);
  expect(elementWithId(asked, 'phone').attributes).toMatchObject({ value: '12', 'aria-invalid': 'true' });
  const sent = await render(
    linkPage(frame, { ...emptyLink, entered: { phone: '+14255550123' }, done: 'sms' }),
  );
  expect(sent).toContain('If this number is signed up, a text with the link is on its way.');
  expect(sent).not.toContain('4255550123');
  const asksBoth = await render(linkPage(frame, { ...emptyLink, ways: ['sms', 'email'] }));
  expect(formsOf(asksBoth)).toEqual(['POST /link way phone email']);
  expect(await render(linkPage(frame, { ...emptyLink, done: 'email' }))).toContain(
    'If this address is signed up, an e-mail with the link is on its way.',
  );
});

test('the privacy page holds what Google and carriers look for', async () => {
  const model = {
    providers: ['Google Health'],
    retention: { readingsDays: 30, messagesDays: 90, proofYears: 4, stopYears: 5 },
  };
  const text = textOf(await render(privacyPage(frame, model)));
  for (const words of [
    "Battery Texts's use and transfer to any other app of information received from Google APIs will adhere to the Google API Services User Data Policy, including the Limited Use requirements",
    'never shared with third parties or affiliates for marketing',
    'usually 2 to 10 a month',
    'Message and data rates may apply',
    'Reply STOP to end',
    'for 30 days at most',
    'for 90 days at most',
    'help@example.org',
  ]) {
    expect(text).toContain(words);
  }
});

describe('with whom access is shared', () => {
  const model = {
    providers: ['Fitbit'],
    retention: { readingsDays: 90, messagesDays: 365, proofYears: 4, stopYears: 5 },
  };

  test('is said before the button, and goes with the form', async () => {
    const text = await render(signUpPage(sharingFrame, signUp));
    const [before = '', after = ''] = textOf(text).split('Continue to Google Health');
    expect(before).toContain(
      'Your access is shared with a sleep study : they can do what you allow on the next page. You can end that at any time.',
    );
    expect(after).toContain('It is never sold, and shared with nobody else.');
    expect(textOf(text)).not.toContain('for nothing else');
    expect(text).toContain('<input type="hidden" name="shared" value="a sleep study" />');
  });

  test('is on the privacy page', async () => {
    const text = textOf(await render(privacyPage(sharingFrame, model)));
    expect(text).toContain('a sleep study can use your access, if you were told so when you connected');
    expect(text).not.toContain('for nothing else');
  });

  test('is nobody unless it is said', async () => {
    expect(textOf(await page(signUp))).toContain('It is used for nothing else, and never sold or shared.');
    expect(textOf(await render(privacyPage(frame, model)))).toContain('it is not shared.');
  });
});
