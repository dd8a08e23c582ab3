/**
 * Looks at every kind of page that these tests have come across, with everything unfolded: axe-core in light and
 * dark, whether it fits a screen 320 px wide, and whether a common word is broken there.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { SeenPage, Stage } from './stage';

const narrow = { width: 320, height: 640 };
/** In the dark only colours differ, so only the rules about colours have something new to see. */
export const rulesIn = {
  light: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  dark: ['color-contrast', 'link-in-text-block'],
};

/** Pages that have to be among them: those of src/pages, by their titles. A test of test/pages looks for each sample's. */
export const allTitles = [
  'Connect your tracker',
  'Not set up yet',
  'Enter the code',
  'That code is too old',
  'Too many wrong codes',
  'The text could not be sent',
  'There is no code to enter here',
  'Your number is confirmed',
  'Look at your mail',
  'The e-mail could not be sent',
  'Is this your address?',
  'Your address is confirmed',
  'This link does not work any more',
  'Nothing was connected',
  'One permission is missing',
  'All is well',
  'Charge your Charge 6 today',
  'We are looking for your devices',
  'Your texts are stopped',
  'Your texts are paused',
  'No news from Fitbit just now',
  'Please connect again',
  'You are disconnected',
  'This link is not valid any more',
  'Get your link again',
  'Look at your phone',
  'Privacy and text terms',
  'End the e-mails',
  'You get no more e-mails',
  'You get e-mails again',
  'This link does not work',
];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

export function describeAudit(the: () => Stage): void {
  describe('every page that was seen', () => {
    test('makes a list that leaves no page of the service out', () => {
      const titles = the()
        .seen()
        .filter(({ from }) => from === 'service')
        .map(({ title }) => title);
      expect(allTitles.filter((title) => !titles.includes(title))).toEqual([]);
    });

    test.each(['light', 'dark'] as const)(
      'has nothing that axe-core objects to, and fits 320 px, in %s',
      async (colorScheme) => {
        const stage = the();
        const axe = await readAxe();
        const page = await openForAudit(stage, colorScheme);
        const objections: string[] = [];
        for (const seen of stage.seen()) {
          objections.push(...(await audit(page, { axe, rules: rulesIn[colorScheme] }, seen)));
        }
        expect(objections).toEqual([]);
      },
      600_000,
    );
  });
}

/** A page of its own: the policy of what is looked at does not bind here, so that axe can run. */
export function openForAudit(stage: Stage, colorScheme: 'light' | 'dark'): Promise<Page> {
  return stage.open({ viewport: narrow, colorScheme, reducedMotion: 'reduce', javaScriptEnabled: true });
}

export function readAxe(): Promise<string> {
  return readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
}

/** A word of letters alone that begins on one line and ends on another. Links, ids and addresses may break, and so may very long words. */
const findBrokenWords = `(() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest('option, svg, style')) continue;
    for (const { 0: word, index } of node.data.matchAll(/(?<![^\\s])\\p{L}{3,16}(?=[.,:;!?]?(?:\\s|$))/gu)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
    }
  }
  return broken;
})()`;

/** @returns what is wrong with it */
export async function audit(
  page: Page,
  { axe, rules }: { axe: string; rules: readonly string[] },
  { title, from, html }: SeenPage,
): Promise<string[]> {
  // The phone loads itself again and again, which it says on purpose.
  await page.setContent(html.replace(/<meta http-equiv="refresh"[^>]*>/, ''));
  const width = await page.evaluate<number>(`
    document.querySelectorAll('details').forEach((each) => { each.open = true; });
    document.documentElement.scrollWidth
  `);
  const broken = await page.evaluate<string[]>(findBrokenWords);
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>(`
    axe.run({ runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] }).then(({ violations }) => violations)
  `);
  const where = `${from}, "${title}"`;
  return [
    ...(width > narrow.width ? [`${where}: is ${width} px wide`] : []),
    ...broken.map((word) => `${where}: breaks the word ${word}`),
    ...violations.map(
      ({ id, help, nodes }) =>
        `${where}: ${id}: ${help}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join('; ')}`,
    ),
  ];
}
