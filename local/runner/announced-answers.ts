/**
 * Announces every answer of a function on a channel of Node's own, so that a test can look at all of them whoever has started the service.
 * Without a subscriber nothing is read and nothing announced.
 */
import { channel } from 'node:diagnostics_channel';

export const answers = channel('functions-runner.answer');

export interface AnnouncedAnswer {
  /** The function that answered, and the method by which it was asked. */
  readonly name: string;
  readonly method: string;
  /** What it was sent; a body may be absent. */
  readonly sent: { readonly type: string | null; readonly body: string };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function announceAnswer(answer: AnnouncedAnswer): void {
  answers.publish(answer);
}
