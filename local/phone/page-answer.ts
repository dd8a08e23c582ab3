/** How a page of the phone or the mailbox is answered: not stored, and without script. */
import type { Context } from 'hono';
import type { html } from 'hono/html';

export function showPage(c: Context, page: ReturnType<typeof html>): Response | Promise<Response> {
  c.header('cache-control', 'no-store');
  c.header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  return c.html(page);
}
