/**
 * Stands in for Azure Communication Services: for texts here, for e-mails in ../mailbox. This is the SMS side, as the real SmsClient sees it (api-version
 * 2021-03-07): checks the signature or the bearer token, answers per recipient, and remembers a repeatability id only for a finite
 * time. After that the same request sends a second text, which is why the service must be careful.
 * What has arrived can be read on the phone page at `/` and at `/texts.json`, and answered at `/reply`; STOP and START
 * reach the carrier too, as with a toll-free number. Nothing is ever sent.
 */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { inMemory, type Keep } from '../kept';
import { createMailbox, type Mailbox } from '../mailbox/email-endpoint';
import { serve, type Server, type Tap } from '../serve';
import { carrierFailures, reportDelivery, reportReply, type CarrierFailure, type PhoneEvent } from './events';
import { showPage } from './page-answer';
import { phonePage, replyPage } from './phone-page';
import { countSegments } from './segments';
import {
  apiVersion,
  e164,
  parseJson,
  refuse,
  sendRequest,
  type Answer,
  type Recipient,
  type SendRequest,
} from './sms-request';
import { isName, type Text, type Reply } from './texts';
import { findFault } from './sms-signature';

export interface Phone extends Server {
  /** The e-mails of the same resource; its pages are at `/mailbox`. */
  readonly mailbox: Omit<Mailbox, 'routes'>;
  /** Oldest first. */
  texts(): readonly Text[];
  /** Oldest first. */
  replies(): readonly Reply[];
  /**
   * Answers the newest text of a phone, and waits until whoever listens has been told.
   * @throws Error when no text has arrived there, or the newest is from a name
   */
  reply(number: string, body: string): Promise<void>;
  /** Empties the phone and the mailbox. The endpoint's memory of repeatability ids stays, as a carrier's would. */
  clear(): void;
  /** From now on no text reaches this number, as after STOP: it is accepted, and reported as failed. */
  block(number: string): void;
  unblock(number: string): void;
  /** What the report about each further text to this number says; `undefined` lets texts arrive again. */
  failWith(number: string, failure: CarrierFailure | undefined): void;
  /** Waits until every event so far has been handed over. */
  settle(): Promise<void>;
}

export interface PhoneOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly now?: () => number;
  /** Base64, as in a connection string. */
  readonly accessKey: string;
  /** How long a repeatability id is remembered. */
  readonly repeatabilityMs?: number;
  readonly tap?: Tap | undefined;
  /**
   * Called once per accepted text that asked for a delivery report, which may overtake the answer, once per accepted mail, and
   * once per reply.
   * Without it nobody can answer.
   */
  readonly deliver?: (event: PhoneEvent) => Promise<void> | void;
  /** Where texts, replies and the carrier's memory are kept; in memory when not given. */
  readonly keep?: Keep;
}

/** What the carriers of toll-free numbers say by themselves, as Microsoft's FAQ quotes them. */
const networkAnswers: Readonly<Record<string, string>> = {
  stop:
    'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. ' +
    'Text back "unstop" to receive messages again.',
  start: 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.',
  unstop: 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.',
};

