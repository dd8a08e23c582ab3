/** Where the last link of every alert and notice by e-mail leads: one button ends the e-mails, and another one begins them again. It shows no address. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { addressIn, layout, type Frame, type Html } from './layout';
import { problemPage } from './problem-page';

export interface UnsubscribePage {
  /** With the secret. */
  readonly path: string;
  /** `asked`: they come, and nothing has been pressed yet. `begun`: they come again. */
  readonly state: 'asked' | 'ended' | 'begun';
}

export function unsubscribePage(frame: Frame, { path, state }: UnsubscribePage): Html {
  const words = frame.words.unsubscribe;
  const { title, sentence, button } = words[state];
  const action = addressIn(frame, path, state === 'ended' ? { again: 'yes' } : {});
  return layout(
    frame,
    title,
    html`<section>
      <p ${state === 'asked' ? '' : html`role="status"`}>${sentence}</p>
      <form method="post" action="${action}">
        <button ${state === 'asked' ? '' : html`class="second"`}>${button}</button>
      </form>
    </section>`,
  );
}

export function unsubscribeUnknownPage(frame: Frame): Html {
  const { title, sentence, getLink } = frame.words.unsubscribe.unknown;
  return problemPage(frame, {
    title,
    sentence,
    back: { href: addressIn(frame, paths.link), label: getLink },
  });
}
