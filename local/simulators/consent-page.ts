/**
 * The consent page of every provider: checks the authorize request, lets somebody be one of the wearers and allow or
 * cancel, and sends the browser back with a code. A request that is wrong is explained on the page and never
 * redirected, as the providers do: the address to go back to may be what is wrong.
 */
import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { AuthorizationCodes } from './authorization-codes';
import type { Client } from './clients';
import { answerWithFault, type Delay, type Faults } from './faults';
import { pageHeaders, renderPage, type Markup } from './simulator-page';
import type { Wearer } from './wearers';
import type { SecretLedger } from './secret-ledger';

export interface ConsentOptions {
  readonly providerName: string;
  readonly path: string;
  readonly clients: readonly Client[];
  readonly codes: AuthorizationCodes;
  readonly faults: Faults;
  readonly delay: Delay;
  readonly ledger: SecretLedger;
  /** Those who have an account at this provider. */
  wearers(): readonly Wearer[];
  isScope(scope: string): boolean;
  /** Stands between two scopes; a space when not given. */
  readonly scopeSeparator?: string;
  /** What the provider adds to the code and the state. */
  extras?(scopes: readonly string[]): Readonly<Record<string, string>>;
  readonly refusal: Readonly<Record<string, string>>;
  /** Appended to every redirect. */
  readonly fragment?: string;
  /** The redirect URI may be left out when the client has exactly one. */
  readonly redirectUriOptional?: boolean;
}

interface AuthorizeRequest {
  readonly client: Client;
  readonly redirectUri: string;
  readonly redirectUriGiven: boolean;
  readonly scopes: readonly string[];
  readonly codeChallenge: string;
  readonly state: string | null;
}

interface Problem {
  readonly error: string;
  readonly explanation: string;
}

export function addConsent(app: Hono, options: ConsentOptions): void {
  const { path, providerName, codes, faults, delay, ledger } = options;

  const show = (
    c: Context,
    title: string,
    body: Markup,
    status: 200 | 400 = 200,
  ): Response | Promise<Response> =>
    c.html(renderPage({ title, from: providerName, body }), status, pageHeaders);

  const showProblem = (c: Context, { error, explanation }: Problem): Response | Promise<Response> =>
    show(
      c,
      'Access blocked',
      html`<section>
        <p>${explanation}</p>
        <p class="soft">Error 400: ${error}</p>
      </section>`,
      400,
    );

  app.get(path, (c) =>
    answerWithFault(faults.take(undefined), {
      delay,
      apply: () => {
        const parameters = new URL(c.req.url).searchParams;
        const request = checkAuthorizeRequest(parameters, options);
        if ('error' in request) return showProblem(c, request);
        return show(c, `${request.client.clientId} wants access`, consentForm(request, parameters, options));
      },
    }),
  );

  app.post(path, async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const parameters = new URLSearchParams(form.get('request') ?? '');
    const wearer = options.wearers().find(({ id }) => id === form.get('wearer'));
    return answerWithFault(faults.take(wearer?.id), {
      delay,
      apply: () => {
        const request = checkAuthorizeRequest(parameters, options);
        if ('error' in request) return showProblem(c, request);
        const { redirectUri, redirectUriGiven, client, codeChallenge, state } = request;
        const goBack = (answer: Readonly<Record<string, string>>): Response => {
          const target = new URL(redirectUri);
          if (state !== null) target.searchParams.append('state', state);
          for (const [name, value] of Object.entries(answer)) target.searchParams.append(name, value);
          return c.redirect(`${target.href}${options.fragment ?? ''}`, 302);
        };
        if (form.get('decision') !== 'allow') return goBack({ error: 'access_denied', ...options.refusal });
        if (!wearer) return showProblem(c, { error: 'invalid_request', explanation: 'Choose who you are.' });
        const scopes = request.scopes.filter((scope) => form.getAll('grant').includes(scope));
        const code = codes.issue({
          wearerId: wearer.id,
          clientId: client.clientId,
          redirectUri,
          redirectUriGiven,
          scopes,
          codeChallenge,
          parameters,
        });
        ledger.note(code);
        return goBack({ code, ...options.extras?.(scopes) });
      },
    });
  });
}

function checkAuthorizeRequest(
  parameters: URLSearchParams,
  { clients, isScope, scopeSeparator = ' ', redirectUriOptional = false }: ConsentOptions,
): AuthorizeRequest | Problem {
  const problem = (error: string, explanation: string): Problem => ({ error, explanation });
  const invalid = (explanation: string): Problem => problem('invalid_request', explanation);

  const repeated = [...parameters.keys()].find((name) => parameters.getAll(name).length > 1);
  if (repeated !== undefined) return invalid(`The parameter ${repeated} is given more than once.`);

  const client = clients.find(({ clientId }) => clientId === parameters.get('client_id'));
  if (!client) return problem('invalid_client', 'The app that sent you here is not registered.');

  const given = parameters.get('redirect_uri');
  const mayOmit = redirectUriOptional && !parameters.has('prompt') && client.redirectUris?.length === 1;
  const redirectUri = given ?? (mayOmit ? client.redirectUris?.[0] : undefined);
  if (redirectUri === undefined) return invalid('Missing required parameter: redirect_uri.');
  if (client.redirectUris ? !client.redirectUris.includes(redirectUri) : !isWebAddress(redirectUri))
    return problem('redirect_uri_mismatch', 'The address to go back to is not registered for this app.');

  if (parameters.get('response_type') !== 'code')
    return invalid('The parameter response_type must be "code".');

  const scopes = [...new Set((parameters.get('scope') ?? '').split(scopeSeparator).filter(Boolean))];
  if (scopes.length === 0) return invalid('Missing required parameter: scope.');
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined) return problem('invalid_scope', `There is no scope ${unknown}.`);

  // The providers would do without PKCE, or with the method "plain". The service must not, so this is stricter.
  const codeChallenge = parameters.get('code_challenge') ?? '';
  if (parameters.get('code_challenge_method') !== 'S256')
    return invalid('The parameter code_challenge_method must be "S256".');
  if (!/^[\w.~-]{43,128}$/.test(codeChallenge))
    return invalid('The parameter code_challenge must have 43 to 128 characters.');

  return {
    client,
    redirectUri,
    redirectUriGiven: given !== null,
    scopes,
    codeChallenge,
    state: parameters.get('state'),
  };
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.hash === '';
}

function consentForm(
  request: AuthorizeRequest,
  parameters: URLSearchParams,
  options: ConsentOptions,
): Markup {
  const wearers = options.wearers();
  return html`<form class="tall" method="post" action="${options.path}">
    <input type="hidden" name="request" value="${parameters.toString()}" />
    <fieldset>
      <legend>Who are you?</legend>
      ${wearers.map(
        ({ id, name }, index) =>
          html`<label>
            <input type="radio" name="wearer" value="${id}" required ${index === 0 ? 'checked' : ''} />
            ${name}
          </label>`,
      )}
      ${wearers.length === 0 ? html`<p>Nobody has an account here.</p>` : ''}
    </fieldset>
    <fieldset>
      <legend>What may it see?</legend>
      ${request.scopes.map(
        (scope) =>
          html`<label><input type="checkbox" name="grant" value="${scope}" checked /> ${scope}</label>`,
      )}
    </fieldset>
    <p class="soft">You go back to ${new URL(request.redirectUri).origin}.</p>
    <p>
      <button class="main" name="decision" value="allow">Allow</button>
      <button name="decision" value="cancel" formnovalidate>Cancel</button>
    </p>
  </form>`;
}
