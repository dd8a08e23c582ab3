/** Why a sign-up is refused. */
import type { ErrorCode } from '../../errors';
import type { Language } from '../../model';
import type { Provider } from '../../ports';

export interface SignUpRefused {
  readonly outcome: 'refused';
  readonly why: SignUpRefusal;
  readonly provider?: string;
  /** The account that was chosen: of whom, such as "Google", and its name, where the grant says it. */
  readonly account?: { readonly at: string; readonly name?: string | undefined } | undefined;
  /** Where the wearer can mend it. */
  readonly mendAt?: string | undefined;
  /** The secret part of the link that a wearer came by who wanted to reconnect. */
  readonly link?: string | undefined;
  /** The language of the sign-up, where one is known. */
  readonly language?: Language | undefined;
}

export type SignUpRefusal =
  | 'state unknown'
  | 'state used'
  | 'state expired'
  | 'other browser'
  | 'other provider'
  | 'invite used'
  | 'other account'
  | 'disconnected'
  | 'consent denied'
  | 'provider error'
  | 'code refused'
  | 'not configured'
  | 'provider retired'
  | 'provider unavailable'
  | 'device scope missing'
  | 'no refresh token'
  | 'no profile at provider'
  | 'account not moved'
  | 'account refused'
  | 'account not allowed'
  | 'not saved';
/** Refusals that another account, or the same one set up, would cure. */
export const accountRefusals: readonly SignUpRefusal[] = [
  'no profile at provider',
  'account not moved',
  'account refused',
];

/** A rule keeps the account that was chosen out: that of an organization, or of the account itself. */
export function isAccountKeptOut(
  { accountErrors = [] }: Pick<Provider, 'accountErrors'>,
  word: string | undefined,
): boolean {
  return word !== undefined && accountErrors.includes(word);
}

export function refusalOf(code: ErrorCode): SignUpRefusal {
  switch (code) {
    case 'GRANT_REFUSED':
      return 'code refused';
    case 'PROVIDER_RETIRED':
      return 'provider retired';
    case 'NOT_CONFIGURED':
    case 'CLIENT_REFUSED':
    case 'REQUEST_REFUSED':
    case 'API_DISABLED':
    case 'PROJECT_REFUSED':
    case 'PROJECT_NOT_ADMITTED':
    case 'SCOPES_REFUSED':
      return 'not configured';
    case 'SCOPE_MISSING':
      return 'device scope missing';
    case 'ACCOUNT_NOT_LINKED':
      return 'no profile at provider';
    case 'ACCOUNT_NOT_MOVED':
      return 'account not moved';
    case 'ACCESS_FORBIDDEN':
      return 'account refused';
    default:
      return 'provider unavailable';
  }
}
