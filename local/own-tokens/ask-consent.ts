/** Takes a consent at the real provider: the browser goes there and comes back to this machine. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { completeSignUp } from '../../src/domain/wearer/complete-sign-up';
import type { Connection, Settings } from '../../src/model';
import type { Ports, Provider } from '../../src/ports';
import { paths } from '../../src/paths';
import { Secret } from '../../src/secret';
import { serve } from '../serve';
import { beginSignUp } from '../../src/domain/wearer/begin-sign-up';
import type { SignUpRefusal, SignUpRefused } from '../../src/domain/wearer/sign-up-refusal';

export interface ConsentOptions {
  readonly ports: Ports & Settings;
  readonly provider: Provider;
  /** Of the loopback address in `ports.publicUrl`. */
  readonly port: number;
  /** The connection that has the label already: no other account may take its place. */
  readonly reconnects?: Connection | undefined;
  /** Shows the address that a browser has to open. */
  readonly show: (authorizeUrl: string) => void;
}

export interface Consented {
  readonly connection: string;
  readonly reconnected: boolean;
  readonly missingScopes: readonly string[];
}

/**
 * Waits until the browser has come back with an answer of the provider.
 * @throws ConsentRefused; PortTaken
 */
export async function takeConsent({
  ports,
  provider,
  port,
  reconnects,
  show,
}: ConsentOptions): Promise<Consented> {
  const begun = await beginSignUp(ports, { provider, reconnects });
  let settle!: { resolve(done: Consented): void; reject(error: Error): void };
  const answered = new Promise<Consented>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const app = new Hono();
  app.get(paths.callback, async (c) => {
    const state = c.req.query('state') ?? '';
    // Something else on this machine, or a tab of an earlier try: the right answer may still come.
    if (state !== begun.state)
      return c.html(page('This is not the answer to the question that was asked.'), 400);
    try {
      const result = await completeSignUp(ports, {
        state,
        codeVerifier: begun.codeVerifier,
        code: c.req.query('code') === undefined ? undefined : new Secret(c.req.query('code') ?? ''),
        error: c.req.query('error'),
        issuer: c.req.query('iss'),
      });
      if (result.outcome === 'refused') {
        const refused = new ConsentRefused(result.why, result.account);
        settle.reject(refused);
        return await c.html(page(refused.message), 400);
      }
      settle.resolve(result);
      return await c.html(page('You are connected. You can close this window.'));
    } catch (error) {
      settle.reject(error instanceof Error ? error : new Error(String(error)));
      return c.html(page('That did not work. The terminal says why.'), 500);
    }
  });
  const server = await serve({ name: 'answer of the provider', app, port });
  const tooLate = setTimeout(
    () => settle.reject(new ConsentRefused('state expired')),
    ports.policy.times.loginMs,
  );
  try {
    show(begun.authorizeUrl);
    return await answered;
  } finally {
    clearTimeout(tooLate);
    // The browser has its answer before the server goes.
    setTimeout(() => void server.close(), closeMs).unref();
  }
}

const closeMs = 250;

/** The person or the provider said no, or something about the client is wrong. */
export class ConsentRefused extends Error {
  override readonly name = 'ConsentRefused';
  constructor(why: SignUpRefusal, account?: SignUpRefused['account']) {
    super(
      account?.name === undefined ? sentences[why] : `${sentences[why]} The account was ${account.name}.`,
    );
  }
}

const sentences: Readonly<Record<SignUpRefusal, string>> = {
  'state unknown': 'The answer does not belong to this try. Run the command again.',
  'state used': 'This answer has been used already. Run the command again.',
  'state expired': 'No answer came within ten minutes. Run the command again.',
  'other browser': 'The answer came from another browser. Run the command again.',
  'invite used': 'The invite has been used.',
  'other provider': 'The answer came from another provider than the one that was asked.',
  'other account': 'That was another account than the one that is connected.',
  disconnected: 'The connection was ended meanwhile. Run the command again for a new one.',
  'consent denied': 'The consent was declined on the page of the provider.',
  'provider error': 'The provider answered with an error. Check the client and its redirect address.',
  'code refused': 'The provider refused the code. Run the command again.',
  'not configured':
    'The provider refuses the client. Check the client id, the client secret and that the API is enabled.',
  'provider retired': 'This provider has been switched off.',
  'provider unavailable': 'The provider gives no answer. Try again in a few minutes.',
  'device scope missing':
    'The permission for devices and settings was not given. It has to stay ticked on the page of the provider.',
  'no refresh token':
    'The provider gave no refresh token. Remove the access of this client there, and run the command again.',
  'no profile at provider': 'This account has no profile at the provider yet. Set one up in its app first.',
  'account not moved':
    'This account still belongs to the predecessor of the provider. Move it in the app first.',
  'account refused':
    'The provider refuses this account. Remove the access of this client there, and run the command again.',
  'account not allowed':
    'A rule of the organization of this account, or of the account itself, does not allow this client. Its administrator has to trust the client id.',
  'not saved': 'The tokens could not be stored. The lines above say why.',
};

function page(sentence: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Fitbit Token Service</title>
      </head>
      <body
        style="font: 1.125rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem"
      >
        <h1>${sentence}</h1>
      </body>
    </html>`;
}
