/**
 * Where pages are, below the origin, and what else people or providers know by its address. Pages are at short addresses, which stand in
 * texts. What only programs use is written out in functions/register.ts.
 */
export const paths = {
  front: '/',
  signUp: '/signup',
  /** Registered at the providers by people, so it stays where it is. */
  callback: '/api/oauth/callback',
  confirm: '/confirm',
  /** A secret follows that was mailed to the address that it confirms. */
  confirmEmail: '/confirm-email/',
  /** A secret follows that stands for the address that gets no more e-mails. */
  unsubscribe: '/u/',
  /** "Get my link again". */
  link: '/link',
  privacy: '/privacy',
  /** The secret part of a personal link follows. */
  personalPage: '/m/',
  /** For staff. */
  board: '/api/ops/board',
  api: '/api',
  health: '/api/health',
  favicon: '/favicon.ico',
  robots: '/robots.txt',
} as const;

/**
 * What people type in place of the address of a page, or what is left of a personal link that was cut, by the name of its function. No function
 * answers all other addresses: it would take those of the host below /admin from it (azure-functions-host#6990), and every crawler would start one.
 */
export const mistypedPaths = {
  mistypedSignUp: { at: '/sign-up', leadsTo: paths.signUp },
  mistypedPrivacy: { at: '/privacy-policy', leadsTo: paths.privacy },
  cutPersonalLink: { at: '/m', leadsTo: paths.link },
} as const;

/** Pages were below this prefix once, and texts that went out then still lead there. */
export const oldPrefix = '/api';

/** As a function is registered. The host takes an empty route for none, but not a part that has to be empty. */
export function routeOf(path: string): string {
  return path === paths.front ? '{ignored:maxlength(0)?}' : path.slice(1);
}
