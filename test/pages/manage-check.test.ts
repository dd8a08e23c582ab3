import { managePage, type CheckHelp } from '../../src/pages/manage';
import { textOf } from './read-page';
import { frame, fullManage, hourMs, now, render } from './samples';

test.each<[CheckHelp, string, string | undefined, boolean]>([
  ['permission', 'Please reconnect and leave its box ticked.', undefined, true],
  ['profile', 'Your account has no Google Health profile', 'https://set-up.example', false],
  ['move', 'because it was never moved to Google', 'https://set-up.example', false],
  ['access', 'Please remove the access of this service at the link below', 'https://revoke.example', true],
  ['operator', 'the operator has to mend it', undefined, false],
  ['waiting', 'We keep trying; you need not do anything.', undefined, false],
])(
  'a check that fails and is cured by "%s" is said in words, with what to do',
  async (help, words, link, urgent) => {
    const text = await render(
      managePage(frame, {
        ...fullManage,
        provider: 'Google Health',
        state: 'check failing',
        check: { help, since: now - 30 * hourMs },
        revokeUrl: 'https://revoke.example',
        setUpUrl: 'https://set-up.example',
      }),
    );
    expect(textOf(text)).toContain(words);
    expect(textOf(text)).toContain('It has been so since');
    const links = ['https://set-up.example', 'https://revoke.example'].filter((each) => text.includes(each));
    expect(links).toEqual(link === undefined ? [] : [link]);
    expect(text.includes('<section class="bad"')).toBe(urgent);
  },
);
