/** An `Http` that answers by a script, remembers what was asked, and complains about what was not in the script. */
import type { Http, HttpAnswer, HttpRequest, NoAnswer } from '../../src/ports';

export type Reply =
  HttpAnswer | NoAnswer | ((request: HttpRequest) => HttpAnswer | NoAnswer | Promise<HttpAnswer>);

export interface ScriptedHttp {
  readonly http: Http;
  readonly requests: HttpRequest[];
  script(...replies: Reply[]): void;
  /** Replies that nobody asked for; a test ends with none. */
  unused(): number;
}

export function createScriptedHttp(): ScriptedHttp {
  const replies: Reply[] = [];
  const requests: HttpRequest[] = [];
  return {
    requests,
    script: (...more) => {
      replies.push(...more);
    },
    unused: () => replies.length,
    http: async (request) => {
      requests.push(request);
      const reply = replies.shift();
      if (!reply) throw new Error(`The script has no reply to ${request.method} ${request.url}`);
      return typeof reply === 'function' ? reply(request) : reply;
    },
  };
}

export function answer(status: number, body?: unknown, headers: Record<string, string> = {}): HttpAnswer {
  const content = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  return { answered: true, status, headers, body, content };
}

export const connectionRefused: NoAnswer = { answered: false, sent: false };
export const answerLost: NoAnswer = { answered: false, sent: true };
