/** A page that says in one sentence what is wrong and what to do. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { layout, type Frame, type Html } from './layout';

interface Way {
  readonly href: string;
  readonly label: string;
}

export interface ProblemPage {
  readonly title: string;
  readonly sentence: string;
  /** Where the button leads; without it to the sign-up. */
  readonly back?: Way | undefined;
  readonly otherWay?: Way | undefined;
}

const toSignUp = { href: paths.signUp, label: 'Back to sign-up' };

export function problemPage(frame: Frame, { title, sentence, back = toSignUp, otherWay }: ProblemPage): Html {
  return layout(
    frame,
    title,
    html`<section>
      <p>${sentence}</p>
      <p class="row">
        <a class="button" href="${back.href}">${back.label}</a>
        ${otherWay ? html`<a class="button second" href="${otherWay.href}">${otherWay.label}</a>` : ''}
      </p>
    </section>`,
    { linkAgain: back.href !== paths.link && otherWay?.href !== paths.link },
  );
}
