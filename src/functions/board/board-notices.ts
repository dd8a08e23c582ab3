/** What the page after an action says was done, by the name that the notice cookie carries. */
import { ownOf } from '../http/own-property';

const boardNotices = {
  checked: 'The batteries were read.',
  'check-failed': 'The batteries could not be read. What the page says of the checks has the reason.',
  rotated: 'The tokens are good.',
  'rotate-failed': 'The tokens could not be refreshed. What the page says of the tokens has the reason.',
  busy: 'Somebody else is working on this connection. Try again in a minute.',
  'link-sent': 'A text with the link is on its way.',
  'link-not-sent': 'No text was sent: there is no number that takes texts, or too many were sent today.',
  paused: 'Texts are paused.',
  resumed: 'Texts are sent again.',
  noted: 'The note was saved.',
  contacted: 'The contact was marked.',
  'site-saved': 'The site was saved.',
  ended: 'The connection was ended. What is left of it is being deleted.',
} as const;

export type BoardNotice = keyof typeof boardNotices;

export function sayNotice(name: string | undefined): string | undefined {
  return ownOf(boardNotices, name);
}
