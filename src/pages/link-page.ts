/** The way back to a lost personal link: it is texted to the number, and this page never says whose it is. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { phoneField } from './fields';
import { addressIn, layout, linkTo, type Frame, type Html } from './layout';

export interface LinkPage {
  readonly phone: string;
  readonly error?: string | undefined;
  readonly done: boolean;
}

export function linkPage(frame: Frame, { phone, error, done }: LinkPage): Html {
  const { title, sentTitle, number } = frame.words.link;
  return layout(frame, done ? sentTitle : title, done ? sent(frame) : form(frame, phone, error), {
    errors: { phone: error === undefined ? undefined : { label: number, error } },
    linkAgain: false,
  });
}

function sent(frame: Frame): Html {
  const words = frame.words.link;
  return html`<section>
    <p>${words.sent}</p>
    <p class="quiet">${words.nothingCame}</p>
    <p>${linkTo(frame, paths.link)(words.tryAnother)}</p>
  </section>`;
}

function form(frame: Frame, value: string, error: string | undefined): Html {
  const words = frame.words.link;
  return html`<section>
    <p>${words.intro}</p>
    <form method="post" action="${addressIn(frame, paths.link)}">
      ${phoneField({ label: words.number, value, error, hint: words.numberHint })}
      <button>${words.send}</button>
    </form>
    <p class="quiet">${words.otherNumber(linkTo(frame, paths.signUp))}</p>
  </section>`;
}
