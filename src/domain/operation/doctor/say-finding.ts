/** How the doctor says what it has found. */
import type { FindingCode, ProviderId } from '../../../model';
import type { finding } from '../../../model/answers/operator-answers';
import type { AnswerOf } from '../../../model/answers/shape';

export type Finding = AnswerOf<typeof finding>;

export type Said = Omit<Finding, 'code' | 'about'>;

export const good = (what: string): Said => ({ state: 'good', what });
export const bad = (what: string, todo: string): Said => ({ state: 'bad', what, todo });
export const unknown = (what: string, todo: string): Said => ({ state: 'unknown', what, todo });

export function say(code: FindingCode, said: Said, about?: ProviderId): Finding {
  return { code, ...(about !== undefined && { about }), ...said };
}

export const waitForRoles = 'Roles that were just assigned need up to ten minutes.';
