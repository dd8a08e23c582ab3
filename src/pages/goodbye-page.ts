/** What is said when a connection has ended, and of links that lead nowhere. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { contactLink, layout, linkTo, type Frame, type Html } from './layout';
import { problemPage } from './problem-page';
import { sayDate } from './when';
import type { Words } from './words/catalogue';

export interface DisconnectedPage {
  readonly provider: string;
  /** The provider has confirmed that the access is gone. */
  readonly revoked: boolean;
  /** Nothing personal is left but what the vault may hold. Otherwise it is being deleted. */
  readonly erased: boolean;
  /** What the vault still holds of the tokens, and until when. */
  readonly left: 'nothing' | 'being deleted' | { readonly goneAt: number };
  /** Where access is removed by hand. */
  readonly revokeUrl: string;
}

export function disconnectedPage(frame: Frame, page: DisconnectedPage): Html {
  const { provider, revoked, erased, revokeUrl } = page;
  const says = frame.words.personalPage.goodbye;
  const link = contactLink(revokeUrl);
  return layout(
    frame,
    says.title,
    html`<section>
      <p>${says.notWatched} ${sayWhatIsLeft(frame.words, page)}</p>
      <p>
        ${
          revoked
            ? says.revoked(provider)
            : erased
              ? says.notRevoked(provider, link)
              : says.notYetRevoked(provider, link)
        }
      </p>
      <p>${linkTo(frame, paths.signUp)(says.signUpAgain)}</p>
    </section>`,
    { linkAgain: false },
  );
}

function sayWhatIsLeft(words: Words, { provider, erased, left }: DisconnectedPage): string {
  const says = words.personalPage.goodbye;
  if (!erased) return says.beingDeleted;
  if (left === 'nothing') return says.deleted;
  if (left === 'being deleted') return says.deletedButKeys(provider);
  return says.deletedButCopy(provider, sayDate(left.goneAt, 'UTC', words));
}

export function linkUnknownPage(frame: Frame): Html {
  const says = frame.words.personalPage.linkUnknown;
  return problemPage(frame, {
    title: says.title,
    sentence: says.sentence,
    back: { href: paths.link, label: says.getLink },
    otherWay: { href: paths.signUp, label: says.signUp },
  });
}
