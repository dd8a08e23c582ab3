/**
 * The local world as Azure is for an app without a single key: tables, queues, vault and texts by their names in Azure, over https, with
 * tokens of a managed identity. The service is a process of its own there, because only a new process can be told which
 * certificates to trust (`NODE_EXTRA_CA_CERTS`) and which proxy to use.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite, type Azurite, type AzuritePorts, type CertificateFiles } from '../azurite';
import { makeCertificate, type Certificate } from '../certificate';
import { forwardTo } from '../forward';
import { startTogether, type Closeable } from '../running';
import { serve } from '../serve';
import { startWorld, type World, type WorldOptions } from '../world';
import { createIdentityFaults, type IdentityFaults } from './identity-faults';
import { azureNames, startFrontDoor, type FrontDoor } from './front-door';
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint';

export interface IdentityWorld {
  readonly world: World;
  readonly frontDoor: FrontDoor;
  readonly tokenEndpoint: TokenEndpoint;
  readonly faults: IdentityFaults;
  /** App settings as `infra/` gives them: names of resources, and no key. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** What the platform puts into the process besides. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const clientId = '11111111-2222-4333-8444-555555555555';

/** @throws PortTaken; whatever had started by then is closed again */
export async function startIdentityWorld(
  options: WorldOptions & { readonly tokenPort?: number } = {},
): Promise<IdentityWorld> {
  const { now = Date.now } = options;
  return startTogether(async ({ start, close }) => {
    const certificate = await makeCertificate(Object.values(azureNames));
    const files = await start(writeCertificate(certificate));
    let storage!: Azurite;
    const startStorage = async (ports: AzuritePorts) => {
      storage = await start(startAzurite({ ports, tls: files }));
      return openForHost(storage);
    };
    const world = await start(startWorld({ ...options, startStorage }));
    const faults = createIdentityFaults();
    const frontDoor = await start(
      startFrontDoor({
        certificate,
        faults,
        ports: {
          tables: storage.ports.table,
          queues: storage.ports.queue,
          vault: world.keyVault.port,
          texts: world.phone.port,
        },
      }),
    );
    const tokenEndpoint = await start(
      startTokenEndpoint({ port: options.tokenPort ?? 0, now, clientId, faults }),
    );
    return {
      world,
      frontDoor,
      tokenEndpoint,
      faults,
      settings: {
        ...world.settings,
        AzureWebJobsStorage: undefined,
        AzureWebJobsStorage__accountName: 'stlocal',
        KEY_VAULT_URI: `https://${azureNames.vault}`,
        ACS_ENDPOINT: `https://${azureNames.texts}`,
        AZURE_CLIENT_ID: clientId,
        IDENTITY_ENDPOINT: tokenEndpoint.endpoint,
        IDENTITY_HEADER: tokenEndpoint.header,
      },
      environment: {
        AZURE_CLIENT_ID: clientId,
        IDENTITY_ENDPOINT: tokenEndpoint.endpoint,
        IDENTITY_HEADER: tokenEndpoint.header,
        HTTPS_PROXY: frontDoor.proxyUrl,
        // Azure's clients send http through that proxy too.
        NO_PROXY: '127.0.0.1',
        NODE_EXTRA_CA_CERTS: files.cert,
      },
      close,
    };
  });
}

/** Azurite and Node read certificates from files only. They are removed when the world ends. */
async function writeCertificate({ key, cert }: Certificate): Promise<CertificateFiles & Closeable> {
  const folder = await mkdtemp(join(tmpdir(), 'fitbit-token-service-'));
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  await writeFile(files.key, key, { mode: 0o600 });
  await writeFile(files.cert, cert);
  return { ...files, close: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * The Functions host and Event Grid reach storage in ways of their own, which are not what is tried here: they use the account
 * key, over http, so that this process need not trust the certificate.
 */
async function openForHost(storage: Azurite): Promise<Azurite> {
  return startTogether(async ({ start, close }) => {
    const [table, queue] = await Promise.all(
      [storage.ports.table, storage.ports.queue].map((port) =>
        start(serve({ name: 'storage for the host', app: forwardTo({ port, tls: true }), port: 0 })),
      ),
    );
    const connectionString = storage.connectionString
      .replace('=https;', '=http;')
      .replace(new URL(storage.tableUrl).origin, table!.url)
      .replace(new URL(storage.queueUrl).origin, queue!.url);
    return { ...storage, connectionString, close };
  });
}
