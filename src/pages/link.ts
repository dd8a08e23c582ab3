/** The way back to a lost personal link: it is texted to the number, and this page never says whose it is. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { phoneField } from './fields';
import { layout, type Frame, type Html } from './layout';

export interface LinkPage {
  readonly phone: string;
  readonly error?: string | undefined;
  readonly done: boolean;
}

export function linkPage(frame: Frame, { phone, error, done }: LinkPage): Html {
  const title = done ? 'Look at your phone' : 'Get your link again';
  return layout(frame, title, done ? sent : form(phone, error), {
    errors: { phone: error },
    linkAgain: false,
  });
}

const sent = html`<section>
  <p>If this number is signed up, a text with the link is on its way.</p>
  <p class="quiet">
    Nothing after some minutes? Then this number is probably not signed up here, or has answered STOP.
  </p>
  <p><a href="${paths.link}">Try another number</a></p>
</section>`;

function form(value: string, error: string | undefined): Html {
  return html`<section>
    <p>Your personal page shows your batteries and settings. Its link can be texted to you.</p>
    <form method="post" action="${paths.link}">
      ${phoneField({
        label: 'Your mobile number',
        value,
        error,
        hint: 'The one you get your texts at, with country code, such as +1 425 555 0123.',
      })}
      <button>Text me the link</button>
    </form>
    <p class="quiet">
      No number, or another one now? <a href="${paths.signUp}">Sign up again</a> with the same account:
      everything is kept.
    </p>
  </section>`;
}
