/** What the mailbox page shows, and what can go wrong on the way there. */

/** One e-mail that has arrived. */
export interface Mail {
  /** The `Operation-Id` of its sender. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Those that the sender has added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly receivedAt: number;
  /** What the sender has answered to a one-click unsubscription. */
  readonly unsubscribed?: string;
}

/** Answers of the endpoint, and reports about what it has accepted. Each fault stays until it is cleared. */
export const mailFaults = {
  'too many requests': 'the endpoint answers 429, and nothing is accepted',
  unavailable: 'the endpoint answers 503, and nothing is accepted',
  'lost answer': 'the mail arrives, and the connection is cut before the answer',
  bounced: 'the mail is accepted, and reported as bounced: there is no such address',
  suppressed: 'the mail is accepted, and reported as suppressed: an earlier one has bounced',
} as const;
export type MailFault = keyof typeof mailFaults;

/** The address of a one-click unsubscription, as mail providers read it (RFC 8058). */
export function unsubscribeAddressOf({ headers }: Pick<Mail, 'headers'>): string | undefined {
  const [, address] = /^<(https?:\/\/[^<>\s]+)>$/.exec(headers['List-Unsubscribe'] ?? '') ?? [];
  return headers['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click' ? address : undefined;
}
