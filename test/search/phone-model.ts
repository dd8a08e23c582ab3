/**
 * Communication Services and a phone: a send with the id of one that it remembers is the same text; what it has forgotten,
 * it sends again. Each text brings a delivery report, some time later.
 */
import type { Ports, SmsAnswer } from '../../src/ports';
import { lineOf } from './fingerprint';

type Text = Parameters<Ports['sms']['send']>[0];

export interface PhoneModel {
  readonly sms: Ports['sms'];
  /** What the phone has received. */
  received(): readonly { readonly tag: string; readonly at: number; readonly claimedAt: number }[];
  /** A repeat that was another than the first. */
  contradicted(): boolean;
  line(): string;
}

export interface PhoneModelOptions {
  readonly now: () => number;
  readonly memoryMs: number;
  readonly onText: (text: Text, smsId: string) => void;
}

export function createPhoneModel({ now, memoryMs, onText }: PhoneModelOptions): PhoneModel {
  const texts: { tag: string; at: number; claimedAt: number }[] = [];
  const remembered = new Map<string, { at: number; text: string; answer: SmsAnswer }>();
  let contradicted = false;
  const textOf = ({ body, firstSentAt, to }: Text): string => lineOf({ body, firstSentAt, to });

  const send = (text: Text): SmsAnswer => {
    const known = remembered.get(text.id);
    if (known && now() - known.at < memoryMs) {
      if (known.text !== textOf(text)) contradicted = true;
      return known.answer;
    }
    const smsId = `sms-${texts.length + 1}`;
    texts.push({ tag: text.tag, at: now(), claimedAt: text.firstSentAt });
    const answer: SmsAnswer = { kind: 'accepted', smsId };
    remembered.set(text.id, { at: now(), text: textOf(text), answer });
    onText(text, smsId);
    return answer;
  };

  return {
    sms: {
      missing: [],
      from: '+18005550100',
      send: (text) => Promise.resolve(send(text)),
      reach: () => Promise.resolve(400),
    },
    received: () => texts,
    contradicted: () => contradicted,
    line: () =>
      `${contradicted} ${lineOf(texts)} ${[...remembered.values()].map(({ at, text }) => `${at}${text}`).join()}`,
  };
}
