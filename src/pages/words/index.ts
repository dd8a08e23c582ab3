/** The words of the pages: one folder per language. A sentence that one of them lacks, or has beside English, does not compile. */
import type { Language } from '../../model';
import { german } from './de';
import { english } from './en';
import { spanish } from './es';
import { french } from './fr';
import type { Words } from './catalogue';

const catalogues: Readonly<Record<Language, Words>> = {
  en: english,
  de: german,
  es: spanish,
  fr: french,
};

export function wordsIn(language: Language): Words {
  return catalogues[language];
}
