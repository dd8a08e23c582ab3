/** Where a wearer arrives after the provider's consent page when it did not work, and what to do now. */
import { paths } from '../paths';
import { addressIn, type Frame, type Html } from './layout';
import { problemPage, type ProblemPage } from './problem-page';
import type { Words } from './words/catalogue';

export type SignUpRefusal = keyof Words['refusals']['why'];

export interface SignUpRefusedPage {
  readonly why: SignUpRefusal;
  readonly provider?: string | undefined;
  /** The account at the provider, such as "Google", and its name. */
  readonly account?: { readonly at: string; readonly name?: string | undefined } | undefined;
  /** Where the wearer can mend it. */
  readonly mendAt?: string | undefined;
  /** Where to start again, if not at the form as it is: a reconnecting wearer came from the personal page, an invited one by an invite. */
  readonly again?: string | undefined;
}

export function signUpRefusedPage(frame: Frame, page: SignUpRefusedPage): Html {
  const { refusals } = frame.words;
  const { why, provider = refusals.theProvider, account } = page;
  const { title, sentence } = refusals.why[why];
  const about = { provider, account: refusals.account(account?.at, account?.name) };
  return problemPage(frame, {
    title: title(about),
    sentence: sentence(about),
    back: { href: page.again ?? addressIn(frame, paths.signUp), label: refusals.startAgain },
    otherWay: wayOn(frame, page),
  });
}

/** Besides starting again. */
function wayOn(frame: Frame, { why, provider, mendAt }: SignUpRefusedPage): ProblemPage['otherWay'] {
  const { refusals } = frame.words;
  switch (why) {
    case 'state used':
      return { href: addressIn(frame, paths.confirm), label: refusals.enterCode };
    case 'no profile at provider':
    case 'account not moved':
      return mendAt === undefined
        ? undefined
        : { href: mendAt, label: refusals.setUp(provider ?? refusals.theProvider) };
    case 'account refused':
      return mendAt === undefined ? undefined : { href: mendAt, label: refusals.seeAccess };
    default:
      return undefined;
  }
}
