/** What the phone page shows. */

/** One text that arrived at a phone. */
export interface Text {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly tag?: string;
  readonly repeatabilityRequestId: string;
  readonly receivedAt: number;
  readonly segments: number;
  readonly encoding: 'GSM-7' | 'UCS-2';
}

/** What the owner of a phone has answered. */
export interface Reply {
  readonly messageId: string;
  /** The phone. */
  readonly from: string;
  /** The service. */
  readonly to: string;
  readonly body: string;
  readonly sentAt: number;
  /** What the carrier itself says to it. */
  readonly networkAnswer?: string;
}

/** Nobody can answer a sender that has a name and no number. */
export function isName(sender = ''): boolean {
  return /[A-Za-z]/.test(sender);
}
