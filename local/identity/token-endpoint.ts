/**
 * Stands in for the token endpoint of a managed identity in App Service and Functions (`IDENTITY_ENDPOINT`, api-version
 * 2019-08-01). The tokens are JSON web tokens that nobody has signed. The page at `/` switches faults on and off.
 */
import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import { serve, type Server } from '../serve';
import { pageHeaders, renderPage } from '../simulators/simulator-page';
import {
  refusals,
  services,
  tokenFaults,
  type IdentityFaults,
  type Refusal,
  type ServiceName,
  type TokenFault,
} from './identity-faults';

export interface TokenEndpoint extends Server {
  /** `IDENTITY_ENDPOINT`. */
  readonly endpoint: string;
  /** `IDENTITY_HEADER`: who knows it may ask. */
  readonly header: string;
}

export interface TokenEndpointOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly now: () => number;
  readonly clientId: string;
  readonly faults: IdentityFaults;
}

const header = 'local-identity-header';
const path = '/msi/token';
const apiVersion = '2019-08-01';
const tokenSeconds = 24 * 60 * 60;

/** @throws PortTaken */
export async function startTokenEndpoint(options: TokenEndpointOptions): Promise<TokenEndpoint> {
  const { faults, clientId, now, port } = options;
  const app = new Hono();
  app.get(path, async (c) => {
    if (faults.tokens === 'no answer') return untilClosed(c);
    if (faults.tokens === 'no token')
      return refuse(c, 500, 'An unexpected error occurred while fetching a token.');
    if (c.req.header('x-identity-header') !== header)
      return refuse(c, 401, 'The header X-IDENTITY-HEADER is wrong.');
    if (c.req.query('api-version') !== apiVersion)
      return refuse(c, 400, `The api-version must be ${apiVersion}.`);
    if (c.req.query('client_id') !== clientId)
      return refuse(c, 400, 'No such identity is assigned to this app.');
    const resource = c.req.query('resource') ?? '';
    const issuedAt = Math.floor(now() / 1000);
    const expiresOn = issuedAt + tokenSeconds;
    return c.json({
      access_token: writeToken({ aud: resource, iat: issuedAt, nbf: issuedAt, exp: expiresOn }),
      client_id: clientId,
      expires_on: String(expiresOn),
      not_before: String(issuedAt),
      resource,
      token_type: 'Bearer',
    });
  });
  app.get('/', (c) =>
    c.html(renderPage({ title: 'Identity', from: 'Azure', body: body(faults) }), 200, pageHeaders),
  );
  app.post('/faults', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    faults.tokens = oneOf<TokenFault>(tokenFaults, form.get('tokens'));
    for (const service of services) setRefusal(faults, service, oneOf<Refusal>(refusals, form.get(service)));
    return c.redirect('/', 303);
  });
  const server = await serve({ name: 'token endpoint', app, port });
  return { ...server, endpoint: server.url + path, header };
}

function refuse(c: Context, status: 400 | 401 | 500, message: string): Response {
  return c.json({ statusCode: status, message }, status);
}

function untilClosed(c: Context): Promise<Response> {
  return new Promise((resolve) => {
    c.req.raw.signal.addEventListener('abort', () => resolve(new Response(null)));
  });
}

function writeToken(claims: Readonly<Record<string, unknown>>): string {
  const iss = 'https://sts.windows.net/00000000-0000-0000-0000-000000000000/';
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ iss, ...claims })}.`;
}

function oneOf<T extends string>(of: object, value: string | null): T | undefined {
  return value !== null && Object.hasOwn(of, value) ? (value as T) : undefined;
}

function setRefusal({ refused }: IdentityFaults, service: ServiceName, refusal: Refusal | undefined): void {
  if (refusal === undefined) refused.delete(service);
  else refused.set(service, refusal);
}

function body({ tokens, refused }: IdentityFaults) {
  return html`<section>
    <h2>What the identity meets</h2>
    <form method="post" action="/faults">
      ${choice({ name: 'tokens', label: 'Token endpoint', good: 'gives tokens', chosen: tokens, from: tokenFaults })}
      ${services.map((name) =>
        choice({
          name,
          label: name,
          good: 'accepts the identity',
          chosen: refused.get(name),
          from: statuses,
        }),
      )}
      <button>Switch</button>
    </form>
    <p class="soft">
      Key Vault has switches on a page of its own. A token that was given stays good for a day.
    </p>
  </section>`;
}

const statuses = Object.fromEntries(
  Object.entries(refusals).map(([name, { status, code }]) => [name, `${name}: ${status} ${code}`]),
);

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly good: string;
  readonly chosen: string | undefined;
  readonly from: Readonly<Record<string, string>>;
}

function choice({ name, label, good, chosen, from }: Choice) {
  return html`<label>
    ${label}
    <select name="${name}">
      <option value="">${good}</option>
      ${Object.entries(from).map(
        ([value, text]) =>
          html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${text}</option>`,
      )}
    </select>
  </label>`;
}
