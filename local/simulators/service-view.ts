/**
 * What the service does about it, beside the switches of a simulator: the state of its connections, the alarms that are on, and
 * its last log lines. The page loads itself again, in a frame of its own, so that nobody's form is disturbed.
 */
import type { Hono } from 'hono';
import { html } from 'hono/html';
import { pageHeaders, renderPage, type Markup } from './simulator-page';

export interface ShownConnection {
  readonly id: string;
  readonly provider: string;
  readonly state: string;
  /** Why, and since when, as the service says it. */
  readonly trouble?: { readonly code: string; readonly since: string; readonly count?: number } | undefined;
}

export interface ShownService {
  readonly connections: readonly ShownConnection[];
  readonly alarms: readonly string[];
}

export interface ServiceView {
  /** From now on this is asked for what to show. */
  show(look: () => Promise<ShownService>): void;
  /** One line of the log. */
  note(line: string): void;
  look(): Promise<ShownService | undefined>;
  /** The newest first. */
  lines(): readonly string[];
}

const mostLines = 20;
const refreshSeconds = 2;

export function createServiceView(): ServiceView {
  let ask: (() => Promise<ShownService>) | undefined;
  const noted: string[] = [];
  return {
    show(look) {
      ask = look;
    },
    note(line) {
      noted.unshift(line);
      noted.length = Math.min(noted.length, mostLines);
    },
    // A service that is just ending has nothing to show any more.
    look: async () => ask?.().catch(() => undefined),
    lines: () => noted,
  };
}

const path = '/service';

/** The frame that shows it. */
export function serviceFrame(): Markup {
  return html`<section>
    <h2>What the service does</h2>
    <iframe src="${path}" title="What the service does"></iframe>
  </section>`;
}

export function addServiceView(app: Hono, providerName: string, view: ServiceView): void {
  app.get(path, async (c) => {
    const shown = await view.look();
    const body = shown
      ? showService(shown, view.lines(), providerName)
      : html`<p>No service runs beside this simulator.</p>`;
    const page = renderPage({ title: 'The service', from: providerName, body, refreshSeconds });
    return c.html(page, 200, { ...pageHeaders, 'content-security-policy': framedPolicy });
  });
}

const framedPolicy = pageHeaders['content-security-policy'].replace(
  "frame-ancestors 'none'",
  "frame-ancestors 'self'",
);

function showService(
  { connections, alarms }: ShownService,
  lines: readonly string[],
  providerName: string,
): Markup {
  const here = connections.filter(({ provider }) => provider === providerName);
  return html`<h2>Connections</h2>
    <ul>
      ${here.length === 0 ? html`<li>nobody is connected here</li>` : here.map(connectionItem)}
    </ul>
    <h2>Alarms</h2>
    <ul>
      ${alarms.length === 0 ? html`<li>none</li>` : alarms.map((alarm) => html`<li>${alarm}</li>`)}
    </ul>
    <h2>Log, the newest first</h2>
    <pre>${lines.join('\n')}</pre>`;
}

function connectionItem({ id, state, trouble }: ShownConnection): Markup {
  const how = trouble?.count === undefined ? '' : `, ${trouble.count} times in a row`;
  const why = trouble ? `: ${trouble.code} since ${trouble.since.slice(11, 19)} UTC${how}` : '';
  return html`<li><code>${id.slice(0, 8)}</code> ${state}${why}</li>`;
}
