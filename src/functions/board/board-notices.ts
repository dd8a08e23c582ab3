/** What the page after an action says was done, by the name that the notice cookie carries. */
import type { AskedFor } from '../../domain/wearer/send-asked-for';
import { ownOf } from '../http/own-property';

const boardNotices = {
  checked: 'The batteries were read.',
  'check-failed': 'The batteries could not be read. What the page says of the checks has the reason.',
  rotated: 'The tokens are good.',
  'rotate-failed': 'The tokens could not be refreshed. What the page says of the tokens has the reason.',
  busy: 'Somebody else is working on this connection. Try again in a minute.',
  'link-sent': 'The link is on its way to the wearer.',
  'link-just-sent': 'A link was sent to the wearer less than a minute ago, so no second one was sent.',
  'link-limited':
    'Nothing was sent, because too many links were sent today: to this wearer, or to all. Try again tomorrow.',
  'link-not-sent': 'The link could not be sent just now. The service tries again for an hour.',
  'link-nowhere': 'Nothing was sent, because no number or address of the wearer takes it.',
  paused: 'Texts are paused.',
  resumed: 'Texts are sent again.',
  noted: 'The note was saved.',
  'note-removed': 'The note was removed.',
  contacted: 'The contact was marked.',
  'site-saved': 'The site was saved.',
  'site-removed': 'The connection belongs to no site now.',
  ended: 'The connection was ended. What is left of it is being deleted.',
} as const;

export type BoardNotice = keyof typeof boardNotices;

/** By what became of the link that staff send. */
export const linkNotices = {
  sent: 'link-sent',
  'just sent': 'link-just-sent',
  limited: 'link-limited',
  'not sent': 'link-not-sent',
  'nothing goes': 'link-nowhere',
} as const satisfies Readonly<Record<AskedFor | 'just sent', BoardNotice>>;

export function sayNotice(name: string | undefined): string | undefined {
  return ownOf(boardNotices, name);
}
