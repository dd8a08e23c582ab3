/** What holds for every page, whatever it shows. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contactLink, contentSecurityPolicy } from '../../src/pages/layout';
import { allTitles } from '../browser/audit';
import { languages } from '../../src/model';
import { wordsIn } from '../../src/pages/words';
import { elementsOf } from './read-page';
import { samples } from './samples';

const pages = samples.flatMap(({ name, full, least }) => [
  { name, page: full },
  { name: `${name}, with the least`, page: least },
]);

test('every page has a sample in test/pages/samples.ts', () => {
  const made = readdirSync('src/pages')
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join('src/pages', file), 'utf8').matchAll(/^export (?:async )?function (\w+Page)\(/gm),
    ]);
  const names = made.map(([, name = '']) => name);
  expect(names).toContain('signUpPage');
  expect(names.filter((name) => !samples.some(({ madeBy }) => madeBy === name))).toEqual([]);
});

test('every page is looked for by the browser tests, in test/browser/audit.ts', async () => {
  const missing: string[] = [];
  for (const { name, madeBy, full } of samples) {
    // These say what went wrong, each in words of its own, and look alike.
    if (['problemPage', 'signUpRefusedPage', 'personalPage'].includes(madeBy)) continue;
    const [, title = ''] = /<title>(?:Error: |Fehler: |Erreur: )?(.*) · /.exec(await full()) ?? [];
    if (!allTitles.includes(title)) missing.push(`${name}: ${title}`);
  }
  expect(missing).toEqual([]);
});

test.each(languages)(
  'where texts come from a name, no page in "%s" asks anybody to answer one',
  async (language) => {
    const asking: string[] = [];
    for (const { name, madeBy, fromName } of samples) {
      const text = await fromName(language);
      // Both say who has answered STOP before texts came from a name.
      const tellsOfBefore = madeBy === 'privacyPage' || name.endsWith(' stopped');
      if (/\b(START|HELP)\b/.test(text) || (!tellsOfBefore && /\bSTOP\b/.test(text))) asking.push(name);
    }
    expect(asking).toEqual([]);
  },
);

describe.each(pages)('the page "$name"', ({ page }) => {
  test('has no script and no inline style, and loads nothing but its icon', async () => {
    const text = await page();
    const elements = elementsOf(text);
    const tags = elements.map(({ tag }) => tag);
    const names = elements.flatMap(({ attributes }) => Object.keys(attributes));
    for (const tag of ['script', 'img', 'iframe', 'object', 'embed', 'base', 'image', 'use']) {
      expect(tags).not.toContain(tag);
    }
    expect(tags.filter((tag) => tag === 'style')).toHaveLength(1);
    expect(elements.filter(({ tag }) => tag === 'link').map(({ attributes }) => attributes)).toEqual([
      { rel: 'icon', href: '/favicon.ico' },
    ]);
    expect(names.filter((name) => /^(style|src|srcset|on.*)$/.test(name))).toEqual([]);
    expect(text).not.toMatch(/@import|url\(|javascript:/i);
  });

  test('is not for search engines, and colours the browser around it like itself', async () => {
    const metas = elementsOf(await page())
      .filter(({ tag }) => tag === 'meta')
      .map(({ attributes: { name, content, media } }) => [name, content, media]);
    expect(metas).toEqual(
      expect.arrayContaining([
        ['robots', 'noindex', undefined],
        ['theme-color', '#f3f6f4', '(prefers-color-scheme: light)'],
        ['theme-color', '#0e1311', '(prefers-color-scheme: dark)'],
      ]),
    );
  });

  test.each(languages)('is named, and has one first heading inside main, in "%s"', async (language) => {
    const text = await page(language);
    const [, title, serviceName] =
      /<title>(?:Error: |Fehler: |Erreur: )?(.*) · (.*)<\/title>/.exec(text) ?? [];
    expect(text).toContain(`<html lang="${language}">`);
    expect(/<main>[^]*<h1>([^]*?)<\/h1>[^]*<\/main>/.exec(text)?.[1]).toBe(title);
    expect(text.match(/<h1\b/g)).toHaveLength(1);
    expect(serviceName).toMatch(/^(S|Battery Texts)$/);
    expect(text).toMatch(
      new RegExp(`<a href="/privacy(\\?language=${language})?">${wordsIn(language).layout.privacy}</a>`),
    );
  });

  test('uses no id twice and refers to none that is missing', async () => {
    const elements = elementsOf(await page()).map(({ attributes }) => attributes);
    const ids = elements.flatMap(({ id }) => (id === undefined ? [] : [id]));
    const used = elements.flatMap((attributes) => [
      ...(attributes['aria-describedby']?.split(' ') ?? []),
      ...(attributes['aria-labelledby']?.split(' ') ?? []),
      ...(attributes['for'] === undefined ? [] : [attributes['for']]),
      ...(attributes['href']?.startsWith('#') ? [attributes['href'].slice(1)] : []),
    ]);
    expect(ids).toEqual([...new Set(ids)]);
    expect(used.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('sends its forms to this service, by POST', async () => {
    const forms = elementsOf(await page()).filter(({ tag }) => tag === 'form');
    for (const { attributes } of forms) {
      expect(attributes['method']).toBe('post');
      expect(attributes['action']).toMatch(/^\/(signup|confirm|link|m\/|u\/)/);
    }
  });

  test('is allowed its stylesheet by the policy, which names its hash', async () => {
    const [, stylesheet = ''] = /<style>([^]*)<\/style>/.exec(await page()) ?? [];
    const hash = createHash('sha256').update(stylesheet).digest('base64');
    expect(contentSecurityPolicy([])).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
  });
});

const hostile = `"><script>alert('1')</script>&amp;`;
const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;';

test.each(samples)(
  '"$name" says a hostile text instead of obeying it, wherever it stands',
  async ({ saying }) => {
    const plain = await saying('plain');
    const attacked = await saying(hostile);
    expect(attacked).not.toContain('<script');
    expect(attacked.replaceAll(escaped, 'plain')).toBe(plain);
  },
);

test('a policy names every target of a form once', () => {
  expect(contentSecurityPolicy(['https:', 'https:', 'http://127.0.0.1:4000'])).toContain(
    "form-action 'self' https: http://127.0.0.1:4000;",
  );
});

test.each([
  ['help@example.org', '<a href="mailto:help@example.org">help@example.org</a>'],
  ['https://example.org/help', '<a href="https://example.org/help">https://example.org/help</a>'],
  ['javascript:alert(1)', 'javascript:alert(1)'],
  ['javascript:a@b', 'javascript:a@b'],
  ['room 12', 'room 12'],
])('the contact %s is shown as %s', (contact, shown) => {
  expect(contactLink(contact).toString()).toBe(shown);
});
