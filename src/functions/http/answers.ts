/** Answers: HTML for people, JSON for programs, with the headers each of them always carries. */
import type { Cookie, HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import { describeFailure } from '../../errors';
import type { problem } from '../../model/answers/problem';
import type { AnswerOf } from '../../model/answers/shape';
import { contentSecurityPolicy } from '../../pages/layout';
import type { Provider } from '../../ports';
import { Secret } from '../../secret';
import type { Services } from '../../services';

const always = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=31536000',
  'x-robots-tag': 'noindex',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * With `no-referrer` a browser sends `Origin: null` with the forms of a page. App Service authentication refuses such a form from whoever is
 * signed in, staff at a wearer's page included. No other site learns an address by this either.
 */
const onPages = { ...always, 'referrer-policy': 'same-origin' };

/**
 * `leadingTo` are the providers that a form of this page leads to, by the redirect that answers it. Browsers hold
 * every further redirect to the policy too, and a provider may send a person who is not signed in to another of
 * its hosts: hence any https.
 */
export async function htmlAnswer(
  page: { toString(): string } | Promise<{ toString(): string }>,
  status = 200,
  leadingTo: readonly Provider[] = [],
): Promise<HttpResponseInit> {
  const origins = leadingTo.map(({ urls }) => {
    const { protocol, origin } = new URL(urls.authorize);
    return protocol === 'https:' ? protocol : origin;
  });
  return {
    status,
    headers: {
      ...onPages,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(origins),
    },
    body: (await page).toString(),
  };
}

export function jsonAnswer(body: unknown, status = 200): HttpResponseInit {
  return { status, headers: always, jsonBody: body };
}

/** JSON that is text already. */
export function jsonTextAnswer(body: string): HttpResponseInit {
  return { status: 200, headers: { ...always, 'content-type': 'application/json' }, body };
}

export function redirectAnswer(location: string, cookies: Cookie[] = []): HttpResponseInit {
  return { status: 303, headers: { ...always, location }, cookies };
}

/** For good, and with the form that was sent, if one was. */
export function movedAnswer(location: string): HttpResponseInit {
  return { status: 308, headers: { ...always, location } };
}

/** The same for everybody, and seldom another. */
export function fileAnswer(type: string, body: string | Uint8Array): HttpResponseInit {
  const headers = { ...always, 'cache-control': 'public, max-age=86400', 'content-type': type };
  return { status: 200, headers, body };
}

/** The JSON answers that a function gives of its own accord, by status; those to an error are the same for all. */
export type Answers = Readonly<Record<number, z.ZodType>>;

/** Writes those answers: the compiler refuses one that the function's table does not have, and the description is made of the table. */
export function answering<A extends Answers>() {
  return <Status extends keyof A & number>(status: Status, body: AnswerOf<A[Status]>): HttpResponseInit =>
    jsonAnswer(body, status);
}

/** What a program is told of an error: a sentence for people, and the code to act on. */
export function jsonError(status: number, sentence: string, thrown: unknown): HttpResponseInit {
  return problemAnswer(status, { error: sentence, code: describeFailure(thrown).code });
}

export function problemAnswer(status: number, body: AnswerOf<typeof problem>): HttpResponseInit {
  return jsonAnswer(body, status);
}

/** The number that texts come from, as people write it; a short code or a name as it is. */
export async function senderOf({ sms, phoneNumbers }: Services): Promise<string | undefined> {
  return sms.from?.startsWith('+') ? phoneNumbers.show(new Secret(sms.from)) : sms.from;
}
