/** What the descriptions of pages have in common: they are HTML, and many have some answers alike. */
import * as z from 'zod';
import { pageQuery } from './page-forms';
import type { Described, DescribedAnswer } from './plain-operation';

export const form = (shape: z.ZodType) => ({ 'application/x-www-form-urlencoded': shape });
export const html = (description: string): DescribedAnswer => ({
  description,
  content: { 'text/html': z.string() },
});
export const redirect = (description: string): DescribedAnswer => ({
  description,
  headers: { Location: 'Where to go on.' },
});

export const otherHost = redirect(
  'The page was asked for under another host name than that of `PUBLIC_URL`, and is there.',
);
export const broken = {
  500: html('Something went wrong in the service; the page says so.'),
  503: html('A store did not answer, or the service is not configured; the page says so.'),
};
export const badForm = {
  400: html('The form is not right; the page says what to change.'),
  411: html('The body came without its length.'),
};

type Page = Omit<Described, 'answers' | 'query'> & Partial<Described>;

export function shown(page: Page): Described {
  return { query: pageQuery, ...page, answers: { 303: otherHost, ...broken, ...page.answers } };
}

export function sent(page: Page): Described {
  return { query: pageQuery, ...page, answers: { ...badForm, ...broken, ...page.answers } };
}
