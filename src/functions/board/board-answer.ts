/** A page of the board: its policy names the stylesheet of the board too. */
import type { HttpResponseInit } from '@azure/functions';
import { boardStylesheet } from '../../pages/board/board-style';
import { contentSecurityPolicy } from '../../pages/layout';
import type { Html } from '../../pages/html';
import { htmlAnswer } from '../http/answers';

export async function boardAnswer(page: Html, status = 200): Promise<HttpResponseInit> {
  const answer = await htmlAnswer(page, status);
  const headers = {
    ...(answer.headers as Record<string, string>),
    'content-security-policy': contentSecurityPolicy([], boardStylesheet),
  };
  return { ...answer, headers };
}
