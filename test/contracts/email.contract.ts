/** What every `Email` promises (src/ports). */
import type { Email } from '../../src/ports';
import { Secret } from '../../src/secret';

export interface EmailAtHand {
  readonly email: Email;
  /** What arrived, oldest first. */
  mails(): { to: string; subject: string; body: string }[];
}

type SentMail = Parameters<Email['send']>[0];

export const mail: SentMail = {
  id: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
  firstSentAt: Date.parse('2026-11-21T06:00:00.123Z'),
  to: new Secret('ada@example.com'),
  subject: 'Fitbit Token Service: ALARM: “client refused” 🔋',
  body: 'One line.\n\nAnother line: 19 %.',
};
const otherId = '9d2b7c11-6f0e-4a5b-9c3d-2e1f0a9b8c7d';

/** What holds for every sender that is configured. */
export function emailContract(name: string, open: () => Promise<EmailAtHand>): void {
  describe(`Email ${name}`, () => {
    test('misses nothing when it is configured', async () => {
      expect((await open()).email.missing).toEqual([]);
    });

    test('a mail is accepted and arrives as it was sent', async () => {
      const { email, mails } = await open();
      expect(await email.send(mail)).toEqual({ kind: 'accepted' });
      expect(mails()).toEqual([{ to: 'ada@example.com', subject: mail.subject, body: mail.body }]);
    });

    test('what stands for something secret is filled in when the mail leaves', async () => {
      const { email, mails } = await open();
      const fillIn = { '{link}': new Secret('a_b-{link}') };
      expect(await email.send({ ...mail, body: 'https://example.com/{link} {other}', fillIn })).toEqual({
        kind: 'accepted',
      });
      expect(mails().map(({ body }) => body)).toEqual(['https://example.com/a_b-{link} {other}']);
    });

    test('two mails with two ids both arrive', async () => {
      const { email, mails } = await open();
      await email.send(mail);
      await email.send({ ...mail, id: otherId });
      expect(mails()).toHaveLength(2);
    });
  });
}

/** What Communication Services does beyond that: it recognises a repeat, and refuses. */
export function mailboxContract(name: string, open: () => Promise<EmailAtHand>): void {
  describe(`Email and its mailbox ${name}`, () => {
    test('the same mail sent twice arrives once', async () => {
      const { email, mails } = await open();
      expect(await email.send(mail)).toEqual({ kind: 'accepted' });
      expect(await email.send({ ...mail, to: new Secret('ada@example.com') })).toEqual({ kind: 'accepted' });
      expect(mails()).toHaveLength(1);
    });

    test('ten repeats at once are one mail', async () => {
      const { email, mails } = await open();
      const answers = await Promise.all(Array.from({ length: 10 }, () => email.send(mail)));
      expect(answers).toEqual(Array.from({ length: 10 }, () => ({ kind: 'accepted' })));
      expect(mails()).toHaveLength(1);
    });

    test.each<[string, Partial<SentMail>]>([
      ['another body', { body: 'Your Charge 6 is at 18 %.' }],
      ['another subject', { subject: 'News' }],
      ['another way to end the mails', { unsubscribeAt: 'https://tokens.example.com/u/other' }],
      ['another first time', { firstSentAt: mail.firstSentAt + 1_000 }],
      ['another address', { to: new Secret('grace@example.com') }],
    ])('the same id with %s is refused and sends nothing', async (_, other) => {
      const { email, mails } = await open();
      await email.send(mail);
      expect(await email.send({ ...mail, ...other })).toEqual({ kind: 'refused', status: 400 });
      expect(mails()).toHaveLength(1);
    });

    test('an address that is none is refused', async () => {
      const { email, mails } = await open();
      expect(await email.send({ ...mail, to: new Secret('ada') })).toEqual({ kind: 'refused', status: 400 });
      expect(mails()).toEqual([]);
    });
  });
}
