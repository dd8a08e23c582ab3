/** Where pages are, below the origin; `api` is the prefix that host.json gives to every route. */
export const paths = {
  signUp: '/api/signup',
  callback: '/api/oauth/callback',
  confirm: '/api/confirm',
  /** "Get my link again". */
  link: '/api/link',
  privacy: '/api/privacy',
  /** The secret part of a personal link follows. */
  manage: '/api/m/',
} as const;

/** As a function is registered: without the prefix. */
export function routeOf(path: string): string {
  return path.slice('/api/'.length);
}
