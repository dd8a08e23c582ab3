import { startPhone, type Phone } from '../../local/phone/sms-endpoint';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { localAccessKey } from '../../src/adapters/communication';
import { connectSms } from '../../src/adapters/sms';
import { createMemorySms } from '../support/memory-senders';
import { phoneContract, smsContract, type PhoneAtHand } from './sms.contract';

const running: Phone[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((phone) => phone.close()));
});

// The sender in memory answers by a script and recognises no repeats, so the phone's part is not for it.
smsContract('in memory', async () => {
  const sms = createMemorySms();
  return { sms, texts: () => sms.sent.map(({ to, body }) => ({ to: to.reveal(), body })) };
});

async function openPhone(): Promise<PhoneAtHand> {
  const phone = await startPhone({ port: 0, accessKey: localAccessKey });
  running.push(phone);
  const credentialFor = createCredentialFor({ kind: 'developer' });
  return {
    sms: connectSms({ endpoint: phone.url, from: '+18005550100', credentialFor, sendMs: 10_000 }),
    texts: () => phone.texts().map(({ to, body }) => ({ to, body })),
    block: phone.block,
  };
}

smsContract('by Communication Services', openPhone);
phoneContract('by Communication Services', openPhone);