/** @throws PortTaken */
export async function startPhone({
  port,
  now = Date.now,
  accessKey,
  repeatabilityMs = 300_000,
  tap,
  deliver,
  keep = inMemory,
}: PhoneOptions): Promise<Phone> {
  const keptTexts = keep<Text>('texts');
  const keptReplies = keep<Reply>('replies');
  const failing = keep<CarrierFailure>('failing numbers');
  const remembered = keep<{ at: number; content: string; answer: Answer }>('repeatability ids');
  const texts = (): Text[] => [...keptTexts.values()];
  const replies = (): Reply[] => [...keptReplies.values()];
  const handingOver = new Set<Promise<void>>();

  const raise = (event: PhoneEvent): Promise<void> => {
    const handed = Promise.resolve()
      .then(() => deliver?.(event))
      .catch((error: unknown) => console.error('An event of the phone could not be handed over:', error))
      .finally(() => handingOver.delete(handed));
    handingOver.add(handed);
    return handed;
  };

  const settle = async (): Promise<void> => {
    while (handingOver.size > 0) await Promise.all(handingOver);
  };

  const sendOnce = (request: SendRequest, recipient: Recipient): Answer => {
    const id = recipient.repeatabilityRequestId.toLowerCase();
    const { to, repeatabilityFirstSent } = recipient;
    const content = JSON.stringify([
      request.from,
      request.message,
      request.smsSendOptions,
      to,
      repeatabilityFirstSent,
    ]);
    const earlier = remembered.get(id);
    if (earlier) {
      return earlier.content === content
        ? earlier.answer
        : refuse(recipient, 'rejected', 'The repeatability request id was used before for another request.');
    }
    const answer = send(request, recipient);
    remembered.set(id, { at: now(), content, answer });
    return answer;
  };

  const send = (request: SendRequest, recipient: Recipient): Answer => {
    if (!e164.test(recipient.to)) return refuse(recipient, 'accepted', 'Invalid To phone number format.');
    const tag = request.smsSendOptions?.tag;
    const text: Text = {
      messageId: nameMessage('Outgoing'),
      from: request.from,
      to: recipient.to,
      body: request.message,
      ...(tag === undefined ? {} : { tag }),
      repeatabilityRequestId: recipient.repeatabilityRequestId,
      receivedAt: now(),
      ...countSegments(request.message),
    };
    // A carrier accepts what it blocks, and says so in the report.
    const failure = failing.get(text.to);
    if (failure === undefined || failure === 'no report') keptTexts.set(text.messageId, text);
    if (request.smsSendOptions?.enableDeliveryReport) {
      const details = failure && carrierFailures[failure];
      void raise(reportDelivery({ ...text, at: text.receivedAt }, { tag, failure: details }));
    }
    return {
      to: text.to,
      messageId: text.messageId,
      httpStatusCode: 202,
      repeatabilityResult: 'accepted',
      successful: true,
      errorMessage: null,
    };
  };

  const failWith = (number: string, failure: CarrierFailure | undefined): void => {
    if (failure === undefined) failing.delete(number);
    else failing.set(number, failure);
  };

  const nameMessage = (direction: 'Outgoing' | 'Incoming'): string =>
    `${direction}_${new Date(now()).toISOString().replace(/\D/g, '').slice(0, 14)}${randomUUID()}`;

  const replyFrom = async (number: string, body: string): Promise<void> => {
    const text = texts().findLast(({ to }) => to === number);
    if (!text) throw new Error(`No text has arrived at ${number}.`);
    if (isName(text.from)) throw new Error(`Nobody can answer the name ${text.from}.`);
    const word = body.trim().toLowerCase();
    if (word === 'stop') failWith(number, 'opted out');
    if (word === 'start' || word === 'unstop') failWith(number, undefined);
    const networkAnswer = networkAnswers[word];
    const reply: Reply = {
      messageId: nameMessage('Incoming'),
      from: number,
      to: text.from,
      body,
      sentAt: now(),
      ...(networkAnswer === undefined ? {} : { networkAnswer }),
    };
    keptReplies.set(reply.messageId, reply);
    const { segments } = countSegments(body);
    await raise(reportReply({ ...reply, at: reply.sentAt, segments }, body));
  };

  const mailbox = createMailbox({
    now,
    accessKey,
    repeatabilityMs,
    keep,
    raise: (report) => void raise(report),
  });

  const app = new Hono();
  app.route('/', mailbox.routes);
  app.post('/sms', async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const denied = findFault(c, { body, key: Buffer.from(accessKey, 'base64'), now: now() });
    if (denied) return c.json({ error: { code: 'Denied', message: denied } }, 401);
    const badRequest = (message: string) => c.json({ error: { code: 'BadRequest', message } }, 400);
    if (c.req.query('api-version') !== apiVersion) {
      return badRequest(`The api-version must be ${apiVersion}.`);
    }
    const request = sendRequest.safeParse(parseJson(body));
    if (!request.success) {
      const faults = request.error.issues.map(
        ({ path, message }) => `${path.join('.') || 'body'}: ${message}`,
      );
      return badRequest(faults.join('; '));
    }
    for (const [id, { at }] of remembered) if (now() - at >= repeatabilityMs) remembered.delete(id);
    return c.json({ value: request.data.smsRecipients.map((one) => sendOnce(request.data, one)) }, 202);
  });
  app.get('/texts.json', (c) => c.json(texts()));
  const canReply = deliver !== undefined;
  const readPage = () => ({
    texts: texts(),
    replies: replies(),
    mails: mailbox.mails().length,
    canReply,
    now: now(),
  });
  const isPhone = (number: unknown): boolean => texts().some(({ to }) => to === number);
  const isAnswerable = (number: unknown): boolean =>
    canReply && isPhone(number) && !isName(texts().findLast(({ to }) => to === number)?.from);
  app.get('/', (c) => showPage(c, phonePage(readPage())));
  app.get('/reply', (c) => {
    const to = c.req.query('to') ?? '';
    if (!canReply || !isPhone(to)) return c.notFound();
    const page = { texts: texts(), replies: replies(), to, failure: failing.get(to), now: now() };
    return showPage(c, replyPage(page));
  });
  app.post('/carrier', async (c) => {
    const { to, failure } = await c.req.parseBody();
    if (typeof to !== 'string' || !isPhone(to)) return c.notFound();
    failWith(to, carrierFailure.safeParse(failure).data);
    return c.redirect(`/reply?to=${encodeURIComponent(to)}`, 303);
  });
  app.post('/reply', async (c) => {
    const { to, text } = await c.req.parseBody();
    if (!isAnswerable(to)) return c.notFound();
    const body = typeof text === 'string' ? text.trim().slice(0, longestReply) : '';
    if (body !== '') await replyFrom(String(to), body);
    return c.redirect('/', 303);
  });

  const server = await serve({ name: 'phone', app, port, tap });
  return {
    ...server,
    close: async () => {
      await server.close();
      await settle();
    },
    settle,
    mailbox,
    texts,
    replies,
    reply: replyFrom,
    clear: () => {
      keptTexts.clear();
      keptReplies.clear();
      mailbox.clear();
    },
    block: (number) => failWith(number, 'opted out'),
    unblock: (number) => failWith(number, undefined),
    failWith,
  };
}

const longestReply = 1600;
const carrierFailure = z.enum(Object.keys(carrierFailures) as CarrierFailure[]);
