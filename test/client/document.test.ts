/** What docs/client.md shows is run as it stands: against the simulator of Fitbit, and beside fitbit-node itself. */
import { createRequire } from 'node:module';
import FitbitApiClient from 'fitbit-node';
import ts from 'typescript';
import { giveConsent } from '../../local/simulators/give-consent';
import { ClientError, createClient, type Tokens } from '../../src/client';
import { blocks, equivalents } from './document';
import { openStage, redirectUri, registered, type Stage } from './stage';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage('fitbit', { scopes: ['settings', 'profile'] });
});
afterEach(() => stage.close());

/** Runs TypeScript with these names in scope. */
async function run(code: string, names: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const program = new AsyncFunction(...Object.keys(names), outputText.replace(/^import .*$/gm, ''));
  return (program as (...values: unknown[]) => Promise<unknown>)(...Object.values(names));
}

test('its program goes from the consent to the data, and tells of an error', async () => {
  const saved: Tokens[] = [];
  const printed: unknown[][] = [];
  const [begin, authorize, ...rest] = blocks;
  expect(rest).toHaveLength(4);
  stage.meanwhile = ({ method, path }) =>
    method === 'POST' && path.endsWith('/activities.json') ? Response.json({}, { status: 201 }) : 'go on';
  await run([begin, authorize, 'const request = await consent(url);', ...rest].join('\n'), {
    createClient: (options: Parameters<typeof createClient>[0]) =>
      createClient({ ...options, ...registered, simulatorUrl: stage.simulator.url }),
    ClientError,
    consent: async (url: string) => ({ url: (await giveConsent(url, { wearer: 'ada' })).href }),
    save: (tokens: Tokens) => void saved.push(tokens),
    process: { env: {} },
    console: { log: (...line: unknown[]) => void printed.push(line) },
  });
  expect(saved).toMatchObject([{ scopes: ['settings', 'profile'], userId: 'A1B2C3' }]);
  expect(stage.calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
    'GET /oauth2/authorize',
    'POST /oauth2/authorize',
    'POST /oauth2/token',
    'GET /1/user/-/devices.json',
    'POST /1/user/-/activities.json',
    'GET /1/user/-/sleep.json',
  ]);
  expect(printed).toEqual([['NOT_FOUND', 404, expect.objectContaining({ success: false })]]);
});

/** fitbit-node knows the real hosts only. */
function openOld(): FitbitApiClient {
  const old = new FitbitApiClient(registered);
  const origin = stage.simulator.url;
  const { create } = createRequire(require.resolve('fitbit-node'))('simple-oauth2') as {
    create(options: object): object;
  };
  old.oauth2 = create({
    client: { id: registered.clientId, secret: registered.clientSecret },
    auth: {
      ...{ tokenHost: origin, tokenPath: 'oauth2/token', revokePath: 'oauth2/revoke' },
      ...{ authorizeHost: 'https://api.fitbit.com', authorizePath: 'oauth2/authorize' },
    },
    options: { useBasicAuthorizationHeader: true },
  });
  const { getUrl } = old;
  old.getUrl = (path, userId) => getUrl.call(old, path, userId).replace('https://api.fitbit.com', origin);
  return old;
}

/** fitbit-node repeats the client in the form, beside the Basic header, and names the kind of a token. */
const surplus = ['client_id=a-client', 'client_secret=a-client-secret', 'token_type_hint=access_token'];

interface Sent {
  readonly call: string;
  readonly fields: readonly string[];
  readonly headers: Readonly<Record<string, string | null>>;
}
/** What the provider can tell one request from another by. */
async function sentBy(request: Request): Promise<Sent> {
  const { pathname, searchParams } = new URL(request.url);
  const form = new URLSearchParams(await request.clone().text());
  const header = (name: string): string | null => request.headers.get(name);
  return {
    call: `${request.method} ${pathname}`,
    fields: [...searchParams, ...form].map(([name, value]) => `${name}=${value}`),
    headers: { authorization: header('authorization'), 'accept-language': header('accept-language') },
  };
}

test('its table has every method of fitbit-node', () => {
  const methods = Object.getOwnPropertyNames(FitbitApiClient.prototype);
  const helpers = ['constructor', 'getUrl', 'mergeHeaders'];
  const shown = equivalents.map(([before]) => /^old\.(\w+)/.exec(before)?.[1]);
  expect(methods.filter((name) => !helpers.includes(name) && !shown.includes(name))).toEqual([]);
});

test.each(equivalents)('%s asks the provider what %s asks', async (before, after) => {
  const { client } = stage;
  const tokens = await stage.connect();
  const names = {
    ...{ old: openOld(), client, tokens, redirectUri, code: 'a-code', codeVerifier: 'v'.repeat(43) },
    user: client.forUser(tokens, { onTokens: () => undefined }),
  };
  /** Of the answers, which the simulator gives to both, only the requests count. */
  stage.meanwhile = ({ path }) =>
    path.startsWith('/oauth2/')
      ? Response.json({ access_token: 'a', refresh_token: 'b', expires_in: 60 })
      : Response.json({});
  const ask = async (code: string): Promise<Sent[]> => {
    stage.calls.length = 0;
    const result = await run(`return ${code}`, names);
    const requests =
      typeof result === 'string'
        ? [new Request(result.replace(/^https?:\/\/[^/]+/, stage.simulator.url))]
        : stage.calls;
    return Promise.all(requests.map(sentBy));
  };
  const [asked, ...more] = await ask(before);
  const [asks, ...others] = await ask(after);
  expect([more, others]).toEqual([[], []]);
  const { fields, ...same } = asked!;
  expect(asks).toMatchObject(same);
  expect(asks!.fields).toEqual(expect.arrayContaining(fields.filter((field) => !surplus.includes(field))));
});
