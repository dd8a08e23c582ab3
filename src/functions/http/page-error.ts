import { AppError, type ErrorCode } from '../../errors';
import { wordsIn } from '../../pages/words';
import type { Words } from '../../pages/words/catalogue';

export type Sentence = (words: Words) => string;

/** Something that a page says in the language of whoever looks at it, and a program is told in English. */
export class PageError extends AppError {
  readonly say: Sentence;

  constructor(code: ErrorCode, say: Sentence) {
    super(code, say(wordsIn('en')));
    this.say = say;
  }
}
