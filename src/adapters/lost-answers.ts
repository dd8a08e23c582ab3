/**
 * Which requests an SDK has sent again although the one before may have been applied: its answer was lost, or left that
 * open. Such a request can meet its own work and be told of a conflict.
 */
import type { Policy } from './limit-attempt';

export interface LostAnswers {
  /** Goes with `perRetry`. */
  readonly policy: Policy;
  /** @param error what the SDK threw at the end */
  wereBefore(error: unknown): boolean;
}

export function noteLostAnswers(): LostAnswers {
  const requests = new WeakSet<object>();
  return {
    policy: {
      name: 'noteLostAnswers',
      async sendRequest(request, next) {
        const response = await next(request).catch((error: unknown) => {
          requests.add(request);
          throw error;
        });
        if (response.status >= 500 || response.status === 408) requests.add(request);
        return response;
      },
    },
    wereBefore: (error) => {
      const { request } = error as { request?: object };
      return request !== undefined && requests.has(request);
    },
  };
}
