/** The frame of every page: one small stylesheet, light and dark, no script, nothing from outside. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const stylesheet = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --ground: #f6f8fa; --card: #fff; --line: #d0d7de;
  --strong: #0b6e4f; --on-strong: #fff; --bad: #a40e26; --focus: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9da7b3; --ground: #0d1117; --card: #161b22;
  --line: #3d444d; --strong: #3fb68b; --on-strong: #06251b; --bad: #ff8189; --focus: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 system-ui, sans-serif; }
main { max-width: 34rem; margin: 2rem auto; padding: 1.75rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; }
p, ul { margin: 0 0 1rem; } ul { padding-left: 1.25rem; } .quiet { color: var(--quiet); font-size: .9375rem; }
label, legend { display: block; margin: 0 0 .375rem; font-weight: 600; padding: 0; }
fieldset { border: 0; margin: 0 0 1.25rem; padding: 0; } fieldset label { font-weight: 400; padding: .375rem 0; }
input[type=tel] { width: 100%; padding: .75rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--quiet); border-radius: .5rem; }
input[type=radio] { width: 1.125rem; height: 1.125rem; margin: 0 .5rem 0 0; vertical-align: -.125rem; }
button, .button { display: inline-block; padding: .75rem 1.25rem; font: inherit; font-weight: 600; color: var(--on-strong);
  background: var(--strong); border: 0; border-radius: .5rem; cursor: pointer; text-decoration: none; }
a { color: inherit; } :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.field { margin: 0 0 1.25rem; } .hint { margin: .375rem 0 0; }
.error { color: var(--bad); font-weight: 600; margin: .375rem 0 0; } [aria-invalid=true] { border-color: var(--bad) !important; }
code { font-size: .9375em; overflow-wrap: anywhere; }
`;

const styleElement = raw(`<style>${stylesheet}</style>`);
const stylesheetHash = createHash('sha256').update(stylesheet).digest('base64');

/** A form's answer may redirect to the provider, and `form-action` covers that redirect too. */
export function contentSecurityPolicy(formTargets: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${stylesheetHash}'`,
    ['form-action', "'self'", ...new Set(formTargets)].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function layout(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Fitbit Token Service</title>
        ${styleElement}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}
