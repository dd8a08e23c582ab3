/** Shows that a number is its owner's: the code that was texted to it is entered here. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { field } from './fields';
import { layout, type Frame, type Html } from './layout';
import { problemPage } from './problem';

export interface ConfirmPage {
  /** As it was typed, formatted; only whoever typed it sees this page. */
  readonly phone: string;
  readonly state: 'enter code' | 'code expired' | 'no tries left' | 'not sent' | 'undeliverable' | 'stopped';
  readonly error?: string | undefined;
  readonly resendPossible: boolean;
  /** The number that texts come from. */
  readonly sender?: string | undefined;
  readonly purpose: 'sign-up' | 'change number';
  /** For how long a code is good. */
  readonly minutes: number;
  /** The personal page, where a change of number began. */
  readonly backTo?: string | undefined;
  /** After so many hours an unconfirmed sign-up is deleted; absent when nothing is. */
  readonly confirmByHours?: number | undefined;
}

export function confirmPage(frame: Frame, page: ConfirmPage): Html {
  const { state, error } = page;
  const entering = state === 'enter code';
  return layout(
    frame,
    entering ? 'Enter the code' : titles[state],
    html`<section>
        <p>${explain(page)}</p>
        ${!entering && error !== undefined ? html`<p class="error" role="alert">${error}</p>` : ''}
        ${entering ? codeForm(error) : ''} ${resendForm(page)}
      </section>
      ${page.purpose === 'sign-up' ? withoutTexts(page) : wayBack(page)}`,
    { errors: entering ? { code: error } : {}, linkAgain: false },
  );
}

const titles = {
  'code expired': 'That code is too old',
  'no tries left': 'Too many wrong codes',
  'not sent': 'The text could not be sent',
  undeliverable: 'The text could not be sent',
  stopped: 'Texts to this number are stopped',
};

function explain({ state, phone, sender, minutes, resendPossible, error }: ConfirmPage): Html {
  const number = html`<strong>${phone}</strong>`;
  const next = resendPossible ? 'Please have a new one sent.' : 'Please try again later.';
  switch (state) {
    case 'enter code':
      return html`A text with a code is on its way to ${number}. The code is good for ${minutes} minutes.`;
    case 'code expired':
      return html`The code sent to ${number} was good for ${minutes} minutes. ${next}`;
    case 'no tries left':
      return html`To keep others out, the code sent to ${number} does not count any more. ${next}`;
    case 'not sent':
      // An error says by itself what to do, such as to come back tomorrow.
      if (error !== undefined) return html`No code could be texted to ${number}.`;
      return html`No code could be texted to ${number} just now. Your number is not the reason. Please
      ${resendPossible ? 'try once more in a few minutes' : 'try again later'}.`;
    case 'undeliverable':
      return html`The text to ${number} could not be delivered. Please check the number, then
      ${resendPossible ? 'try once more' : 'try again later'}, or use another number.`;
    case 'stopped':
      return html`Somebody answered STOP from ${number}, so it gets no texts. Please text START to
      ${sender === undefined ? 'the number the texts came from' : html`<strong>${sender}</strong>`} from that
      phone${resendPossible ? ', then press the button.' : ', then come back later.'}`;
  }
}

function codeForm(error: string | undefined): Html {
  return html`<form method="post" action="${paths.confirm}">
    ${field(
      { id: 'code', label: 'Code from the text', error },
      (attributes) =>
        html`<input
          type="text"
          class="code"
          ${attributes}
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="10"
          required
        />`,
    )}
    <button name="action" value="confirm">Confirm</button>
  </form>`;
}

function resendForm({ state, resendPossible }: ConfirmPage): Html | string {
  const entering = state === 'enter code';
  if (!resendPossible) {
    return entering
      ? html`<p class="quiet">No text? It can take a minute. A new code cannot be sent just now.</p>`
      : '';
  }
  return html`<form method="post" action="${paths.confirm}">
    ${entering ? html`<p class="quiet">No text? It can take a minute.</p>` : ''}
    <button name="action" value="resend" ${entering ? html`class="second"` : ''}>Send a new code</button>
  </form>`;
}

function withoutTexts({ confirmByHours }: ConfirmPage): Html {
  return html`<section>
    <h2>No texts, or another number?</h2>
    <p>
      Your account is connected either way, and you can add a number later. For another number now,
      <a href="${paths.signUp}">sign up again</a>.
    </p>
    ${
      confirmByHours === undefined
        ? ''
        : html`<p>
            If you do neither this nor enter a code, the sign-up is deleted after ${confirmByHours} hours.
          </p>`
    }
    <form method="post" action="${paths.confirm}">
      <button class="second" name="action" value="skip">Continue without texts</button>
    </form>
  </section>`;
}

function wayBack({ backTo }: ConfirmPage): Html {
  return html`<section>
    <p>Until the new number is confirmed, everything stays as it is.</p>
    ${backTo === undefined ? '' : html`<p><a href="${backTo}">Back to your page</a></p>`}
  </section>`;
}

/** For a browser that has no confirmation, or has it no more. */
export function confirmUnknownPage(frame: Frame): Html {
  return problemPage(frame, {
    title: 'There is no code to enter here',
    sentence:
      'Codes belong to the browser in which they were asked for, and only for a while. Please open this page there, or begin again; an unconfirmed sign-up is deleted after 24 hours.',
    back: { href: paths.signUp, label: 'Sign up again' },
    otherWay: { href: paths.link, label: 'Get my link' },
  });
}
