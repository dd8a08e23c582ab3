/** What the board's page of one connection shows. */
import type { BoardEntry, Message } from '../../model';
import type { Errors } from '../layout';
import type { Point } from '../personal-page/chart';

export interface ConnectionPage {
  readonly entry: BoardEntry;
  readonly providerName: string;
  readonly timeZone: string;
  /** Masked. */
  readonly phone: string | undefined;
  readonly email?: string | undefined;
  readonly isPaused: boolean;
  readonly devices: readonly BoardDevice[];
  readonly historyDays: number;
  /** The latest come first. */
  readonly texts: readonly Pick<Message, 'id' | 'kind' | 'state' | 'createdAt' | 'firstSentAt' | 'failure'>[];
  readonly tokens: {
    readonly consent: number;
    readonly generation: number;
    readonly consentedAt: number | undefined;
    readonly failure: { readonly code: string; readonly since: number } | undefined;
    readonly missingScopes: readonly string[];
  };
  readonly failedChecks: number;
  /** Whether whoever looks may do more than read, note and mark. */
  readonly mayAct: boolean;
  readonly mayReceiveLink: boolean;
  readonly staff: string;
  readonly now: number;
  readonly notice?: string | undefined;
  readonly errors: Errors;
  /** What was typed and could not be saved. */
  readonly typed?: { readonly site?: string | undefined } | undefined;
}

export interface BoardDevice {
  readonly row: string;
  readonly name: string;
  readonly model: string;
  readonly percent: number | undefined;
  readonly word: string | undefined;
  readonly syncedAt: number | undefined;
  readonly checkedAt: number;
  readonly goneAt: number | undefined;
  readonly silentSince: number | undefined;
  readonly emptyAt: number | undefined;
  readonly threshold: number;
  readonly history: readonly Point[];
}
