/** What every `Sms` promises (src/ports). */
import type { Sms } from '../../src/ports';
import { Secret } from '../../src/secret';

export interface SmsAtHand {
  readonly sms: Sms;
  /** What arrived, oldest first. */
  texts(): { to: string; body: string }[];
}

export interface PhoneAtHand extends SmsAtHand {
  /** What STOP does. */
  block(number: string): void;
}

type SentText = Parameters<Sms['send']>[0];

const text: SentText = {
  id: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
  firstSentAt: Date.parse('2026-11-21T06:00:00.123Z'),
  to: new Secret('+14255550123'),
  body: 'Your Charge 6 is at 19 %. “Charge” it 🔋',
  tag: 'c0ffee.3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
};
const otherId = '9d2b7c11-6f0e-4a5b-9c3d-2e1f0a9b8c7d';

/** What holds for every sender that is configured. */
export function smsContract(name: string, open: () => Promise<SmsAtHand>): void {
  describe(`Sms ${name}`, () => {
    test('misses nothing when it is configured', async () => {
      expect((await open()).sms.missing).toEqual([]);
    });

    test('a text is accepted with an id and arrives as it was sent', async () => {
      const { sms, texts } = await open();
      expect(await sms.send(text)).toEqual({ kind: 'accepted', smsId: expect.stringMatching(/./) });
      expect(texts()).toEqual([{ to: '+14255550123', body: text.body }]);
    });

    test('what stands for something secret is filled in when the text leaves', async () => {
      const { sms, texts } = await open();
      const body = 'Code {code}, page https://example.com/{link} {other}';
      const fillIn = { '{code}': new Secret('012345'), '{link}': new Secret('a_b-{code}') };
      expect(await sms.send({ ...text, body, fillIn })).toMatchObject({ kind: 'accepted' });
      expect(texts()).toEqual([
        { to: '+14255550123', body: 'Code 012345, page https://example.com/a_b-{code} {other}' },
      ]);
    });

    test('two texts with two ids both arrive, under ids of their own', async () => {
      const { sms, texts } = await open();
      const first = await sms.send(text);
      const second = await sms.send({ ...text, id: otherId });
      expect(texts()).toHaveLength(2);
      expect(smsIdOf(second)).not.toBe(smsIdOf(first));
    });
  });
}

/** What Communication Services does beyond that: it recognises a repeat, and refuses. */
export function phoneContract(name: string, open: () => Promise<PhoneAtHand>): void {
  describe(`Sms and its phone ${name}`, () => {
    let at: PhoneAtHand;
    let send: Sms['send'];

    beforeEach(async () => {
      at = await open();
      send = at.sms.send;
    });

    test('the same text sent twice arrives once, under the same id', async () => {
      const first = await send(text);
      expect(await send({ ...text, to: new Secret('+14255550123') })).toEqual(first);
      expect(at.texts()).toHaveLength(1);
    });

    test('ten repeats at once are one text', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(text)));
      expect(new Set(answers.map(smsIdOf)).size).toBe(1);
      expect(at.texts()).toHaveLength(1);
    });

    test.each<[string, Partial<SentText>]>([
      ['another body', { body: 'Your Charge 6 is at 18 %.' }],
      ['another first time', { firstSentAt: text.firstSentAt + 1_000 }],
      ['another number', { to: new Secret('+14255550199') }],
    ])('the same id with %s is refused and sends nothing', async (_, other) => {
      await send(text);
      expect(await send({ ...text, ...other })).toEqual({ kind: 'refused', status: 400 });
      expect(at.texts()).toEqual([{ to: '+14255550123', body: text.body }]);
    });

    test('a text to a number that is blocked is accepted all the same, and does not arrive', async () => {
      at.block('+14255550123');
      expect(await send(text)).toMatchObject({ kind: 'accepted' });
      expect(at.texts()).toEqual([]);
    });

    test('a number that is no number is refused', async () => {
      expect(await send({ ...text, to: new Secret('4255550123') })).toEqual({ kind: 'refused', status: 400 });
      expect(at.texts()).toEqual([]);
    });
  });
}

function smsIdOf(answer: Awaited<ReturnType<Sms['send']>>): string {
  return answer.kind === 'accepted' ? answer.smsId : `not accepted: ${answer.kind}`;
}
