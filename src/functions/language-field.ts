/** The field for the language of texts, and what a browser says about it. */
import { languages, type Language } from '../model';

export function readLanguage(form: URLSearchParams): Language | undefined {
  return languages.find((language) => language === form.get('language'));
}

/** What somebody's browser prefers of what we have (RFC 9110 §12.5.4); pages stay English. */
export function preferredLanguage(acceptLanguage: string | null): Language | undefined {
  const ranges = (acceptLanguage ?? '')
    .slice(0, longestHeader)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.toLowerCase().split(';');
      const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean);
      const [primary] = tag.trim().split('-');
      return { language: languages.find((each) => each === primary), quality: Number(quality ?? 1) };
    });
  // Of two that are preferred alike the first counts: sorting keeps their order.
  return ranges
    .filter(({ language, quality }) => language !== undefined && quality > 0)
    .sort((a, b) => b.quality - a.quality)[0]?.language;
}

const longestHeader = 200;
