/** Settings to adapters: the one place that knows which technology stands behind which port. */
import { createCredentialFor } from './adapters/azure-credential';
import { connectKeyVaults } from './adapters/key-vaults';
import { createJournal } from './adapters/journal';
import { connectEmail } from './adapters/email';
import { emailAddresses } from './adapters/email-addresses';
import { createLocalLinks, type LocalLinks } from './adapters/local-links';
import { createLog, type InvocationLog } from './adapters/log';
import { createPhoneNumbers } from './adapters/phone-numbers';
import { connectQueues } from './adapters/queues';
import { createKeyedHash } from './adapters/keyed-hash';
import { createRecentSecrets } from './adapters/recent-secrets';
import { keyFormat, sealedFormat } from './adapters/records';
import { accessSeal } from './adapters/seal';
import { connectSms } from './adapters/sms';
import type { StorageOptions } from './adapters/storage';
import { systemClock, systemRandom } from './adapters/system';
import { writeTokenAnswer } from './adapters/token-answer';
import { connectTable, connectTables } from './adapters/tables';
import { createWebhooks } from './adapters/webhooks';
import type { Config } from './config';
import { keepingBoard } from './domain/board/keep-board';
import { notingEvents } from './domain/connection/connection-events';
import type { Settings } from './model';
import type { LogSink, Ports } from './ports';
import { createProviders } from './providers';
import { Secret } from './secret';

export type Services = Ports &
  Settings &
  Pick<InvocationLog, 'inInvocation' | 'about'> & {
    /** Only on a developer's machine. */
    readonly localLinks?: LocalLinks;
  };

/** Opens nothing: every client connects on first use. `logSink` takes what is logged outside an invocation. */
export function createServices(config: Config, logSink?: LogSink): Services {
  const credentialFor = createCredentialFor(config.identity);
  const { attemptMs, smsSendMs } = config.policy.times;
  const storage: StorageOptions =
    config.storage.kind === 'local'
      ? { ...config.storage, attemptMs }
      : { ...config.storage, attemptMs, credentialFor };
  const logging = createLog(config.logLevel, logSink);
  const vault = connectKeyVaults(config.keyVaultUris, { credentialFor, attemptMs });
  const onUnreadable = (kind: string) => logging.log.error('record.unreadable', { kind });
  const tables = connectTables(storage, onUnreadable);
  const queues = connectQueues(storage);
  const webhooks = createWebhooks({
    urls: config.webhookUrls,
    keys: vault,
    timeoutMs: config.policy.times.webhookTimeoutMs,
  });
  const { policy } = config;
  const noting = { log: logging.log, clock: systemClock, random: systemRandom, queues, policy };
  const keyedHash = createKeyedHash(vault, connectTable(storage, 'keys', keyFormat, onUnreadable));
  const sms = connectSms({ ...config.sms, credentialFor, sendMs: smsSendMs });
  const email = connectEmail({ ...config.email, credentialFor, sendMs: smsSendMs });
  const connections = keepingBoard(
    { clock: systemClock, log: logging.log, tables, keyedHash, sms, email, policy },
    webhooks.addresses.length === 0 ? tables.connections : notingEvents(noting, tables.connections),
  );
  return {
    ...logging,
    clock: systemClock,
    random: systemRandom,
    // Loaded with the first request, because a start that makes none need not wait for it.
    http: async (request) => (await import('./adapters/http')).sendHttp(request),
    tables: { ...tables, connections },
    journal: createJournal(connectTable(storage, 'journal', sealedFormat, onUnreadable)),
    recentSecrets: createRecentSecrets(),
    accessSeal,
    writeTokenAnswer,
    queues,
    webhooks,
    vault,
    publishedTokens: vault.publishedTokens,
    phoneNumbers: createPhoneNumbers(config.policy.countries),
    emailAddresses,
    sms,
    email,
    providers: createProviders(config.providers),
    policy: config.policy,
    callers: config.callers,
    staffSignIn: config.staffSignIn,
    ...(config.staffSignIn === 'local link' && { localLinks: createLocalLinks(systemClock, systemRandom) }),
    publicUrl: config.publicUrl,
    operatorPhone: config.operatorPhone === undefined ? undefined : new Secret(config.operatorPhone),
    operatorEmail: config.operatorEmail === undefined ? undefined : new Secret(config.operatorEmail),
    digestTo: config.digestTo.map(({ address, sites }) => ({ address: new Secret(address), sites })),
    digestSchedule: config.digestSchedule,
    operatorContact: config.operatorContact,
    inviteCode: config.inviteCode === undefined ? undefined : new Secret(config.inviteCode),
    keyedHash,
  };
}
