/** What this project uses of the SDKs for texts and e-mails: one file once bundled, read with the first of them. */
export { EmailClient } from '@azure/communication-email';
export { SmsClient } from '@azure/communication-sms';
