/**
 * A Key Vault on one machine: the secrets part of the REST API over https, with the real challenge, so that the
 * real SecretClient runs unchanged against it. Any non-empty bearer token is let in, which is why it listens on
 * loopback only (local/serve.ts). Values are held in memory, and no error message ever repeats one.
 */
import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { serve, type Server, type Tap } from '../serve';
import { makeCertificate } from './certificate';
import {
  createSecretStore,
  purgeTimeOf,
  recoverableDays,
  VaultError,
  type Found,
  type KeyVaultSnapshot,
  type SecretProperties,
  type SecretStore,
} from './store';

export type { KeyVaultSnapshot } from './store';

export interface KeyVaultOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly tap?: Tap | undefined;
  /** How many items a page of a list holds at most; the real vault's 25 unless told. */
  readonly maxPageSize?: number | undefined;
  /** Nobody can purge before the time is over. Off unless told, as in the real vault. */
  readonly purgeProtection?: boolean | undefined;
}

export interface KeyVaultEmulator extends Server {
  /** PEM; a client trusts it with `tlsOptions: { ca: certificate }`. */
  readonly certificate: string;
  /** Everything stored, values included, as plain data. */
  snapshot(): KeyVaultSnapshot;
  /** Puts a snapshot in place of everything stored, as a vault restored from a backup would. */
  restore(snapshot: KeyVaultSnapshot): void;
  /** Names of the secrets that are not deleted, sorted. */
  secretNames(): string[];
  /** What an operator does by hand in the real vault: puts a client secret there. */
  setSecret(name: string, value: string): void;
}

const realPageSize = 25;

/** @throws PortTaken */
export async function startKeyVault(options: KeyVaultOptions): Promise<KeyVaultEmulator> {
  const { purgeProtection = false } = options;
  const store = createSecretStore(options.now ?? Date.now, purgeProtection);
  const { key, cert } = await makeCertificate();
  const server = await serve({
    name: 'Key Vault emulator',
    app: createApp(store, {
      maxPageSize: options.maxPageSize ?? realPageSize,
      recoveryLevel: purgeProtection ? 'Recoverable' : 'Recoverable+Purgeable',
    }),
    port: options.port,
    tls: { key, cert },
    tap: options.tap,
  });
  return {
    ...server,
    certificate: cert,
    snapshot: store.snapshot,
    restore: store.restore,
    secretNames: () =>
      store
        .list()
        .map(({ secret }) => secret.name)
        .sort(),
    setSecret: (name, value) => void store.set(name, value, {}),
  };
}

/** Whether what was deleted can be purged before its time. */
type RecoveryLevel = 'Recoverable' | 'Recoverable+Purgeable';

interface AppOptions {
  readonly maxPageSize: number;
  readonly recoveryLevel: RecoveryLevel;
}

interface Env {
  Variables: { recoveryLevel: RecoveryLevel };
}

function createApp(store: SecretStore, { maxPageSize, recoveryLevel }: AppOptions): Hono<Env> {
  // Not strict: the latest version is asked for with a trailing slash, everything else without.
  const app = new Hono<Env>({ strict: false });

  app.use(async (c, next) => {
    c.set('recoveryLevel', recoveryLevel);
    await next();
    c.res.headers.set('x-ms-request-id', randomUUID());
  });
  app.use(async (c, next) => {
    if (/^Bearer\s+\S/i.test(c.req.header('authorization') ?? '')) return next();
    // The client sends its first request without a body in order to be challenged, so nothing may look at it before.
    c.header('WWW-Authenticate', challenge);
    return c.json(errorBody('Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.'), 401);
  });

  app.get('/secrets', (c) => c.json(pageOf(c, store.list(), maxPageSize, byName, secretItem)));
  app.get('/secrets/:name/versions', (c) =>
    c.json(pageOf(c, store.listVersions(nameIn(c)), maxPageSize, byVersion, versionItem)),
  );
  app.put('/secrets/:name', async (c) => {
    const name = nameIn(c);
    const { value, ...properties } = await bodyOf(c, setBody);
    return c.json(bundle(c, store.set(name, value, propertiesIn(properties)), 'with value'));
  });
  app.on('GET', ['/secrets/:name', '/secrets/:name/:version'], (c) =>
    c.json(bundle(c, store.get(nameIn(c), c.req.param('version')), 'with value')),
  );
  app.on('PATCH', ['/secrets/:name', '/secrets/:name/:version'], async (c) => {
    const name = nameIn(c);
    const changes = propertiesIn(await bodyOf(c, propertiesBody));
    return c.json(bundle(c, store.update(name, c.req.param('version'), changes)));
  });
  app.delete('/secrets/:name', (c) => c.json(deletedBundle(c, store.delete(nameIn(c)))));

  app.get('/deletedsecrets', (c) => c.json(pageOf(c, store.listDeleted(), maxPageSize, byName, deletedItem)));
  app.get('/deletedsecrets/:name', (c) => c.json(deletedBundle(c, store.getDeleted(nameIn(c)))));
  app.post('/deletedsecrets/:name/recover', (c) => c.json(bundle(c, store.recover(nameIn(c)))));
  app.delete('/deletedsecrets/:name', (c) => {
    store.purge(nameIn(c));
    return c.body(null, 204);
  });

  app.notFound((c) => c.json(errorBody('NotFound', 'The emulator does not know this address.'), 404));
  app.onError((error, c) =>
    error instanceof VaultError
      ? c.json(errorBody(error.code, error.message, error.innerCode), error.status)
      : // Not the error's own message: it could hold a value.
        c.json(errorBody('InternalServerError', 'The emulator failed.'), 500),
  );
  return app;
}

