/** Shows that a number is its owner's: the code that was texted to it is entered here. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { field } from './fields';
import { addressIn, layout, linkTo, strong, type Frame, type Html } from './layout';
import { problemPage } from './problem-page';
import type { Words } from './words/catalogue';

export interface ConfirmPage {
  /** As it was typed, formatted; only whoever typed it sees this page. */
  readonly phone: string;
  readonly state: 'enter code' | 'code expired' | 'no tries left' | 'not sent' | 'undeliverable';
  readonly error?: string | undefined;
  /** A new code was asked for just now. */
  readonly renewed?: boolean | undefined;
  readonly resendPossible: boolean;
  /** The number that texts come from. */
  readonly sender?: string | undefined;
  readonly purpose: 'sign-up' | 'change number';
  /** For how long a code is good. */
  readonly minutes: number;
  /** After so many hours an unconfirmed sign-up is deleted; absent when nothing is. */
  readonly confirmByHours?: number | undefined;
}

export function confirmPage(frame: Frame, page: ConfirmPage): Html {
  const { state, error } = page;
  const words = frame.words.confirm;
  const entering = state === 'enter code';
  return layout(
    frame,
    entering ? words.title : words.titles[state],
    html`<section>
        <p>${explain(words, page)}</p>
        ${!entering && error !== undefined ? html`<p class="error" role="alert">${error}</p>` : ''}
        ${entering ? codeForm(frame, error) : ''} ${resendForm(frame, page)}
      </section>
      ${page.purpose === 'sign-up' ? withoutSection(frame, words.without, page.confirmByHours) : html`<section><p>${words.unchanged}</p></section>`}`,
    {
      errors: entering && error !== undefined ? { code: { label: words.code, error } } : {},
      linkAgain: false,
    },
  );
}

function explain(words: Words['confirm'], page: ConfirmPage): Html {
  const { state, minutes, renewed, resendPossible, error } = page;
  const number = strong(page.phone);
  const next = resendPossible ? words.haveNewOneSent : words.tryLater;
  switch (state) {
    case 'enter code':
      return renewed
        ? html`<strong role="status">${words.newOnItsWay(number, minutes)}</strong>`
        : words.onItsWay(number, minutes);
    case 'code expired':
      return html`${words.expired(number, minutes)} ${next}`;
    case 'no tries left':
      return html`${words.noTriesLeft(number)} ${next}`;
    case 'not sent':
      // An error says by itself what to do, such as to come back tomorrow.
      if (error !== undefined) return words.noneTexted(number);
      return html`${words.noneTextedNow(number)} ${resendPossible ? words.tryInMinutes : words.tryLater}`;
    case 'undeliverable':
      return resendPossible ? words.undeliverable(number) : words.undeliverableNow(number);
  }
}

function codeForm(frame: Frame, error: string | undefined): Html {
  const words = frame.words.confirm;
  return html`<form method="post" action="${addressIn(frame, paths.confirm)}">
    ${field(
      { id: 'code', label: words.code, error },
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
    <button name="action" value="confirm">${words.confirm}</button>
  </form>`;
}

/** The same for every number: whether one has answered STOP is nothing for whoever enters it. */
function resendForm(frame: Frame, { state, resendPossible, sender }: ConfirmPage): Html | string {
  const { noText, noNewCode, sendNew, afterStop } = frame.words.confirm;
  const entering = state === 'enter code';
  if (!resendPossible) return entering ? html`<p class="quiet">${noText} ${noNewCode}</p>` : '';
  return html`<form method="post" action="${addressIn(frame, paths.confirm)}">
    ${entering ? html`<p class="quiet">${noText} ${afterStop(sender === undefined ? undefined : strong(sender))}</p>` : ''}
    <button name="action" value="resend" ${entering ? html`class="second"` : ''}>${sendNew}</button>
  </form>`;
}

/** Nobody has to be written to. */
export function withoutSection(
  frame: Frame,
  words: Words['confirm']['without'],
  confirmByHours: number | undefined,
): Html {
  return html`<section>
    <h2>${words.title}</h2>
    <p>${words.text(linkTo(frame, paths.signUp))}</p>
    ${confirmByHours === undefined ? '' : html`<p>${words.deleted(confirmByHours)}</p>`}
    <form method="post" action="${addressIn(frame, paths.confirm)}">
      <button class="second" name="action" value="skip">${words.skip}</button>
    </form>
  </section>`;
}

/** For a browser that has no confirmation, or has it no more. */
export function confirmUnknownPage(frame: Frame): Html {
  const { title, sentence, signUpAgain, getLink } = frame.words.confirm.unknown;
  return problemPage(frame, {
    title,
    sentence,
    back: { href: addressIn(frame, paths.signUp), label: signUpAgain },
    otherWay: { href: addressIn(frame, paths.link), label: getLink },
  });
}

/** For a browser that has entered the right code before: what it holds of that opens nothing any more. */
export function confirmedPage(frame: Frame): Html {
  return alreadyConfirmed(frame, frame.words.confirm.done);
}

export function alreadyConfirmed(frame: Frame, { title, sentence }: Words['confirm']['done']): Html {
  return problemPage(frame, {
    title,
    sentence,
    back: { href: addressIn(frame, paths.link), label: frame.words.confirm.unknown.getLink },
  });
}
