/**
 * Stands for a platform: receives webhooks, verifies each and shows it on a page. The page also says what the platform answers, so
 * that one can watch the service try again. It reads the secret where an operator would read it for a platform.
 */
import { createHmac } from 'node:crypto';
import { Hono } from 'hono';
import { html } from 'hono/html';
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
const oldestSeconds = 300;
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
    const { id, verified } = await verify(c.req.raw.headers, body, { now, readSecret });
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

async function verify(
  headers: Headers,
  body: string,
  { now, readSecret }: Pick<ReceiverOptions, 'now' | 'readSecret'>,
): Promise<{ readonly id: string; readonly verified: boolean }> {
  const [id = '', time = '', signatures = ''] = ['id', 'timestamp', 'signature'].map(
    (name) => headers.get(`webhook-${name}`) ?? '',
  );
  const secret = (await readSecret())?.reveal() ?? '';
  const mac = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${time}.${body}`)
    .digest('base64');
  const isRecent = Math.abs(now() / 1000 - Number(time)) <= oldestSeconds;
  return { id, verified: secret !== '' && isRecent && signatures.split(' ').includes(`v1,${mac}`) };
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