const tenant = '00000000-0000-0000-0000-000000000000';
const challenge = `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="https://vault.azure.net"`;

function errorBody(code: string, message: string, innerCode?: string) {
  return { error: { code, message, ...(innerCode && { innererror: { code: innerCode } }) } };
}

// What comes in

const seconds = z.int().nonnegative().nullish();
const propertiesBody = z.object({
  contentType: z.string().max(255).nullish(),
  tags: z
    .record(z.string().max(512), z.string().max(512))
    .refine((tags) => Object.keys(tags).length <= 15)
    .nullish(),
  attributes: z.object({ enabled: z.boolean().nullish(), nbf: seconds, exp: seconds }).nullish(),
});
const setBody = propertiesBody.extend({
  value: z
    .string()
    .min(1)
    .refine((value) => Buffer.byteLength(value) <= 25 * 1024),
});

function propertiesIn({ contentType, tags, attributes }: z.infer<typeof propertiesBody>): SecretProperties {
  return {
    contentType: contentType ?? undefined,
    tags: tags ?? undefined,
    enabled: attributes?.enabled ?? undefined,
    notBefore: attributes?.nbf ?? undefined,
    expires: attributes?.exp ?? undefined,
  };
}

async function bodyOf<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const body = await c.req.json<unknown>().catch(() => {
    throw badParameter('The request body is missing or is not JSON.');
  });
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  // Only the first step of the path: further down are the names of tags, which are the caller's own text.
  const property = String(read.error.issues[0]?.path[0] ?? 'body');
  throw badParameter(`Property ${property} has invalid value.`);
}

function nameIn(c: Context): string {
  const name = c.req.param('name') ?? '';
  if (/^[0-9A-Za-z-]{1,127}$/.test(name)) return name;
  throw badParameter(`The request URI contains an invalid name: ${name}`);
}

function badParameter(message: string): VaultError {
  return new VaultError(400, 'BadParameter', message);
}

// What goes out

function vaultOf(c: Context): string {
  return new URL(c.req.url).origin;
}

function propertiesOut(c: Context<Env>, { version }: Found) {
  return {
    contentType: version.contentType,
    attributes: {
      enabled: version.enabled,
      nbf: version.notBefore,
      exp: version.expires,
      created: version.created,
      updated: version.updated,
      recoveryLevel: c.get('recoveryLevel'),
      recoverableDays,
    },
    tags: version.tags,
  };
}

function deletionOut(c: Context<Env>, { secret }: Found) {
  const deletedAt = secret.deletedAt ?? 0;
  return {
    recoveryId: `${vaultOf(c)}/deletedsecrets/${secret.name}`,
    deletedDate: deletedAt,
    scheduledPurgeDate: purgeTimeOf(deletedAt),
  };
}

function secretItem(c: Context<Env>, found: Found) {
  return { id: `${vaultOf(c)}/secrets/${found.secret.name}`, ...propertiesOut(c, found) };
}

function versionItem(c: Context<Env>, found: Found) {
  return {
    id: `${vaultOf(c)}/secrets/${found.secret.name}/${found.version.version}`,
    ...propertiesOut(c, found),
  };
}

function deletedItem(c: Context<Env>, found: Found) {
  return { ...secretItem(c, found), ...deletionOut(c, found) };
}

function bundle(c: Context<Env>, found: Found, value?: 'with value') {
  return { ...(value && { value: found.version.value }), ...versionItem(c, found) };
}

function deletedBundle(c: Context<Env>, found: Found) {
  return { ...bundle(c, found), ...deletionOut(c, found) };
}

const byName = ({ secret }: Found): string => secret.name.toLowerCase();
// Chance made the version ids, so this is not the order of creation: as with the real vault, whoever wants the
// newest has to look at `created`.
const byVersion = ({ version }: Found): string => version.version;

/**
 * One page, in the order of a key. The link to the next page names the last key shown, so that what is set or
 * deleted in between shifts nothing.
 */
function pageOf<T>(
  c: Context<Env>,
  found: readonly Found[],
  maxPageSize: number,
  keyOf: (found: Found) => string,
  itemOf: (c: Context<Env>, found: Found) => T,
): { value: T[]; nextLink: string | null } {
  const asked = Number(c.req.query('maxresults') ?? realPageSize);
  if (!Number.isInteger(asked) || asked < 1 || asked > realPageSize) {
    throw badParameter(`maxresults must be a whole number from 1 to ${realPageSize}.`);
  }
  const after = Buffer.from(c.req.query('$skiptoken') ?? '', 'base64url').toString();
  const rest = found
    .map((it) => ({ key: keyOf(it), it }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, Math.min(asked, maxPageSize));
  const last = page.at(-1);
  const next = new URL(c.req.url);
  next.searchParams.set('$skiptoken', Buffer.from(last?.key ?? '').toString('base64url'));
  return {
    value: page.map(({ it }) => itemOf(c, it)),
    nextLink: page.length < rest.length ? next.href : null,
  };
}
