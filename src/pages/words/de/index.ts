/** German. No native speaker has reviewed these words yet. */
import type { Words } from '..';
import { manage } from './manage';
import { privacy } from './privacy';
import { refusals } from './refusals';
import { signUp } from './sign-up';
import { confirm, fields, layout, link, problems } from './small-pages';

export const german: Words = {
  language: 'de',
  name: 'Deutsch',
  locale: 'de',
  layout,
  fields,
  problems,
  link,
  confirm,
  manage,
  signUp,
  privacy,
  refusals,
};
