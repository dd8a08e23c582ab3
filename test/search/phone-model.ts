/**
 * Communication Services, a phone and a mailbox: a send with the id of one that it remembers is the same message; what it has forgotten,
 * it sends again. Each message brings a delivery report, some time later.
 */
import type { Way } from '../../src/model';
import type { Ports } from '../../src/ports';
import { lineOf } from './fingerprint';

type Text = Parameters<Ports['sms']['send']>[0];
type Mail = Parameters<Ports['email']['send']>[0];

export type Arrived = { readonly smsId: string } & (
  ({ readonly way: 'sms' } & Text) | ({ readonly way: 'email' } & Mail)
);

export interface PhoneModel {
  readonly sms: Ports['sms'];
  readonly email: Ports['email'];
  /** What phone and mailbox have received. */
  received(): readonly {
    readonly id: string;
    readonly way: Way;
    readonly at: number;
    readonly claimedAt: number;
  }[];
  /** A repeat that was another than the first. */
  contradicted(): boolean;
  line(): string;
}

export interface PhoneModelOptions {
  readonly now: () => number;
  readonly memoryMs: number;
  readonly onArrival: (message: Arrived) => void;
}

export function createPhoneModel({ now, memoryMs, onArrival }: PhoneModelOptions): PhoneModel {
  const received: { id: string; way: Way; at: number; claimedAt: number }[] = [];
  const remembered = new Map<string, { at: number; content: string; smsId: string }>();
  let contradicted = false;

  /** @returns the id that it has here */
  const accept = (way: Way, message: Text | Mail): string => {
    const { id, body, firstSentAt, to } = message;
    const subject = 'subject' in message ? message.subject : '';
    const content = lineOf({ way, subject, body, firstSentAt, to });
    const known = remembered.get(id);
    if (known && now() - known.at < memoryMs) {
      if (known.content !== content) contradicted = true;
      return known.smsId;
    }
    const smsId = `sms-${received.length + 1}`;
    received.push({ id, way, at: now(), claimedAt: firstSentAt });
    remembered.set(id, { at: now(), content, smsId });
    onArrival({ smsId, way, ...message } as Arrived);
    return smsId;
  };

  return {
    sms: {
      missing: [],
      from: '+18005550100',
      canBeAnswered: true,
      send: (text) => Promise.resolve({ kind: 'accepted', smsId: accept('sms', text) }),
      reach: () => Promise.resolve(400),
    },
    email: {
      missing: [],
      send: (mail) => {
        accept('email', mail);
        return Promise.resolve({ kind: 'accepted' });
      },
      reach: () => Promise.resolve(400),
    },
    received: () => received,
    contradicted: () => contradicted,
    line: () =>
      `${contradicted} ${lineOf(received)} ${[...remembered.values()].map(({ at, content }) => `${at}${content}`).join()}`,
  };
}
