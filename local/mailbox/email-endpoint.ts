/**
 * Stands in for the e-mail side of Azure Communication Services, as the real EmailClient sees it (api-version 2025-09-01): checks
 * the signature or the bearer token, and remembers the id of an operation only for a finite time, within which the same request is
 * not a second mail. What has arrived can be read on the page at `/mailbox` and at `/mails.json`. Nothing is ever sent.
 */
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { Keep } from '../kept';
import { findFault, isHttpDate } from '../phone/sms-signature';
import { reportMail, type MailReport } from '../phone/events';
import { showPage } from '../phone/page-answer';
import { cutConnection } from '../serve';
import { mailboxPage } from './mailbox-page';
import { mailFaults, unsubscribeAddressOf, type Mail, type MailFault } from './mails';

export interface Mailbox {
  readonly routes: Hono;
  /** Oldest first. */
  mails(): readonly Mail[];
  /** From now on this goes wrong; `undefined` lets mails arrive again. */
  failWith(fault: MailFault | undefined): void;
  /** Empties the mailbox. The memory of operations stays. */
  clear(): void;
}

export interface MailboxOptions {
  readonly now: () => number;
  readonly accessKey: string;
  /** How long the id of an operation is remembered. */
  readonly repeatabilityMs: number;
  /** Called once for each accepted mail. */
  readonly raise: (report: MailReport) => void;
  readonly keep: Keep;
}

const apiVersion = '2025-09-01';
const address = z.object({ address: z.email() });
const sendRequest = z.object({
  senderAddress: z.email(),
  content: z.object({ subject: z.string().min(1), plainText: z.string().min(1) }),
  recipients: z.object({ to: z.array(address).length(1) }),
  headers: z
    .record(z.string(), z.string())
    // Azure passes any on. One of the two without the other shows nobody a button.
    .refine(
      (headers) => Object.keys(headers).length === 0 || unsubscribeAddressOf({ headers }) !== undefined,
      {
        error: 'are not those of a one-click unsubscription',
      },
    )
    .optional(),
  // Without it Azure may rewrite links, so that a personal link would pass through somebody else's server.
  userEngagementTrackingDisabled: z.literal(true),
});
// Both are optional in Azure. Here they are not: without them a lost answer means a second mail.
const repeatability = z.object({
  'operation-id': z.guid(),
  'repeatability-request-id': z.guid(),
  'repeatability-first-sent': z
    .string()
    .refine(isHttpDate, 'is not a date like Tue, 26 Mar 2019 16:06:51 GMT'),
});
const fault = z.enum(Object.keys(mailFaults) as MailFault[]);

export function createMailbox({ now, accessKey, repeatabilityMs, raise, keep }: MailboxOptions): Mailbox {
  const kept = keep<Mail>('mails');
  const failing = keep<MailFault>('failing mails');
  const remembered = keep<{ at: number; content: string }>('mail operations');
  const mails = (): Mail[] => [...kept.values()];
  const failWith = (wanted: MailFault | undefined): void => {
    if (wanted === undefined) failing.delete('all');
    else failing.set('all', wanted);
  };

  const accept = (
    id: string,
    { senderAddress, content, recipients, headers = {} }: z.infer<typeof sendRequest>,
  ) => {
    const fails = failing.get('all');
    const to = recipients.to[0]?.address ?? '';
    const { subject, plainText: body } = content;
    const mail: Mail = { id, from: senderAddress, to, subject, body, headers, receivedAt: now() };
    const status = fails === 'bounced' ? 'Bounced' : fails === 'suppressed' ? 'Suppressed' : 'Delivered';
    // Of an operation that was forgotten meanwhile, another mail arrives.
    if (status === 'Delivered') kept.set(kept.has(id) ? `${id} ${mail.receivedAt}` : id, mail);
    raise(reportMail(mail, status));
  };

  const routes = new Hono();
  // A bare colon would begin a parameter.
  routes.post('/:operation{emails:send}', async (c) => {
    const fails = failing.get('all');
    const refuse = (status: 400 | 401 | 429 | 503, code: string, message: string) =>
      c.json({ error: { code, message } }, status);
    if (fails === 'too many requests') return refuse(429, 'TooManyRequests', 'Too many requests.');
    if (fails === 'unavailable') return refuse(503, 'ServiceUnavailable', 'Try again later.');
    const body = Buffer.from(await c.req.arrayBuffer());
    const denied = findFault(c, { body, key: Buffer.from(accessKey, 'base64'), now: now() });
    if (denied) return refuse(401, 'Denied', denied);
    if (c.req.query('api-version') !== apiVersion) {
      return refuse(400, 'BadRequest', `The api-version must be ${apiVersion}.`);
    }
    const request = sendRequest.safeParse(parseJson(body));
    const repeat = repeatability.safeParse(c.req.header());
    const faults = [...(request.error?.issues ?? []), ...(repeat.error?.issues ?? [])].map(
      ({ path, message }) => `${path.join('.') || 'body'}: ${message}`,
    );
    if (!request.success || !repeat.success) return refuse(400, 'BadRequest', faults.join('; '));
    const id = repeat.data['operation-id'].toLowerCase();
    const content = JSON.stringify([request.data, repeat.data]);
    for (const [known, { at }] of remembered) if (now() - at >= repeatabilityMs) remembered.delete(known);
    const earlier = remembered.get(id);
    if (earlier && earlier.content !== content) {
      return refuse(400, 'BadRequest', 'The id of the operation was used before for another mail.');
    }
    if (!earlier) {
      remembered.set(id, { at: now(), content });
      accept(id, request.data);
    }
    if (fails === 'lost answer') return cutConnection();
    c.header(
      'operation-location',
      `${new URL(c.req.url).origin}/emails/operations/${id}?api-version=${apiVersion}`,
    );
    return c.json({ id, status: 'Running' }, 202);
  });
  routes.get('/mails.json', (c) => c.json(mails()));
  routes.get('/mailbox', (c: Context) =>
    showPage(c, mailboxPage({ mails: mails(), fault: failing.get('all'), now: now() })),
  );
  routes.post('/mailbox', async (c) => {
    failWith(fault.safeParse((await c.req.parseBody())['fault']).data);
    return c.redirect('/mailbox', 303);
  });
  routes.post('/mailbox/unsubscribe', async (c) => {
    const id = String((await c.req.parseBody())['mail'] ?? '');
    const mail = kept.get(id);
    const address = mail && unsubscribeAddressOf(mail);
    if (!mail || address === undefined)
      return c.text('There is no such mail, or nothing to unsubscribe from.', 404);
    const unsubscribed = await unsubscribe(address);
    kept.set(id, { ...mail, unsubscribed });
    return c.redirect('/mailbox', 303);
  });
  return { routes, mails, failWith, clear: () => kept.clear() };
}

/** As a mail provider does it: one POST without cookies, to which a redirect is no answer. @returns what came of it */
async function unsubscribe(address: string): Promise<string> {
  try {
    const { status } = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    return `answered ${status}`;
  } catch {
    return 'no answer';
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
