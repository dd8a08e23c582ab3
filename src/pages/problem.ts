/** A page that says in one sentence what is wrong and what to do. */
import { html } from 'hono/html';
import { layout, type Html } from './layout';

export function problemPage({ title, sentence }: { title: string; sentence: string }): Html {
  return layout(
    title,
    html`<h1>${title}</h1>
      <p>${sentence}</p>
      <p><a class="button" href="/api/signup">Back to sign-up</a></p>`,
  );
}
