import {
  connectedPage,
  signUpRefusedPage,
  type ConnectedPage,
  type SignUpRefusedPage,
} from '../../src/pages/callback';
import { paths } from '../../src/paths';
import { elementsOf, textOf } from './read-page';
import { connected, frame, render } from './samples';

const page = (change: Partial<ConnectedPage>) => render(connectedPage(frame, { ...connected, ...change }));

test.each<[Partial<ConnectedPage>, string]>([
  [{}, 'When one is low, you get a text at +1 425 555 0123.'],
  [{ phone: undefined }, 'When one is low, you get a text.'],
  [{ texts: 'paused' }, 'Texts are paused.'],
  [{ texts: 'none', phone: undefined }, 'You get no texts.'],
  [{ texts: 'none' }, 'No texts are sent to +1 425 555 0123. Your personal page says why.'],
  [{ texts: 'none', textsPossible: false }, 'Texts are not set up here yet.'],
])('the success page with %j says what comes', async (change, sentence) => {
  expect(textOf(await page(change))).toContain(sentence);
});

test('the success page gives the personal link as a link that can be read', async () => {
  const text = await page({});
  expect(text).toContain('<a href="https://texts.example.org/m/abc">https://texts.example.org/m/abc</a>');
  expect(textOf(text)).toContain('Please bookmark it, and keep it to yourself');
});

test('the success page names the permissions that are missing, if any', async () => {
  expect(await page({})).toContain('<code>sleep</code>');
  expect(textOf(await page({ missingScopes: [] }))).not.toContain('permissions');
});

const linksOf = (text: string) =>
  elementsOf(text).flatMap(({ attributes: { class: name, href } }) =>
    name?.startsWith('button') ? [href] : [],
  );

test('a refused sign-up starts again where it began', async () => {
  expect(linksOf(await render(signUpRefusedPage(frame, { why: 'other provider' })))).toEqual(['/signup']);
  const again = '/m/abc';
  expect(linksOf(await render(signUpRefusedPage(frame, { why: 'consent denied', again })))).toEqual([again]);
});

test('a state that was used also leads to the code that was texted', async () => {
  expect(linksOf(await render(signUpRefusedPage(frame, { why: 'state used' })))).toEqual([
    '/signup',
    '/confirm',
  ]);
});

test.each<[SignUpRefusedPage['why'], string]>([
  ['other account', 'You chose the Google account ada@example.com, and another one is connected here.'],
  [
    'no profile at provider',
    'You chose the Google account ada@example.com, and it has no Google Health profile.',
  ],
  ['account not moved', 'its Fitbit account was never moved to Google'],
  ['account refused', 'Please remove the access of this service at Google Health, then start again.'],
])('a sign-up refused because of "%s" names the account and leads to what helps', async (why, sentence) => {
  const account = { at: 'Google', name: 'ada@example.com' };
  const mendAt = 'https://provider.example/set-up';
  const text = await render(signUpRefusedPage(frame, { why, provider: 'Google Health', account, mendAt }));
  expect(textOf(text)).toContain(sentence);
  expect(linksOf(text)).toEqual(why === 'other account' ? [paths.signUp] : [paths.signUp, mendAt]);
});
