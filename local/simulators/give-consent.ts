/**
 * What a person does on a simulator's consent page, for tests, drills and the demo: choose who to be, untick, press.
 */

export interface ConsentChoice {
  readonly wearer: string;
  /** The boxes that stay ticked; all of them when not given. */
  readonly scopes?: readonly string[];
  readonly decision?: 'allow' | 'cancel';
}

/**
 * Opens the page at `authorizeUrl`, sends its form, and returns the address the browser is sent back to.
 *
 * @throws when the simulator shows an error instead
 */
export async function giveConsent(
  authorizeUrl: string | URL,
  { wearer, scopes, decision = 'allow' }: ConsentChoice,
): Promise<URL> {
  const url = new URL(authorizeUrl);
  const asked = (url.searchParams.get('scope') ?? '').split(/[ ,]/);
  const page = await fetch(url, { redirect: 'manual' });
  if (page.status !== 200) throw new Error(`The consent page answered ${page.status}`);
  await page.text();
  const form = new URLSearchParams({ request: url.searchParams.toString(), wearer, decision });
  for (const scope of scopes ?? asked) form.append('grant', scope);
  const response = await fetch(new URL(url.pathname, url), {
    method: 'POST',
    redirect: 'manual',
    body: form,
  });
  const location = response.headers.get('location');
  if (response.status !== 302 || !location) throw new Error(`The consent form answered ${response.status}`);
  return new URL(location);
}
