/**
 * Stands for a platform: receives webhooks, verifies each and shows it on a page. The page also says what the platform answers, so
 * that one can watch the service try again. It reads the secret where an operator would read it for a platform.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { Webhook } from 'standardwebhooks';
import type { Secret } from '../../src/secret';
import { serve, type Server } from '../serve';
import { pageHeaders, renderPage } from '../simulators/simulator-page';

export interface ReceiverOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly now: () => number;
  /** As it is in the vault now. */
  readonly readSecret: () => Promise<Secret | undefined>;
}

export interface Received {
  readonly at: number;
  readonly id: string;
  readonly verified: boolean;
  /** How often this id has come, this time included. */
  readonly nth: number;
  /** What the platform answered. */
  readonly status: number;
  readonly body: string;
}

export interface Receiver extends Server {
  /** Where the service sends webhooks. */
  readonly webhookUrl: string;
  /** The newest first. */
  received(): readonly Received[];
}

const path = '/webhooks';
const mostShown = 50;
const refreshSeconds = 3;
const answers = { 204: 'taken', 503: 'not available', 410: 'gone for good' } as const;
type Status = keyof typeof answers;

/** @throws PortTaken */
export async function startReceiver({ port, now, readSecret }: ReceiverOptions): Promise<Receiver> {
  const received: Received[] = [];
  const counts = new Map<string, number>();
  let status: Status = 204;
  const app = new Hono();
  app.post(path, async (c) => {
    const body = await c.req.text();
    const id = c.req.header('webhook-id') ?? '';
    const verified = isVerified(await readSecret(), c.req.header(), body);
    const nth = (counts.get(id) ?? 0) + 1;
    counts.set(id, nth);
    const answered = verified ? status : 401;
    received.unshift({ at: now(), id, verified, nth, status: answered, body });
    received.length = Math.min(received.length, mostShown);
    return new Response(null, { status: answered });
  });
  app.get('/', (c) => c.html(page(received, status), 200, pageHeaders));
  app.post('/answer', async (c) => {
    const chosen = String((await c.req.formData()).get('status'));
    if (chosen in answers) status = Number(chosen) as Status;
    return c.redirect('/', 303);
  });
  const server = await serve({ name: 'platform', app, port });
  return { ...server, webhookUrl: server.url + path, received: () => received };
}

/** Signed with this secret within the last five minutes. */
function isVerified(secret: Secret | undefined, headers: Record<string, string>, body: string): boolean {
  if (!secret) return false;
  try {
    new Webhook(secret.reveal()).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function page(received: readonly Received[], status: Status) {
  return renderPage({
    title: 'Webhooks',
    from: 'Example Platform',
    refreshSeconds,
    body: html`<section>
        <form method="post" action="/answer">
          ${Object.entries(answers).map(
            ([code, meaning]) =>
              html`<button name="status" value="${code}" class="${Number(code) === status ? 'main' : ''}">
                ${code} ${meaning}
              </button>`,
          )}
        </form>
        <p class="soft">What this platform answers. The service tries again until it is taken.</p>
      </section>
      <section>${received.length === 0 ? html`<p>Nothing has come yet.</p>` : received.map(row)}</section>`,
  });
}

function row({ at, id, verified, nth, status, body }: Received) {
  const time = new Date(at).toISOString().slice(11, 19);
  return html`<article>
    <p>
      ${time} · ${verified ? 'signature verified' : 'signature refused'} · answered ${status}
      ${nth > 1 ? html` · came ${nth} times` : ''}
    </p>
    <p class="soft">${id}</p>
    <pre>${shown(body)}</pre>
  </article>`;
}

/** Indented where it is JSON. */
function shown(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
