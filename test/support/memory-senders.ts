/** Texts, e-mails and webhooks in memory. A contract suite runs on what sends texts here and on the real one, and another for e-mails. */
import { AppError } from '../../src/errors';
import type {
  Email,
  EmailAnswer,
  Sms,
  SmsAnswer,
  WebhookAddress,
  WebhookAnswer,
  Webhooks,
} from '../../src/ports';
import type { Secret } from '../../src/secret';

export interface MemorySms extends Sms {
  missing: string[];
  from: string | undefined;
  canBeAnswered: boolean;
  readonly sent: Parameters<Sms['send']>[0][];
  /** What the next sends answer; accepted when empty. */
  readonly answers: SmsAnswer[];
}

export function createMemorySms(): MemorySms {
  const sent: MemorySms['sent'] = [];
  const answers: SmsAnswer[] = [];
  return {
    missing: [],
    from: '+18005550100',
    canBeAnswered: true,
    sent,
    answers,
    send: (text) => {
      const { fillIn, ...plain } = text;
      sent.push({ ...plain, body: filled(text.body, fillIn) });
      return Promise.resolve(answers.shift() ?? { kind: 'accepted', smsId: `sms-${sent.length}` });
    },
    reach: () => Promise.resolve(400),
  };
}

export interface MemoryEmail extends Email {
  missing: string[];
  readonly sent: Parameters<Email['send']>[0][];
  /** What the next sends answer; accepted when empty. */
  readonly answers: EmailAnswer[];
}

export function createMemoryEmail(): MemoryEmail {
  const sent: MemoryEmail['sent'] = [];
  const answers: EmailAnswer[] = [];
  return {
    missing: [],
    sent,
    answers,
    reach: () => Promise.resolve(400),
    send: (mail) => {
      const { fillIn, ...plain } = mail;
      const { unsubscribeAt } = mail;
      sent.push({
        ...plain,
        body: filled(mail.body, fillIn),
        ...(unsubscribeAt !== undefined && { unsubscribeAt: filled(unsubscribeAt, fillIn) }),
      });
      return Promise.resolve(answers.shift() ?? { kind: 'accepted' });
    },
  };
}

function filled(body: string, fillIn: Readonly<Record<string, Secret>> = {}): string {
  return Object.entries(fillIn).reduce((text, [at, value]) => text.replace(at, value.reveal()), body);
}

export interface MemoryWebhooks extends Webhooks {
  addresses: WebhookAddress[];
  readonly sent: {
    readonly address: string;
    readonly id: string;
    readonly at: number;
    readonly body: string;
  }[];
  /** What the next sends come to; 200 when empty. */
  readonly answers: (WebhookAnswer | AppError)[];
  prepared: number;
}

export function createMemoryWebhooks(): MemoryWebhooks {
  const sent: MemoryWebhooks['sent'] = [];
  const answers: MemoryWebhooks['answers'] = [];
  const webhooks: MemoryWebhooks = {
    addresses: [],
    sent,
    answers,
    prepared: 0,
    prepare: () => {
      webhooks.prepared += 1;
      return Promise.resolve();
    },
    send: ({ origin }, webhook) => {
      const answer = answers.shift() ?? { kind: 'answered', status: 200 };
      if (answer instanceof AppError) return Promise.reject(answer);
      sent.push({ address: origin, ...webhook });
      return Promise.resolve(answer);
    },
  };
  return webhooks;
}
