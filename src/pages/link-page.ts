/** The way back to a lost personal link: it is sent to the address, and this page never says whose it is. */
import { html } from 'hono/html';
import type { Way } from '../model';
import { paths } from '../paths';
import { contactErrors, contactFields, type ContactFields } from './contact-fields';
import { addressIn, layout, linkTo, type Frame, type Html } from './layout';

export interface LinkPage {
  /** How wearers can be reached: what is set up. */
  readonly ways: readonly Way[];
  readonly entered: Omit<ContactFields['entered'], 'agreed'>;
  readonly errors: ContactFields['errors'];
  /** How the link is sent, once it was asked for. */
  readonly done?: Way | undefined;
}

export function linkPage(frame: Frame, { ways, entered, errors, done }: LinkPage): Html {
  const { link, byEmail } = frame.words;
  if (done !== undefined) {
    const { sentTitle, sent, nothingCame, tryAnother } = done === 'email' ? byEmail.link : link;
    const said = html`<section>
      <p>${sent}</p>
      <p class="quiet">${nothingCame}</p>
      <p>${linkTo(frame, paths.link)(tryAnother)}</p>
    </section>`;
    return layout(frame, sentTitle, said, { linkAgain: false });
  }
  const asked: ContactFields = {
    ...{ ways, entered: { ...entered, agreed: false }, errors, asksConsent: false },
    phone: { label: link.number, hint: link.numberHint },
    email: { label: byEmail.link.address, hint: byEmail.link.addressHint },
  };
  return layout(frame, link.title, form(frame, asked), {
    errors: contactErrors(frame, asked),
    linkAgain: false,
  });
}

function form(frame: Frame, asked: ContactFields): Html {
  const { link, byEmail } = frame.words;
  const byMail = asked.ways.includes('email');
  const byText = asked.ways.includes('sms');
  const intro = !byMail ? link.intro : byText ? byEmail.link.introEither : byEmail.link.intro;
  const otherAddress = byMail ? byEmail.link.otherAddress : link.otherNumber;
  return html`<section>
    <p>${intro}</p>
    <form method="post" action="${addressIn(frame, paths.link)}">
      ${contactFields(frame, asked)}
      <button>${byMail ? byEmail.link.send : link.send}</button>
    </form>
    <p class="quiet">${otherAddress(linkTo(frame, paths.signUp))}</p>
  </section>`;
}
