/** Every page in every language: nothing is left in English, and every fact is said. */
import { languages } from '../../src/model';
import { wordsIn } from '../../src/pages/words';
import { textOf } from './read-page';
import { frame, samples } from './samples';
import type { Words } from '../../src/pages/words/catalogue';

const others = languages.filter((language) => language !== 'en');

// A catalogue that lacks a sentence, or has one more, does not compile.
// @ts-expect-error a sentence is missing
({ sentence: '', signUpAgain: '', getLink: '' }) satisfies Words['confirm']['unknown'];
// @ts-expect-error a sentence is too many
({ title: '', sentence: '', signUpAgain: '', getLink: '', more: '' }) satisfies Words['confirm']['unknown'];

/** What is written alike, beside time zones: names, and words that another language has taken over. */
const alike = new Set([
  ...languages.map((language) => wordsIn(language).name),
  'Google API Services User Data Policy',
  'Google Health API Developer and User Data Policy',
  'Cookies:',
  'Error:',
  frame.contact,
  'STOP',
  'Error:',
]);

/** Sentences, headings and labels, without the facts: those are given as digits. */
function sentencesOf(page: string): string[] {
  const [body = ''] = /<title>[^]*/.exec(page.replace(/<style>[^]*?<\/style>/, '')) ?? [];
  const labels = [...body.matchAll(/(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(
    ([, label = '']) => label,
  );
  return [...body.split(/<[^>]*>/), ...labels]
    .flatMap((text) => text.split(/(?<=[.:;?!])\s+/))
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => /\p{L}{2}/u.test(text) && !alike.has(text) && !/^[A-Z]\w+\/\w+$/.test(text));
}

/** Of the catalogue, as far as they take no facts. */
function plainSentencesOf(words: unknown): string[] {
  if (typeof words === 'string') return [words];
  return typeof words === 'object' && words !== null ? Object.values(words).flatMap(plainSentencesOf) : [];
}

const englishSentences = plainSentencesOf(wordsIn('en')).filter((sentence) => /\w+ \w+ \w+/.test(sentence));

describe.each(others)('in "%s"', (language) => {
  test.each(samples)('the page "$name" has nothing in English', async ({ saying, full, least }) => {
    const english = new Set(sentencesOf(await saying('0')));
    expect(sentencesOf(await saying('0', language)).filter((sentence) => english.has(sentence))).toEqual([]);
    for (const page of [await full(language), await least(language)]) {
      const text = textOf(page);
      expect(englishSentences.filter((sentence) => text.includes(sentence))).toEqual([]);
    }
  });

  test.each(samples)('the page "$name" says every fact that the English one says', async ({ saying }) => {
    const count = async (page: Promise<string>) => (await page).split('FACT').length - 1;
    expect(await count(saying('FACT', language))).toBe(await count(saying('FACT')));
  });
});
