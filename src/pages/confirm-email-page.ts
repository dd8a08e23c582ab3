/** Shows that an e-mail address is its owner's: what is said to the browser that entered it, and where the link leads that was mailed. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { alreadyConfirmed, withoutSection } from './confirm-page';
import { addressIn, layout, strong, type Frame, type Html } from './layout';
import { problemPage } from './problem-page';

export interface MailSentPage {
  /** As it was typed; only whoever typed it sees this page. */
  readonly email: string;
  readonly state: 'on its way' | 'not sent' | 'undeliverable';
  readonly error?: string | undefined;
  /** Another one was asked for just now. */
  readonly renewed?: boolean | undefined;
  readonly resendPossible: boolean;
  readonly purpose: 'sign-up' | 'change address';
  /** For how long the link is good, and after how long an unconfirmed sign-up is deleted. */
  readonly confirmByHours: number;
}

export function mailSentPage(frame: Frame, page: MailSentPage): Html {
  const { state, error, resendPossible, purpose } = page;
  const words = frame.words.byEmail.confirm;
  const waits = state === 'on its way';
  const resend = html`<form method="post" action="${addressIn(frame, paths.confirm)}">
    <button name="action" value="resend" ${waits ? html`class="second"` : ''}>${words.sendAgain}</button>
  </form>`;
  return layout(
    frame,
    waits ? words.title : words.notSent,
    html`<section>
        <p>${explain(frame, page)}</p>
        ${error === undefined ? '' : html`<p class="error" role="alert">${error}</p>`}
        ${waits ? html`<p class="quiet">${words.noMail} ${resendPossible ? '' : words.notNow}</p>` : ''}
        ${resendPossible ? resend : ''}
      </section>
      ${
        purpose === 'sign-up'
          ? withoutSection(frame, words.without, page.confirmByHours)
          : html`<section><p>${words.unchanged}</p></section>`
      }`,
    { linkAgain: false },
  );
}

function explain(frame: Frame, page: MailSentPage): Html {
  const { state, renewed, resendPossible, error, confirmByHours } = page;
  const words = frame.words.byEmail.confirm;
  const { tryInMinutes, tryLater } = frame.words.confirm;
  const address = strong(page.email);
  switch (state) {
    case 'on its way':
      return renewed
        ? html`<strong role="status">${words.sentAgain(address)}</strong>`
        : words.onItsWay(address, confirmByHours);
    case 'not sent':
      if (error !== undefined) return words.noneSent(address);
      return html`${words.noneSentNow(address)} ${resendPossible ? tryInMinutes : tryLater}`;
    case 'undeliverable':
      return resendPossible ? words.undeliverable(address) : words.undeliverableNow(address);
  }
}

export interface AskPage {
  /** Where the button leads: the link itself. */
  readonly path: string;
  /** Masked: programs that look for harm in mails see this page too. */
  readonly email: string;
  readonly provider: string;
}

/** The link alone changes nothing, because mail programs open links before anybody reads them. */
export function askToConfirmPage(frame: Frame, { path, email, provider }: AskPage): Html {
  const { ask } = frame.words.byEmail.confirm;
  return layout(
    frame,
    ask.title,
    html`<section>
      <p>${ask.why(frame.serviceName, provider, strong(email))}</p>
      <form method="post" action="${addressIn(frame, path)}">
        <button name="action" value="confirm">${ask.yes}</button>
      </form>
      <p class="quiet">${ask.no}</p>
    </section>`,
    { linkAgain: false },
  );
}

export function addressConfirmedPage(frame: Frame): Html {
  return alreadyConfirmed(frame, frame.words.byEmail.confirm.done);
}

export function confirmLinkUnknownPage(frame: Frame): Html {
  const { title, sentence } = frame.words.byEmail.confirm.unknown;
  const { signUpAgain, getLink } = frame.words.confirm.unknown;
  return problemPage(frame, {
    title,
    sentence,
    back: { href: addressIn(frame, paths.signUp), label: signUpAgain },
    otherWay: { href: addressIn(frame, paths.link), label: getLink },
  });
}
