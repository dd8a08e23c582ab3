import { byEmail } from './by-email';
import { fromName } from './from-name';
import { personalPage } from './personal';
import { privacy } from './privacy';
import { refusals } from './refusals';
import { signUp } from './sign-up';
import { confirm, fields, layout, link, problems, unsubscribe } from './small-pages';
import type { Words } from '../catalogue';

export const french: Words = {
  language: 'fr',
  name: 'Français',
  locale: 'fr',
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
