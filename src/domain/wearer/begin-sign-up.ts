/** A sign-up begins: a one-time state, a code verifier for the browser, and the address of the provider. */
import type { Connection, Contact, Language, PendingLogin, Settings, TextConsent } from '../../model';
import type { Ports, Provider } from '../../ports';
import { loginKey } from '../store/row-keys';
import { linkVersionOf } from '../contact/personal-link';
import { authorizeUrl, codeChallengeOf } from '../rotation/oauth';
import { paths } from '../../paths';

export interface BegunSignUp {
  /** Where the browser goes next. */
  readonly authorizeUrl: string;
  readonly state: string;
  /** RFC 7636 verifier. The browser's cookie is the only place that keeps it: it binds the state to the browser. */
  readonly codeVerifier: string;
}

export async function beginSignUp(
  ports: Pick<Ports, 'clock' | 'random' | 'tables'> & Pick<Settings, 'policy' | 'publicUrl'>,
  request: {
    provider: Provider;
    /** Where texts shall go; to be confirmed afterwards. */
    contact?: (Contact & { readonly textConsent: TextConsent }) | undefined;
    /** The language of texts and pages, if the wearer has chosen one. */
    language?: Language | undefined;
    /** The party that also gets access, as the page has said. */
    sharedWith?: string | undefined;
    /** The row of an invite. */
    invite?: string | undefined;
    /** Comes from the personal page of this connection. */
    reconnects?: Pick<Connection, 'id' | 'linkVersion'> | undefined;
  },
): Promise<BegunSignUp> {
  const state = ports.random.secret();
  const codeVerifier = ports.random.secret();
  const login: PendingLogin = {
    provider: request.provider.id,
    codeChallenge: codeChallengeOf(codeVerifier),
    ...request.contact,
    language: request.language,
    sharedWith: request.sharedWith,
    invite: request.invite,
    reconnects: request.reconnects?.id,
    linkVersion: request.reconnects && linkVersionOf(request.reconnects),
    expiresAt: ports.clock.now() + ports.policy.times.loginMs,
  };
  await ports.tables.logins.insert(loginKey(state), login);
  const { codeChallenge } = login;
  const redirectUri = ports.publicUrl + paths.callback;
  return {
    authorizeUrl: authorizeUrl(request.provider, { redirectUri, state, codeChallenge }),
    state,
    codeVerifier,
  };
}
