/**
 * A Key Vault on one machine: the secrets part of the REST API over https, with the real challenge, so that the
 * real SecretClient runs unchanged against it. Left alone it is a vault as infra/ makes it. No signature of a token is
 * checked, which is why it listens on loopback only (local/serve.ts). No error message ever repeats a value.
 */
import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { serve, type Server, type Tap } from '../serve';
import { addAdmission, errorBody } from './admission';
import { makeCertificate } from '../certificate';
import { inMemory, type Keep } from '../kept';
import { createControlPage } from './vault-page';
import { createVaultFaults, type VaultFaults } from './vault-faults';
import {
  createSecretStore,
  VaultError,
  type KeyVaultSnapshot,
  type Secret,
  type SecretProperties,
  type SecretStore,
} from './store';
import {
  realPageSize,
  type Recovery,
  type Env,
  badParameter,
  secretItem,
  versionItem,
  deletedItem,
  bundle,
  deletedBundle,
  byName,
  byVersion,
  pageOf,
} from './vault-answers';

export type { KeyVaultSnapshot } from './store';

export interface KeyVaultOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly tap?: Tap | undefined;
  /** How many items a page of a list holds at most; the real vault's 25 unless told. */
  readonly maxPageSize?: number | undefined;
  /** Nobody can purge before the time is over. */
  readonly purgeProtection?: boolean | undefined;
  /** For how many days what was deleted can be brought back. */
  readonly recoverableDays?: number | undefined;
  /** How long a deletion takes by the clock `now`. */
  readonly deletionMs?: number | undefined;
  readonly keep?: Keep | undefined;
}

/** As infra/main.bicep makes it. Recorded deletions of the real vault took 5 and 13 s (test/contracts/vault.contract.ts). */
export const usualVault = { purgeProtection: true, recoverableDays: 7, deletionMs: 6_000 } as const;

export interface KeyVaultEmulator extends Server {
  /** PEM; a client trusts it with `tlsOptions: { ca: certificate }`. */
  readonly certificate: string;
  /** Everything stored, values included, as plain data. */
  snapshot(): KeyVaultSnapshot;
  /** Puts a snapshot in place of everything stored, as a vault restored from a backup would. */
  restore(snapshot: KeyVaultSnapshot): void;
  /** Names of the secrets that are not deleted, sorted. */
  secretNames(): string[];
  /** What an operator does by hand in the real vault: puts a client secret there, enables and disables what is there. */
  setSecret(name: string, value: string): void;
  setEnabled(name: string, enabled: boolean): void;
  readonly faults: VaultFaults;
}

/** @throws PortTaken */
export async function startKeyVault(options: KeyVaultOptions): Promise<KeyVaultEmulator> {
  const { now = Date.now } = options;
  const {
    purgeProtection = usualVault.purgeProtection,
    recoverableDays = usualVault.recoverableDays,
    deletionMs = usualVault.deletionMs,
    keep = inMemory,
  } = options;
  const secrets = keep<Secret>('secrets');
  const store = createSecretStore({ now, purgeProtection, recoverableDays, deletionMs, secrets });
  const faults = createVaultFaults();
  const { key, cert } = await makeCertificate();
  const server = await serve({
    name: 'Key Vault emulator',
    app: createApp(store, {
      now,
      faults,
      maxPageSize: options.maxPageSize ?? realPageSize,
      recovery: {
        recoveryLevel: `${recoverableDays < 90 ? 'Customized' : ''}Recoverable${purgeProtection ? '' : '+Purgeable'}`,
        recoverableDays,
      },
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
    setEnabled: (name, enabled) => void store.update(name, undefined, { enabled }),
    faults,
  };
}

interface AppOptions {
  readonly now: () => number;
  readonly faults: VaultFaults;
  readonly maxPageSize: number;
  readonly recovery: Recovery;
}

function createApp(store: SecretStore, { now, faults, maxPageSize, recovery }: AppOptions): Hono<Env> {
  // Not strict: the latest version is asked for with a trailing slash, everything else without.
  const app = new Hono<Env>({ strict: false });

  app.use(async (c, next) => {
    c.set('recovery', recovery);
    c.set('purgeTimeOf', store.purgeTimeOf);
    await next();
    c.res.headers.set('x-ms-request-id', randomUUID());
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-cache');
  });
  app.route('/', createControlPage(faults));
  addAdmission(app, { now, faults });

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
  app.patch('/secrets/:name/:version', async (c) => {
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

const seconds = z.int().nonnegative().nullish();
const propertiesBody = z.object({
  contentType: z.string().max(255).nullish(),
  tags: z
    .record(z.string().max(256), z.string().max(256))
    .refine((tags) => Object.keys(tags).length <= 15)
    .nullish(),
  attributes: z.object({ enabled: z.boolean().nullish(), nbf: seconds, exp: seconds }).nullish(),
});
const setBody = propertiesBody.extend({
  value: z.string().refine((value) => Buffer.byteLength(value) <= 25 * 1024),
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
