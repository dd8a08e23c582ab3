/**
 * Webhooks by the Standard Webhooks specification (https://www.standardwebhooks.com): signed with HMAC-SHA256 over id, time and
 * body. Sent over https to public addresses only; no redirect is followed, no proxy is asked, and of the answer only the
 * status is read.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { AppError } from '../errors';
import { isLoopback } from '../loopback';
import type { WebhookAddress, WebhookAnswer, Webhooks } from '../ports';
import { Secret } from '../secret';
import type { KeyStore, KeyVersions } from './key-vault';
import { isPrivateHost, lookupPublic, NotPublic } from './public-addresses';

export interface WebhookOptions {
  readonly urls: readonly string[];
  readonly keys: Pick<KeyStore, 'saveKey'> & KeyVersions;
  readonly timeoutMs: number;
  /** The system's, unless told otherwise. */
  readonly lookup?: LookupFunction;
}

const secretName = 'webhook-secret';
const prefix = 'whsec_';
/** While a secret is replaced by another one, both sign. */
const mostSecrets = 2;
const rememberMs = 60_000;

export function createWebhooks({ urls, keys, timeoutMs, lookup }: WebhookOptions): Webhooks {
  const addresses = urls.map((url) => ({ ...addressOf(url), url }));
  const agents = {
    httpAgent: new Agent({ keepAlive: false }),
    httpsAgent: new TlsAgent({ keepAlive: false, lookup: lookupPublic(lookup) }),
  };
  const localAgents = { httpAgent: agents.httpAgent, httpsAgent: new TlsAgent({ keepAlive: false }) };
  let remembered: { readonly secrets: readonly Buffer[]; readonly untilMs: number } | undefined;

  /** Two instances that make one at the same time leave two, and each of them then signs with both. */
  async function readSecrets(): Promise<readonly Buffer[]> {
    if (remembered && performance.now() < remembered.untilMs) return remembered.secrets;
    let found = await keys.readKeys(secretName, mostSecrets);
    if (found.length === 0) {
      await keys.saveKey(secretName, new Secret(prefix + randomBytes(32).toString('base64')));
      found = await keys.readKeys(secretName, mostSecrets);
    }
    const secrets = decodeAll(found);
    remembered = { secrets, untilMs: performance.now() + rememberMs };
    return secrets;
  }

  async function post(url: string, headers: Record<string, string>, body: string): Promise<WebhookAnswer> {
    if (!isLoopback(url) && isPrivateHost(new URL(url))) return { kind: 'not public' };
    const { axios } = await import('./axios');
    try {
      const { status, data } = await axios.request<Readable>({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', 'user-agent': 'fitbit-token-service', ...headers },
        data: Buffer.from(body),
        ...(isLoopback(url) ? localAgents : agents),
        signal: AbortSignal.timeout(timeoutMs),
        validateStatus: () => true,
        maxRedirects: 0,
        proxy: false,
        decompress: false,
        responseType: 'stream',
      });
      data.destroy();
      return { kind: 'answered', status };
    } catch (error) {
      return { kind: isNotPublic(error) ? 'not public' : 'no answer' };
    }
  }

  return {
    addresses,
    async prepare() {
      await readSecrets();
    },
    async send({ id: address }, { id, at, body }) {
      const secrets = await readSecrets();
      const seconds = String(Math.floor(at / 1000));
      const signed = secrets.map((secret) => {
        const mac = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
        return `v1,${mac}`;
      });
      const { url } = addresses.find((each) => each.id === address)!;
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': seconds,
        'webhook-signature': signed.join(' '),
      };
      return post(url, headers, body);
    },
  };
}

function addressOf(url: string): WebhookAddress {
  return { id: createHash('sha256').update(url).digest('hex').slice(0, 16), origin: new URL(url).origin };
}

/** Axios wraps what the look-up says. */
function isNotPublic(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return error instanceof NotPublic || cause instanceof NotPublic;
}

/** A secret with a slip of the pen in it must not keep the other one from signing. */
function decodeAll(secrets: readonly Secret[]): Buffer[] {
  const good = secrets.map(decode).filter((bytes) => bytes !== undefined);
  if (good.length > 0) return good;
  throw new AppError(
    'NOT_CONFIGURED',
    `The secret ${secretName} in Key Vault must be ${prefix} and 24 to 64 bytes in base64.`,
  );
}

/** 24 to 64 bytes, says the specification. */
function decode(secret: Secret): Buffer | undefined {
  const text = secret.reveal().trim();
  const bytes = Buffer.from(text.startsWith(prefix) ? text.slice(prefix.length) : '', 'base64');
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}
