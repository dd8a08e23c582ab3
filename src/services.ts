/** Settings to adapters: the one place that knows which technology stands behind which port. */
import { createCredentialFor } from './adapters/azure-credential';
import { sendHttp } from './adapters/http';
import { connectKeyVault } from './adapters/key-vault';
import { createLog, type InvocationLog } from './adapters/log';
import { connectQueues } from './adapters/queues';
import { connectSms } from './adapters/sms';
import type { StorageOptions } from './adapters/storage';
import { systemClock, systemRandom } from './adapters/system';
import { connectTables } from './adapters/tables';
import type { Config } from './config';
import type { LogSink, Ports } from './ports';
import { createProviders } from './providers';

export type Services = Ports & Pick<InvocationLog, 'inInvocation'>;

/** Opens nothing: every client connects on first use. `logSink` takes what is logged outside an invocation. */
export function createServices(config: Config, logSink?: LogSink): Services {
  const credentialFor = createCredentialFor(config.identity);
  const storage: StorageOptions =
    config.storage.kind === 'local' ? config.storage : { ...config.storage, credentialFor };
  return {
    ...createLog(config.logLevel, logSink),
    clock: systemClock,
    random: systemRandom,
    http: sendHttp,
    tables: connectTables(storage),
    queues: connectQueues(storage),
    vault: connectKeyVault({ uri: config.keyVaultUri, credentialFor }),
    sms: connectSms({ ...config.sms, credentialFor }),
    providers: createProviders(config.providers),
    policy: config.policy,
    publicUrl: config.publicUrl,
  };
}
