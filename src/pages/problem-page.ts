/** A page that says in one sentence what is wrong and what to do. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { addressIn, layout, type Frame, type Html } from './layout';

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

export function problemPage(frame: Frame, { title, sentence, back, otherWay }: ProblemPage): Html {
  const way = back ?? {
    href: addressIn(frame, paths.signUp),
    label: frame.words.problems.backToSignUp,
  };
  return layout(
    frame,
    title,
    html`<section>
      <p>${sentence}</p>
      <p class="row">
        <a class="button" href="${way.href}">${way.label}</a>
        ${otherWay ? html`<a class="button second" href="${otherWay.href}">${otherWay.label}</a>` : ''}
      </p>
    </section>`,
    { linkAgain: ![way, otherWay].some((each) => each?.href.startsWith(paths.link)) },
  );
}
