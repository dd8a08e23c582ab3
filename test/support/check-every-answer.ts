/**
 * Set up before each test file: where the whole service runs (test/e2e, the fuzz, the drills of the documented faults
 * and of a restored vault, and the demo and the kept world among the commands), a test fails when a function gave an
 * answer that the OpenAPI description does not have.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { answers, type AnnouncedAnswer } from '../../local/runner/announced-answers';
import type * as answerCheck from './answer-check';

type AnswerCheck = typeof answerCheck;

const { testPath = '' } = expect.getState();

const isStrange = testPath.endsWith('fuzz.drill.ts');

if (isStrange || /[\\/]test[\\/](e2e|commands|drill[\\/](documented-faults|restore))\b/.test(testPath)) {
  const problems: string[] = [];
  const check = (answer: unknown): void => {
    // Loaded with the first answer: many files need neither the description nor the shapes.
    const { checkAnswer } = require('./answer-check') as AnswerCheck;
    try {
      problems.push(...checkAnswer(answer as AnnouncedAnswer, isStrange));
    } catch (error) {
      problems.push(`An answer could not be checked: ${String(error)}`);
    }
  };
  const complain = (): void => {
    const found = [...new Set(problems.splice(0))];
    if (found.length > 0) throw new Error(`Not as the OpenAPI description says:\n\n${found.join('\n\n')}`);
  };
  subscribe(answers.name, check);
  afterEach(complain);
  afterAll(() => {
    unsubscribe(answers.name, check);
    complain();
  });
}
