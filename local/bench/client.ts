/**
 * A GET with a good token, by the client and by what else a program could use. All of them take turns in one run, because
 * only the figures of one run can be compared.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import axios from 'axios';
import FitbitApiClient from 'fitbit-node';
import { AuthorizationCode } from 'simple-oauth2';
import { createClient, type Tokens } from '../../src/client';
import { localClient } from '../simulators/clients';
import { compare, printComparison } from './compare';

const requests = 50;
const path = '/1/user/-/devices.json';

interface Server {
  readonly url: string;
  readonly tokens: Tokens;
}

export async function benchClient(rounds = 40): Promise<void> {
  const process = fork(join(__dirname, 'bench', 'fitbit-server.js'));
  const [server] = (await once(process, 'message')) as [Server];
  try {
    const contenders = contendersAt(server);
    const results = await compare(contenders, { base: 'axios', rounds, repetitions: requests });
    printComparison('GET of one small JSON list from the simulator of Fitbit', results);
  } finally {
    process.disconnect();
  }
}

/** Each answers the status and the parsed body. */
function contendersAt({ url, tokens }: Server): Record<string, () => Promise<void>> {
  const user = createClient({
    provider: 'fitbit',
    ...localClient,
    redirectUri: `${url}/callback`,
    simulatorUrl: url,
  }).forUser(tokens, { onTokens: () => undefined });

  const old = new FitbitApiClient({ ...localClient, apiVersion: '1' });
  const { getUrl } = old;
  old.getUrl = (part, userId) => getUrl.call(old, part, userId).replace('https://api.fitbit.com', url);

  const { clientId: id, clientSecret: secret } = localClient;
  const oauth = new AuthorizationCode({ client: { id, secret }, auth: { tokenHost: url } });
  const token = oauth.createToken({
    access_token: tokens.accessToken,
    expires_at: new Date(tokens.expiresAt),
  });

  const getByAxios = async (accessToken: string): Promise<void> => {
    const { status, data } = await axios.get<unknown>(url + path, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    check(status, data);
  };
  return {
    axios: () => getByAxios(tokens.accessToken),
    client: async () => {
      const { status, body } = await user.get(path);
      check(status, body);
    },
    'simple-oauth2 + axios': () => {
      if (token.expired(60)) throw new Error('The token has expired during the run.');
      return getByAxios(token.token.access_token);
    },
    'fitbit-node': async () => {
      const [body, { statusCode }] = await old.get('/devices.json', tokens.accessToken);
      check(statusCode, body);
    },
  };
}

function check(status: number, body: unknown): void {
  if (status !== 200 || !Array.isArray(body) || body.length !== 1)
    throw new Error(`The simulator answered ${status}.`);
}
