import { startPhone, type Phone } from '../../local/phone/sms-endpoint';
import { createCredentialFor } from '../../src/adapters/azure-credential';
import { localAccessKey } from '../../src/adapters/communication';
import { connectEmail } from '../../src/adapters/email';
import { createMemoryEmail } from '../support/memory-senders';
import { emailContract, mailboxContract, type EmailAtHand } from './email.contract';

const running: Phone[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((phone) => phone.close()));
});

// The sender in memory answers by a script and recognises no repeats, so the mailbox's part is not for it.
emailContract('in memory', () => {
  const email = createMemoryEmail();
  return Promise.resolve({
    email,
    mails: () => email.sent.map(({ to, subject, body }) => ({ to: to.reveal(), subject, body })),
  });
});

async function openMailbox(): Promise<EmailAtHand> {
  const phone = await startPhone({ port: 0, accessKey: localAccessKey });
  running.push(phone);
  return {
    email: connectEmail({
      endpoint: phone.url,
      from: 'alerts@example.com',
      credentialFor: createCredentialFor({ kind: 'developer' }),
      sendMs: 10_000,
    }),
    mails: () => phone.mailbox.mails().map(({ to, subject, body }) => ({ to, subject, body })),
  };
}

emailContract('by Communication Services', openMailbox);
mailboxContract('by Communication Services', openMailbox);
