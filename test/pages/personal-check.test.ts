import { personalPage } from '../../src/pages/personal-page/page';
import { formsOf, textOf } from './read-page';
import { frame, fullPersonalPage, hourMs, now, render } from './samples';
import type { CheckHelp } from '../../src/pages/personal-page/view';

test.each<[CheckHelp, string, string | undefined, boolean]>([
  ['permission', 'Please reconnect and leave its box ticked.', undefined, true],
  ['profile', 'Your account has no Google Health profile', 'https://set-up.example', false],
  ['move', 'because it was never moved to Google', 'https://set-up.example', false],
  ['access', 'Please remove the access of this service at the link below', 'https://revoke.example', true],
])(
  'a check that fails and is cured by "%s" is said in words, with what to do',
  async (help, words, link, urgent) => {
    const text = await render(
      personalPage(frame, {
        ...fullPersonalPage,
        provider: 'Google Health',
        headline: { kind: 'cannot read' },
        check: { help, since: now - 30 * hourMs },
        revokeUrl: 'https://revoke.example',
        setUpUrl: 'https://set-up.example',
      }),
    );
    expect(textOf(text)).toContain(words);
    expect(textOf(text)).toContain('We have not been able to read them since');
    const links = ['https://set-up.example', 'https://revoke.example'].filter((each) => text.includes(each));
    expect(links).toEqual(link === undefined ? [] : [link]);
    const [top = ''] = text.split('<div class="columns">');
    expect(formsOf(top).length > 0).toBe(urgent);
  },
);

test.each<[CheckHelp, string]>([
  ['operator', "You don't need to do anything: the operator has to fix it."],
  ['waiting', "We keep trying; you don't need to do anything."],
])('a check that fails and is nothing to the wearer, "%s", is said calmly', async (help, words) => {
  const text = await render(
    personalPage(frame, {
      ...fullPersonalPage,
      headline: { kind: 'not answering' },
      check: { help, since: now - 30 * hourMs },
    }),
  );
  expect(text).toContain('<h1>No news from Google Health just now</h1>');
  expect(textOf(text)).toContain(`${words} We have not been able to read them since`);
});
