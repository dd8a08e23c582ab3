/**
 * Set up before each test file: in those of test/e2e, a test fails when a function gave an answer that the OpenAPI description does not
 * have.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join, sep } from 'node:path';
import { answers, type AnnouncedAnswer } from '../../local/runner/announced-answers';
import type * as answerCheck from './answer-check';

type AnswerCheck = typeof answerCheck;

const { testPath = '' } = expect.getState();

if (testPath.includes(join(sep, 'test', 'e2e', sep))) {
  const isStrange = testPath.endsWith('fuzz.drill.ts');
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
