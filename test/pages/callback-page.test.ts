import { signUpRefusedPage, type SignUpRefusedPage } from '../../src/pages/callback-page';
import type { Language } from '../../src/model';
import { wordsIn } from '../../src/pages/words';
import { paths } from '../../src/paths';
import { elementsOf, textOf } from './read-page';
import { frame, render } from './samples';

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

test.each<[Language, string]>([
  ['en', 'Please ask the administrator to allow it'],
  ['de', 'Bitten Sie den Administrator, diesen Dienst zu erlauben'],
  ['es', 'Pide a ese administrador que lo autorice'],
  ['fr', 'Demandez à cet administrateur de l’autoriser'],
])('an account that its organization keeps out is told in %s whom to ask', async (language, sentence) => {
  const words = wordsIn(language);
  const page = signUpRefusedPage(
    { ...frame, words },
    { why: 'account not allowed', provider: 'Google Health' },
  );
  expect(textOf(await render(page))).toContain(sentence);
});

test.each<[SignUpRefusedPage['why'], string]>([
  [
    'other account',
    'The Google account ada@example.com that you chose is not the one that is connected here.',
  ],
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
