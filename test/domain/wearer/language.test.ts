/** The language of texts, from the form to the text. */
import { beginConfirmation, confirmAddress } from '../../../src/domain/wearer/confirm-address';
import { completeSignUp } from '../../../src/domain/wearer/complete-sign-up';
import { confirmationKey, loginKey } from '../../../src/domain/store/row-keys';
import { savePreferences, sendTest } from '../../../src/domain/wearer/personal-page';
import { sendWaiting } from '../../../src/domain/messages/outbox';
import type { Language } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, tokens, type TestWorld } from '../../support/world';
import { beginSignUp } from '../../../src/domain/wearer/begin-sign-up';

const phone = '+14255550123';
const textConsent = { at: 0, wording: '2026-11' };

let world: TestWorld;
const texts = () => world.sms.sent.map(({ body }) => body);
const codes = () => texts().flatMap((text) => /\b\d{6}\b/.exec(text) ?? []);

async function signUp(language: Language | undefined, number = phone) {
  world.http.script(answer(200, tokens(1)));
  const begun = await beginSignUp(world.ports, {
    provider: world.ports.providers.get('fitbit')!,
    contact: { phone: new Secret(number), textConsent },
    language,
  });
  expect((await world.tables.logins.get(loginKey(begun.state)))?.value.language).toBe(language);
  const { state, codeVerifier } = begun;
  const result = await completeSignUp(world.ports, { state, codeVerifier, code: new Secret('code') });
  if (result.outcome !== 'connected') throw new Error(result.why);
  return result;
}

async function confirm(ticket: string) {
  await confirmAddress(world.ports, ticket, new Secret(codes().at(-1)!));
}

beforeEach(() => {
  world = createTestWorld();
});

test('a language that was chosen at the sign-up is that of the code, of the welcome and of what follows', async () => {
  const { connection, confirmation } = await signUp('de');
  const { ticket } = confirmation!;
  expect((await world.tables.confirmations.get(confirmationKey(ticket)))?.value.language).toBe('de');
  await confirm(ticket);
  await sendTest(world.ports, recordOf(world, connection), undefined);
  expect(texts()).toEqual([
    expect.stringMatching(/: Der Code ist \d{6}\. Er gilt 10 Minuten\./),
    expect.stringMatching(/: Akku-Hinweise aktiv: https:\S+ SMS-Kosten möglich\. Hilfe: HELP, Ende: STOP$/),
    expect.stringMatching(/: Dies ist die angeforderte Test-SMS\. https:/),
  ]);
  expect(recordOf(world, connection).preferences).toEqual({ language: 'de' });
});

test('no language is English, and nothing is stored', async () => {
  const { connection, confirmation } = await signUp(undefined);
  await confirm(confirmation!.ticket);
  expect(texts()).toEqual([
    expect.stringContaining(': your code is '),
    expect.stringContaining(': alerts on: '),
  ]);
  expect(recordOf(world, connection).preferences).toBeUndefined();
});

test('whoever signs up again keeps the language and the settings they have', async () => {
  const { connection } = await signUp('fr');
  await savePreferences(world.ports, connection, (before) => ({ ...before, threshold: 30 }));
  await signUp('es', '+14255550124');
  expect(recordOf(world, connection).preferences).toEqual({ language: 'fr', threshold: 30 });
  expect(texts()).toEqual([
    expect.stringContaining(': votre code est '),
    expect.stringContaining(': votre code est '),
  ]);
});

test('whoever has settings and no language gets the one that they choose', async () => {
  const { connection } = await signUp(undefined);
  await savePreferences(world.ports, connection, () => ({ threshold: 30 }));
  await signUp('es');
  expect(recordOf(world, connection).preferences).toEqual({ language: 'es', threshold: 30 });
});

test('a code for a new number is in the language of the connection', async () => {
  const number = { connection: 'wearer-1', phone: new Secret(phone), textConsent };
  await beginConfirmation(world.ports, { ...number, language: 'es' }, undefined);
  expect(texts()).toEqual([expect.stringContaining(': tu clave es ')]);
});

test('a repeat has the words of the first attempt, whatever was chosen in between', async () => {
  const { connection } = await connectWearer(world, 'fitbit', { preferences: { language: 'de' } });
  world.sms.answers.push({ kind: 'unknown' });
  await sendTest(world.ports, connection, undefined);
  await savePreferences(world.ports, connection.id, () => ({ language: 'fr' }));
  await sendWaiting(world.ports, recordOf(world));
  expect(texts()).toHaveLength(2);
  expect(texts()[1]).toBe(texts()[0]);
  expect(texts()[0]).toContain(': Dies ist die angeforderte Test-SMS. ');
});
