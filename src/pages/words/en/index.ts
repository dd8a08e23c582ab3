/** English. The other languages say the same, and have the type of this catalogue. */
import type { Language } from '../../../model';
import { byEmail } from './by-email';
import { fromName } from './from-name';
import { personalPage } from './personal';
import { privacy } from './privacy';
import { refusals } from './refusals';
import { signUp } from './sign-up';
import { confirm, fields, layout, link, problems, unsubscribe } from './small-pages';

export const english = {
  language: 'en' as Language,
  /** What the language calls itself. */
  name: 'English',
  /** In which dates and numbers are written. */
  locale: 'en-US',
  layout,
  fields,
  problems,
  link,
  confirm,
  unsubscribe,
  personalPage,
  signUp,
  byEmail,
  fromName,
  privacy,
  refusals,
};
