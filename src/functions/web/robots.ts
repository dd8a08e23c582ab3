/**
 * `GET robots.txt`. Crawlers may look at every page, because each page says itself that it is not for a search engine. An address
 * that they may not look at can still be listed, and a personal link must not be.
 */
import type { HttpResponseInit } from '@azure/functions';
import { fileAnswer } from '../http/answers';

export const robots = (): HttpResponseInit =>
  fileAnswer('text/plain; charset=utf-8', 'User-agent: *\nDisallow:\n');
