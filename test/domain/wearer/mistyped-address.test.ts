/** An address that was entered by mistake is somebody else's mailbox or phone, and what is sent there must not take the connection over. */
import { setAddress } from '../../../src/domain/contact/addresses';
import { deriveTicket } from '../../../src/domain/contact/keyed-values';
import { confirmationKey } from '../../../src/domain/store/row-keys';
import { removeAddress } from '../../../src/domain/wearer/announce';
import { beginConfirmation, confirmAddress, confirmByLink } from '../../../src/domain/wearer/confirm-address';
import { takeUpAddress } from '../../../src/domain/wearer/take-up-form';
import type { Contact, PendingLogin } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { revealed } from '../../support/revealed';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const right = new Secret('ada@example.org');
const mistyped = new Secret('adda@example.org');
const phone = new Secret('+14255550123');
const mistypedPhone = new Secret('+14255550124');
const textConsent = { at: Date.parse('2026-11-21T05:55:00Z'), wording: '2026-11-email' };

let world: TestWorld;
const enter = (contact: Contact) =>
  beginConfirmation(world.ports, { connection: 'wearer-1', textConsent, ...contact }, undefined);
const linkTo = (to: Secret) =>
  world.email.sent
    .filter((mail) => mail.to.equals(to))
    .flatMap(({ body }) => /\/confirm-email\/([\w-]+)/.exec(body)?.[1] ?? [])[0]!;
const press = (to: Secret) => confirmByLink(world.ports, linkTo(to));
const lastCode = () => new Secret(/your code is (\d{6})/.exec(world.sms.sent.at(-1)!.body)![1]!);
const reached = () => revealed([recordOf(world).phone, recordOf(world).email]);
const signUpAgain = (contact: Contact) => {
  const login: PendingLogin = {
    provider: 'fitbit',
    codeChallenge: '',
    expiresAt: 0,
    textConsent,
    ...contact,
  };
  return takeUpAddress(world.ports, 'wearer-1', login, {});
};

beforeEach(async () => {
  world = createTestWorld();
  await connectWearer(world, 'fitbit', { phone: undefined });
});
afterEach(() => expectDiscreet(world));

test('the link of another address ends when one is entered', async () => {
  await enter({ email: mistyped });
  await enter({ email: right });
  await expect(press(mistyped)).resolves.toBe('unknown');
  await expect(press(right)).resolves.toBe('confirmed');
  expect(reached()).toEqual([undefined, 'ada@example.org']);
});

test('the same address entered twice has two links that are good, until one is pressed', async () => {
  await enter({ email: right });
  const first = linkTo(right);
  await enter({ email: new Secret('ADA@example.org') });
  const second = linkTo(new Secret('ADA@example.org'));
  await expect(confirmByLink(world.ports, first)).resolves.toBe('confirmed');
  await expect(confirmByLink(world.ports, second)).resolves.toBe('unknown');
  await expect(confirmByLink(world.ports, first)).resolves.toBe('confirmed');
});

test('the link of another address ends when one is confirmed, although both were entered at once', async () => {
  // As after a worker that died: the row of the other address is there again.
  await enter({ email: mistyped });
  const row = world.tables.confirmations.values()[0]!;
  await enter({ email: right });
  const ticket = await deriveTicket(world.ports, row.id);
  await world.tables.confirmations.insert(confirmationKey(ticket), row);
  await press(right);
  await expect(press(mistyped)).resolves.toBe('unknown');
  expect(reached()).toEqual([undefined, 'ada@example.org']);
});

test('the code to another number ends when a number is entered, and when it is confirmed', async () => {
  const { ticket: wrong } = await enter({ phone: mistypedPhone });
  const code = lastCode();
  const { ticket } = await enter({ phone });
  await expect(confirmAddress(world.ports, wrong, code)).resolves.toBe('unknown');
  await expect(confirmAddress(world.ports, ticket, lastCode())).resolves.toBe('confirmed');
  expect(reached()).toEqual(['+14255550123', undefined]);
});

test.each<[string, () => Promise<unknown>, string | undefined]>([
  ['signs up again with an empty field', () => signUpAgain({}), undefined],
  ['signs up again with the address that is known', () => signUpAgain({ email: right }), 'ada@example.org'],
  ['removes the address', () => removeAddress(world.ports, 'wearer-1'), undefined],
])('the link ends when the wearer %s', async (_, act, email) => {
  await setAddress(world.ports, 'wearer-1', { email: right, textConsent });
  await enter({ email: mistyped });
  await act();
  await expect(press(mistyped)).resolves.toBe('unknown');
  expect(reached()).toEqual([undefined, email]);
});

test('the link of an address that was only half confirmed does not bring it back', async () => {
  const { confirmations } = world.tables;
  await enter({ email: mistyped });
  const died = new Error('The worker died.');
  const { replace } = confirmations;
  confirmations.replace = () => Promise.reject(died);
  await expect(press(mistyped)).rejects.toBe(died);
  confirmations.replace = replace;
  await enter({ email: right });
  await press(right);
  await expect(press(mistyped)).resolves.toBe('unknown');
  expect(reached()).toEqual([undefined, 'ada@example.org']);
});
